"""The values that the static runtime computes with, and the scopes that bind names to them.

A value is not the real object: a class is its definition, an instance is the call that would create it. Only constants
and the interpreter's own classes in C are stored as they are.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import msgspec

from docgen.runtime.budget import Meter, size_of, written
from docgen.sources.store import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Atom:
    """A value that contains no other values."""

    size: ClassVar[int] = 4
    """Its size in the budget: about the minimal length of its repr."""
    depth: ClassVar[int] = 0
    limit: str = ""
    """The limit of the budget that it exceeds; empty for most."""


class Compound:
    """A value that contains other values. It is measured once, because there may be many parts, which are shared."""

    size: int
    """Approximate length of its repr, including its parts as often as they occur."""
    depth: int
    """Levels of values inside it."""
    limit: str
    """The limit of the budget that a part of it exceeds; empty for most."""

    def parts(self) -> Iterable[Value]:
        """Return the values that it contains, in order."""
        raise NotImplementedError

    def __post_init__(self) -> None:
        """Measure it."""
        size, depth, limit = Atom.size, 0, ""
        for part in self.parts():
            size += part.size
            depth = max(depth, part.depth)
            limit = limit or part.limit
        object.__setattr__(self, "size", size)
        object.__setattr__(self, "depth", depth + 1)
        object.__setattr__(self, "limit", limit)


@dataclass(frozen=True, kw_only=True, slots=True)
class Constant:
    """A literal value: None, a boolean, a number, a string, bytes or the ellipsis."""

    value: object
    limit: ClassVar[str] = ""

    @property
    def size(self) -> int:
        """Return the approximate length of its repr."""
        return size_of(self.value)

    @property
    def depth(self) -> int:
        """Return how many levels of values it contains."""
        return 0

    def __hash__(self) -> int:
        """Agree with `==`, also for values that Python treats as equal (1 and True)."""
        return hash((type(self.value), self.value))

    def __eq__(self, other: object) -> bool:
        """Distinguish 1 from True and 0 from 0.0, as their reprs do."""
        return isinstance(other, Constant) and type(self.value) is type(other.value) and self.value == other.value


@dataclass(frozen=True, kw_only=True)
class Collection(Compound):
    """A display or a call of a builtin collection whose items are known."""

    kind: str
    """`tuple`, `list`, `set`, `frozenset` or `dict`."""
    items: tuple[Value, ...]
    """The items in order; for a dict, its keys and values in turn."""

    @property
    def iterated(self) -> tuple[Value, ...]:
        """The values that a loop over it iterates over; for a dict, its keys."""
        return self.items[::2] if self.kind == "dict" else self.items

    @property
    def pairs(self) -> tuple[tuple[Value, Value], ...]:
        """The keys and values of a dict."""
        return tuple(zip(self.items[::2], self.items[1::2], strict=True))

    def parts(self) -> Iterable[Value]:
        """Return the values that it contains, in order."""
        return self.items

    def taken(self, place: Place) -> Value | None:
        """Return what a target takes when the collection is unpacked; None if there are too few items."""
        items = self.iterated
        if isinstance(place, slice):
            return Collection(kind="list", items=items[place])
        return items[place] if -len(items) <= place < len(items) else None


@dataclass(frozen=True, kw_only=True)
class Module(Atom):
    """A module, by name."""

    name: str


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """`import module` (no attribute) or `from module import attribute`; the module's name is absolute."""

    module: str
    attribute: str | None = None
    is_reexport: bool = False
    """`from module import name as name`, which type checkers treat as public (PEP 484)."""


Place = int | slice
"""Positions of the items that a target takes from the unpacked value; a target with a star takes a slice."""


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """`name = expression`; for `a, (b, c) = expression` with the path to the part that the name gets."""

    expression: ast.expr | None
    """None if the value comes from elsewhere (a loop, a `with`, an `except`)."""
    steps: tuple[Place, ...] = ()
    operator: ast.operator | None = None
    """For an augmented assignment, its operator; the value combines the previous one and the expression."""


class AliasStatement(msgspec.Struct, frozen=True, kw_only=True):
    """`type name = expression` (PEP 695); the statement is the node of the binding."""


Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class Binding:
    """One binding of one name. Its value is computed on first use and cached."""

    name: str
    how: Import | Assignment | AliasStatement | Definition
    scope: Scope
    """The scope in which the right-hand side is evaluated."""
    node: ast.AST
    annotation: ast.expr | None = None
    previous: Binding | None = None
    """The previous binding of the name, which the right-hand side uses when it refers to the name."""
    value: Value | None = None
    facts: int = 0
    """What the value depends on, as recorded by `Trace`; while it is computed, a warning for code that requests it."""
    is_active: bool = False
    """Its value is being computed; a second request would recurse endlessly."""
    wildcards: int = 0
    """The length of the chain of wildcard imports that the name comes through."""
    starred: Binding | None = None
    """The scope that the last of these wildcard imports takes the name from."""
    count: int = 0
    """How many bindings of the name precede it."""
    far: Binding | None = None
    """A distant earlier binding, so that the binding above a line can be found in few steps."""
    far_end: int = 0
    """The smallest last line of this binding and those between it and the distant one."""

    def __post_init__(self) -> None:
        """Choose the distant binding by skew-binary jumps."""
        before = self.previous
        if before is None:
            return
        self.count = before.count + 1
        self.far, self.far_end = before, self.end
        there = before.far
        if there is not None and there.far is not None and before.count - there.count == there.count - there.far.count:
            self.far, self.far_end = there.far, min(self.end, before.far_end, there.far_end)

    @property
    def end(self) -> int:
        """Return the last line of its statement; 0, above all others, if it is not written anywhere."""
        return getattr(self.node, "end_lineno", None) or 0


class Star(msgspec.Struct, frozen=True):
    """The origin of a name that a wildcard import binds."""

    row: int = 1
    """The length of the chain of wildcard imports that it comes through, including this one."""
    binding: Binding | None = None
    """The scope that the last of them takes it from; None if it was not read."""


@dataclass(frozen=True, kw_only=True)
class Patch:
    """`owner.name = expression` after the definition of the owner, or `setattr(owner, "name", expression)`."""

    name: str
    expression: ast.expr | None
    """None for `del owner.name`."""
    scope: Scope
    """The scope in which the expression is evaluated."""
    node: ast.AST


@dataclass(kw_only=True, eq=False, repr=False)
class Scope:
    """The names of a module, a class body or a function that was called."""

    source: Source
    meter: Meter
    """The remaining budget of the module."""
    parent: Scope | None = None
    qualname: str = ""
    is_class: bool = False
    is_type_parameters: bool = False
    """Contains the type parameters of one definition (PEP 695)."""
    names: dict[str, Binding] = field(default_factory=dict)
    guarded: dict[str, Binding] = field(default_factory=dict)
    """Bound only for type checkers (`if TYPE_CHECKING:`), not at run time."""
    annotated: dict[str, Binding] = field(default_factory=dict)
    """Every annotated name in the order of its first annotation, bound or not."""
    deleted: dict[str, tuple[Binding, int]] = field(default_factory=dict)
    """The last binding that `del` removed, by name, and the line of the statement: code above it sees the binding."""
    renames_members: bool = False
    """A loop over its names sets the module of objects from other modules of the package to its own name."""
    patches: dict[Definition, list[Patch]] = field(default_factory=dict)
    """Assignments to attributes after the definition of a class or function, by definition."""
    followed: set[ast.AST] = field(default_factory=set)
    """Calls and assignments that bind computed names (`globals()[name] = ...`), all of which are known."""

    @property
    def name_makers(self) -> tuple[tuple[str, ast.AST], ...]:
        """Code that binds names that a static reader cannot know: the class (empty for the module) and the node."""
        return tuple((owner, node) for owner, node in self.source.name_makers if node not in self.followed)

    @property
    def module(self) -> Scope:
        """The scope of the module that this one is in."""
        return self if self.parent is None else self.parent.module

    @property
    def module_name(self) -> str:
        """The `__module__` of classes and functions defined here; a module may rename itself."""
        renamed = self.module.names.get("__name__")
        if renamed and isinstance(renamed.how, Assignment) and isinstance(renamed.how.expression, ast.Constant):
            return str(renamed.how.expression.value)
        return self.source.name


@dataclass(frozen=True, kw_only=True, eq=False)
class Class(Atom):
    """A class whose definition was read."""

    name: str
    module: str
    """Its `__module__`."""
    qualname: str
    node: ast.ClassDef = field(repr=False)
    scope: Scope = field(repr=False)
    """Where its own members are bound."""
    home: Scope = field(repr=False)
    """Where it is defined; bases, decorators and keywords are evaluated there."""

    @property
    def path(self) -> str:
        """The dotted path that its repr shows."""
        return f"{self.module}.{self.qualname}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Function(Atom):
    """A function whose definition was read."""

    name: str
    module: str
    qualname: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda = field(repr=False)
    home: Scope = field(repr=False)
    """Where it is defined; annotations and defaults are evaluated there."""
    path: str
    """Dotted path of the definition."""
    doc: str | None = None
    """The docstring that code gave it later; None: the one that is written."""
    marks: tuple[str, ...] = ()
    """Effects of its decorators except on the signature, innermost first: `abstract`, `final`, `context manager`."""
    replaces: Function | None = None
    """The function that a decorator replaced with this one, without copying its name and signature."""
    change: str = ""
    """The effect of a decorator on its signature, as `effects` writes it: `adds *, x=None`, `drops first`."""


class Wrapping(StrEnum):
    """The object around a function after its decorators have run."""

    PROPERTY = "property"
    CACHED_PROPERTY = "cached_property"
    CLASSMETHOD = "classmethod"
    STATICMETHOD = "staticmethod"
    SYNC_OR_ASYNC = "sync or async"
    """Called with and without `await`, whichever suits the caller."""
    CACHED = "cached"
    """An object that keeps results, and calls the function for new ones."""
    OBJECT = "object"
    """An object that is no longer a function, although it may be callable (a command)."""


@dataclass(frozen=True, kw_only=True)
class Wrapped(Compound):
    """A function, possibly wrapped already, in the object that a decorator made of it."""

    wrapping: Wrapping
    inner: Value
    setter: Value | None = None
    """For a property, the setter."""
    deleter: Value | None = None
    """For a property, the deleter."""

    def parts(self) -> Iterable[Value]:
        """Return the values that it contains, in order."""
        return tuple(each for each in (self.inner, self.setter, self.deleter) if each is not None)


@dataclass(frozen=True, kw_only=True)
class Native(Atom):
    """A class or function of the interpreter itself, written in C."""

    value: object

    def __hash__(self) -> int:
        """Hash the identity, because not every native object can be hashed."""
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        """Go by identity."""
        return isinstance(other, Native) and self.value is other.value


@dataclass(frozen=True, kw_only=True)
class External(Atom):
    """An object of a package whose sources were not supplied, known only by the requested path."""

    path: str


class FormKind(StrEnum):
    """The families of type expressions; they differ in repr and in what `|` makes of them."""

    SPECIAL = "special"
    """`typing.Any`, bare `typing.List`: a member of typing without arguments."""
    TYPING = "typing"
    """`typing.List[int]`, or a class made generic by `typing.Generic`, with arguments."""
    BUILTIN = "builtin"
    """`list[int]`: a generic alias as classes of the interpreter make it."""
    UNION = "union"
    """`typing.Union[...]`, `typing.Optional[...]`."""
    UNION_TYPE = "union type"
    """`int | None`."""
    LITERAL = "literal"
    ANNOTATED = "annotated"
    INIT_VAR = "init var"
    UNPACKED = "unpacked"


@dataclass(frozen=True, kw_only=True)
class Form(Compound):
    """A type expression that is not a class."""

    kind: FormKind
    origin: Value | None = None
    """The subscripted object; None for unions."""
    name: str = ""
    """Dotted path of a special form."""
    args: tuple[Value, ...] = ()

    def parts(self) -> Iterable[Value]:
        """Return the values that it contains, in order."""
        return self.args if self.origin is None else (*self.args, self.origin)


@dataclass(frozen=True, kw_only=True)
class TypeParameter(Compound):
    """A type variable, a parameter specification, or one of its two members."""

    kind: str
    """`TypeVar`, `ParamSpec`, `TypeVarTuple`, `ParamSpecArgs`, `ParamSpecKwargs`, `NewType` or `TypeAliasType`."""
    name: str
    module: str
    mark: str = "~"
    """`~`, `+` or `-` by variance; empty for one that was declared in brackets (PEP 695)."""
    bound: Value | None = None
    """Its bound; for an alias, the aliased type."""
    owner: str = ""
    """For one that was declared in brackets, the qualified name of the definition that declares it."""

    def parts(self) -> Iterable[Value]:
        """Return the values that it contains, in order."""
        return () if self.bound is None else (self.bound,)


@dataclass(frozen=True, kw_only=True)
class Instance(Compound):
    """The result of calling a class: the call is stored, the constructor is not run."""

    of: Value
    args: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    is_complete: bool = True
    """Whether the call is known; otherwise, only the class is known (from a return annotation)."""

    def parts(self) -> Iterable[Value]:
        """Return the values that it contains, in order."""
        return (*self.args, *(value for _, value in self.keywords))


@dataclass(frozen=True, kw_only=True)
class EnumMember(Compound):
    """A member of an enumeration."""

    of: Class
    name: str
    value: Value

    def parts(self) -> Iterable[Value]:
        """Return the values that it contains, in order."""
        return (self.value,)


class Opaque(Atom):
    """A value that cannot be known without running code. Two of them are equal if their sources are.

    Parameters:
        text: Its source, as `ast.unparse` writes it, or the expression, which is converted on first use: each of the
            names in `a.b.c` is such a value, and only the last one is shown.
        kind: Name of its class, if that is builtin and follows from the form: a comparison is a `bool`.
        limit: The limit of the budget that it or a part of it exceeds; empty for other reasons. A finding names
            it.
    """

    def __init__(self, *, text: str | ast.expr, kind: str = "", limit: str = "") -> None:
        self._text = text
        self.kind = kind
        self.limit = limit

    @property
    def text(self) -> str:
        """Return its source, as `ast.unparse` writes it."""
        if not isinstance(self._text, str):
            self._text = written(self._text)
        return self._text

    def __eq__(self, other: object) -> bool:
        """Go by the source."""
        return isinstance(other, Opaque) and self.text == other.text

    def __hash__(self) -> int:
        """Go by the source."""
        return hash(self.text)


Value = (
    Constant
    | Collection
    | Module
    | Class
    | Function
    | Wrapped
    | Native
    | External
    | Form
    | TypeParameter
    | Instance
    | EnumMember
    | Opaque
)
"""Any static value."""

NONE = Constant(value=None)
"""The value None."""


def function_in(value: Value | None) -> Function | None:
    """Return the function inside its wrappings, or None."""
    while isinstance(value, Wrapped):
        value = value.inner
    return value if isinstance(value, Function) else None


def wrappings_of(value: Value) -> Iterator[Wrapping]:
    """Yield the wrappings of a function, outermost first."""
    while isinstance(value, Wrapped):
        yield value.wrapping
        value = value.inner


def unknown_part(value: Value) -> Opaque | None:
    """Return the first part of a value that is unknown."""
    if isinstance(value, Opaque):
        return value
    parts: tuple[Value, ...] = ()
    if isinstance(value, Form):
        parts = (*value.args, *([value.origin] if value.origin else []))
    elif isinstance(value, Collection):
        parts = value.items
    elif isinstance(value, Instance):
        parts = (*value.args, *(each for _, each in value.keywords))
    elif isinstance(value, Wrapped):
        parts = (value.inner,)
    elif isinstance(value, EnumMember):
        parts = (value.value,)
    return next((found for part in parts if (found := unknown_part(part)) is not None), None)
