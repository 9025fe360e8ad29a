"""Rules VAL: the public value types on their own, what they accept and what they make of it."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import (
    COMMON_ACCELERATORS,
    TemplateRecipe,
    accelerators_of,
    constructed,
    type_of,
)
from conformance.contracts.task_template.strategies.values import FixedVersion, durations, templates, texts, words
from conformance.contracts.task_template.suite.acts import (
    WRONG_VALUE,
    build,
    call_text,
    check_alike,
    check_refused_everywhere,
)
from conformance.contracts.task_template.suite.doubles import outcome_of
from conformance.contracts.task_template.suite.observe import alike
from conformance.contracts.task_template.suite.offers import offered
from conformance.contracts.task_template.suite.readings import check_kind, is_kind, read, told, version_of
from conformance.engine.properties import calling, check, check_equal, described, expect_raises, shown, trying
from conformance.engine.rules import rule


def construct(impl: Adapter, type_name: str, **named: Any) -> Any:
    """Return a value of a public type; an exception is a deviation."""
    type_of(impl, type_name)  # a gap where it is not offered
    with calling(call_text(type_name, named)):
        return constructed(impl, type_name, named)


def check_refused(impl: Adapter, type_name: str, errors: Any = ValueError, **named: Any) -> None:
    """Check that a public type refuses these arguments."""
    type_of(impl, type_name)  # a gap where it is not offered
    with trying(refused=named), expect_raises(errors, call_text(type_name, named)):
        constructed(impl, type_name, named)


CACHE_WORDS = frozenset(
    ("auto", "override", "disable", "enable", "enabled", "on", "true", "yes", "off", "false", "no", "none")
)
"""Words that some release takes as a behavior."""


@rule("VAL-01")
@given(behavior=texts(), names=st.lists(texts(), max_size=3).map(tuple), name=texts())
@example(behavior="always", names=(), name="x")
@example(behavior="", names=("x", "y"), name="é")
@example(behavior="AUT0", names=("x, y", ""), name="x,y")
def test_cache_validated(impl: Adapter, behavior: str, names: tuple[str, ...], name: str) -> None:
    """A cache rejects an unknown behavior, returns ignored inputs as a tuple, and is off only for 'disable'."""
    assume(behavior.strip().lower() not in CACHE_WORDS)

    for unknown in (behavior, None):
        check_refused(impl, "Cache", behavior=unknown)
    for known, enabled in (("auto", True), ("override", True), ("disable", False)):
        version = {"version_override": "1"} if known == "override" else {}
        for ignored, expected in ((name, (name,)), (names, names), (names[:1], names[:1]), ([*names], names)):
            cache = construct(impl, "Cache", behavior=known, ignored_inputs=ignored, **version)
            text = call_text("Cache", {"behavior": known, "ignored_inputs": ignored})
            check_equal(_as_given(told(cache, "get_ignored_inputs")), expected, f"{text}.get_ignored_inputs")
            check_equal(bool(told(cache, "is_enabled")), enabled, f"{text}.is_enabled")
            check_equal(cache.behavior, known, f"{text}.behavior")
        none = construct(impl, "Cache", behavior=known, **version)
        check_equal(_as_given(told(none, "get_ignored_inputs")), (), f"Cache(behavior={known!r}).get_ignored_inputs")


def _as_given(names: Any) -> Any:
    """Return a list as a tuple: it may come back as it was given."""
    return tuple(names) if isinstance(names, list) else names


@rule("VAL-02")
@given(salt=texts(), serialize=st.booleans())
@example(salt="", serialize=False)
def test_cache_override_needs_version(impl: Adapter, salt: str, serialize: bool) -> None:  # noqa: FBT001 - hypothesis passes it by keyword
    """A cache of behavior 'override' without a version is refused when it is created, or when its version is read."""
    type_of(impl, "Cache")
    named = {"behavior": "override", "salt": salt, "serialize": serialize}
    for more in ({}, {"policies": [FixedVersion()]}):
        what = f"the version of {call_text('Cache', {**named, **more})}"
        # "A clear error" in the contract means: of any class, and it says what is missing.
        with expect_raises(Exception, what) as caught:
            version_of(impl, constructed(impl, "Cache", {**named, **more}))
        is_clear = not isinstance(caught.value, AttributeError) and "version" in str(caught.value).lower()
        check(is_clear, f"{what} raised {described(caught.value)}, expected an error that says that it needs a version")
    construct(impl, "Cache", **named, version_override="1")


@rule("VAL-02")
@given(versions=st.lists(texts(min_size=1), min_size=2, max_size=2, unique=True), salt=texts())
@example(versions=["1", "2"], salt="")
def test_cache_override_has_its_version(impl: Adapter, versions: list[str], salt: str) -> None:
    """The version of a cache of behavior 'override' depends on the one that it is given, with and without policies."""
    for more in ({}, {"policies": [FixedVersion()]}):
        caches = [
            construct(impl, "Cache", behavior="override", version_override=version, salt=salt, **more)
            for version in (*versions, versions[0])
        ]
        with calling("the version of Cache(behavior='override', version_override=...)"):
            first, second, again = (version_of(impl, cache) for cache in caches)
        check(first != second, f"version_override={versions[0]!r} and {versions[1]!r}: both have the version {first!r}")
        check_equal(again, first, f"the version of two caches with version_override={versions[0]!r}")


@rule("VAL-03")
@given(version=texts(min_size=1), salt=texts(), policy=words())
@example(version="1", salt="", policy="a")
def test_cache_auto_ignores_version(impl: Adapter, version: str, salt: str, policy: str) -> None:
    """With behavior 'auto', version_override does not change the version of a cache."""
    check_version_ignored(impl, version, {"behavior": "auto", "salt": salt})
    with_policy = {"behavior": "auto", "salt": salt, "policies": [FixedVersion(policy)]}
    # How an implementation asks a policy is not said: one that it cannot ask says nothing.
    if outcome_of(lambda: version_of(impl, constructed(impl, "Cache", with_policy))).error is None:
        check_version_ignored(impl, version, with_policy)


def check_version_ignored(impl: Adapter, version: str, named: Mapping[str, Any]) -> None:
    """Check that a cache has the version that it has without version_override."""
    plain, overridden = (construct(impl, "Cache", **named, **one) for one in ({}, {"version_override": version}))
    what = f"the version of {call_text('Cache', {**named, 'version_override': version})}"
    with calling(what):
        actual, expected = version_of(impl, overridden), version_of(impl, plain)
    check_equal(actual, expected, what)


@rule("VAL-04")
@given(count=st.integers(1, 99), pair=st.tuples(st.integers(0, 9), st.integers(9, 99)))
@example(count=1, pair=(0, 9))
@example(count=2, pair=(9, 9))
def test_reuse_policy_replicas(impl: Adapter, count: int, pair: tuple[int, int]) -> None:
    """A reuse policy holds its replicas as a pair, of one count twice."""
    requests: tuple[tuple[Any, tuple[int, int]], ...] = ((count, (count, count)), (pair, pair))
    for replicas, expected in requests:
        policy, what = construct(impl, "ReusePolicy", replicas=replicas), f"ReusePolicy(replicas={replicas!r})"
        check_equal(policy.replicas, expected, f"{what}.replicas")
        actual = told(policy, "min_replicas"), told(policy, "max_replicas")
        check_equal(actual, expected, f"min_replicas and max_replicas of {what}")


@rule("VAL-04")
@given(seconds=st.integers(30, 10**6), duration=durations(min_seconds=30), short=st.integers(-9, 29))
@example(seconds=30, duration=timedelta(seconds=30), short=29)
@example(seconds=31, duration=timedelta(days=1), short=0)
def test_reuse_policy_times(impl: Adapter, seconds: int, duration: timedelta, short: int) -> None:
    """A reuse policy holds its times as durations, and refuses any below 30 seconds."""
    for name in ("idle_ttl", "scaledown_ttl"):
        requests: tuple[tuple[Any, timedelta], ...] = ((seconds, timedelta(seconds=seconds)), (duration, duration))
        for request, expected in requests:
            actual = getattr(construct(impl, "ReusePolicy", replicas=1, **{name: request}), name)
            check_equal(actual, expected, f"ReusePolicy(replicas=1, {name}={request!r}).{name}")
        for too_short in (short, timedelta(seconds=short), timedelta(seconds=30) - timedelta.resolution):
            check_refused(impl, "ReusePolicy", replicas=1, **{name: too_short})


@rule("VAL-04")
@given(replicas=st.sampled_from([(), (1,), (1, 2, 3), "2", [1, 2], 1.5]))
@example(replicas=(1, 2, 3))
@example(replicas=0)
def test_replicas_are_a_pair(impl: Adapter, replicas: Any) -> None:
    """Replicas that are neither a count nor a pair are refused, or made a pair of counts. None are none, or refused."""
    type_of(impl, "ReusePolicy")
    outcome = outcome_of(lambda: constructed(impl, "ReusePolicy", {"replicas": replicas}).replicas)
    is_pair = isinstance(outcome.value, tuple) and [type(one) for one in outcome.value] == [int, int]
    is_pair = is_pair and (replicas != 0 or outcome.value == (0, 0))
    is_refused = isinstance(outcome.error, WRONG_VALUE)
    what = f"ReusePolicy(replicas={replicas!r}).replicas"
    check(is_refused or is_pair, f"{what} {outcome}, expected TypeError, ValueError or a pair of counts")


@rule("VAL-04")
@given(ttl=st.sampled_from(["30", 30.5, ()]))
@example(ttl="30")
def test_times_are_durations(impl: Adapter, ttl: Any) -> None:
    """A time of another type is refused, or made a duration: it is never kept."""
    type_of(impl, "ReusePolicy")
    outcome = outcome_of(lambda: constructed(impl, "ReusePolicy", {"replicas": 1, "idle_ttl": ttl}).idle_ttl)
    is_refused, what = isinstance(outcome.error, WRONG_VALUE), f"ReusePolicy(replicas=1, idle_ttl={ttl!r}).idle_ttl"
    is_fine = is_refused or isinstance(outcome.value, timedelta)
    check(is_fine, f"{what} {outcome}, expected TypeError, ValueError or a timedelta")


@rule("VAL-05")
@given(low=st.integers(0, 9), more=st.integers(1, 9), negative=st.integers(-9, -1), concurrency=st.integers(-9, 0))
@example(low=2, more=3, negative=-1, concurrency=0)
@example(low=0, more=1, negative=-1, concurrency=-1)
def test_reuse_policy_validated(impl: Adapter, low: int, more: int, negative: int, concurrency: int) -> None:
    """A reuse policy refuses a minimum above the maximum, negative replicas and a concurrency below 1."""
    for named in (
        {"replicas": (low + more, low)},
        {"replicas": negative},
        {"replicas": (negative, low)},
        {"replicas": (negative, negative)},
        {"replicas": 1, "concurrency": concurrency},
    ):
        check_refused(impl, "ReusePolicy", WRONG_VALUE, **named)
    accepted = ({"replicas": (more, more)}, {"replicas": (low, low + more)}, {"replicas": 1, "concurrency": more})
    for named in accepted:
        construct(impl, "ReusePolicy", **named)


MOUNT = "/etc/flyte/secrets"
"""The one place where a secret may be mounted as a file."""


def mount_of(impl: Adapter) -> Any:
    """Return the mount in a form that a Secret takes: the contract does not say whether it is a path or a string."""
    named = ({"key": "k", "mount": form(MOUNT)} for form in (Path, PurePosixPath, str))
    outcomes = [(one["mount"], outcome_of(partial(constructed, impl, "Secret", one))) for one in named]
    accepted = [mount for mount, outcome in outcomes if outcome.error is None]
    check(accepted, f"Secret(key='k', mount={outcomes[0][0]!r}) {outcomes[0][1]}, expected it to be accepted")
    return accepted[0]


@rule("VAL-06")
@given(
    key=st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True),
    group=st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True),
    name=st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True),
)
@example(key="my-key", group="my-group", name="_")
@example(key="k", group="g", name="A1")
def test_secret_env_var(impl: Adapter, key: str, group: str, name: str) -> None:
    """The variable of a secret is [GROUP_]KEY in upper case with _ for -, unless given; a mounted one may have none."""
    type_of(impl, "Secret")
    expected, mount = key.replace("-", "_").upper(), mount_of(impl)
    for named, variables in (
        ({"key": key}, (expected,)),
        ({"key": key, "group": group}, (f"{group.replace('-', '_').upper()}_{expected}",)),
        ({"key": key, "group": group, "as_env_var": name}, (name,)),
        ({"key": key, "mount": mount}, (None, expected)),
        ({"key": key, "mount": mount, "as_env_var": name}, (name,)),
    ):
        secret = construct(impl, "Secret", **named)
        actual, what = told(secret, "as_env_var"), f"{call_text('Secret', named)}.as_env_var"
        check(actual in variables, f"{what}: expected {' or '.join(map(repr, variables))}, got {actual!r}")
        check_equal(secret.key, key, f"{call_text('Secret', named)}.key")


ENV_VAR = re.compile(r"[A-Z_][A-Z0-9_]*$")
"""A name of a variable; a newline at its end has a rule of its own (VAL-07)."""


@rule("VAL-06")
@given(
    name=texts(min_size=1).filter(lambda text: not ENV_VAR.match(text)),
    path=st.sampled_from(
        ["/", "/etc", "/etc/flyte", "/etc/flyte/secrets/x", "etc/flyte/secrets", "/ETC/flyte/secrets"]
    ),
)
@example(name="a", path="/etc")
@example(name="1A", path="/")
@example(name="A-B", path="/etc/flyte/secrets/x")
@example(name="A B", path="/etc/flyte")
@example(name="É", path="/etc/flyte")
@example(name="AbÉ", path="/etc/flyte")
def test_secret_refuses_names_and_mounts(impl: Adapter, name: str, path: str) -> None:
    """A variable outside [A-Z_][A-Z0-9_]* and a mount anywhere else are refused, also where it is made of the key."""
    type_of(impl, "Secret")
    check_refused(impl, "Secret", WRONG_VALUE, key="k", as_env_var=name)
    check_refused(impl, "Secret", WRONG_VALUE, key="k", as_env_var=name, mount=mount_of(impl))
    for form in (Path, PurePosixPath, str):
        check_refused(impl, "Secret", WRONG_VALUE, key="k", mount=form(path))
    for key in ("1k", "a.b", "a b", "é"):
        check_refused_or_none(impl, key)


def check_refused_or_none(impl: Adapter, key: str) -> None:
    """Check that a key whose upper case is no name of a variable is refused, or gives none, when it is read at last."""
    outcome = outcome_of(lambda: read(constructed(impl, "Secret", {"key": key}), "as_env_var"))
    is_fine = outcome.error is not None or outcome.value is None
    with trying(refused={"key": key}):
        check(is_fine, f"Secret(key={key!r}).as_env_var {outcome}, expected TypeError, ValueError or None")


@rule("VAL-07")
@given(name=st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True))
@example(name="A")
def test_secret_env_var_full_match(impl: Adapter, name: str) -> None:
    """A variable name that ends in a newline is refused."""
    check_refused(impl, "Secret", WRONG_VALUE, key="k", as_env_var=f"{name}\n")
    check_refused_or_none(impl, f"{name}\n")


@rule("VAL-08")
@given(
    item=st.integers(1, 9),
    length=st.sampled_from([0, 1, 3, 4]),
    negative=st.integers(max_value=-1) | st.floats(-1e6, -1e-6),
    gpu=texts(min_size=1).map(lambda text: f"{text}:0"),
)
@example(item=1, length=1, negative=-1, gpu="no accelerator")
@example(item=1, length=3, negative=-0.5, gpu="Z9:1")
@example(item=1, length=0, negative=-1, gpu="no accelerator:1")
def test_resources_validated(impl: Adapter, item: int, length: int, negative: float, gpu: str) -> None:
    """Pairs of another length than two, negative counts and unknown accelerators raise ValueError."""
    refused: tuple[dict[str, Any], ...] = (
        {"cpu": (item,) * length},
        {"memory": (f"{item}Gi",) * length},
        {"cpu": negative},
        {"gpu": -item},
        {"gpu": gpu},
    )
    accepted: tuple[dict[str, Any], ...] = (
        {"cpu": 0},
        {"gpu": 0},
        {"cpu": (item, item)},
        {"memory": ("1Gi", "2Gi")},
        {},
    )
    for named in refused:
        check_refused(impl, "Resources", **named)
    for named in accepted:
        construct(impl, "Resources", **named)


UP_TO_8 = tuple(range(1, 9))
COUNTS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("A10", "A10G", "A100", "B200", "H100", "H200", "L4", "L40s", "T4", "V100"), UP_TO_8),
    **dict.fromkeys(("Trn1", "Trn1n", "Trn2", "Trn2u"), (1, 4, 8, 16)),
    "Inf1": tuple(range(1, 17)),
    "Inf2": tuple(range(1, 13)),
    "GB10": (1,),
    "Gaudi1": (1,),
    **dict.fromkeys(("MI100", "MI210", "MI250", "MI250X", "MI300A", "MI300X", "MI325X", "MI350X", "MI355X"), (1,)),
}
"""How many of each accelerator `gpu="DEVICE:N"` may ask for: what every release of the SDK takes."""


@rule("VAL-08")
def test_accelerators_are_a_closed_list(impl: Adapter) -> None:
    """Some accelerators are known; other spellings of their names, and numbers that make no sense, are refused."""
    type_of(impl, "Resources")
    known = accelerators_of(impl)
    tried = ", ".join(map(repr, COMMON_ACCELERATORS))
    check(known, f"Resources(gpu=...) takes none of {tried}: name yours in `accelerators` of the adapter")
    for gpu in known:
        construct(impl, "Resources", gpu=gpu)
        device, colon, _ = gpu.partition(":")
        wrong = [f"X{gpu}", f" {gpu}", *(f"{device}:{number}" for number in ("0", "-1", "", "x") if colon)]
        # The contract says that the list is closed. One that has both spellings has them.
        wrong += [other for other in (gpu.upper(), gpu.lower()) if other not in known]
        for one in wrong:
            check_refused(impl, "Resources", gpu=one)


@rule("VAL-22")
def test_accelerators_by_name(impl: Adapter) -> None:
    """Each accelerator is known by its name, in each number that there is of it, and in no other number or spelling."""
    for device, counts in COUNTS.items():
        for count in counts:
            construct(impl, "Resources", gpu=f"{device}:{count}")
        for wrong in (f"{device}:{counts[-1] + 1}", device, f"{device.swapcase()}:{counts[0]}"):
            check_refused(impl, "Resources", gpu=wrong)


FAMILIES: Mapping[str, tuple[str, ...]] = {
    "GPU": ("A10", "A10G", "A100", "B200", "H100", "H200", "L4", "L40s", "T4", "V100", "GB10"),
    "TPU": ("V5P", "V6E"),
    "Neuron": ("Trn1", "Trn1n", "Trn2", "Trn2u", "Inf1", "Inf2"),
    "AMD_GPU": ("MI100", "MI210", "MI250", "MI250X", "MI300A", "MI300X", "MI325X", "MI350X", "MI355X"),
    "HABANA_GAUDI": ("Gaudi1",),
}
"""The accelerators by the function that makes one of each family."""

PARTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("GPU", "A100"): ("1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"),
    ("GPU", "H100"): ("1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"),
    ("GPU", "H200"): ("1g.18gb", "1g.35gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb"),
    ("TPU", "V5P"): (
        *("2x2x1", "2x2x2", "2x4x4", "4x4x4", "4x4x8", "4x8x8"),
        *("8x8x8", "8x8x16", "8x16x16", "16x16x16", "16x16x24"),
    ),
    ("TPU", "V6E"): ("1x1", "2x2", "2x4", "4x4", "4x8", "8x8", "8x16", "16x16"),
}
"""The parts that an accelerator can be split into, by family and name."""


@rule("VAL-22")
@given(wrong=texts().map("{}?".format))
@example(wrong="Z9")
@example(wrong="")
def test_accelerators_by_family(impl: Adapter, wrong: str) -> None:
    """Each accelerator is made by its family, whole and in each of its parts; unknown ones and parts are refused."""
    for family, devices in FAMILIES.items():
        for device in devices:
            check_accelerator(impl, family, device)
        others = [device for other, names in FAMILIES.items() if other != family for device in names]
        for unknown in (wrong, others[0]):
            with expect_raises(ValueError, f"{family}({unknown!r})"):
                accelerator(impl, family, unknown)
    for (family, device), parts in PARTS.items():
        for part in parts:
            check_accelerator(impl, family, device, partition=part)
        with expect_raises(ValueError, f"{family}({device!r}, partition={wrong!r})"):
            accelerator(impl, family, device, partition=wrong)


def accelerator(impl: Adapter, family: str, device: str, **named: str) -> Any:
    """Return one accelerator of a family; for GPUs, several."""
    return type_of(impl, family)(device, *((1,) if family == "GPU" else ()), **named)


def check_accelerator(impl: Adapter, family: str, device: str, **named: str) -> None:
    """Check that resources may ask for an accelerator."""
    with calling(f"Resources(gpu={call_text(family, {'device': device, **named})})"):
        construct(impl, "Resources", gpu=accelerator(impl, family, device, **named))


BAD_QUANTITIES = ("lots", "x", "zz", "1 Gi", "Gi", "1Gi\n", "--1", "1GiB", "-1Gi", "1,5", "\uff11Gi", "1ki", "1gi")
"""Strings that are not Kubernetes quantities."""


@rule("VAL-09")
def test_resources_refuse_each_bad_quantity(impl: Adapter) -> None:
    """Each string that is not a quantity is rejected."""
    for bad in BAD_QUANTITIES:
        for name in ("cpu", "memory", "disk"):
            check_refused(impl, "Resources", WRONG_VALUE, **{name: bad})


@rule("VAL-09")
@given(bad=st.sampled_from(BAD_QUANTITIES) | st.from_regex(r"[g-z]{2,6}", fullmatch=True), low=st.integers(1, 9))
@example(bad="lots", low=1)
@example(bad="zz", low=4)
def test_resources_quantities(impl: Adapter, bad: str, low: int) -> None:
    """Strings that are not quantities, and a request above its limit, are rejected; any unit is accepted."""
    refused: tuple[dict[str, Any], ...] = (
        *({name: bad} for name in ("cpu", "memory", "disk")),
        {"memory": ("1Gi", bad)},
        {"cpu": (low + 1, low)},
        {"cpu": (-low, low)},  # here and not with VAL-08, whose other numbers the vendor refuses
        {"cpu": (-0.5, low)},
        {"cpu": (f"{low}", "500m")},
        {"cpu": (low, "500m")},
        {"memory": (f"{low + 1}Gi", f"{low}Gi")},
        {"memory": (f"{low}Gi", "1Ki")},
    )
    accepted: tuple[dict[str, Any], ...] = (
        {"cpu": f"{low}"},
        {"cpu": f"{low * 100}m"},
        {"memory": f"{low}Mi", "disk": f"{low}G", "shm": f"{low}Ti"},
        {"cpu": ("500m", low)},
        {"memory": (f"{low}Mi", f"{low}Gi")},
        {"memory": f"{low}.5Gi"},
    )
    for named in refused:
        check_refused(impl, "Resources", WRONG_VALUE, **named)
    for named in accepted:
        construct(impl, "Resources", **named)


UNITS = {
    **{unit: 1000**power for power, unit in enumerate(("", "k", "M", "G", "T", "P", "E"))},
    **{f"{unit}i": 1024**power for power, unit in enumerate("KMGTPE", start=1)},
    "e3": 10**3,
    "E6": 10**6,
    "e+9": 10**9,
}
"""The bytes in each unit of memory. Source: the quantities of Kubernetes."""


@rule("VAL-09")
@given(
    numbers=st.tuples(st.integers(1, 2000), st.integers(1, 2000)), units=st.tuples(*[st.sampled_from(list(UNITS))] * 2)
)
@example(numbers=(1024, 1), units=("Ki", "Mi"))
@example(numbers=(1, 1000), units=("k", ""))
@example(numbers=(1, 1000), units=("Ki", ""))
@example(numbers=(1000, 1), units=("M", "G"))
@example(numbers=(1, 1), units=("Ti", "T"))
@example(numbers=(1024, 1), units=("P", "Ei"))
def test_resources_units(impl: Adapter, numbers: tuple[int, int], units: tuple[str, str]) -> None:
    """A range of memory is refused if, and only if, its request exceeds its limit, in any units."""
    low, high = (number * UNITS[unit] for number, unit in zip(numbers, units, strict=True))
    memory = tuple(f"{number}{unit}" for number, unit in zip(numbers, units, strict=True))

    if low > high:
        check_refused(impl, "Resources", WRONG_VALUE, memory=memory)
    else:
        construct(impl, "Resources", memory=memory)


CORES: Mapping[str, Callable[[int], Any]] = {
    "whole number": lambda thousandths: thousandths // 1000,
    "fraction": lambda thousandths: thousandths / 1000,
    "whole text": lambda thousandths: f"{thousandths // 1000}",
    "fraction as text": lambda thousandths: f"{thousandths / 1000}",
    "thousandths": "{}m".format,
}
"""Spellings of a number of cores, made of its thousandths; some of them only of whole cores."""


@rule("VAL-09")
@given(
    numbers=st.tuples(st.integers(1, 4000), st.integers(1, 4000)),
    spellings=st.tuples(st.sampled_from(sorted(CORES)), st.sampled_from(sorted(CORES))),
)
@example(numbers=(900, 100), spellings=("fraction", "fraction"))
@example(numbers=(100, 900), spellings=("fraction", "fraction"))
@example(numbers=(1001, 1000), spellings=("thousandths", "whole number"))
@example(numbers=(1500, 1400), spellings=("fraction as text", "fraction"))
@example(numbers=(2000, 1999), spellings=("whole text", "thousandths"))
def test_resources_cores(impl: Adapter, numbers: tuple[int, int], spellings: tuple[str, str]) -> None:
    """A range of cores is refused if, and only if, its request exceeds its limit, in whichever spelling."""
    low, high = (
        number // 1000 * 1000 if "whole" in spelling else number
        for number, spelling in zip(numbers, spellings, strict=True)
    )
    cpu = tuple(CORES[spelling](number) for spelling, number in zip(spellings, (low, high), strict=True))

    if low > high:
        check_refused(impl, "Resources", WRONG_VALUE, cpu=cpu)
    else:
        construct(impl, "Resources", cpu=cpu)


@rule("VAL-10")
@given(seconds=st.integers(0, 10**8), duration=durations(), wrong=st.sampled_from([None, "60", 1.5, (), {}, []]))
@example(seconds=0, duration=timedelta(0), wrong=None)
@example(seconds=60, duration=timedelta(microseconds=1), wrong="60")
@example(seconds=1, duration=timedelta(seconds=1), wrong=1.5)
def test_timeout_normalised(impl: Adapter, seconds: int, duration: timedelta, wrong: Any) -> None:
    """Seconds and durations become a Timeout of that running time, a Timeout stays, anything else raises ValueError."""
    normalise: Callable[[Any], Any] = type_of(impl, "timeout_from_request")
    kind = type_of(impl, "Timeout")
    kept = construct(impl, "Timeout", max_runtime=seconds, max_queued_time=duration)

    for request, expected in ((seconds, timedelta(seconds=seconds)), (duration, duration)):
        with calling(f"timeout_from_request({request!r})"):
            actual = normalise(request)
        check_kind(actual, kind, f"timeout_from_request({request!r})")
        check_equal(actual.max_runtime, expected, f"timeout_from_request({request!r}).max_runtime")
        check(actual.max_queued_time is None, f"timeout_from_request({request!r}).max_queued_time is set")
    with calling(f"timeout_from_request({kept!r})"):
        check_alike(normalise(kept), kept, f"timeout_from_request({kept!r})")
    with expect_raises(ValueError, f"timeout_from_request({wrong!r})"):
        normalise(wrong)


FACTORIES = ("hourly", "daily", "weekly", "monthly", "minutely")
"""Class methods of Trigger that make a schedule."""


NUMBERED = {"minutely": (), "hourly": (0,), "daily": (0, 1), "weekly": (0, 1, 4), "monthly": (0, 1, 2)}
"""By factory the parts of its schedule that say when: minute, hour, day, month, weekday. The others are `*`."""


RANGES = (range(60), range(24), range(1, 32), range(1, 13), range(8))
"""The numbers that each part of a schedule may have. A part may be a word, as months and weekdays are."""


@rule("VAL-11")
@given(factory=st.sampled_from(FACTORIES), name=words(), expression=st.sampled_from(["0 * * * *", "*/5 * * * *"]))
@example(factory="minutely", name="t", expression="0 0 * * *")
def test_trigger_factories(impl: Adapter, factory: str, name: str, expression: str) -> None:
    """A trigger rejects the empty name; each factory makes a different Cron, or a trigger with it."""
    type_of(impl, "Cron")
    schedule = construct(impl, "Cron", expression=expression)
    check_refused(impl, "Trigger", name="", automation=schedule)
    plain = construct(impl, "Trigger", name=name, automation=schedule)
    check_equal((plain.name, plain.automation), (name, schedule), f"Trigger(name={name!r}, automation={schedule!r})")

    crons = {each: cron_of(impl, each, name) for each in FACTORIES}
    for one, other in itertools.combinations(FACTORIES, 2):
        same = alike(crons[one], crons[other])
        check(not same, f"Trigger.{one} and Trigger.{other} make one Cron, {shown(crons[one])}; expected two")
    for each, cron in crons.items():
        # By this name only: the contract does not say what a Cron is made of.
        check_schedule(each, getattr(cron, "expression", None))
    for each in FACTORIES:
        make = getattr(type_of(impl, "Trigger"), each)
        if "name" in inspect.signature(make).parameters:  # what a factory takes, the contract does not say
            with expect_raises(ValueError, f"Trigger.{each}(name='')"):
                make(name="")
    made = factory_of(impl, factory, name)
    if hasattr(made, "name"):
        check(made.name, f"the name of a trigger by Trigger.{factory}: got {made.name!r}")


def factory_of(impl: Adapter, factory: str, name: str) -> Any:
    """Return what a factory of triggers makes: with a name, or, where it takes none, without one."""
    make = getattr(type_of(impl, "Trigger"), factory)
    with calling(f"Trigger.{factory}(name={name!r}), and Trigger.{factory}()"):
        try:
            return make(name=name)
        except TypeError:
            return make()


def cron_of(impl: Adapter, factory: str, name: str) -> Any:
    """Return the Cron that a factory makes, by itself or as the automation of a trigger."""
    made, cron = factory_of(impl, factory, name), type_of(impl, "Cron")
    automation = made if is_kind(made, cron) else getattr(made, "automation", None)
    check_kind(automation, cron, f"what Trigger.{factory} makes, or its automation")
    return automation


def check_schedule(factory: str, expression: Any) -> None:
    """Check that a schedule says when, as a name (`@daily`) or in five parts."""
    if not isinstance(expression, str) or expression.startswith("@"):
        return
    parts, what = expression.replace("*/1 ", "* ").split(), f"Trigger.{factory} has the schedule {expression!r}"
    check(len(parts) == len(RANGES), f"{what}; expected five parts")
    numbered = tuple(number for number, part in enumerate(parts) if part != "*")
    check(numbered == NUMBERED[factory], f"{what}; expected numbers in parts {NUMBERED[factory]}")
    wrong = [part for part, allowed in zip(parts, RANGES, strict=True) if part.isdecimal() and int(part) not in allowed]
    check(not wrong, f"{what}, in which {wrong} is out of range")


@rule("VAL-12")
@given(value=st.booleans(), template=templates())
@example(value=True, template=TemplateRecipe())
@example(value=False, template=TemplateRecipe())
def test_retries_boolean_refused(impl: Adapter, value: bool, template: TemplateRecipe) -> None:  # noqa: FBT001 - hypothesis passes it by keyword
    """A boolean is not a count of retries, on a template or in a RetryStrategy."""
    offered(impl, "retries")
    check_refused(impl, "RetryStrategy", WRONG_VALUE, count=value)
    with expect_raises(WRONG_VALUE, f"make(f, retries={value!r})"):
        template.make(impl, retries=value)


@rule("VAL-13")
@given(count=st.integers(max_value=-1) | st.floats() | texts() | st.none())
@example(count=-1)
@example(count="3")
@example(count=1.0)
@example(count=None)
def test_retry_count_validated(impl: Adapter, count: Any) -> None:
    """A RetryStrategy refuses a count that is negative or no whole number."""
    check_refused(impl, "RetryStrategy", WRONG_VALUE, count=count)
    for valid in (0, 1, 2**31 - 1):
        check_equal(construct(impl, "RetryStrategy", count=valid).count, valid, f"RetryStrategy(count={valid}).count")


@rule("VAL-14")
@given(seconds=st.integers(-(10**8), -1), duration=durations(), template=templates())
@example(seconds=-1, duration=timedelta.resolution, template=TemplateRecipe())
def test_timeout_negative_refused(impl: Adapter, seconds: int, duration: timedelta, template: TemplateRecipe) -> None:
    """A negative timeout is refused on a template, by override and in each part of a Timeout."""
    offered(impl, "timeout")
    receiver = build(impl, TemplateRecipe())
    for negative in (seconds, -duration):
        with expect_raises(WRONG_VALUE, f"make(f, timeout={negative!r})"):
            template.make(impl, timeout=negative)
        with expect_raises(WRONG_VALUE, f"override(timeout={negative!r})"):
            receiver.override(timeout=negative)
        check_refused(impl, "Timeout", WRONG_VALUE, max_runtime=negative)
        check_refused(impl, "Timeout", WRONG_VALUE, max_runtime=1, max_queued_time=negative)


@rule("VAL-14")
def test_timeout_negative_refused_everywhere(impl: Adapter) -> None:
    """A negative timeout that the constructor refuses, override, a subclass and the decorator refuse, too."""
    check_refused_everywhere(impl, "timeout", (-1, -(10**8), -timedelta.resolution, timedelta(days=-1)))
