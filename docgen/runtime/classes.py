"""Bases, method resolution order and members of classes, across all sources that can be read."""

from __future__ import annotations

import ast
import enum
import itertools
import typing
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Protocol

from docgen.runtime import effects
from docgen.runtime.evaluate import Evaluator
from docgen.runtime.notes import Notes
from docgen.runtime.values import (
    Assignment,
    Binding,
    Class,
    EnumMember,
    External,
    Form,
    FormKind,
    Instance,
    Native,
    Value,
    Wrapped,
)
from docgen.sources.trees import last_name
from docgen.trace import Memo, Trace

OBJECT = Native(value=object)
"""The last class of every method resolution order."""

GENERIC = Native(value=typing.Generic)
_PROTOCOL = Native(value=typing.Protocol)


class Bindings(Protocol):
    """Looks up the values of names, bindings and attributes."""

    def value(self, binding: Binding) -> Value:
        """Return the value of a binding."""

    def member(self, module: str, name: str) -> Value | None:
        """Return the value of `module.name`, None if the module exists and binds no such name."""

    def attribute(self, owner: Value, name: str) -> Value | None:
        """Return `owner.name`, None if it is unknown."""


class Classes:
    """Answers questions about classes as Python's type machinery would.

    Parameters:
        evaluator: Evaluates bases and keywords.
        names: Looks up values.
        notes: Collects findings.
        trace: Records what answers depend on.
    """

    def __init__(self, evaluator: Evaluator, names: Bindings, notes: Notes, trace: Trace) -> None:
        self.evaluator = evaluator
        self.names = names
        self.notes = notes
        self._trace = trace
        self._orders: Memo[Value, tuple[Value, ...]] = Memo(trace)
        self._bases: Memo[Class, tuple[Value, ...]] = Memo(trace)
        self._cut: set[Value] = set()
        """Classes with more ancestors than are read."""
        self._written: Memo[Class, tuple[Value, ...]] = Memo(trace)
        self._metaclasses: Memo[Class, Value | None] = Memo(trace)

    def bases(self, owner: Class) -> tuple[Value, ...]:
        """Return the bases as classes, without brackets; unknown ones are `External` or `Opaque`."""
        return self._bases.get(owner, lambda: self._resolved_bases(owner))

    def written_bases(self, owner: Class) -> tuple[Value, ...]:
        """Return the positional arguments of a class statement."""
        find = self.evaluator.items
        return self._written.get(owner, lambda: tuple(find(owner.node.bases, owner.home)))

    def _resolved_bases(self, owner: Class) -> tuple[Value, ...]:
        written = list(self.written_bases(owner))
        declared = self._declared(owner)
        written += [Form(kind=FormKind.TYPING, origin=GENERIC, args=declared)] if declared else []
        found: list[Value] = []
        for index, base in enumerate(written):
            found += self._entries(base, written[index + 1 :], has_protocol=_PROTOCOL in written)
        return tuple(dict.fromkeys(found)) or (OBJECT,)

    @staticmethod
    def _declared(owner: Class) -> tuple[Value, ...]:
        """Return the type parameters that a class declares in brackets: it is generic in them (PEP 695)."""
        found = owner.home.names.values() if owner.home.is_type_parameters else ()
        return tuple(each.value for each in found if each.value is not None)

    def _entries(self, base: Value, later: list[Value], *, has_protocol: bool) -> tuple[Value, ...]:
        """Return the classes that replace the written bases. Source: `typing`, `__mro_entries__`."""
        is_alias = isinstance(base, Form) and base.kind in {FormKind.TYPING, FormKind.SPECIAL}
        goes_on = any(isinstance(each, Form) and each.kind in {FormKind.TYPING, FormKind.SPECIAL} for each in later)
        if is_alias and isinstance(base, Form) and base.origin == GENERIC and (goes_on or has_protocol):
            return ()
        entry = self._as_base(base)
        is_special = is_alias and (base.kind is FormKind.SPECIAL or isinstance(base.origin, Form))  # type: ignore[union-attr] # a form
        if is_special and not goes_on and not any(self.is_typing_generic(each) for each in later):
            return (entry, GENERIC)
        return (entry,)

    def mro(self, owner: Value) -> tuple[Value, ...]:
        """Return the method resolution order, the class itself first.

        A class of unknown origin has only itself in its order. An order that Python would refuse is replaced by a
        depth-first one.
        """
        if isinstance(owner, Native):
            order = getattr(owner.value, "__mro__", None)
            return tuple(Native(value=each) for each in order) if order else (owner, OBJECT)
        if not isinstance(owner, Class):
            return (owner, OBJECT)
        if owner not in self._orders:
            # From the root up, because from the top down, a long chain of classes would recurse too deeply.
            for each in self._above(owner):
                self._kept_order(each)
        return self._kept_order(owner)

    def _kept_order(self, owner: Class) -> tuple[Value, ...]:
        # This is what a class that is its own base sees in the meantime.
        return self._orders.get(owner, lambda: self._order(owner), meanwhile=lambda: (owner, OBJECT))

    def _above(self, owner: Class) -> Iterator[Class]:
        """Yield the ancestors of a class whose order is not known yet, bases before derived classes."""
        stack = [owner]
        seen = {owner}
        while stack:
            bases = [each for each in self.bases(stack[-1]) if isinstance(each, Class)]
            needed = [each for each in bases if each not in seen and each not in self._orders]
            seen.update(needed)
            stack += needed
            if not needed and (last := stack.pop()) is not owner:
                yield last

    def _line(self, base: Value) -> tuple[Value, ...]:
        """Return the order of a base, which is known unless the base is in a cycle; then it is the base alone."""
        if not isinstance(base, Class) or base in self._orders:
            return self.mro(base)
        self._trace.warn(0)
        return (base, OBJECT)

    def _order(self, owner: Class) -> tuple[Value, ...]:
        bases = [base for base in self.bases(owner) if base is not owner]
        lines = [self._line(base) for base in bases]
        limits = self.evaluator.budget.limits
        merged = _merge([*lines, bases], limits.ancestors)
        found = merged if merged is not None else dict.fromkeys(each for line in lines for each in line)
        order = [each for each in found if each != OBJECT]
        is_below = not self._cut.isdisjoint(bases)
        if is_below or len(order) > limits.ancestors:
            order = order[: limits.nearest]
            if not is_below:
                text = f"{owner.name} has more than {limits.ancestors} ancestors; the nearest {limits.nearest} are read"
                self.notes.add(
                    "DG205", owner.node, owner.home, text, "Classes that derive from it are read in the same way."
                )
            self._cut.add(owner)
        return (owner, *order, OBJECT)

    def own(self, owner: Class, name: str) -> Value | None:
        """Return the value of a name bound in the body of a class itself, None if it binds none."""
        binding = owner.scope.names.get(name)
        return None if binding is None else self.names.value(binding)

    def find(self, owner: Class, name: str) -> tuple[Value, Binding] | None:
        """Return the class in the order that binds a name, and the binding; None if no readable class does."""
        for each in self.mro(owner):
            if isinstance(each, Class) and name in each.scope.names:
                return each, each.scope.names[name]
        return None

    def bound(self, owner: Class) -> dict[str, tuple[Class, Binding]]:
        """Return the result of `find` for every name, in one pass over the order."""
        found: dict[str, tuple[Class, Binding]] = {}
        for each in reversed(self.mro(owner)):
            if isinstance(each, Class):
                found.update((name, (each, binding)) for name, binding in each.scope.names.items())
        return found

    def attribute(self, owner: Class, name: str) -> Value | None:
        """Return `owner.name` according to the order, with members of an enumeration as such; None if it is unknown."""
        if name == "__name__":
            return None
        found = self.find(owner, name)
        if found is None:
            return None
        definer, binding = found
        value = self.names.value(binding)
        if isinstance(definer, Class) and self.is_enum(definer) and self.is_enum_member(binding, value):
            return EnumMember(of=definer, name=name, value=value)
        return value

    def member_names(self, owner: Class) -> tuple[str, ...]:
        """Return the names of all members in the order, sorted by code point."""
        found: set[str] = set()
        for each in self.mro(owner):
            if isinstance(each, Class):
                found.update(each.scope.names)
        return tuple(sorted(found))

    def is_subclass(self, owner: Value, of: type) -> bool:
        """Return True if a class descends from one of the interpreter's or the standard library's classes."""
        path = f"{of.__module__}.{of.__qualname__}"
        return any(
            (isinstance(each, Native) and each.value is of) or (isinstance(each, Class) and each.path == path)
            for each in self.mro(owner)
        )

    def is_enum(self, owner: Value) -> bool:
        """Return True if a class is an enumeration."""
        return isinstance(owner, Class) and self.is_subclass(owner, enum.Enum)

    def is_enum_member(self, binding: Binding, value: Value) -> bool:
        """Return True if a name in the body of an enumeration becomes a member of it."""
        if binding.name.startswith("_") or not isinstance(binding.how, Assignment):
            return False
        if isinstance(value, Instance) and effects.path_of(value.of) == "enum.nonmember":
            return False
        return not isinstance(value, Wrapped) and not (isinstance(value, Instance) and self._is_descriptor(value))

    def _is_descriptor(self, value: Instance) -> bool:
        return isinstance(value.of, Class) and self.find(value.of, "__get__") is not None

    def is_protocol(self, owner: Class) -> bool:
        """Return True if `Protocol` is literally one of the bases, with or without brackets."""
        return Native(value=typing.Protocol) in self.bases(owner)

    def is_typing_generic(self, origin: Value) -> bool:
        """Return True if subscripting a class gives an alias of typing; assumed if its sources are missing."""
        if isinstance(origin, External):
            return True
        if isinstance(origin, Native):
            return isinstance(origin.value, type) and issubclass(origin.value, typing.Generic)
        return isinstance(origin, Class) and Native(value=typing.Generic) in self.mro(origin)

    def metaclass(self, owner: Class) -> Value | None:
        """Return the metaclass that the class or one of its bases names, None if none does."""
        return self._metaclasses.get(owner, lambda: self._metaclass(owner))

    def _metaclass(self, owner: Class) -> Value | None:
        for each in self.mro(owner):
            if isinstance(each, Class):
                for keyword in each.node.keywords:
                    if keyword.arg == "metaclass":
                        return self.evaluator.evaluate(keyword.value, each.home)
        return None

    def decorator_calls(self, owner: Class) -> Iterator[tuple[Value, ast.expr]]:
        """Yield the value of each decorator of a class (the callee, if it is called), and its source."""
        for decorator in class_decorators(owner):
            callee = decorator.func if isinstance(decorator, ast.Call) else decorator
            yield self.evaluator.evaluate(callee, owner.home), decorator

    def _as_base(self, base: Value) -> Value:
        """Return the class that replaces a written base."""
        if isinstance(base, Form) and base.kind in {FormKind.TYPING, FormKind.BUILTIN} and base.origin is not None:
            return self._as_base(base.origin)
        if isinstance(base, Form) and base.kind is FormKind.SPECIAL:
            alias = getattr(typing, base.name.rpartition(".")[2], None)
            origin = getattr(alias, "__origin__", None)
            if isinstance(origin, type):
                return self._class_of(origin)
        if isinstance(base, Native) and base.value is typing.NamedTuple:
            return Native(value=tuple)
        if isinstance(base, Instance) and isinstance(base.of, Class | External):
            return External(path=base.of.path)
        return base

    def _class_of(self, origin: type) -> Value:
        """Return a class of the standard library from its sources, if it has any."""
        found = self.names.member(origin.__module__, origin.__name__) if origin.__module__ != "builtins" else None
        return found if isinstance(found, Class) else Native(value=origin)


def class_decorators(owner: Class) -> Iterator[ast.expr]:
    """Yield the decorators of a class; for a name of its module that a call is assigned to, the call.

    `make = partial(dataclass, kw_only=True)` calls nothing yet: the name is the result of `partial`.
    """
    for node in owner.node.decorator_list:
        binding = owner.home.module.names.get(node.id) if isinstance(node, ast.Name) else None
        how = binding.how if binding is not None else None
        call = how.expression if isinstance(how, Assignment) and not how.steps else None
        yield call if isinstance(call, ast.Call) and last_name(call.func) != "partial" else node


def _merge(lines: Sequence[Sequence[Value]], most: int) -> list[Value] | None:
    """Return the C3 merge of linear orders up to one more than `most` classes, or None."""
    rests = [deque(line) for line in lines if line]
    behind = Counter(each for line in rests for each in itertools.islice(line, 1, None))
    merged: list[Value] = []
    while rests and len(merged) <= most:
        head = next((line[0] for line in rests if not behind[line[0]]), None)
        if head is None:
            return None
        merged.append(head)
        for line in rests:
            if line[0] == head:
                line.popleft()
                behind.subtract(itertools.islice(line, 1))
        rests = [line for line in rests if line]
    return merged
