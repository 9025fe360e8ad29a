"""Resources and accelerators."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from reference_impl.errors import InvalidTypeError, InvalidValueError
from reference_impl.values.checks import need, need_int
from reference_impl.values.terse import Terse

PRIMARY_CONTAINER_DEFAULT_NAME = "primary"
"""The name of the container that runs the task. Source: the contract, PodTemplate."""

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
"""Per family the devices, and how many of each a string "DEVICE:N" may ask for.

Source: the contract, Resources (a closed list).
"""

_SLICES = ("1x1", "2x2", "2x4", "4x4", "4x8", "8x8", "8x16", "16x16")

PARTITIONS: dict[str, tuple[str, ...]] = {
    "A100": ("1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"),
    "A100 80G": ("1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"),
    "H100": ("1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"),
    "H200": ("1g.18gb", "1g.35gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb"),
    "V5P": (
        *("2x2x1", "2x2x2", "2x4x4", "4x4x4", "4x4x8", "4x8x8"),
        *("8x8x8", "8x8x16", "8x16x16", "16x16x16", "16x16x24"),
    ),
    "V6E": _SLICES,
}
"""Per device the parts that it can be split into. Source: the contract, Device."""

QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+|[KMGTPE]i?|k|m)?")
"""A Kubernetes quantity: a number, and an exponent or a unit."""

_UNITS = {"": 1.0, "m": 1e-3} | {
    f"{unit}{binary}": float((1024 if binary else 1000) ** power)
    for power, unit in enumerate("KMGTPE", start=1)
    for binary in ("", "i")
}
_UNITS["k"] = _UNITS["K"]

CPUBaseType = int | float | str
"""A number of cores, or a Kubernetes quantity such as "500m"."""


@dataclass(frozen=True, slots=True, repr=False)
class Device(Terse):
    """A number of accelerators of one kind, perhaps a part of one.

    Raises:
        InvalidValueError: Fewer than one.
    """

    quantity: int
    device_class: DeviceClass
    device: str | None = None
    partition: str | None = None

    def __post_init__(self) -> None:
        need_int("quantity", self.quantity, least=1)


def _device(family: DeviceClass, device: str, quantity: int = 1, partition: str | None = None) -> Device:
    """Return a Device of a family, after a look at its lists."""
    if device not in ACCELERATORS[family]:
        raise InvalidValueError(f"device={device!r}: no {family}. There are: {', '.join(ACCELERATORS[family])}.")
    parts = PARTITIONS.get(device)  # of a device that is not there, the parts are not known
    if partition is not None and parts is not None and partition not in parts:
        raise InvalidValueError(f"partition={partition!r}: no part of {device}. There are: {', '.join(parts)}.")
    return Device(quantity, family, device, partition)


def GPU(device: str, quantity: int, partition: str | None = None) -> Device:  # noqa: N802 - the name is the contract's
    """Return a number of NVIDIA GPUs, or with `partition` of parts of one.

    Raises:
        InvalidValueError: There is no such device or part, or fewer than one is asked for.
    """
    return _device("GPU", device, quantity, partition)


def TPU(device: str, partition: str | None = None) -> Device:  # noqa: N802 - the name is the contract's
    """Return a slice of a TPU.

    Raises:
        InvalidValueError: There is no such device or slice.
    """
    return _device("TPU", device, partition=partition)


def Neuron(device: str) -> Device:  # noqa: N802 - the name is the contract's
    """Return one AWS Neuron device.

    Raises:
        InvalidValueError: There is no such device.
    """
    return _device("NEURON", device)


def AMD_GPU(device: str) -> Device:  # noqa: N802 - the name is the contract's
    """Return one AMD GPU.

    Raises:
        InvalidValueError: There is no such device.
    """
    return _device("AMD_GPU", device)


def HABANA_GAUDI(device: str) -> Device:  # noqa: N802 - the name is the contract's
    """Return one Habana Gaudi accelerator.

    Raises:
        InvalidValueError: There is no such device.
    """
    return _device("HABANA_GAUDI", device)


@dataclass(frozen=True)
class Resources:
    """What a task needs: cores, memory, accelerators, disk, shared memory.

    `cpu` and `memory` may be pairs (request, limit). `gpu` is a number, "DEVICE:N" or a Device. `shm` is a quantity or
    "auto".

    Raises:
        InvalidTypeError: A value of a type that is not listed.
        InvalidValueError: A pair that is no pair or upside down, a negative number, a malformed quantity, an unknown
            accelerator.
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
        """Return the accelerators as a Device, None if there are none."""
        if self.gpu is None or isinstance(self.gpu, Device):
            return self.gpu
        if isinstance(self.gpu, str):
            return _parse_accelerator(self.gpu)
        return Device(self.gpu, "GPU") if self.gpu else None

    def get_shared_memory(self) -> str | None:
        """Return the shared memory as a quantity; "" means as much as there is, None means none asked for."""
        return "" if self.shm == "auto" else self.shm


def _parse_accelerator(text: str) -> Device:
    """Return the Device that "DEVICE:N" names."""
    name, _, number = text.rpartition(":")
    for family, devices in ACCELERATORS.items():
        if name in devices and number in map(str, devices[name]):
            return Device(int(number), family, name)
    known = [name for devices in ACCELERATORS.values() for name, numbers in devices.items() if numbers]
    raise InvalidValueError(f'gpu={text!r}: "DEVICE:N" is due, with one of the devices {", ".join(known)}.')


def _check_range(name: str, value: object, kinds: tuple[type, ...]) -> None:
    """Raise unless the value is None, one quantity, or (for cpu and memory) a pair of them in order."""
    if value is None:
        return
    if not isinstance(value, tuple):
        _amount(name, value, kinds)
    elif len(value) != 2 or name not in {"cpu", "memory"}:  # noqa: PLR2004 - a pair has two
        raise InvalidValueError(f"{name}={value!r}: one amount is due, or for cpu and memory a pair (request, limit).")
    elif _amount(name, value[0], kinds) > _amount(name, value[1], kinds):
        raise InvalidValueError(f"{name}={value!r}: the request is larger than the limit. Swap them.")


def _amount(name: str, value: object, kinds: tuple[type, ...]) -> float:
    """Return a quantity as a number: cores, or bytes."""
    need(name, value, kinds, f"{' or '.join(kind.__name__ for kind in kinds)}")
    if isinstance(value, bool):
        raise InvalidTypeError(f"{name}={value!r}: an amount is due, not a bool.")
    if isinstance(value, (int, float)):
        if not value >= 0:  # also refuses NaN
            raise InvalidValueError(f"{name}={value!r}: an amount of at least 0 is due.")
        return float(value)
    match = QUANTITY.fullmatch(str(value))
    if match is None:
        raise InvalidValueError(f'{name}={value!r}: a quantity such as "500m", "2" or "4Gi" is due.')
    number, unit = match[1], match[2] or ""
    return (
        float(number + unit) if unit[:1] in ("e", "E") and unit[1:] not in ("", "i") else float(number) * _UNITS[unit]
    )
