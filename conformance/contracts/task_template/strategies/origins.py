"""Describes the origin of a template before the implementation is known.

A fault may show only in rare cases: on a copy of an override, on a task of a cloned environment, after the template was
used. So no property tries only newly constructed templates.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import inspect
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType
from typing import Any

import cloudpickle  # type: ignore[import-untyped]  # it has no type information
from hypothesis import reject

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import (
    OF_BOTH_LEVELS,
    TemplateRecipe,
    made,
    makes_own_class,
    options_of,
    subclassed,
    supported,
)
from conformance.engine.properties import run_async

BASES = ("constructor", "subclass", "decorator", "orphan", "clone")
"""How a template was created: by the constructor, by that of a subclass, by the decorator of an environment.

An `orphan` has outlived its environment; a `clone` was decorated in an environment that is a clone of another.
"""

OF_DECORATORS = ("decorator", "orphan", "clone")
"""The ones that are made by an environment."""

STEPS = ("as it is", "override", "copy", "deepcopy", "replace", "used")
"""Steps after the creation of a template. A `used` one was called, run, printed and compared before."""

ORIGINS = (
    *BASES,
    *("override", "copy", "deepcopy", "replace", "pickle", "used"),
    *("subclass+override", "subclass+copy", "subclass+pickle", "subclass+used"),
    *("decorator+override", "decorator+copy", "decorator+deepcopy", "decorator+pickle", "decorator+used"),
    *("orphan+override", "clone+override", "override+override", "override+copy", "copy+override", "deepcopy+override"),
    *("pickle+override", "pickle+pickle", "used+override", "used+copy", "used+pickle"),
)
"""Origins of a template: a way of creating it, followed by steps.

Without pickling, a body may be any closure, because unpickling would create new objects.
"""


def base_of(origin: str) -> str:
    """Return how a template of a given origin is created."""
    first = origin.partition("+")[0]
    return first if first in BASES else "constructor"


@dataclass(frozen=True, kw_only=True)
class OverrideRecipe:
    """A receiver and what `override` is called with: the changes are valid for the receiver."""

    template: TemplateRecipe = field(default_factory=TemplateRecipe)
    changes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    origin: str = "constructor"
    """How the receiver was made: one of ORIGINS."""

    def __repr__(self) -> str:
        """Return the recipe as `<template ...>.override(retries=0)`, with the receiver's origin."""
        changes = ", ".join(f"{name}={value!r}" for name, value in self.changes.items())
        return f"{self.template!r}[{self.origin}].override({changes})"

    def receiver(self, impl: Adapter) -> Any:
        """Return a new receiver."""
        base = base_of(self.origin)
        if base in OF_DECORATORS and makes_own_class(impl):
            template = decorated(impl, self.template.function.define(), self.template.fields, base)
        else:
            template = self.template.make(impl, as_class=subclassed(impl) if base == "subclass" else None)
        return derived(impl, template, self.origin)


def derived(impl: Adapter, template: Any, origin: str, changes: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """Return a template after the steps of an origin: a copy, an override, the same after it was used.

    Parameters:
        impl: The implementation under test.
        template: The template to start from.
        origin: One of ORIGINS; the way of creation is ignored.
        changes: The changes for overrides.

    Raises:
        UnsatisfiedAssumption: The implementation raised. The rules of copies and of override judge that; a rule that
            needs a template of any origin is tried with another one.
    """
    makers: Mapping[str, Callable[[Any], Any]] = {
        "override": lambda one: one.override(**changes),
        "copy": copy.copy,
        "deepcopy": copy.deepcopy,
        "replace": _replaced,
        "pickle": lambda one: pickle.loads(cloudpickle.dumps(one)),  # noqa: S301 - our own bytes
        "used": lambda one: used(impl, one),
    }
    try:
        for step in origin.split("+"):
            template = makers[step](template) if step in makers else template
    except Exception:  # noqa: BLE001 - an unknown implementation may raise anything
        reject()
    return template


def _replaced(template: Any) -> Any:
    """Return the result of dataclasses.replace, or the template itself if it is not a dataclass."""
    return dataclasses.replace(template) if dataclasses.is_dataclass(template) else template  # type: ignore[type-var]  # of a class known only while running


def used(impl: Adapter, template: Any) -> Any:
    """Return the template after all uses that should not change it, regardless of their results."""
    acts: tuple[Callable[[], Any], ...] = (
        lambda: repr(template),
        lambda: template == copy.copy(template),
        lambda: template.json_schema,
        lambda: template.override(retries=1, queue="used"),
        lambda: cloudpickle.dumps(template),
        lambda: run_async(lambda: _called(template)),
        lambda: template.forward("an argument", too="many"),
        lambda: _in_a_task(impl, template),
    )
    for act in acts:
        with contextlib.suppress(Exception):
            result = act()
            if inspect.iscoroutine(result):
                result.close()
    return template


async def _called(act: Callable[[], Any]) -> None:
    result = act()
    if inspect.isawaitable(result):
        await result


def _in_a_task(impl: Adapter, template: Any) -> None:
    """Call a template in a running task without a controller, and in a trace."""
    for trace in (False, True):
        with contextlib.suppress(Exception), impl.install_controller(None), impl.task_context({}, trace=trace):
            result = template()
            if inspect.iscoroutine(result):
                result.close()


# ---- templates of environments --------------------------------------------------------------------------------------

OF_ENVIRONMENT = ("image", "resources", "env_vars", "secrets", "reusable")
"""Fields of a template that only the environment sets."""

OF_DECORATOR = (
    *OF_BOTH_LEVELS,
    *("short_name", "retries", "timeout", "max_inline_io_bytes"),
    *("links", "docs", "report", "triggers", "task_resolver"),
)
"""Fields of a template that the decorator sets."""

_HELD: deque[Any] = deque(maxlen=200)
"""The environments of the last templates, because a template does not keep its environment alive."""


def clone_of(env: Any, name: str, **changes: Any) -> Any:
    """Return a clone of an environment. The contract does not say whether its name is passed by keyword."""
    parameters = inspect.signature(env.clone_with).parameters
    by_position = any(one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD) for one in parameters.values())
    if "name" in parameters or not by_position:
        return env.clone_with(name=name, **changes)
    return env.clone_with(name, **changes)


def decorated(impl: Adapter, function: Callable[..., Any], fields: Mapping[str, Any], base: str = "decorator") -> Any:
    """Return the template that an environment makes from a function.

    Parameters:
        impl: The implementation under test.
        function: The decorated function.
        fields: Constructor parameters; those that neither the environment nor its decorator knows are left out.
        base: One of OF_DECORATORS.
    """
    fields = supported(impl, fields)
    env = impl.make_env(**made(impl, {name: fields[name] for name in OF_ENVIRONMENT if name in fields}))
    if base == "clone":
        env = clone_of(env, f"{env.name}-clone")
    options = made(impl, options_of(impl, env, {name: fields[name] for name in OF_DECORATOR if name in fields}))
    if base != "orphan":
        _HELD.append(env)
    return env.task(**options)(function) if options else env.task(function)


# ---- few companies that cover many ----------------------------------------------------------------------------------


def pairwise(dimensions: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield few combinations of one value per dimension, such that any two values of two dimensions occur together."""
    names = list(dimensions)
    missing = {
        ((one, left), (other, right))
        for one, other in combinations(names, 2)
        for left in dimensions[one]
        for right in dimensions[other]
    }

    def gain(chosen: Mapping[str, Any], name: str, value: Any) -> int:
        pairs = (((other, chosen[other]), (name, value)) for other in chosen)
        return sum(pair in missing or pair[::-1] in missing for pair in pairs)

    while missing:
        # The first missing pair, in the order of the dimensions, so that the combinations are always the same.
        (one, left), (other, right) = min(missing, key=lambda pair: _place(dimensions, pair))
        chosen = {one: left, other: right}
        for name in names:
            if name not in chosen:
                chosen[name] = max(dimensions[name], key=lambda value, name=name: gain(chosen, name, value))  # type: ignore[misc]
        row = {name: chosen[name] for name in names}
        missing -= set(combinations(row.items(), 2))
        yield row


def _place(dimensions: Mapping[str, Sequence[Any]], pair: tuple[tuple[str, Any], ...]) -> tuple[int, ...]:
    """Return the positions of the values of a pair in their dimensions."""
    names = list(dimensions)
    return tuple(place for name, value in pair for place in (names.index(name), dimensions[name].index(value)))
