"""Rules VAL, as observed: the records that the SDK's templates are made of and run with, each on its own.

No page prescribes them; programs written for the SDK rely on them. Source: what the measured releases do, and
site/understand/contract.md, "Types the contract names".
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import constructed, made, recipe, type_of
from conformance.contracts.task_template.strategies.values import texts, words
from conformance.contracts.task_template.suite.acts import call_text
from conformance.engine.properties import calling, check, check_equal, check_instance, expect_raises, shown
from conformance.engine.properties import check_same as check_identical
from conformance.engine.rules import rule

Named = Mapping[str, Any]


def construct(impl: Adapter, type_name: str, named: Named) -> Any:
    """Return a record of the implementation; an exception is a deviation."""
    type_of(impl, type_name)  # a gap where it is not offered
    with calling(call_text(type_name, named)):
        return constructed(impl, type_name, made(impl, dict(named)))


def check_attributes(record: Any, expected: Named, what: str) -> None:
    """Check the values of some attributes; a list will do for a tuple."""
    for name, value in expected.items():
        with calling(f"{what}.{name}"):
            actual = getattr(record, name)
        check_equal(tuple(actual) if isinstance(actual, list) else actual, value, f"{what}.{name}")


# ---- fields and defaults --------------------------------------------------------------------------------------------

NEEDED: Mapping[str, Named] = MappingProxyType(
    {
        "ActionID": {"name": "a"},
        "Cache": {"behavior": "auto"},
        "CodeBundle": {"computed_version": "v", "pkl": "p"},
        "Cron": {"expression": "0 * * * *"},
        "Documentation": {"description": "d"},
        "FixedRate": {"interval_minutes": 5},
        "PathRewrite": {"old_prefix": "a", "new_prefix": "b"},
        "PodTemplate": {},
        "RawDataPath": {"path": "p"},
        "Resources": {},
        "RetryStrategy": {"count": 1},
        "ReusePolicy": {},
        "Secret": {"key": "k"},
        "SerializationContext": {"version": "v"},
        "Timeout": {"max_runtime": 1},
        "Trigger": {"name": "t", "automation": recipe("Cron", expression="0 * * * *")},
        "VersionParameters": {"func": None},
    }
)
"""Per record what it cannot be made without."""

DEFAULTS: Mapping[str, Named] = MappingProxyType(
    {
        "ActionID": {"run_name": "a", "project": None, "domain": None, "org": None},
        "Cache": {"version_override": None, "serialize": False, "ignored_inputs": (), "salt": ""},
        "CodeBundle": {"destination": ".", "tgz": None, "downloaded_path": None, "files": None},
        "Cron": {"timezone": "UTC"},
        "FixedRate": {"start_time": None},
        "PodTemplate": {"pod_spec": None, "primary_container_name": "primary", "labels": None, "annotations": None},
        "RawDataPath": {"path_rewrite": None},
        "Resources": {"cpu": None, "memory": None, "gpu": None, "disk": None, "shm": None},
        "ReusePolicy": {
            "replicas": (2, 2),
            "concurrency": 1,
            "idle_ttl": timedelta(seconds=30),
            "scaledown_ttl": timedelta(seconds=30),
        },
        "Secret": {"group": None, "mount": None, "as_env_var": "K"},
        "SerializationContext": {
            **dict.fromkeys(("project", "domain", "org", "code_bundle", "image_cache", "root_dir")),
            "input_path": "{{.input}}",
            "output_path": "{{.outputPrefix}}",
            "interpreter_path": "/opt/venv/bin/python",
        },
        "Timeout": {"max_queued_time": None},
        "Trigger": {
            **dict.fromkeys(("interruptible", "inputs", "env_vars", "queue", "labels", "annotations")),
            "description": "",
            "auto_activate": True,
            "overwrite_cache": False,
        },
        "VersionParameters": {"image": None, "code_bundle": None},
    }
)
"""Per record, the defaults of its fields. Source: what both measured releases do."""

TEXTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "ActionID": ("name", "run_name", "project", "domain", "org"),
        "Cache": ("salt",),
        "CodeBundle": ("computed_version", "destination", "pkl", "tgz"),
        "Cron": ("timezone",),
        "Documentation": ("description",),
        "PathRewrite": ("old_prefix",),
        "PodTemplate": ("primary_container_name",),
        "RawDataPath": ("path",),
        "Secret": ("key", "group"),
        "SerializationContext": (
            *("version", "project", "domain", "org", "input_path", "output_path", "interpreter_path"),
        ),
        "Trigger": ("name", "description", "queue"),
    }
)
"""Per record the fields that take any word as it is."""


def filled() -> st.SearchStrategy[tuple[str, dict[str, str]]]:
    """A record by name, and words for some of its fields."""

    def words_for(type_name: str) -> st.SearchStrategy[tuple[str, dict[str, str]]]:
        fields = st.sampled_from(TEXTS[type_name])
        return st.tuples(st.just(type_name), st.dictionaries(fields, words(), max_size=4))

    return st.sampled_from(sorted(TEXTS)).flatmap(words_for)


@rule("VAL-15")
@given(record=filled())
@example(record=("SerializationContext", {"input_path": "i", "output_path": "o"}))
@example(record=("Secret", {"key": "k", "group": "g"}))
def test_records_keep_what_they_are_given(impl: Adapter, record: tuple[str, dict[str, str]]) -> None:
    """A record holds what each field is given, and the default of the table where it is given nothing."""
    for type_name, needed in NEEDED.items():
        plain = construct(impl, type_name, needed)
        check_attributes(plain, DEFAULTS.get(type_name, {}), call_text(type_name, needed))

    type_name, drawn = record
    named = {**NEEDED[type_name], **drawn}
    # A rewrite of a prefix by itself is refused.
    assume(named.get("old_prefix") != named.get("new_prefix", ""))
    expected = {**DEFAULTS.get(type_name, {}), **derived(type_name, named), **drawn}
    check_attributes(construct(impl, type_name, named), expected, call_text(type_name, named))


@rule("VAL-15")
@given(files=st.lists(words(), max_size=3), seconds=st.integers(30, 10**6))
@example(files=["a.py", "b.py"], seconds=30)
def test_records_tell(impl: Adapter, files: list[str], seconds: int) -> None:
    """A bundle lists its files, a policy says when it scales down, and the primary container has a name."""
    bundle = construct(impl, "CodeBundle", {**NEEDED["CodeBundle"], "files": files})
    check_equal(list(bundle.files), files, f"files of CodeBundle(files={files!r})")
    policy = construct(impl, "ReusePolicy", {"scaledown_ttl": seconds})
    check_equal(policy.get_scaledown_ttl(), timedelta(seconds=seconds), f"get_scaledown_ttl() of {seconds} seconds")
    name = type_of(impl, "PRIMARY_CONTAINER_DEFAULT_NAME")
    check_equal(name, "primary", "PRIMARY_CONTAINER_DEFAULT_NAME")


LONGEST = 255
"""How many characters of a description are kept. Source: site/understand/contract.md."""


@rule("VAL-15")
@given(text=words(), length=st.integers(0, 999))
@example(text="x", length=LONGEST)
@example(text="x", length=LONGEST + 1)
def test_descriptions_are_cut(impl: Adapter, text: str, length: int) -> None:
    """A description of a trigger or an environment that is too long is cut, and shows that it was."""
    whole = (text * (length // len(text) + 1))[:length]
    trigger = construct(impl, "Trigger", {**NEEDED["Trigger"], "description": whole}).description
    for kind, actual in (("Trigger", trigger), ("TaskEnvironment", impl.make_env(description=whole).description)):
        what = f"description of a {kind} that was given {length} characters"
        if length <= LONGEST:
            check_equal(actual, whole, what)
        else:
            kept = actual.removesuffix("...(tr.)")
            check_equal(len(actual), LONGEST, f"length of the {what}")
            check(kept != actual and whole.startswith(kept), f"{what}: got {actual!r}")


@rule("VAL-15")
@given(key=words())
@example(key="k")
def test_secrets_have_stable_hashes(impl: Adapter, key: str) -> None:
    """Equal secrets have the same hash and the same str(), and different secrets have different ones."""
    first, second, third = (construct(impl, "Secret", {"key": one}) for one in (key, key, f"{key}_"))
    check_equal(hash(first), hash(second), f"the hash of Secret({key!r}) and of an equal one")
    check_equal(first.stable_hash(), second.stable_hash(), f"stable_hash of Secret({key!r}) and of an equal one")
    check(first.stable_hash() != third.stable_hash(), f"stable_hash of Secret({key!r}) is that of another key")


def derived(type_name: str, named: Named) -> dict[str, str]:
    """Return the fields that a record makes up from others."""
    if type_name == "ActionID":
        return {"run_name": named["name"]}
    if type_name == "Secret":
        return {"as_env_var": "_".join([named[part] for part in ("group", "key") if part in named]).upper()}
    return {}


# ---- triggers -------------------------------------------------------------------------------------------------------

FACTORIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "minutely": ("* * * * *", "A trigger that runs every minute"),
        "hourly": ("0 * * * *", "A trigger that runs every hour"),
        "daily": ("0 0 * * *", "A trigger that runs daily at midnight"),
        "weekly": ("0 0 * * 0", "A trigger that runs weekly on Sundays at midnight"),
        "monthly": ("0 0 1 * *", "A trigger that runs monthly on the 1st at midnight"),
    }
)
"""Per factory of triggers its schedule and how it describes itself."""


@rule("VAL-17")
@given(inputs=st.dictionaries(words(), texts(), max_size=2), key=words(), name=words())
@example(inputs={}, key="at", name="t")
@example(inputs={"x": ""}, key="at", name="t")
def test_trigger_factories(impl: Adapter, inputs: dict[str, str], key: str, name: str) -> None:
    """A factory's trigger has its schedule and description; a named input gets the time at which it fires."""
    kind, fires_at = type_of(impl, "Trigger"), type_of(impl, "TriggerTime")
    assume(key not in inputs)
    check(fires_at is not None, "TriggerTime is None")

    for factory, (expression, description) in FACTORIES.items():
        what = f"Trigger.{factory}"
        make = getattr(kind, factory)
        with calling(f"{what}()"):
            plain = make()
        check_attributes(plain, {"name": factory, "description": description, "inputs": {}}, f"{what}()")
        check_attributes(plain.automation, {"expression": expression, "timezone": "UTC"}, f"{what}().automation")
        with calling(f"{what}({key!r}, name={name!r}, inputs={inputs!r})"):
            timed = make(key, name=name, inputs=inputs)
        check_attributes(timed, {"name": name, "description": description}, f"{what}({key!r}, name={name!r})")
        check_identical(timed.inputs[key], fires_at, f"{what}({key!r}).inputs[{key!r}]")
        check_equal(dict(timed.inputs), {**inputs, key: fires_at}, f"{what}({key!r}, inputs={inputs!r}).inputs")
        check_attributes(make(description="d", queue="q"), {"description": "d", "queue": "q"}, f"{what}(description=)")


@rule("VAL-17")
@given(expression=words(), timezone=st.sampled_from(["UTC", "Europe/Berlin"]), minutes=st.integers(1, 10**6))
@example(expression="0 0 * * *", timezone="UTC", minutes=1)
def test_automations_as_text(impl: Adapter, expression: str, timezone: str, minutes: int) -> None:
    """str() of an automation describes it."""
    cron = construct(impl, "Cron", {"expression": expression, "timezone": timezone})
    zoned = f"CRON_TZ={timezone} {expression}"
    check_equal(cron.timezone_expression, zoned, f"timezone_expression of {shown(cron)}")
    check_equal(str(cron), f"Cron Trigger: {zoned}", "str(Cron(...))")
    rate = construct(impl, "FixedRate", {"interval_minutes": minutes})
    check_equal(str(rate), f"FixedRate Trigger: every {minutes} minutes", "str(FixedRate(...))")


# ---- resources ------------------------------------------------------------------------------------------------------

DEVICES: Sequence[tuple[str, tuple[Any, ...], tuple[int, str, str, str | None]]] = (
    ("GPU", ("T4", 1), (1, "GPU", "T4", None)),
    ("GPU", ("A100", 2, "1g.5gb"), (2, "GPU", "A100", "1g.5gb")),
    ("TPU", ("V5P",), (1, "TPU", "V5P", None)),
    ("TPU", ("V5P", "2x2x1"), (1, "TPU", "V5P", "2x2x1")),
    ("Neuron", ("Trn1",), (1, "NEURON", "Trn1", None)),
    ("AMD_GPU", ("MI300X",), (1, "AMD_GPU", "MI300X", None)),
    ("HABANA_GAUDI", ("Gaudi1",), (1, "HABANA_GAUDI", "Gaudi1", None)),
)
"""Makers of devices, what they are called with, and number, family, device and part of what they make."""

ACCELERATORS: Mapping[str, tuple[int, str, str]] = MappingProxyType(
    {
        "T4:1": (1, "GPU", "T4"),
        "A100:2": (2, "GPU", "A100"),
        "H100:8": (8, "GPU", "H100"),
        "MI300X:1": (1, "AMD_GPU", "MI300X"),
        "Trn1:1": (1, "NEURON", "Trn1"),
        "Inf2:2": (2, "NEURON", "Inf2"),
        "Gaudi1:1": (1, "HABANA_GAUDI", "Gaudi1"),
    }
)
"""Accelerators as strings, with the number, the family and the device they request."""

COUNTS: Mapping[str, Sequence[int]] = {
    **dict.fromkeys(("A10", "A10G", "A100", "B200", "H100", "H200", "L4", "L40s", "T4", "V100"), range(1, 9)),
    **dict.fromkeys(("Trn1", "Trn1n", "Trn2", "Trn2u"), (1, 4, 8, 16)),
    "Inf1": range(1, 17),
    "Inf2": range(1, 13),
    **dict.fromkeys(("MI100", "MI210", "MI250", "MI250X", "MI300A", "MI300X", "MI325X", "MI350X", "MI355X"), (1,)),
    "Gaudi1": (1,),
}
"""Allowed numbers for each accelerator."""

SLICES = ("1x1", "2x2", "2x4", "4x4", "4x8", "8x8", "8x16", "16x16")

PARTITIONS: Mapping[tuple[str, str], Sequence[str]] = {
    ("GPU", "A100"): ("1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"),
    ("GPU", "A100 80G"): ("1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"),
    ("GPU", "H100"): ("1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"),
    ("GPU", "H200"): ("1g.18gb", "1g.35gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb"),
    ("TPU", "V5P"): ("2x2x1", "2x2x2", "2x4x4", "4x4x4", "4x4x8", "4x8x8", "8x8x8", "8x8x16", "8x16x16", "16x16x16"),
    ("TPU", "V6E"): SLICES,
}
"""Per maker and device the parts that it can be split into."""

PARTS = ("quantity", "device_class", "device", "partition")


@rule("VAL-18")
@given(count=st.integers(1, 64), size=st.integers(1, 99).map("{}Gi".format))
@example(count=1, size="1Gi")
def test_resources_as_devices(impl: Adapter, count: int, size: str) -> None:
    """Resources return their accelerators as a device, and their shared memory as a quantity."""
    for text, expected in ACCELERATORS.items():
        device = construct(impl, "Resources", {"gpu": text}).get_device()
        check_attributes(device, dict(zip(PARTS, expected, strict=False)), f"Resources(gpu={text!r}).get_device()")
    device = construct(impl, "Resources", {"gpu": count}).get_device()
    plain = {"quantity": count, "device_class": "GPU", "device": None, "partition": None}
    check_attributes(device, plain, f"Resources(gpu={count}).get_device()")
    for maker, arguments, due_parts in DEVICES:
        with calling(f"{maker}{arguments!r}"):
            asked = type_of(impl, maker)(*arguments)
        check_attributes(asked, dict(zip(PARTS, due_parts, strict=True)), f"{maker}{arguments!r}")
        told = construct(impl, "Resources", {"gpu": asked}).get_device()
        check_equal(told, asked, f"Resources(gpu={maker}{arguments!r}).get_device()")
    for maker, needed in (("GPU", (1,)), ("TPU", ()), ("Neuron", ()), ("AMD_GPU", ()), ("HABANA_GAUDI", ())):
        with expect_raises(ValueError, f"{maker}('none such')"):
            type_of(impl, maker)("none such", *needed)
    with expect_raises(ValueError, "GPU('T4', 0)"):
        type_of(impl, "GPU")("T4", 0)
    check(
        construct(impl, "Resources", {}).get_device() is None, "Resources().get_device(): expected None, got a device"
    )
    for shm, due_memory in (("auto", ""), (size, size), (None, None)):
        memory = construct(impl, "Resources", {"shm": shm}).get_shared_memory()
        check_equal(memory, due_memory, f"Resources(shm={shm!r}).get_shared_memory()")


@rule("VAL-18")
@given(device=st.sampled_from(sorted(COUNTS)), other=words())
@example(device="A100", other="x")
def test_accelerators(impl: Adapter, device: str, other: str) -> None:
    """The number of accelerators can be up to that of one machine, and the partition any that the accelerator has."""
    for count in COUNTS[device]:
        told = construct(impl, "Resources", {"gpu": f"{device}:{count}"}).get_device()
        check_attributes(told, {"quantity": count, "device": device}, f"Resources(gpu='{device}:{count}').get_device()")
    for wrong in (f"{device}:{max(COUNTS[device]) + 1}", f"{device}:0", device, f"{device}:{other}", f"{other}:1"):
        with expect_raises(ValueError, f"Resources(gpu={wrong!r})"):
            type_of(impl, "Resources")(gpu=wrong)
    for (maker, whole), parts in PARTITIONS.items():
        for part in parts:
            arguments = (whole, 1, part) if maker == "GPU" else (whole, part)
            with calling(f"{maker}{arguments!r}"):
                actual = type_of(impl, maker)(*arguments)
            check_attributes(actual, {"partition": part}, f"{maker}{arguments!r}")
        refused = (whole, 1, other) if maker == "GPU" else (whole, other)
        with expect_raises(ValueError, f"{maker}{refused!r}"):
            type_of(impl, maker)(*refused)


# ---- cache ----------------------------------------------------------------------------------------------------------


def add(x: int) -> int:
    """Add one."""
    return x + 1


def subtract(x: int) -> int:
    """Subtract one."""
    return x - 1


@rule("VAL-21")
@given(salt=texts(min_size=1))
@example(salt="s")
def test_cache_versions(impl: Adapter, salt: str) -> None:
    """The version of a cache depends on code and salt; without a function, a policy or a cache there is none."""
    policy, parameters = type_of(impl, "FunctionBodyPolicy")(), type_of(impl, "VersionParameters")

    def version_of(func: Any, **named: Any) -> Any:
        cache = construct(impl, "Cache", {"behavior": "auto", **named})
        with calling(f"{call_text('Cache', named)}.get_version(...)"):
            return cache.get_version(parameters(func=func))

    plain = version_of(add)
    check(plain and plain == version_of(add), f"the version of one function: got {plain!r}, and another one later")
    check(plain != version_of(subtract), "two functions have one version")
    check(plain != version_of(add, salt=salt), f"the salt {salt!r} makes no difference to the version")
    check_equal(version_of(add, policies=policy), plain, "the version by one policy, against that by default")
    check_equal(version_of(add, policies=[policy]), plain, "the version by a list of one policy")
    check(version_of(add, policies=[policy, policy]), "the version by two policies is empty")
    check_equal(version_of(add, behavior="disable"), "", "the version of a cache that is disabled")
    check_equal(policy.get_version(salt, parameters(func=None)), "", "FunctionBodyPolicy().get_version of no function")
    with expect_raises(ValueError, "Cache(behavior='auto', policies=[])"):
        type_of(impl, "Cache")(behavior="auto", policies=[]).get_version(parameters(func=add))


# ---- errors ---------------------------------------------------------------------------------------------------------

CODED = {"RuntimeUserError": "user", "RuntimeSystemError": "system", "RuntimeUnknownError": "unknown"}
"""Errors that are made with a code, and the kind of each."""

NAMED: Mapping[str, str | None] = {
    **dict.fromkeys(("ActionAbortedError", "CodeBundleError", "DeploymentError", "ImageBuildError"), "user"),
    **dict.fromkeys(("InlineIOMaxBytesBreached", "ModuleLoadError", "OnlyAsyncIOSupportedError"), "user"),
    **dict.fromkeys(("SlowDownError", "TaskTimeoutError"), "user"),
    "TraceDoesNotAllowNestedTasksError": None,
}
"""Errors that are made from a message alone; their code is the name of their class. With the worker they name."""


@rule("VAL-19")
@given(code=words(), message=texts(min_size=1), worker=words(), task=words())
@example(code="c", message="m", worker="w", task="t")
def test_errors_say_whose_fault(impl: Adapter, code: str, message: str, worker: str, task: str) -> None:
    """An error of a run has a code and a kind, and str() is its message."""
    errors: Any = impl.errors
    for name, kind in CODED.items():
        make = getattr(errors, name)
        for arguments, due_worker in (((), None), ((worker,), worker)):
            error = make(code, message, *arguments)
            expected = {"code": code, "kind": kind, "worker": due_worker}
            check_attributes(error, expected, f"{name}({code!r}, {message!r}, *{arguments})")
            check_equal(str(error), message, f"str({name}(...))")
    for name, worker_of_it in NAMED.items():
        error = getattr(errors, name)(message)
        check_attributes(error, {"code": name, "kind": "user", "worker": worker_of_it}, f"{name}({message!r})")
        check_equal(str(error), message, f"str({name}({message!r}))")
        check_instance(error, errors.RuntimeUserError, f"{name}({message!r})")
    check_attributes(errors.NonRecoverableError(message), {"code": "NonRecoverableError"}, "NonRecoverableError")
    check_attributes(errors.NonRecoverableError(message, code=code), {"code": code}, "NonRecoverableError(code=)")
    cause = KeyError(message)
    custom = errors.CustomError.from_exception(cause)
    told: dict[str, object] = {"code": "KeyError", "kind": "user", "worker": "user", "__cause__": cause}
    check_attributes(custom, told, "CustomError.from_exception(KeyError(...))")
    check_equal(str(custom), str(cause), "str(CustomError.from_exception(...))")
    invalid = errors.RuntimeDataValidationError("v", message, task)
    check_attributes(invalid, {"code": "DataValidationError", "kind": "user"}, "RuntimeDataValidationError(...)")
    no_task = [str(errors.RuntimeDataValidationError("v", message, *given)) for given in ((), ("",))]
    check_equal(no_task[0], no_task[1], "str(RuntimeDataValidationError(...)) without a task")
    for part in ("v", message, task):
        check(part in str(invalid), f"str(RuntimeDataValidationError(...)): {part!r} is not in {str(invalid)!r}")


# ---- what a running task knows --------------------------------------------------------------------------------------


@rule("VAL-20")
@given(name=words(), other=words(), project=words(), salt=words())
@example(name="a", other="b", project="p", salt="s")
def test_actions_of_a_run(impl: Adapter, name: str, other: str, project: str, salt: str) -> None:
    """An action knows its run, and a sub-action of the same run needs only a name."""
    kind = type_of(impl, "ActionID")
    named = {"name": name, "run_name": "r", "project": project, "domain": "d", "org": "o"}
    action = construct(impl, "ActionID", named)
    what = call_text("ActionID", named)

    check_attributes(action.new_sub_action(other), {**named, "name": other}, f"{what}.new_sub_action({other!r})")
    first, second = action.new_sub_action(), action.new_sub_action()
    check(first.name and first.name != second.name, f"{what}.new_sub_action(): both are called {first.name!r}")
    check_equal(action.unique_id_str(), f"{project}-d-r-{name}", f"{what}.unique_id_str()")
    check_equal(action.unique_id_str(salt), f"{project}-d-r-{name}-{salt}", f"{what}.unique_id_str({salt!r})")
    drawn = kind.create_random()
    check_equal(drawn.run_name, drawn.name, "run_name of ActionID.create_random()")
    check(drawn.name != kind.create_random().name, "ActionID.create_random() gave one name twice")


@rule("VAL-20")
@given(old=words(), new=words())
@example(old="a", new="b")
def test_path_rewrites(impl: Adapter, old: str, new: str) -> None:
    """A path rewrite is parsed from a string; one that rewrites nothing is rejected."""
    kind = type_of(impl, "PathRewrite")
    assume(old != new)
    check_attributes(
        kind.from_str(f"{old}->{new}"), {"old_prefix": old, "new_prefix": new}, "PathRewrite.from_str(...)"
    )
    for wrong in (old, f"{old}->", f"->{new}", f"{old}->{old}", f"{old}->{new}->{old}"):
        with expect_raises(ValueError, f"PathRewrite.from_str({wrong!r})"):
            kind.from_str(wrong)


@rule("VAL-20")
@given(data=st.dictionaries(words(), st.integers(), max_size=2), more=st.dictionaries(words(), st.integers()))
@example(data={"a": 1}, more={"b": 2})
@example(data={"a": 1}, more={"a": 2})
@example(data={}, more={})
def test_task_context(impl: Adapter, data: dict[str, int], more: dict[str, int]) -> None:
    """A task's context gives its data by key, None for another; a changed copy merges data over those there were."""
    with contextlib.ExitStack() as entered:
        context: Any = entered.enter_context(impl.task_context(data))
        check_instance(context, type_of(impl, "TaskContext"), "what task_context() enters")

        for key, value in data.items():
            check_equal(context[key], value, f"context[{key!r}] of data {data}")
        check(context["no such key"] is None, f"context['no such key']: expected None, got {context['no such key']!r}")
        check_equal(dict(context.replace(data=more).data), {**data, **more}, f"replace(data={more}) of data {data}")
        check_equal(dict(context.replace(data=None).data), data, f"replace(data=None) of data {data}")
        check_equal(context.replace(version="w").version, "w", "version of replace(version='w')")
        check_equal(dict(context.replace(version="w").data), data, f"data of replace(version='w'), of data {data}")
        check_attributes(context, {"mode": "remote", "interactive_mode": False, "group_data": None}, "a task's context")
        for mode, is_in_cluster in (("remote", True), ("local", False), ("hybrid", False)):
            actual = context.replace(mode=mode).is_in_cluster()
            check(actual is is_in_cluster, f"is_in_cluster() of mode {mode!r}: expected {is_in_cluster}, got {actual}")


@rule("VAL-20")
@given(folder=words(), interpreter=words())
@example(folder="f", interpreter="python")
def test_packing_records(impl: Adapter, folder: str, interpreter: str) -> None:
    """A bundle knows its destination and its kind, archive or pickle; the entry point is next to the interpreter."""
    bundle = construct(impl, "CodeBundle", NEEDED["CodeBundle"])
    unpacked = bundle.with_downloaded_path(Path(folder))
    check_attributes(unpacked, {"downloaded_path": Path(folder), "pkl": "p"}, "CodeBundle.with_downloaded_path(...)")
    check_attributes(bundle, {"downloaded_path": None}, "the CodeBundle before")
    with expect_raises(ValueError, "CodeBundle(computed_version='v')"):
        type_of(impl, "CodeBundle")(computed_version="v")

    context = construct(impl, "SerializationContext", NEEDED["SerializationContext"])
    check_equal(context.get_entrypoint_path(), "/opt/venv/bin/runtime.py", "get_entrypoint_path()")
    own = f"/{folder}/bin/{interpreter}"
    check_equal(context.get_entrypoint_path(own), f"/{folder}/bin/runtime.py", f"get_entrypoint_path({own!r})")
    raw = type_of(impl, "RawDataPath")
    check_equal(raw.from_local_folder(folder).path, folder, f"RawDataPath.from_local_folder({folder!r}).path")
    with tempfile.TemporaryDirectory() as name:
        nested = Path(name, folder, folder)
        for _ in range(2):
            check_equal(
                raw.from_local_folder(nested).path, str(nested), "RawDataPath.from_local_folder(Path(...)).path"
            )
            check(nested.is_dir(), "RawDataPath.from_local_folder(Path(...)) made no folder")
