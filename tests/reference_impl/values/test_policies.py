"""The values of a template: what they accept, refuse and store."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import pickle
from typing import Any

import pytest

import reference_impl as flyte
from reference_impl.values.caching import VersionParameters
from reference_impl.values.policies import timeout_from_request

VALUES: list[Any] = [
    flyte.RetryStrategy(1),
    flyte.Timeout(5, dt.timedelta(1)),
    flyte.ReusePolicy(),
    flyte.PodTemplate(labels={"a": "b"}),
    flyte.Cache("auto", ignored_inputs="x"),
    flyte.Resources(cpu=(1, 2), memory="1Gi", gpu="T4:1"),
    flyte.GPU("A100", 1, "1g.5gb"),
    flyte.Secret("k", as_env_var="K"),
    flyte.Image.from_debian_base().with_pip_packages("a", index_url="u"),
    flyte.Trigger.daily("when", inputs={"x": 1}),
    flyte.Cron("* * * * *"),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_do_not_change(value: Any) -> None:
    """No field can be assigned; copies and pickles are equal, so sharing is safe. OVR-21."""
    for field in dataclasses.fields(value):
        with pytest.raises(AttributeError):
            setattr(value, field.name, None)

    assert copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (flyte.RetryStrategy, {"count": -1}),
        (flyte.RetryStrategy, {"count": True}),
        (flyte.RetryStrategy, {"count": "3"}),
        (flyte.Timeout, {"max_runtime": -1}),
        (flyte.Timeout, {"max_runtime": dt.timedelta(-1)}),
        (flyte.Timeout, {"max_runtime": 1, "max_queued_time": -1}),
        (flyte.Timeout, {"max_runtime": True}),
        (flyte.ReusePolicy, {"replicas": (5, 2)}),
        (flyte.ReusePolicy, {"replicas": -1}),
        (flyte.ReusePolicy, {"replicas": (1, 2, 3)}),
        (flyte.ReusePolicy, {"replicas": None}),
        (flyte.ReusePolicy, {"concurrency": 0}),
        (flyte.ReusePolicy, {"idle_ttl": 29}),
        (flyte.ReusePolicy, {"scaledown_ttl": dt.timedelta(seconds=29.9)}),
        (flyte.Secret, {"key": "a.b"}),
        (flyte.Secret, {"key": "k", "as_env_var": "K\n"}),
        (flyte.Secret, {"key": "k", "as_env_var": "1K"}),
        (flyte.Secret, {"key": "k", "mount": "/etc"}),
        (flyte.Resources, {"cpu": -1}),
        (flyte.Resources, {"cpu": (1, 2, 3)}),
        (flyte.Resources, {"cpu": (4, 1)}),
        (flyte.Resources, {"cpu": "x"}),
        (flyte.Resources, {"cpu": float("nan")}),
        (flyte.Resources, {"cpu": True}),
        (flyte.Resources, {"memory": "lots"}),
        (flyte.Resources, {"memory": ("4Gi", "1G")}),
        (flyte.Resources, {"memory": ("1Gi",)}),
        (flyte.Resources, {"disk": "zz"}),
        (flyte.Resources, {"disk": ("1Gi", "2Gi")}),
        (flyte.Resources, {"shm": "much"}),
        (flyte.Resources, {"gpu": -1}),
        (flyte.Resources, {"gpu": "T4"}),
        (flyte.Resources, {"gpu": "T4:9"}),
        (flyte.Resources, {"gpu": "T4:01"}),
        (flyte.Resources, {"gpu": "XX:1"}),
        (flyte.Device, {"quantity": 0, "device_class": "GPU"}),
        (flyte.GPU, {"device": "XX", "quantity": 1}),
        (flyte.GPU, {"device": "A100", "quantity": 1, "partition": "9g"}),
        (flyte.TPU, {"device": "V5P", "partition": "1x1"}),
        (flyte.Cache, {"behavior": "enable"}),
        (flyte.Cache, {"behavior": "auto", "policies": []}),
        (flyte.Trigger, {"name": "", "automation": flyte.Cron("* * * * *")}),
        (flyte.Trigger, {"name": "t", "automation": None}),
        (flyte.FixedRate, {"interval_minutes": 0}),
    ],
)
def test_what_is_refused(make: Any, fields: dict[str, Any]) -> None:
    """A value out of range or of the wrong type is refused, and the message shows it. VAL-01 to VAL-14."""
    with pytest.raises((TypeError, ValueError), match="="):
        make(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"cpu": 0, "gpu": 0},
        {"cpu": 0.5, "memory": "500M"},
        {"cpu": "500m", "disk": "1.5Ti"},
        {"cpu": (1, "1500m"), "memory": ("1Gi", "1Gi")},
        {"memory": "1e9", "shm": "auto"},
        {"gpu": "A100 80G:8"},
        {"gpu": "Inf1:16"},
        {"gpu": flyte.TPU("V6E", "16x16")},
    ],
)
def test_resources_that_are_fine(fields: dict[str, Any]) -> None:
    """Numbers, quantities, ordered pairs and known accelerators are accepted. VAL-08, VAL-09."""
    resources = flyte.Resources(**fields)

    assert {name: getattr(resources, name) for name in fields} == fields


@pytest.mark.parametrize(
    ("gpu", "device"),
    [
        (None, None),
        (0, None),
        (2, flyte.Device(2, "GPU")),
        ("T4:2", flyte.Device(2, "GPU", "T4")),
        ("Trn1:16", flyte.Device(16, "NEURON", "Trn1")),
        ("MI300X:1", flyte.AMD_GPU("MI300X")),
        ("Gaudi1:1", flyte.HABANA_GAUDI("Gaudi1")),
        (flyte.Neuron("Inf2"), flyte.Device(1, "NEURON", "Inf2")),
    ],
)
def test_devices(gpu: Any, device: Any) -> None:
    """GPUs given as a number, a string or a Device are returned as a Device."""
    assert flyte.Resources(gpu=gpu).get_device() == device


def test_reuse_policy_becomes_pairs_and_timedeltas() -> None:
    """An int of replicas becomes a pair, and an int of a time stands for seconds. VAL-04."""
    policy = flyte.ReusePolicy(replicas=3, idle_ttl=60)

    assert (policy.replicas, policy.min_replicas, policy.max_replicas) == ((3, 3), 3, 3)
    assert (policy.idle_ttl, policy.get_scaledown_ttl()) == (dt.timedelta(seconds=60), dt.timedelta(seconds=30))
    assert flyte.ReusePolicy(replicas=(0, 1)).min_replicas == 0


def test_secrets() -> None:
    """The variable is named after group and key, and equal secrets have equal hashes. VAL-06."""
    secret = flyte.Secret("my-key", group="g")

    assert secret.as_env_var == "G_MY_KEY"
    assert hash(secret) == hash(flyte.Secret("my-key", group="g"))


def test_timeouts() -> None:
    """Seconds, a timedelta or a Timeout become a Timeout; anything else is refused. VAL-10."""
    minute = flyte.Timeout(max_runtime=dt.timedelta(minutes=1))

    assert timeout_from_request(60) == timeout_from_request(dt.timedelta(minutes=1)) == minute
    assert timeout_from_request(minute) is minute
    with pytest.raises(ValueError, match="timeout"):
        timeout_from_request("60")  # type: ignore[arg-type] # the mistake under test


@pytest.mark.parametrize("period", ["minutely", "hourly", "daily", "weekly", "monthly"])
def test_periods(period: str) -> None:
    """Each period makes a cron trigger of that name; the named input gets the time, beside other inputs. VAL-11."""
    trigger = getattr(flyte.Trigger, period)("when", inputs={"x": 1}, queue="q")

    assert isinstance(trigger.automation, flyte.Cron)
    assert len(trigger.automation.expression.split()) == 5
    assert (trigger.name, trigger.queue) == (period, "q")
    assert trigger.inputs == {"when": flyte.TriggerTime, "x": 1}
    assert pickle.loads(pickle.dumps(trigger)).inputs["when"] is flyte.TriggerTime  # noqa: S301 - our own bytes


class Fixed:
    """A policy that a user defines."""

    def get_version(self, salt: str, params: VersionParameters) -> str:
        """Return a constant."""
        assert params.func is not None
        return f"fixed{salt}"


def test_cache_versions() -> None:
    """The version is computed by the policies or given; if it is missing, the message says so. VAL-01 to VAL-03."""
    params = VersionParameters(func=test_devices)

    versions = {
        flyte.Cache("auto").get_version(params),
        flyte.Cache("auto", salt="s").get_version(params),
        flyte.Cache("auto", policies=Fixed()).get_version(params),
        flyte.Cache("auto", version_override="v1").get_version(VersionParameters(func=test_periods)),
    }

    assert len(versions) == 4
    assert "v1" not in versions
    assert flyte.Cache("override", "v1").get_version() == "v1"
    assert flyte.Cache("disable").get_version() == ""
    assert flyte.Cache("auto") == flyte.Cache("auto")
    with pytest.raises(ValueError, match="version_override"):
        flyte.Cache("override").get_version(params)
    with pytest.raises(ValueError, match="Fixed"):
        flyte.Cache("auto", policies=[Fixed()]).get_version(VersionParameters(func=None))


def test_images_are_values() -> None:
    """Images of equal parts are equal; a layer makes another image with another address. CON-07."""
    base = flyte.Image.from_debian_base(python_version=(3, 12))
    image = base.with_pip_packages("a").with_env_vars({"A": "b"}).with_apt_packages("git")

    assert image == base.with_pip_packages("a").with_env_vars({"A": "b"}).with_apt_packages("git")
    assert len({base, image, base.with_pip_packages("b")}) == 3
    assert flyte.Image.from_base("python:3.12").uri == "python:3.12"
    assert image.uri != base.uri
