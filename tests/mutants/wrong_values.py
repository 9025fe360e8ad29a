"""Wrong in the value types: Cache, ReusePolicy, Secret, Resources, Timeout, Trigger, RetryStrategy."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from conformance.mutants.form import mutant
from reference_impl.values import policies, resources, secret
from reference_impl.values.caching import Cache, FunctionBodyPolicy
from reference_impl.values.policies import RetryStrategy, ReusePolicy, Timeout
from reference_impl.values.resources import Resources
from reference_impl.values.secret import Secret
from reference_impl.values.trigger import FixedRate, Trigger


def lenient(errors: tuple[type[Exception], ...], when: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Return the replacement of a check that lets some wrong values pass."""

    def replacement(check: Any) -> Any:
        def broken(self: Any) -> None:
            try:
                check(self)
            except errors:
                if not when(self):
                    raise

        return broken

    return replacement


# ---- Cache ----


@mutant(Cache, "__post_init__", "VAL-01")
def any_behavior_is_accepted(check: Any) -> Any:
    """Cache takes any behavior."""
    return lenient((ValueError,), lambda self: self.behavior not in {"auto", "override", "disable"})(check)


@mutant(Cache, "__post_init__", "VAL-01")
def empty_behavior_is_accepted(check: Any) -> Any:
    """Cache takes an empty behavior."""
    return lenient((ValueError,), lambda self: not self.behavior)(check)


@mutant(Cache, "get_ignored_inputs", "VAL-01")
def ignored_input_is_split(_: Any) -> Any:
    """One ignored input is split into its letters."""
    return lambda self: tuple(self.ignored_inputs)


@mutant(Cache, "get_ignored_inputs", "VAL-01")
def ignored_inputs_stay_text(_: Any) -> Any:
    """get_ignored_inputs gives one input as a string."""
    return lambda self: self.ignored_inputs


@mutant(Cache, "is_enabled", "VAL-01")
def only_auto_is_enabled(_: Any) -> Any:
    """A cache of behavior "override" is not enabled."""
    return lambda self: self.behavior == "auto"


@mutant(Cache, "get_version", "VAL-02")
def missing_version_is_empty(version: Any) -> Any:
    """A cache of behavior "override" without version has the version ""."""
    return lambda self, params=None: (
        self.version_override or "" if self.behavior == "override" else version(self, params)
    )


@mutant(Cache, "get_version", "VAL-02")
def missing_version_fails_by_chance(version: Any) -> Any:
    """A cache of behavior "override" without version fails on the None that it has in place of it."""
    return lambda self, params=None: (
        self.version_override.strip() if self.behavior == "override" else version(self, params)
    )


@mutant(Cache, "get_version", "VAL-02")
def versions_of_override_are_one(version: Any) -> Any:
    """The version of a cache of behavior "override" is "1" whatever version_override says."""
    return lambda self, params=None: "1" if self.behavior == "override" else version(self, params)


@mutant(Cache, "get_version", "VAL-03")
def version_of_auto_is_used(version: Any) -> Any:
    """version_override wins for behavior "auto" too."""
    return lambda self, params=None: self.version_override or version(self, params)


@mutant(FunctionBodyPolicy, "__eq__", "EQ-07")
def policies_are_equal_to_themselves_only(_: Any) -> Any:
    """Two policies of the same kind differ."""
    return lambda self, other: self is other


# ---- ReusePolicy ----


@mutant(policies, "_pair", "VAL-04")
def one_replica_is_the_least(pair: Any) -> Any:
    """replicas=n means from 1 to n."""
    return lambda replicas: pair((1, replicas) if isinstance(replicas, int) and replicas > 0 else replicas)


@mutant(policies, "_pair", "VAL-04")
def no_replicas_are_one(pair: Any) -> Any:
    """replicas=0 means 1."""
    return lambda replicas: pair(replicas or 1)


@mutant(policies, "MIN_TTL_SECONDS", "VAL-04")
def thirty_seconds_are_too_short(_: Any) -> Any:
    """A time to live of 30 seconds is refused."""
    return 31


@mutant(policies, "MIN_TTL_SECONDS", "VAL-04")
def twenty_nine_seconds_are_enough(_: Any) -> Any:
    """A time to live of 29 seconds is accepted."""
    return 29


@mutant(ReusePolicy, "__post_init__", "VAL-04")
def scaledown_is_not_checked(check: Any) -> Any:
    """scaledown_ttl may be any time."""

    def broken(self: Any) -> None:
        wanted = self.scaledown_ttl
        object.__setattr__(self, "scaledown_ttl", 30)
        check(self)
        span = wanted if isinstance(wanted, timedelta) else timedelta(seconds=wanted)
        object.__setattr__(self, "scaledown_ttl", span)

    return broken


@mutant(ReusePolicy, "__post_init__", "VAL-04")
def idle_time_stays_a_number(check: Any) -> Any:
    """idle_ttl of seconds stays a number."""

    def broken(self: Any) -> None:
        given = self.idle_ttl
        check(self)
        object.__setattr__(self, "idle_ttl", given)

    return broken


@mutant(ReusePolicy, "__post_init__", "VAL-04")
def idle_time_is_in_minutes(check: Any) -> Any:
    """idle_ttl of a number is minutes."""

    def broken(self: Any) -> None:
        given = self.idle_ttl
        check(self)
        if isinstance(given, int):
            object.__setattr__(self, "idle_ttl", timedelta(minutes=given))

    return broken


@mutant(ReusePolicy, "max_replicas", "VAL-04")
def most_replicas_are_the_least(_: Any) -> Any:
    """max_replicas gives the least number."""
    return lambda self: self.replicas[0]


@mutant(ReusePolicy, "__post_init__", "VAL-05")
def replicas_may_be_upside_down(check: Any) -> Any:
    """ReusePolicy takes replicas=(5, 2)."""
    return lenient(
        (ValueError,), lambda self: isinstance(self.replicas, tuple) and self.replicas[0] > self.replicas[-1]
    )(check)


@mutant(ReusePolicy, "__post_init__", "VAL-05")
def replicas_may_be_negative(check: Any) -> Any:
    """ReusePolicy takes replicas=-1."""

    def broken(self: Any) -> None:
        if isinstance(self.replicas, int):
            object.__setattr__(self, "replicas", abs(self.replicas))
        check(self)

    return broken


@mutant(ReusePolicy, "__post_init__", "VAL-05")
def concurrency_may_be_nothing(check: Any) -> Any:
    """ReusePolicy takes concurrency=0."""
    return lenient((ValueError,), lambda self: self.concurrency == 0)(check)


# ---- Secret ----


def _named(name: Callable[[Any], str]) -> Callable[[Any], Any]:
    def replacement(check: Any) -> Any:
        def broken(self: Any) -> None:
            if not self.mount and not self.as_env_var:
                object.__setattr__(self, "as_env_var", name(self))
            check(self)

        return broken

    return replacement


def _upper(*parts: str | None) -> str:
    return "_".join(filter(None, parts)).replace("-", "_").upper()


@mutant(Secret, "__post_init__", "VAL-06")
def group_comes_last(check: Any) -> Any:
    """The default name of a secret's variable is KEY_GROUP."""
    return _named(lambda self: _upper(self.key, self.group))(check)


@mutant(Secret, "__post_init__", "VAL-06")
def group_is_left_out(check: Any) -> Any:
    """The default name of a secret's variable has no group."""
    return _named(lambda self: _upper(self.key))(check)


@mutant(Secret, "__post_init__", "VAL-06")
def dashes_are_left_out(check: Any) -> Any:
    """In the default name of a secret's variable dashes are left out."""
    return _named(lambda self: _upper(self.group, self.key.replace("-", "")))(check)


@mutant(Secret, "__post_init__", "VAL-06")
def any_mount_is_accepted(check: Any) -> Any:
    """A secret can be mounted anywhere."""
    return lenient((ValueError,), lambda self: self.mount is not None and self.as_env_var is None)(check)


@mutant(secret, "MOUNT", "VAL-06")
def mount_is_elsewhere(_: Any) -> Any:
    """Secrets can be mounted at /etc/secrets only."""
    return pathlib.Path("/etc/secrets")


@mutant(secret, "ENV_VAR", "VAL-06")
def variables_may_start_with_a_digit(_: Any) -> Any:
    """The name of a variable may start with a digit."""
    return re.compile(r"[A-Z0-9_]+")


@mutant(secret, "ENV_VAR", "VAL-06")
def variables_may_be_small(_: Any) -> Any:
    """The name of a variable may have small letters."""
    return re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@mutant(secret, "ENV_VAR", "VAL-06")
def variables_have_no_digits(_: Any) -> Any:
    """The name of a variable may not have digits."""
    return re.compile(r"[A-Z_]+")


@mutant(secret, "ENV_VAR", "VAL-07")
def variables_may_end_in_a_newline(_: Any) -> Any:
    """The name of a variable may end in a newline."""
    return re.compile(r"[A-Z_][A-Z0-9_]*\n?")


# ---- Resources ----


@mutant(resources, "_check_range", "VAL-08")
def triples_are_accepted(check: Any) -> Any:
    """cpu takes three values."""
    return lambda name, value, kinds: check(name, value[:2] if isinstance(value, tuple) else value, kinds)


@mutant(resources, "_check_range", "VAL-08")
def single_tuples_are_accepted(check: Any) -> Any:
    """memory takes a tuple of one value."""
    return lambda name, value, kinds: check(
        name, value[0] if isinstance(value, tuple) and len(value) == 1 else value, kinds
    )


@mutant(resources, "_check_range", "VAL-08")
def empty_tuples_are_accepted(check: Any) -> Any:
    """cpu takes an empty tuple."""
    return lambda name, value, kinds: None if value == () else check(name, value, kinds)


@mutant(Resources, "__post_init__", "VAL-08")
def gpu_may_be_negative(check: Any) -> Any:
    """gpu takes a negative number."""
    return lenient((ValueError,), lambda self: isinstance(self.gpu, int) and self.gpu < 0)(check)


@mutant(resources, "_amount", "VAL-08")
def cpu_may_be_negative(amount: Any) -> Any:
    """cpu takes a negative number."""
    return lambda name, value, kinds: value if isinstance(value, int | float) else amount(name, value, kinds)


@mutant(resources, "_amount", "VAL-08")
def fractions_may_be_negative(amount: Any) -> Any:
    """cpu takes a negative fraction."""
    return lambda name, value, kinds: abs(value) if isinstance(value, float) else amount(name, value, kinds)


@mutant(Resources, "__post_init__", "VAL-08")
def any_accelerator_is_accepted(check: Any) -> Any:
    """gpu takes any string."""
    return lenient((ValueError,), lambda self: isinstance(self.gpu, str))(check)


@mutant(Resources, "__post_init__", "VAL-08")
def no_accelerator_is_known(check: Any) -> Any:
    """gpu takes no string at all."""

    def broken(self: Any) -> None:
        if type(self.gpu) is str:
            raise ValueError(self.gpu)
        check(self)

    return broken


@mutant(Resources, "__post_init__", "VAL-08")
def any_number_of_accelerators_is_accepted(check: Any) -> Any:
    """gpu takes any number of a known accelerator."""
    return lenient((ValueError,), lambda self: isinstance(self.gpu, str) and self.gpu.startswith("T4:"))(check)


@mutant(resources, "_amount", "VAL-09")
def any_quantity_is_accepted(amount: Any) -> Any:
    """memory and cpu take any string."""

    def broken(name: str, value: Any, kinds: Any) -> Any:
        try:
            return amount(name, value, kinds)
        except ValueError:
            if isinstance(value, str):
                return 0.0
            raise

    return broken


@mutant(resources, "_amount", "VAL-09")
def units_are_not_checked(amount: Any) -> Any:
    """Quantities take any unit."""

    def broken(name: str, value: Any, kinds: Any) -> Any:
        if isinstance(value, str) and re.fullmatch(r"[0-9.]+[A-Za-z]+", value):
            return 0.0
        return amount(name, value, kinds)

    return broken


@mutant(resources, "_amount", "VAL-09")
def ranges_are_not_compared(amount: Any) -> Any:
    """A range of quantities is not compared."""
    return lambda name, value, kinds: amount(name, value, kinds) and 0.0


@mutant(resources, "_check_range", "VAL-09")
def disk_is_not_checked(check: Any) -> Any:
    """disk takes any string."""
    return lambda name, value, kinds: None if name == "disk" else check(name, value, kinds)


# ---- Timeout, Trigger, RetryStrategy ----


@mutant(policies, "timeout_from_request", "VAL-10")
def timeout_is_in_minutes(make: Any) -> Any:
    """timeout_from_request takes a number for minutes."""
    return lambda timeout: make(timeout * 60 if type(timeout) is int else timeout)


@mutant(policies, "timeout_from_request", "VAL-10")
def timeout_stays_a_number(make: Any) -> Any:
    """timeout_from_request keeps the number of seconds."""
    return lambda timeout: Timeout(max_runtime=timeout) if type(timeout) is int else make(timeout)


@mutant(policies, "timeout_from_request", "VAL-10")
def time_in_queue_is_forgotten(make: Any) -> Any:
    """timeout_from_request forgets the time in the queue."""
    return lambda timeout: make(timeout.max_runtime if isinstance(timeout, Timeout) else timeout)


@mutant(policies, "timeout_from_request", "VAL-10")
def timeout_is_read_from_text(make: Any) -> Any:
    """timeout_from_request takes the string "60"."""
    return lambda timeout: make(int(timeout) if isinstance(timeout, str) and timeout.isdigit() else timeout)


@mutant(policies, "timeout_from_request", "VAL-10")
def no_timeout_is_none(make: Any) -> Any:
    """timeout_from_request takes None."""
    return lambda timeout: Timeout(max_runtime=timedelta(0)) if timeout is None else make(timeout)


@mutant(policies, "timeout_from_request", "VAL-10")
def timeout_raises_type_error(make: Any) -> Any:
    """timeout_from_request raises TypeError for a value of another type."""

    def broken(timeout: Any) -> Any:
        if not isinstance(timeout, int | timedelta | Timeout):
            raise TypeError("timeout")
        return make(timeout)

    return broken


@mutant(Timeout, "__post_init__", "VAL-14")
def timeout_in_queue_may_be_negative(check: Any) -> Any:
    """Timeout takes a negative time in the queue."""
    return lenient((ValueError,), lambda self: self.max_queued_time is not None)(check)


@mutant(Timeout, "__post_init__", "VAL-14")
def timeout_may_be_negative(check: Any) -> Any:
    """Timeout takes a negative runtime."""
    return lenient((ValueError,), lambda self: True)(check)


@mutant(Trigger, "__post_init__", "VAL-11")
def trigger_needs_no_name(check: Any) -> Any:
    """A trigger may have an empty name."""
    return lenient((ValueError,), lambda self: True)(check)


@mutant(Trigger, "_cron", "VAL-11")
def hourly_is_a_fixed_rate(cron: Any) -> Any:
    """Trigger.hourly() is a FixedRate of 60 minutes."""

    def broken(cls: Any, expression: str, time_input: Any, fields: Any) -> Any:
        if expression.startswith("0 * "):
            return cls(automation=FixedRate(60), **fields)
        return cron(cls, expression, time_input, fields)

    return broken


@mutant(Trigger, "_cron", "VAL-11")
def weekly_is_monthly(cron: Any) -> Any:
    """Trigger.weekly() is monthly, and monthly weekly."""
    other = {"0 0 * * 0": "0 0 1 * *", "0 0 1 * *": "0 0 * * 0"}
    return lambda cls, expression, *rest: cron(cls, other.get(expression, expression), *rest)


@mutant(RetryStrategy, "__post_init__", "VAL-12")
def true_is_a_count(check: Any) -> Any:
    """RetryStrategy(count=True) is accepted."""
    return lenient((TypeError,), lambda self: isinstance(self.count, bool))(check)


@mutant(RetryStrategy, "__post_init__", "VAL-13")
def count_may_be_negative(check: Any) -> Any:
    """RetryStrategy(count=-1) is accepted."""
    return lenient((ValueError,), lambda self: self.count == -1)(check)


@mutant(RetryStrategy, "__post_init__", "VAL-13")
def count_may_be_text(check: Any) -> Any:
    """RetryStrategy(count="3") is accepted."""
    return lenient((TypeError,), lambda self: isinstance(self.count, str))(check)


# ---- one value of many ----


@mutant(resources.ACCELERATORS, "AMD_GPU", "VAL-22")
def one_accelerator_is_not_known(devices: Any) -> Any:
    """The accelerator MI300A is not known."""
    return {name: counts for name, counts in devices.items() if name != "MI300A"}


@mutant(resources.ACCELERATORS, "NEURON", "VAL-22")
def one_number_of_accelerators_is_refused(devices: Any) -> Any:
    """Inf1 is available up to fifteen times, not sixteen."""
    return {**devices, "Inf1": devices["Inf1"][:-1]}


@mutant(resources.PARTITIONS, "V6E", "VAL-22")
def one_part_is_not_known(parts: Any) -> Any:
    """A V6E cannot be split into 2x4."""
    return tuple(part for part in parts if part != "2x4")


@mutant(resources.PARTITIONS, "A100", "VAL-22")
def any_part_is_accepted(_: Any) -> Any:
    """An A100 can be split into anything."""

    class Anything(tuple[str, ...]):
        __slots__ = ()

        def __contains__(self, _: object) -> bool:
            return True

    return Anything()


@mutant(resources, "_device", "EQ-02")
def accelerators_are_of_one_kind(device: Any) -> Any:
    """A GPU that was made by its name is an A100, whatever it was called."""

    def broken(family: Any, name: str, *rest: Any, **named: Any) -> Any:
        made = device(family, name, *rest, **named)
        return device(family, "A100", made.quantity) if family == "GPU" else made

    return broken


@mutant(resources, "QUANTITY", "VAL-09")
def small_exponents_are_refused(_: Any) -> Any:
    """A quantity with an exponent in a small letter is refused."""
    return re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([E][+-]?[0-9]+|[KMGTPE]i?|k|m)?")


@mutant(Cache, "get_ignored_inputs", "VAL-01")
def ignored_inputs_in_a_list_are_one(names: Any) -> Any:
    """A list of ignored inputs is reduced to its first name."""
    return lambda self: names(self)[:1] if isinstance(self.ignored_inputs, list) else names(self)


@mutant(FunctionBodyPolicy, "get_version", "VAL-03")
def default_policy_fails_without_salt(version: Any) -> Any:
    """The default policy of a cache raises where there is no salt."""

    def broken(self: Any, salt: str, params: Any) -> Any:
        if not salt:
            raise ValueError("no salt")
        return version(self, salt, params)

    return broken


@mutant(Trigger, "_cron", "VAL-11")
def days_are_counted_from_null(cron: Any) -> Any:
    """The schedule of Trigger.monthly() is for a day 0."""
    return lambda cls, expression, *rest: cron(cls, "0 0 0 * *" if expression == "0 0 1 * *" else expression, *rest)
