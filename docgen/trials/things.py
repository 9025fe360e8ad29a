"""The values that a trial works with besides plain data: functions, classes and objects of the package, errors.

Objects behave like real ones where built-in functions look: they can be compared, iterated over, called and sorted.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

MISSING: Final = object()
"""Stands for an attribute or argument that does not exist."""


class BeyondError(Exception):
    """The code does something that a trial does not follow: nothing can be said about it."""


class RaisedError(Exception):
    """The code raises an error: an exception of the language, or an object of a class of the package."""

    def __init__(self, error: Any, *, is_stated: bool = False) -> None:  # noqa: ANN401 - any exception or object
        super().__init__(error)
        self.error = error
        self.is_stated = is_stated
        """A `raise` or `assert` statement raised it, not an operation."""


@dataclass(eq=False)
class Frame:
    """The variables of a call, of a class body, or of a module."""

    module: str
    outer: Frame | None = None
    names: dict[str, Any] = field(default_factory=dict)
    owner: Klass | None = None
    """The class that defines the running method."""
    receiver: Any = None
    yielded: list[Any] | None = None
    """The values that the running generator has yielded; None in other calls."""


@dataclass(eq=False)
class Closure:
    """A function of the package."""

    name: str
    arguments: ast.arguments
    body: list[ast.stmt] | ast.expr
    frame: Frame
    defaults: dict[str, Any]
    run: Callable[..., Any]
    """Calls a closure: `run(closure, arguments, keywords)`."""
    is_async: bool = False
    is_generator: bool = False
    owner: Klass | None = None
    attributes: dict[str, Any] = field(default_factory=dict)

    def __call__(self, *args: Any, **keywords: Any) -> Any:  # noqa: ANN401 - as the function
        """Call the function, for built-in functions such as `sorted`."""
        return self.run(self, args, keywords)


@dataclass(eq=False)
class Bound:
    """A method with its receiver."""

    function: Any
    receiver: Any

    def __call__(self, *args: Any, **keywords: Any) -> Any:  # noqa: ANN401 - as the method
        """Call the method."""
        return self.function(self.receiver, *args, **keywords)


@dataclass(eq=False)
class Accessor:
    """A property, a static method or a class method in the body of a class."""

    kind: str
    """`property`, `cached_property`, `staticmethod` or `classmethod`."""
    function: Any
    setter: Any = None


@dataclass(eq=False)
class Coroutine:
    """The result of calling a coroutine function: it runs once it is awaited."""

    run: Callable[[], Any]


@dataclass(eq=False)
class Super:
    """The result of `super()`."""

    owner: Klass
    receiver: Any


@dataclass(eq=False)
class Ignored:
    """Something whose effects do not count, such as a logger: its attributes and calls are ignored too."""

    def __call__(self, *_: Any, **__: Any) -> Ignored:  # noqa: ANN401 - whatever is logged
        """Return what is ignored too."""
        return self


@dataclass(eq=False)
class Recorder:
    """A sample argument that can be called: it records how."""

    result: Any = 7
    calls: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    """For each call the number of positional arguments and the names of the others."""

    def __call__(self, *args: Any, **keywords: Any) -> Any:  # noqa: ANN401 - any arguments
        """Record a call."""
        self.calls.append((len(args), tuple(sorted(keywords))))
        return self.result


@dataclass(eq=False)
class Library:
    """A module of the standard library."""

    name: str


@dataclass(eq=False)
class Named:
    """A name of the standard library that has a meaning as a base or a decorator only."""

    path: str


@dataclass(eq=False)
class Method:
    """A method of plain data."""

    owner: Any
    name: str
    run: Callable[..., Any]
    """Calls it: `run(owner, name, arguments, keywords)`."""

    def __call__(self, *args: Any, **keywords: Any) -> Any:  # noqa: ANN401 - as the method
        """Call the method, for built-in functions."""
        return self.run(self.owner, self.name, args, keywords)


@dataclass(eq=False)
class Klass:
    """A class of the package."""

    name: str
    bases: tuple[Klass, ...]
    native: type
    """The built-in class that it derives from: `object` or an exception."""
    names: dict[str, Any]
    fields: dict[str, Any] | None = None
    """For a dataclass, its fields in order with their defaults; `MISSING` for a required one."""
    is_frozen: bool = False
    make: Callable[..., Any] = field(default=lambda: None, repr=False)

    def __call__(self, *args: Any, **keywords: Any) -> Any:  # noqa: ANN401 - as the constructor
        """Create an object."""
        return self.make(self, args, keywords)

    @property
    def order(self) -> tuple[Klass, ...]:
        """The classes in which attributes are looked for, depth first and each once, its last mention counting."""
        found = [self, *(each for base in self.bases for each in base.order)]
        return tuple(each for place, each in enumerate(found) if each not in found[place + 1 :])

    def find(self, name: str, after: Klass | None = None) -> Any:  # noqa: ANN401 - any value
        """Return an attribute of the class or of those that follow a class in its order, `MISSING` if none has it."""
        order = self.order
        for each in order[order.index(after) + 1 if after in order else 0 :] if after else order:
            if name in each.names:
                return each.names[name]
        return MISSING


class Thing:
    """An object of a class of the package."""

    def __init__(self, class_: Klass) -> None:
        self.class_ = class_
        self.attributes: dict[str, Any] = {}

    def special(self, name: str, *args: Any) -> Any:  # noqa: ANN401 - as the method
        """Call a special method.

        Raises:
            RaisedError: The class has no such method.
        """
        method = self.class_.find(name)
        if method is MISSING or method is None:
            raise RaisedError(TypeError(f"{self.class_.name} has no {name}"))
        if not callable(method):
            raise BeyondError
        return method(self, *args)

    def has(self, name: str) -> bool:
        """Return True if the class has a special method."""
        return self.class_.find(name) not in (MISSING, None)

    def __eq__(self, other: object) -> bool:
        if self.has("__eq__"):
            result = self.special("__eq__", other)
            return self is other if result is NotImplemented else bool(result)
        if self.class_.fields is not None and isinstance(other, Thing) and other.class_ is self.class_:
            return self.attributes == other.attributes
        return self is other

    def __hash__(self) -> int:
        if self.has("__hash__"):
            return int(self.special("__hash__"))
        if self.has("__eq__") or (self.class_.fields is not None and not self.class_.is_frozen):
            raise RaisedError(TypeError(f"unhashable: {self.class_.name}"))
        if self.class_.fields is not None:
            return hash(tuple(self.attributes.values()))
        return id(self)

    def __bool__(self) -> bool:
        if self.has("__bool__"):
            return bool(self.special("__bool__"))
        return bool(self.special("__len__")) if self.has("__len__") else True

    def __contains__(self, item: object) -> bool:
        if self.has("__contains__"):
            return bool(self.special("__contains__", item))
        return any(each == item for each in self)

    def __iter__(self) -> Iterator[Any]:
        if not self.has("__iter__") and self.has("__getitem__"):
            raise BeyondError
        return iter(self.special("__iter__"))

    def __str__(self) -> str:
        if not self.has("__str__"):
            raise BeyondError
        return str(self.special("__str__"))

    def __repr__(self) -> str:
        if not self.has("__repr__"):
            raise BeyondError
        return str(self.special("__repr__"))

    def __format__(self, spec: str) -> str:
        return str(self.special("__format__", spec)) if self.has("__format__") or spec else str(self)

    _OPERATORS: ClassVar = (
        *("__len__", "__next__", "__getitem__", "__setitem__", "__delitem__", "__call__", "__index__", "__int__"),
        *("__float__", "__lt__", "__le__", "__gt__", "__ge__", "__neg__", "__abs__", "__invert__", "__reversed__"),
        *(f"__{side}{name}__" for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "and", "or", "xor")
          for side in ("", "r")),
    )  # fmt: skip
    """The other special methods that are looked up in the class."""


def _operator(name: str) -> Callable[..., Any]:
    def method(self: Thing, *args: Any) -> Any:  # noqa: ANN401 - as the method
        is_binary = len(args) == 1 and name not in ("__getitem__", "__delitem__", "__call__")
        return NotImplemented if is_binary and not self.has(name) else self.special(name, *args)

    return method


for _name in Thing._OPERATORS:  # noqa: SLF001 - the table of the class above
    setattr(Thing, _name, _operator(_name))
