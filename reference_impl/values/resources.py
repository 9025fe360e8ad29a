"""The resources that a task needs: cores, memory, disk and accelerators."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from reference_impl.errors import InvalidTypeError, InvalidValueError
from reference_impl.values.checks import need, need_int
from reference_impl.values.terse import Terse

PRIMARY_CONTAINER_DEFAULT_NAME = "primary"
"""The name of the container that runs the task. Source: rule VAL-15, PodTemplate."""

DeviceClass = Literal["GPU", "TPU", "NEURON", "AMD_GPU", "HABANA_GAUDI"]
"""The families of accelerators."""

_UP_TO_8 = tuple(range(1, 9))
_TRAINIUM = (1, 4, 8, 16)

ACCELERATORS: dict[DeviceClass, dict[str, tuple[int, ...]]] = {
    "GPU": {
        **dict.fromkeys(
            ("A10", "A10G", "A100", "A100 80G", "B200", "H100", "H200", "L4", "L40s", "T4", "V100"), _UP_TO_8
        ),
        **dict.fromkeys(("RTX PRO 6000", "GB10"), (1,)),
    },
    "TPU": {"V5P": (), "V6E": ()},
    "NEURON": {
        **dict.fromkeys(("Trn1", "Trn1n", "Trn2", "Trn2u"), _TRAINIUM),
        "Inf1": tuple(range(1, 17)),
        "Inf2": tuple(range(1, 13)),
    },
    "AMD_GPU": dict.fromkeys(
        ("MI100", "MI210", "MI250", "MI250X", "MI300A", "MI300X", "MI325X", "MI350X", "MI355X"), (1,)
    ),
    "HABANA_GAUDI": {"Gaudi1": (1,)},
}
"""The devices of each family, and how many of each a string "DEVICE:N" may ask for. Source: rules VAL-08 and VAL-18."""

PARTITIONS: dict[str, tuple[str, ...]] = {
    "A100": ("1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"),
    "A100 80G": ("1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"),
    "H100": ("1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"),
    "H200": ("1g.18gb", "1g.35gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb"),
    "V5P": (
        *("2x2x1", "2x2x2", "2x4x4", "4x4x4", "4x4x8", "4x8x8"),
        *("8x8x8", "8x8x16", "8x16x16", "16x16x16", "16x16x24"),
    ),
    "V6E": ("1x1", "2x2", "2x4", "4x4", "4x8", "8x8", "8x16", "16x16"),
}
"""The partitions of each device that can be split. Source: rule VAL-18."""

QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+|[KMGTPE]i?|k|m)?")
"""A Kubernetes quantity: a number, and perhaps an exponent or a unit."""

_UNITS = {"": 1.0, "m": 1e-3, "k": 1e3} | {
    f"{unit}{binary}": float((1024 if binary else 1000) ** power)
    for power, unit in enumerate("KMGTPE", start=1)
    for binary in ("", "i")
}

CPUBaseType = int | float | str
"""A number of cores, or a Kubernetes quantity such as "500m"."""


@dataclass(frozen=True, slots=True, repr=False)
class Device(Terse):
    """A number of accelerators of one kind.

    Parameters:
        quantity: How many.
        device_class: The family that they belong to.
        device: The name of the device; None means any device of the family.
        partition: The part of each device that is asked for; None means all of it.

    Raises:
        InvalidTypeError: The quantity is not an int.
        InvalidValueError: The quantity is below one.
    """

    quantity: int
    device_class: DeviceClass
    device: str | None = None
    partition: str | None = None

    def __post_init__(self) -> None:
        need_int("quantity", self.quantity, least=1)


def _device(family: DeviceClass, device: str, quantity: int = 1, partition: str | None = None) -> Device:
    """Return a Device after checking that the family has the device and the device has the partition."""
    if device not in ACCELERATORS[family]:
        known = ", ".join(ACCELERATORS[family])
        raise InvalidValueError(f"device={device!r}: not a known {family} device. Use one of {known}.")
    parts = PARTITIONS.get(device)  # the partitions of other devices are not known
    if partition is not None and parts is not None and partition not in parts:
        known = ", ".join(parts)
        raise InvalidValueError(f"partition={partition!r}: not a partition of {device}. Use one of {known}.")
    return Device(quantity, family, device, partition)


def GPU(device: str, quantity: int, partition: str | None = None) -> Device:  # noqa: N802 - the name is the contract's
    """Return a number of NVIDIA GPUs.

    Parameters:
        device: The name of the GPU.
        quantity: How many.
        partition: The part of each GPU that is asked for; None means all of it.

    Raises:
        InvalidValueError: The device or the partition does not exist, or the quantity is below one.
    """
    return _device("GPU", device, quantity, partition)


def TPU(device: str, partition: str | None = None) -> Device:  # noqa: N802 - the name is the contract's
    """Return a TPU.

    Parameters:
        device: The name of the TPU.
        partition: The slice that is asked for; None means all of it.

    Raises:
        InvalidValueError: The device or the slice does not exist.
    """
    return _device("TPU", device, partition=partition)


def Neuron(device: str) -> Device:  # noqa: N802 - the name is the contract's
    """Return one AWS Neuron device.

    Parameters:
        device: The name of the device.

    Raises:
        InvalidValueError: The device does not exist.
    """
    return _device("NEURON", device)


def AMD_GPU(device: str) -> Device:  # noqa: N802 - the name is the contract's
    """Return one AMD GPU.

    Parameters:
        device: The name of the GPU.

    Raises:
        InvalidValueError: The device does not exist.
    """
    return _device("AMD_GPU", device)


def HABANA_GAUDI(device: str) -> Device:  # noqa: N802 - the name is the contract's
    """Return one Habana Gaudi accelerator.

    Parameters:
        device: The name of the accelerator.

    Raises:
        InvalidValueError: The device does not exist.
    """
    return _device("HABANA_GAUDI", device)


@dataclass(frozen=True)
class Resources:
    """The resources that a task needs. A quantity is a string such as "500m" or "4Gi", as Kubernetes defines it.

    Parameters:
        cpu: A number of cores or a quantity, or a pair (request, limit) of them.
        memory: A quantity of bytes, or a pair (request, limit) of them.
        gpu: A number of GPUs, a string "DEVICE:N", or a Device.
        disk: A quantity of bytes.
        shm: A quantity of bytes of shared memory, or "auto" for as much as there is.

    Raises:
        InvalidTypeError: A value has a type that is not listed.
        InvalidValueError: A number is negative, a quantity is malformed, a pair does not have two parts or its request
            is larger than its limit, or an accelerator is unknown.
    """

    cpu: CPUBaseType | tuple[CPUBaseType, CPUBaseType] | None = None
    memory: str | tuple[str, str] | None = None
    gpu: str | int | Device | None = None
    disk: str | None = None
    shm: str | None = None

    def __post_init__(self) -> None:
        _check_range("cpu", self.cpu, (int, float, str))
        _check_range("memory", self.memory, (str,))
        _check_range("disk", self.disk, (str,))
        _check_range("shm", None if self.shm == "auto" else self.shm, (str,))
        if isinstance(self.gpu, str):
            _parse_accelerator(self.gpu)
        elif self.gpu is not None and not isinstance(self.gpu, Device):
            need_int("gpu", self.gpu)

    def get_device(self) -> Device | None:
        """Return the accelerators as a Device, or None if the task needs none."""
        if self.gpu is None or isinstance(self.gpu, Device):
            return self.gpu
        if isinstance(self.gpu, str):
            return _parse_accelerator(self.gpu)
        return Device(self.gpu, "GPU") if self.gpu else None

    def get_shared_memory(self) -> str | None:
        """Return the shared memory as a quantity: "" for as much as there is, None for no request."""
        return "" if self.shm == "auto" else self.shm


def _parse_accelerator(text: str) -> Device:
    """Return the Device that a string "DEVICE:N" stands for."""
    name, _, number = text.rpartition(":")
    for family, devices in ACCELERATORS.items():
        if name in devices and number in map(str, devices[name]):
            return Device(int(number), family, name)
    known = [name for devices in ACCELERATORS.values() for name, numbers in devices.items() if numbers]
    raise InvalidValueError(f'gpu={text!r}: expected a string "DEVICE:N" with one of the devices {", ".join(known)}.')


def _check_range(name: str, value: object, kinds: tuple[type, ...]) -> None:
    """Raise unless the value is None, one amount, or (for cpu and memory) a pair of amounts in order."""
    if value is None:
        return
    if not isinstance(value, tuple):
        _amount(name, value, kinds)
    elif len(value) != 2 or name not in {"cpu", "memory"}:  # noqa: PLR2004 - a pair has two
        raise InvalidValueError(f"{name}={value!r}: expected one amount, or for cpu and memory (request, limit).")
    elif _amount(name, value[0], kinds) > _amount(name, value[1], kinds):
        raise InvalidValueError(f"{name}={value!r}: the request is larger than the limit. Swap them.")


def _amount(name: str, value: object, kinds: tuple[type, ...]) -> float:
    """Return an amount as a number of cores or bytes."""
    need(name, value, kinds, " or ".join(kind.__name__ for kind in kinds))
    if isinstance(value, bool):
        raise InvalidTypeError(f"{name}={value!r}: expected an amount, got bool.")
    if isinstance(value, (int, float)):
        if not value >= 0:  # this also refuses NaN
            raise InvalidValueError(f"{name}={value!r}: expected an amount of at least 0.")
        return float(value)
    match = QUANTITY.fullmatch(str(value))
    if match is None:
        raise InvalidValueError(f'{name}={value!r}: expected a quantity such as "500m", "2" or "4Gi".')
    number, unit = match[1], match[2] or ""
    is_exponent = unit[:1] in ("e", "E") and unit[1:] not in ("", "i")  # "1E3", but not "1E" (exa) or "1Ei"
    return float(number + unit) if is_exponent else float(number) * _UNITS[unit]
