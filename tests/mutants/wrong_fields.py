"""Wrong in `override`, the same for many fields: dropped, reset, falsy, None, locked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from conformance.mutants.form import Mutant, without
from reference_impl.extend import TaskTemplate
from reference_impl.values.policies import RetryStrategy

Change = Callable[[dict[str, Any]], dict[str, Any]]
Touch = Callable[[Any, Any, dict[str, Any]], object]


def asked(change: Change) -> Callable[[Any], Any]:
    """Return the replacement of an override that takes the arguments otherwise than they are given."""
    return lambda override: lambda self, **given: override(self, **change(given))


def answered(touch: Touch) -> Callable[[Any], Any]:
    """Return the replacement of an override whose result is touched: `touch(receiver, attributes, given)`."""

    def replacement(override: Any) -> Any:
        def broken(self: Any, **given: Any) -> Any:
            result = override(self, **given)
            touch(self, vars(result), given)
            return result

        return broken

    return replacement


def _family(name: str, wrong: str, rules: tuple[str, ...], replacement: Callable[[Any], Any]) -> Mutant:
    """Return one of many mutants that differ in a field only."""
    return Mutant(
        name=name,
        wrong=wrong,
        caught_by=rules,
        owner=TaskTemplate,
        attribute="override",
        replacement=replacement,
    )


def _dropping(field: str) -> Callable[[Any], Any]:
    return asked(lambda given: {name: value for name, value in given.items() if name != field})


def _resetting(field: str, value: object) -> Callable[[Any], Any]:
    return answered(lambda _, result, given: result if field in given else result.update({field: value}))


def _ignoring(field: str, value: object) -> Callable[[Any], Any]:
    return asked(lambda given: without(given, **{field: value}))


def _accepting(field: str) -> Callable[[Any], Any]:
    def replacement(override: Any) -> Any:
        def broken(self: Any, **given: Any) -> Any:
            extra = {field: given.pop(field)} if field in given else {}
            result = override(self, **given)
            vars(result).update(extra)
            return result

        return broken

    return replacement


def _taking_none(field: str, value: object = None) -> Callable[[Any], Any]:
    return answered(
        lambda _, result, given: result.update({field: value}) if given.get(field, "") is None else None,
    )


DROPPED = tuple(
    _family(f"override_drops_{field}", f"override({field}=...) is ignored.", rules, _dropping(field))
    for field, rules in (
        ("short_name", ("OVR-04",)),
        ("resources", ("OVR-04",)),
        ("cache", ("OVR-04",)),
        ("retries", ("OVR-04",)),
        ("timeout", ("OVR-04",)),
        ("env_vars", ("OVR-04",)),
        ("secrets", ("OVR-04",)),
        ("max_inline_io_bytes", ("OVR-04",)),
        ("pod_template", ("OVR-04",)),
        ("queue", ("OVR-04",)),
        ("interruptible", ("OVR-04",)),
        ("links", ("OVR-04",)),
        ("reusable", ("OVR-12", "OVR-11")),
    )
)

RESET = tuple(
    _family(
        f"override_resets_{field}", f"override resets {field} where it is not named.", rules, _resetting(field, value)
    )
    for field, value, rules in (
        ("resources", None, ("OVR-03",)),
        ("retries", RetryStrategy(count=0), ("OVR-03",)),
        ("timeout", None, ("OVR-03",)),
        ("env_vars", None, ("OVR-03",)),
        ("secrets", None, ("OVR-03",)),
        ("pod_template", None, ("OVR-03", "OVR-22")),
        ("queue", None, ("OVR-03",)),
        ("interruptible", False, ("OVR-03",)),
        ("links", (), ("OVR-03",)),
        ("reusable", None, ("OVR-03",)),
        ("docs", None, ("OVR-03",)),
        ("triggers", (), ("OVR-03",)),
        ("report", False, ("OVR-03",)),
        ("task_type", "python", ("OVR-03",)),
        ("task_type_version", 0, ("OVR-03",)),
        ("image", None, ("OVR-03",)),
        ("parent_env", None, ("OVR-03", "PKL-05")),
        ("parent_env_name", None, ("OVR-03",)),
        ("plugin_config", None, ("OVR-03",)),
        ("task_resolver", None, ("OVR-03",)),
        ("debuggable", True, ("OVR-03",)),
    )
)

FALSY = tuple(
    _family(
        f"falsy_{name}_is_ignored",
        f"override({field}={value!r}) is taken for not given.",
        (rule,),
        _ignoring(field, value),
    )
    for name, field, value, rule in (
        ("retries", "retries", 0, "OVR-15a"),
        ("timeout", "timeout", 0, "OVR-15b"),
        ("duration", "timeout", timedelta(0), "OVR-15c"),
        ("env_vars", "env_vars", {}, "OVR-15d"),
        ("secrets", "secrets", [], "OVR-15e"),
        ("links", "links", (), "OVR-15f"),
        ("queue", "queue", "", "OVR-15g"),
        ("pod_template", "pod_template", "", "OVR-15h"),
        ("max_inline_io_bytes", "max_inline_io_bytes", 0, "OVR-15i"),
        ("interruptible", "interruptible", False, "OVR-15z"),
        ("cache", "cache", "disable", "OVR-15z"),
    )
)

ACCEPTED = tuple(
    _family(f"override_accepts_{field.strip('_')}", f"override({field}=...) is accepted.", (rule,), _accepting(field))
    for field, rule in (
        ("name", "OVR-05"),
        ("image", "OVR-05"),
        ("docs", "OVR-05"),
        ("interface", "OVR-05"),
        ("func", "OVR-32"),
        ("parent_env", "OVR-32"),
        ("_call_as_synchronous", "OVR-32"),
    )
)

NONE_TAKEN = tuple(
    _family(f"none_clears_{field}", f"override({field}=None) clears the field.", rules, _taking_none(field, value))
    for field, value, rules in (
        ("resources", None, ("OVR-14",)),
        ("timeout", None, ("OVR-14",)),
        ("env_vars", None, ("OVR-14",)),
        ("secrets", None, ("OVR-14",)),
        ("pod_template", None, ("OVR-14",)),
        ("queue", None, ("OVR-14",)),
        ("interruptible", False, ("OVR-14",)),
        ("short_name", "", ("OVR-14",)),
        ("reusable", None, ("OVR-12", "OVR-14")),
    )
)
