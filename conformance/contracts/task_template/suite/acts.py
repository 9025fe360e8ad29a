"""Acts of properties on an implementation: make, override, refuse. Messages name each as the call in source form."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.origins import OF_DECORATOR, OF_ENVIRONMENT, OverrideRecipe
from conformance.contracts.task_template.strategies.recipes import (
    OF_BOTH_LEVELS,
    FunctionRecipe,
    TemplateRecipe,
    anew,
    is_of_contract,
    makes_own_class,
    options_of,
    subclassed,
    supported,
    takes_function,
)
from conformance.contracts.task_template.strategies.recipes import made as make_values
from conformance.contracts.task_template.suite.doubles import outcome_of
from conformance.contracts.task_template.suite.observe import alike, shown_apart, snapshot
from conformance.engine.properties import CONTROL, calling, check, described, expect_raises, trying
from conformance.errors import Deviation, Gap

WRONG_VALUE = (TypeError, ValueError)
"""Exceptions that are accepted if the contract says that a value is refused, but not how."""


def call_text(call: str, named: Mapping[str, Any]) -> str:
    """Return a call as a reader would write it: `override(retries=0)`."""
    return f"{call}({', '.join(f'{name}={value!r}' for name, value in named.items())})"


def build(impl: Adapter, template: TemplateRecipe, **more: Any) -> Any:
    """Return a new template; an exception of the implementation is a deviation.

    With further constructor parameters, already created, it is always constructed, because the property is about them.
    """
    if not more and template.origin != "constructor":
        return receiver_of(impl, OverrideRecipe(template=template, origin=template.origin))
    with calling(call_text("make", {**template.fields, **more})):
        return template.make(impl, **more)


OF_EVERY_ENVIRONMENT = ("name", "description", "depends_on", "plugin_config")
"""Parameters of an environment that do not depend on what its templates offer."""


def other_names(impl: Adapter, *, fields: Iterable[str]) -> list[str]:
    """Return names that are not fields, but that an implementation may know otherwise: members, near misses.

    Parameters:
        impl: The implementation under test.
        fields: The names of all fields.
    """
    known = {*fields, "self"}
    spelled = (
        form for name in sorted(known) for form in (f"{name}s", f"_{name}", f"{name}_", name.upper(), camel_case(name))
    )
    of_environments = ("depends_on", "description", "tasks", "template", "changes", "kwargs", "fields")
    return sorted({*dir(impl.template), *spelled, *of_environments} - known)


def camel_case(name: str) -> str:
    """Return a name without underscores between its words: `envVars`."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def environment(impl: Adapter, fields: Mapping[str, Any]) -> Any:
    """Return a new environment; an exception of the implementation is a deviation.

    A field that its templates do not offer is left out, because an environment has it only for its tasks.
    """
    own = {name: value for name, value in fields.items() if name in OF_EVERY_ENVIRONMENT}
    shared = {name: value for name, value in fields.items() if name not in own}
    with calling(call_text("TaskEnvironment", fields)):
        return impl.make_env(**make_values(impl, {**own, **supported(impl, shared)}))


def an_option(impl: Adapter) -> dict[str, Any]:
    """Return an option of the decorator that has no effect here.

    Raises:
        Gap: The implementation offers none of those that the contract names (ENV-04).
    """
    options = supported(impl, {"queue": "q", "interruptible": True, "cache": "disable"})
    if not options:
        raise Gap("constructor parameter not offered: queue, interruptible or cache")
    return dict([next(iter(options.items()))])


def receiver_of(impl: Adapter, call: OverrideRecipe) -> Any:
    """Return the receiver of a call of override, newly made.

    Raises:
        Gap: A plugin's class refuses some of the fields, because it decides what it can be combined with.
    """
    with calling(f"making {call.template!r} by {call.origin}"):
        try:
            return call.receiver(impl)
        except Exception as error:
            if is_of_contract(impl) or not call.template.fields or isinstance(error, (Deviation, Gap, *CONTROL)):
                raise
            raise Gap(
                f"{impl.template.__name__} refuses {', '.join(call.template.fields)}: {described(error)}"
            ) from error


def changes_of(impl: Adapter, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments of an override, newly made; fields that are not offered are left out."""
    return {name: make_values(impl, value) for name, value in supported(impl, changes).items()}


def override(template: Any, changes: Mapping[str, Any]) -> Any:
    """Return what `template.override(**changes)` returns; an exception is a deviation."""
    with calling(call_text("override", changes)):
        return template.override(**{name: anew(value) for name, value in changes.items()})


def refuses(
    impl: Adapter,
    template: Any,
    changes: Mapping[str, Any],
    errors: type[Exception] | tuple[type[Exception], ...] = ValueError,
) -> None:
    """Check that `override` raises one of the errors and leaves the receiver as it was."""
    before = snapshot(impl, template)
    with trying(changes=changes), expect_raises(errors, call_text("override", changes)):
        template.override(**changes)
    check_unchanged(
        before.differences(template), f"{call_text('override', changes)} was refused, and changed its receiver"
    )


def check_refused_everywhere(impl: Adapter, name: str, values: Iterable[Any]) -> None:
    """Check that values which the constructor refuses are refused by every other way to set the field."""
    if name not in impl.fields():
        return
    function = FunctionRecipe().define()
    template = impl.make(function)
    # A falsy value may be taken for one that is not given: what that means, OVR-15 says. And whether the constructor
    # may take a value is another rule's matter.
    refused = [one for one in values if one and outcome_of(partial(impl.make, function, **{name: one})).error]
    for value in refused:
        for what, act in _ways_to_set(impl, template, {name: value}):
            with trying(wrong={name: value}), expect_raises(Exception, f"{what} with {name}={value!r}"):
                act()


def _ways_to_set(impl: Adapter, template: Any, field: Mapping[str, Any]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield ways to set a field of a template, each with what it is."""
    yield "override()", partial(template.override, **field)
    if takes_function(impl) and is_of_contract(impl):
        named = {"name": "t", "interface": template.interface, "func": template.func}
        subclass: Callable[..., Any] = subclassed(impl)
        yield "the constructor of a subclass", partial(subclass, **named, **field)
    if dataclasses.is_dataclass(template):
        yield "dataclasses.replace()", partial(dataclasses.replace, template, **field)  # type: ignore[type-var]  # of a class known only while running
    if makes_own_class(impl):
        options = options_of(impl, impl.make_env(), field)
        if options and field.keys() <= {*OF_DECORATOR}:
            yield "the decorator", lambda: impl.make_env().task(**options)(template.func)
        if field.keys() <= {*OF_ENVIRONMENT, *OF_BOTH_LEVELS}:
            yield "a task of an environment", lambda: impl.make_env(**field).task(template.func)


def check_unchanged(differences: Iterable[str], what: str) -> None:
    """Check that there are no differences. `what` names what was compared."""
    listed = list(differences)
    check(not listed, f"{what}: {'; '.join(listed[:3])}")


def check_alike(actual: Any, expected: Any, what: str) -> None:
    """Check that two values are equal according to the contract."""
    if not alike(actual, expected):
        due, got = shown_apart(expected, actual)
        check(False, f"{what}: expected {due}, got {got}")


def post_init_above(cls: type[Any], template: Any) -> None:
    """Run the inherited `__post_init__` of a class of the suite, if there is one; a dataclass need not have it."""
    inherited = getattr(super(cls, template), "__post_init__", None)
    if inherited is not None:
        inherited()


def needs_native_interface(impl: Adapter) -> None:
    """Make the rule a gap unless the interfaces are those of the contract.

    An adapter need not list `NativeInterface` among its types if its interfaces have at least inputs.

    Raises:
        Gap: The adapter lists none, and its interfaces have no inputs.
    """
    if "NativeInterface" not in impl.types:
        interface = impl.interface_of(FunctionRecipe().define())
        if not hasattr(interface, "inputs"):
            raise Gap(f"public type not offered: NativeInterface, and a {type(interface).__name__} has no inputs")


def fills_in(impl: Adapter, member: str) -> bool:
    """Return True if the class under test is registered as a plugin's, and replaces a member of the contract.

    Such a member is an extension point, whose result the plugin determines.
    """
    if is_of_contract(impl) or "TaskPluginRegistry" not in impl.types:
        return False
    registry = impl.types["TaskPluginRegistry"]
    if not any(registry.find(one) is impl.template for one in registry.list_plugins()):
        return False
    return getattr(impl.template, member) is not getattr(impl.types["AsyncFunctionTaskTemplate"], member)
