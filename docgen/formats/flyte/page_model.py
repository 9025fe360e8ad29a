"""The page model: the contents of a published page of these formats, as frozen plain values.

`build` makes it from sources, `parse` from published pages; `render`, `compare` and `write` read it. It consists of
strings, numbers and tuples, so that it can be compared, hashed, sent to another process and stored as JSON. It is
independent of syntax trees, Markdown and dialects.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from docgen.model import ParameterKind

SCHEMA_VERSION = 1
"""Version of the JSON form, incremented when a reader of the old form would misread the new one."""


class ClassKind(StrEnum):
    """The three groups that a published package page sorts its classes into."""

    CLASS = "class"
    PROTOCOL = "protocol"
    ERROR = "error"


class Receiver(StrEnum):
    """The receiver of a method."""

    INSTANCE = "instance"
    CLASS = "class"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Docstring:
    """A docstring by section. Texts are Markdown, with the indentation of the source already removed."""

    text: str = ""
    """The text outside sections, summary first."""
    parameters: tuple[tuple[str, str], ...] = ()
    """(name, text), in the order written."""
    returns: str | None = None
    raises: tuple[tuple[str, str], ...] = ()
    """(exception, text), in the order written."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a function, the receiver (`self`, `cls`) left out."""

    name: str
    """The name without stars."""
    kind: ParameterKind = ParameterKind.POSITIONAL_OR_KEYWORD
    annotation: str | None = None
    """As the reference prints it; None if there is none ("None" is the annotation None)."""
    default: str | None = None
    """As CPython's repr prints it; None if there is none ("None" is the default None)."""
    description: str = ""
    """One line."""


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function, a method or a constructor."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    returns: str | None = None
    docstring: Docstring = Docstring()
    receiver: Receiver = Receiver.NONE
    parent: str | None = None
    """Dotted path before the name, if the function is really a callable value of that package; None otherwise."""
    is_async: bool = False
    is_syncified: bool = False
    """Callable without await, and with await through its attribute `aio`."""
    decorators: tuple[str, ...] = ()
    """Dotted paths, outermost first."""
    inherited_from: str | None = None
    """Dotted path of the class that defines it, if that is another class."""


@dataclass(frozen=True, kw_only=True)
class Property:
    """A property or cached property."""

    name: str
    annotation: str | None = None
    docstring: Docstring = Docstring()
    inherited_from: str | None = None


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A value of a class: a constant, a member of an enumeration, a slot, a name that is only annotated."""

    name: str
    annotation: str | None = None
    """As the reference prints it; without one, the kind of value: `str`, `class`."""
    value: str | None = None
    """As CPython's repr prints it; None if the class has no value or it is unknown."""
    inherited_from: str | None = None


@dataclass(frozen=True, kw_only=True)
class Class:
    """A class as users see it: inherited members included."""

    name: str
    package: str
    """Dotted path of the package that documents it, not of the module that defines it."""
    path: str | None = None
    """Dotted path of its definition, private modules included."""
    kind: ClassKind = ClassKind.CLASS
    bases: tuple[str, ...] = ()
    docstring: Docstring = Docstring()
    constructor: Function | None = None
    """None if the page shows no constructor (an error, a protocol or an ABC without `__init__`)."""
    properties: tuple[Property, ...] = ()
    methods: tuple[Function, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    """Present if the format shows them."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A module-level value that is neither callable nor a type."""

    name: str
    annotation: str | None = None
    value: str | None = None


@dataclass(frozen=True, kw_only=True)
class Package:
    """A public package or module."""

    name: str
    docstring: Docstring = Docstring()
    classes: tuple[Class, ...] = ()
    functions: tuple[Function, ...] = ()
    variables: tuple[Variable, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The whole reference of one distribution at one version."""

    distribution: str
    version: str
    packages: tuple[Package, ...] = ()
    schema_version: int = SCHEMA_VERSION
