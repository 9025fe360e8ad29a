"""Finds the public names of a package, a module or a class, and the value of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from docgen.runtime.describe import description, is_known, is_standard_library, module_of
from docgen.runtime.enums import data_type
from docgen.runtime.fields import maker_call
from docgen.runtime.makers import known_makers
from docgen.runtime.values import (
    NONE,
    Assignment,
    Binding,
    Class,
    Collection,
    Constant,
    External,
    Import,
    Instance,
    Module,
    Opaque,
    Value,
    Wrapped,
    Wrapping,
)

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from docgen.formats.flyte.dialect import Reading
    from docgen.runtime.world import World

PROPERTIES = frozenset({Wrapping.PROPERTY, Wrapping.CACHED_PROPERTY})


@dataclass(frozen=True, kw_only=True)
class Member:
    """One public name and its value."""

    name: str
    value: Value
    definer: Class | None = None
    """The class in the method resolution order that binds it; None in a module."""


def public_submodules(world: World, module: str, reading: Reading) -> tuple[str, ...]:
    """Return the public modules right below a module, in alphabetical order; empty if its `__all__` speaks for them."""
    scope = world.scope(module)
    if reading.stops_at_listed_names and scope is not None and world.listed(scope) is not None:
        return ()
    below = world.store.submodules(module, world.store.roots[0])
    return tuple(f"{module}.{name}" for name in below if not name.startswith("_"))


class Standing(StrEnum):
    """Facts about one name of a module."""

    LISTED = "listed"
    """In `__all__`."""
    UNLISTED = "unlisted"
    """Not in an existing `__all__`."""
    BOUND = "bound"
    """There is no `__all__`."""


def names(world: World, module: str) -> tuple[tuple[str, Standing], ...]:
    """Return the names of a module that may be public, sorted by code point."""
    scope = world.scope(module)
    if scope is None:
        return ()
    listed = world.listed(scope)
    if listed is None:
        return tuple((name, Standing.BOUND) for name in sorted(scope.names) if not name.startswith("_"))
    bound = {name: Standing.UNLISTED for name in scope.names if not name.startswith("_")}
    return tuple(sorted((bound | dict.fromkeys(listed, Standing.LISTED)).items()))


def member(world: World, module: str, name: str, standing: Standing, *, lists_assigned: bool = False) -> Member | None:
    """Return the value of a name of a module, if it is bound and public.

    Names in `__all__` are public; without `__all__`, those that the module itself defines. A function that was made
    callable without await is always public.

    Parameters:
        world: Where names are looked up.
        module: Dotted name of the module.
        name: A name in the module.
        standing: Facts about the name in the module.
        lists_assigned: Without `__all__`, names that the module offers count too, wherever they are defined
            (`_is_offered`).
    """
    scope, value = world.scope(module), world.member(module, name)
    if scope is None or value is None:
        return None
    if standing is Standing.BOUND:
        binding = scope.names[name]
        is_public = (
            _is_made_here(world, binding, value)
            or (scope.renames_members and _is_of_package(world, value, module))
            or (lists_assigned and _is_offered(world, binding, value, module))
        )
    else:
        is_public = standing is Standing.LISTED or is_syncified(value)
    return Member(name=name, value=value) if is_public else None


def module_members(world: World, module: str, *, lists_assigned: bool = False) -> Iterator[Member]:
    """Yield the public members of a module, sorted by code point; `lists_assigned` is as in `member`."""
    for name, standing in names(world, module):
        found = member(world, module, name, standing, lists_assigned=lists_assigned)
        if found is not None:
            yield found


def _is_of_package(world: World, value: Value, module: str) -> bool:
    """Return True if a value was defined in a module of the same top-level package."""
    return f"{module_of(world, value)}.".startswith(f"{module.partition('.')[0]}.")


def _is_offered(world: World, binding: Binding, value: Value, module: str) -> bool:
    """Return True if a module intentionally offers a name that it did not define.

    It assigns it, imports it under its own name (`import x as x`), or imports it from a private module of the package,
    in which no page would show it.
    """
    if isinstance(value, Module):
        return False
    if not isinstance(binding.how, Import):
        return isinstance(binding.how, Assignment)
    home = module_of(world, value)
    is_private = any(part.startswith("_") for part in (home or "").split("."))
    return _is_of_package(world, value, module) and (is_private or binding.how.is_reexport)


def _is_made_here(world: World, binding: Binding, value: Value) -> bool:
    """Return True if a value was defined in the module that binds it, or is unknown and assigned there."""
    if isinstance(value, Opaque) and not value.kind:
        return not isinstance(binding.how, Import)
    return module_of(world, value) in {None, binding.scope.module_name}


def doubtful_names(world: World, module: str, packages: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield (name, code, reason) for names of which only running code could decide whether they are public.

    They are imported from another module of the packages and have an unknown value, or they have a different value if
    an optional dependency is missing.
    """
    scope = world.scope(module)
    if scope is None or world.listed(scope) is not None:
        return
    for name, binding in scope.names.items():
        how = binding.how
        if name.startswith("_") or not isinstance(how, Import):
            continue
        value = world.member(module, name) or Opaque(text=name)
        is_unknown = not is_known(value) or (isinstance(value, Instance) and isinstance(value.of, External))
        if is_unknown and any(f"{how.module}.".startswith(f"{p}.") for p in packages):
            yield name, "DG106", f"{how.module} binds it to {description(value)}, so that it may be public here"
        before = binding.previous
        is_optional = isinstance(before and before.how, Assignment) and not world.is_readable(how.module)
        if is_optional:
            yield name, "DG108", f"where {how.module} is not installed, it is another value"


def class_members(world: World, owner: Class, reading: Reading) -> Iterator[Member]:
    """Yield the public members of a class, inherited ones included, sorted by code point."""
    bound = world.classes.bound(owner)
    left_out: dict[Class, bool] = {}
    for name in visible_names(world, owner, reading):
        if name.startswith("_") or name not in bound:
            continue
        definer, binding = bound[name]
        if definer not in left_out:
            left_out[definer] = _is_left_out(owner, definer, reading)
        if not left_out[definer]:
            yield Member(name=name, value=_member_value(world, binding, reading), definer=definer)


def declared_names(world: World, owner: Class, reading: Reading) -> Iterator[tuple[str, Class, ast.expr | None]]:
    """Yield public names that a class declares without binding them: name, class that declares it, annotation if any.

    These are slots and names that are only annotated, including those of bases; only the nearest declaration counts.
    """
    seen: set[str] = set()
    for each in world.classes.mro(owner):
        if not isinstance(each, Class) or _is_left_out(owner, each, reading):
            continue
        slots = world.classes.own(each, "__slots__")
        given = slots.items if isinstance(slots, Collection) else (slots,)
        names = [item.value for item in given if isinstance(item, Constant) and isinstance(item.value, str)]
        for name in (*each.scope.annotated, *names):
            if not name.startswith("_") and name not in seen:
                seen.add(name)
                annotated = each.scope.annotated.get(name)
                yield name, each, annotated.annotation if annotated else None


def visible_names(world: World, owner: Class, reading: Reading) -> tuple[str, ...]:
    """Return the names that `dir()` shows of a class.

    An enumeration hides names that are neither members nor of its data type.
    """
    if not (reading.reads_enums_by_dir and world.classes.is_enum(owner)):
        return world.classes.member_names(owner)
    mixed = data_type(world, owner)
    return world.classes.member_names(mixed) if isinstance(mixed, Class) else ()


def is_syncified(value: Value) -> bool:
    """Return True if a function can be called with and without await."""
    return isinstance(value, Wrapped) and value.wrapping is Wrapping.SYNC_OR_ASYNC


def _is_left_out(owner: Class, definer: Class, reading: Reading) -> bool:
    if definer.path in reading.hides_members_of and definer is not owner:
        return True
    if is_standard_library(definer.module) and not reading.lists_standard_library_members:
        return True
    roots = {*reading.own_packages, _root(owner.module)}
    return bool(reading.own_packages) and _root(definer.module) not in roots and definer is not owner


def _root(module: str) -> str:
    return module.partition(".")[0]


def _member_value(world: World, binding: Binding, reading: Reading) -> Value:
    """Return the value that reading an attribute from the class gives."""
    makers = known_makers()["dataclasses.dataclass"].fields
    if reading.lists_function_values and (call := maker_call(binding, world.evaluator, makers)) is not None:
        given = next((word.value for word in call.keywords if word.arg == "default"), None)
        return NONE if given is None else world.evaluator.evaluate(given, binding.scope)
    value = world.value(binding)
    return world.calls.value_on_class(value) if reading.lists_function_values else value
