"""The API model: everything that a user of a package can observe or read, as frozen plain values.

`build` makes it from sources, and the parser of a format from published pages. Pages, comparisons, history and lint
read it and nothing else. It contains facts; a format decides which of them a page shows, and how they are spelled
there. It is independent of syntax trees, Markdown and formats.

Members belong to the class that defines them, and a symbol has one public path; every other path of it is an `Alias`.
`docgen.symbols` follows inheritance and aliases.

No value can refer back to the one that contains it, so the garbage collector need not track them (`gc=False`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from docgen.prose.sections import Section

SCHEMA_VERSION = 2
"""Version of the JSON form (`Dump`), incremented when a reader of the old form would misread the new one."""


class Unknown(StrEnum):
    """A fact that cannot be known from the source of the model: a value of its own, different from absence."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
"""The only value of `Unknown`: code computes the fact, its sources are missing, or the page does not show it."""


class Location(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The place of a definition."""

    file: str
    """Path relative to the folder that contains the top-level package, with slashes."""
    line: int
    """First line, decorators included, from 1; as in `inspect.getsourcelines`."""
    end_line: int
    """Last line."""


BY_POSITION: Final = "called by position only"
"""Effect of a decorator whose wrapper takes `*args` and no keywords, which `functools.wraps` hides."""


# -- types and values


class TypeKind(StrEnum):
    """What an annotation, or a part of one, denotes."""

    NAME = "name"
    """A class or a special form by its dotted path, builtins bare (`int`, `None`, `typing.Any`); `args` in brackets."""
    UNION = "union"
    """`args` are the alternatives, in the order written, each once, nested unions flattened."""
    LITERAL = "literal"
    """`args` are `VALUE` each, in the order written."""
    VALUE = "value"
    """A choice of a literal: `name` is its repr."""
    CALLABLE = "callable"
    """`args` are the parameters (`PARAMETERS`, a `VARIABLE` or `ELLIPSIS`) and the result."""
    PARAMETERS = "parameters"
    """A list of parameter types in brackets."""
    VARIABLE = "variable"
    """A type variable: `name` is its name, `args` its bound or constraints."""
    ELLIPSIS = "ellipsis"
    FORWARD = "forward"
    """A name in quotes that cannot be resolved: `name` is the text."""
    UNKNOWN = "unknown"
    """Not evaluated: `name` is the text as written."""


class Type(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What an annotation denotes, whatever its spelling: `Optional[int]` and `int | None` are equal."""

    kind: TypeKind
    name: str = ""
    args: tuple[Type, ...] = ()


class Annotation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An annotation or a base of a class: as written, as the interpreter prints it, and what it denotes."""

    written: str
    """Source text as `ast.unparse` normalises it."""
    evaluated: str = ""
    """As CPython prints the object at run time; empty if equal to `written`."""
    type: Type | Unknown = UNKNOWN
    """The type, without qualifiers (`Final`, `ClassVar`, `Required`, ...) and `Annotated`."""
    qualifiers: tuple[str, ...] = ()
    """`Final`, `ClassVar`, `Required`, `NotRequired`, `ReadOnly`, `InitVar`, outermost first."""
    links: tuple[tuple[str, str], ...] = ()
    """(name in `written`, dotted path of its symbol), in the order of first mention."""
    metadata: tuple[str, ...] = ()
    """Further arguments of `Annotated`, as written."""
    doc: str = ""
    """Text of `Doc(...)` in `Annotated`. Source: PEP 727."""

    @property
    def is_bare_qualifier(self) -> bool:
        """Whether the value determines the type: `Final` and `ClassVar` without brackets."""
        return self.type is UNKNOWN and bool(self.qualifiers) and "[" not in self.written

    def completed(self, of_value: Annotation) -> Annotation:
        """Return a bare qualifier with the type of the value: `Final` and `int` are `Final[int]`."""
        return msgspec.structs.replace(
            of_value,
            written=f"{self.written}[{of_value.written}]",
            evaluated="",
            qualifiers=(*self.qualifiers, *of_value.qualifiers),
            links=tuple(dict((*self.links, *of_value.links)).items()),
        )


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A default, a constant, the value of an attribute or of a member of an enumeration."""

    text: str
    """As CPython's `repr` prints it, or as written if that cannot be known."""
    written: str = ""
    """Source text; empty if equal to `text`."""
    type: str = ""
    """Name of its class, empty if that is unknown: `int`, `TypeAlias`, `class`."""
    path: str = ""
    """Dotted path of the symbol that it is, if it is a class, a function or a member of an enumeration."""
    is_known: bool = True
    """False if only running code could determine it; `text` is then the source text."""
    address_of: str = ""
    """Dotted path of its class, if its repr is the address of the object; `text` is then as written."""
    is_factory: bool = False
    """The call in `written` creates it for each call; `text` is then `<factory>`."""


class TypeParameter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A type variable that a class, a function or an alias is generic over."""

    name: str
    kind: str = "TypeVar"
    """`TypeVar`, `ParamSpec` or `TypeVarTuple`."""
    bound: Annotation | None = None
    constraints: tuple[Annotation, ...] = ()
    default: Annotation | None = None
    variance: str = ""
    """`covariant`, `contravariant`, `inferred` (PEP 695), or empty for invariant."""


# -- docstrings


class Docstring(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A docstring: as in the source, and by section."""

    raw: str
    """The string in the source, including its indentation."""
    line: int = 0
    """First line in the file of the symbol, from 1; 0 if it is not written there."""
    inherited_from: str = ""
    """Dotted path of the symbol that it is inherited from; empty for the symbol's own docstring."""
    style: str = ""
    """The style in which it was read: `google`, `numpy`, `sphinx`, ...; empty if it was not read."""
    sections: tuple[Section, ...] = ()
    """In the order written; texts are Markdown."""


# -- functions


class ParameterKind(StrEnum):
    """How a parameter takes its argument; the words are those of `inspect`, and griffe's."""

    POSITIONAL_ONLY = "positional-only"
    POSITIONAL_OR_KEYWORD = "positional or keyword"
    VAR_POSITIONAL = "variadic positional"
    KEYWORD_ONLY = "keyword-only"
    VAR_KEYWORD = "variadic keyword"
    UNKNOWN = "unknown"
    """The kind is unknown, on a page that does not show `*` and `/`."""


class Receiver(StrEnum):
    """The receiver of a function."""

    INSTANCE = "instance"
    CLASS = "class"
    NONE = "none"
    """A function of a module, or a static method."""
    UNKNOWN = "unknown"


class Parameter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One parameter; the receiver (`self`, `cls`) is not one of them."""

    name: str
    """The name without stars."""
    kind: ParameterKind = ParameterKind.POSITIONAL_OR_KEYWORD
    annotation: Annotation | Unknown | None = None
    """None if there is no annotation."""
    default: Value | Unknown | None = None
    """None if an argument is required, or the parameter is variadic."""
    description: str = ""
    """Description in Markdown: from the docstring, or else from `Annotated[..., Doc()]` or the field."""
    is_from_keywords: bool = False
    """It is not in the signature: the body reads it from `**kwargs`, or their `TypedDict` declares it."""
    demand: str = ""
    """When the body raises an error: `refused` for any argument but the default, `wanted` for the default.

    `passed on`: the body looks at a keyword, and passes it on with all the others of its `**kwargs`.
    """
    accepted: Annotation | None = None
    """Types of which an argument must be an instance; otherwise the body raises an error."""


class Signature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The parameters and the result of a call."""

    parameters: tuple[Parameter, ...] | Unknown = ()
    """In the order of the signature."""
    returns: Annotation | Unknown | None = None
    """The annotation of the result; for a coroutine function, that of the awaited value. None if there is none."""
    type_parameters: tuple[TypeParameter, ...] = ()


class Overload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One of the declared signatures of a function."""

    signature: Signature
    docstring: Docstring | None = None
    deprecation: str | None = None
    location: Location | None = None


class Decorator(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A decorator."""

    path: str
    """Dotted path of the decorator itself, or as written if that is unknown."""
    written: str
    """With its arguments, without `@`."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How calls of a function end, as far as its body shows it."""

    raises: str = ""
    """Name of the error that every call raises; empty if a call can end differently."""
    errors: tuple[str, ...] = ()
    """Names of the errors that its statements raise, in alphabetical order."""
    gives: tuple[str, ...] = ()
    """Words for the results of calls, or for the values that a generator yields; empty if unknown.

    `None`, `self` for the receiver, `self()` for the result of calling it, `list`, `tuple[2]`, `value` for anything but
    None, `?` for anything, `...` for a body that does nothing. Of a generator also `return` if it returns a value, and
    `finally` if it cleans up after its `yield`, `with` if it yields inside a `with` statement.
    """
    handled: tuple[str, ...] = ()
    """For an operator: names of the types that its body checks for."""
    operands: tuple[str, ...] | None = None
    """For an operator: names of the only types that it does not refuse; None if unknown."""
    actions: tuple[str, ...] = ()
    """Actions that users may notice, as words of `docgen.sources.actions`, in alphabetical order."""


class Function(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A function, a method or a constructor, seen through its decorators."""

    name: str
    path: str = ""
    """Dotted path of the definition, private modules included."""
    location: Location | None = None
    signature: Signature = Signature()
    """The signature of the implementation, if there are overloads."""
    overloads: tuple[Overload, ...] = ()
    receiver: Receiver = Receiver.NONE
    receiver_name: str = ""
    """Name of the parameter that takes the receiver."""
    is_async: bool | Unknown = False
    """Defined by `async def`, or marked by `types.coroutine`: with `is_generator` an asynchronous generator."""
    is_generator: bool | Unknown = False
    """Its body yields."""
    is_context_manager: bool | Unknown = False
    """The result is a context manager for `with` or `async with` (`contextlib.contextmanager`)."""
    is_abstract: bool = False
    is_final: bool = False
    is_override: bool = False
    is_signature_known: bool = True
    """False if an unknown decorator may have changed the signature; it is then as written."""
    outcome: Outcome | None = None
    """How calls end according to its body; None if the body was not read."""
    returned: Function | None = None
    """The function that calls return, if it is defined in the body."""
    attributes: tuple[str, ...] = ()
    """Names of the attributes that its module sets on it."""
    registered: tuple[Type, ...] = ()
    """For a function decorated by `functools.singledispatch`: the types that its module registers variants for."""
    effects: tuple[str, ...] = ()
    """Names of further effects of its decorators, outermost first: `cached`, `dispatched`, those of a format."""
    decorators: tuple[Decorator, ...] | Unknown = ()
    """Outermost first."""
    old_names: tuple[tuple[str, str], ...] = ()
    """Names that only a decorator accepts (`@deprecate_kwarg("old", "new")`), each with the parameter that gets it."""
    deprecation: str | None = None
    """Message of `warnings.deprecated` (PEP 702) or of the docstring; None if it is not deprecated."""
    condition: str = ""
    """Condition under which it is defined, as written: `sys.platform == 'win32'`; empty for always."""
    docstring: Docstring | None = None


# -- members of classes and modules


class Property(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A member that runs code when it is read: a property, a cached property, another descriptor."""

    name: str
    path: str = ""
    location: Location | None = None
    annotation: Annotation | Unknown | None = None
    """Annotation of the value that reading it gives."""
    setter_annotation: Annotation | None = None
    """Annotation of the value that can be assigned, if the setter has one."""
    has_setter: bool | Unknown = False
    has_deleter: bool | Unknown = False
    raises: str = ""
    """Name of the error that reading it always raises; empty if it can end differently."""
    outcome: Outcome | None = None
    """Facts of reading it, from the body of its getter; None if that was not read."""
    setter_outcome: Outcome | None = None
    is_cached: bool = False
    is_class_property: bool = False
    is_abstract: bool = False
    is_final: bool = False
    is_override: bool = False
    decorators: tuple[Decorator, ...] | Unknown = ()
    deprecation: str | None = None
    condition: str = ""
    docstring: Docstring | None = None


class Field(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The options of a field for the decorator or base of its class (dataclass, attrs, pydantic, ...)."""

    is_init: bool = True
    """It is a parameter of the constructor."""
    is_keyword_only: bool = False
    is_compared: bool = True
    is_in_repr: bool = True
    is_hashed: bool | None = None
    """None for the same as `is_compared`."""
    alias: str = ""
    """Name of the parameter of the constructor, if it differs."""
    constraints: tuple[tuple[str, str], ...] = ()
    """(name, value as written) of the constraints on its value: `ge`, `max_length`, `pattern`, ..."""


class Origin(StrEnum):
    """How a class gets an attribute."""

    BODY = "body"
    """Its body binds it."""
    DECLARED = "declared"
    """Its body only annotates it."""
    SLOT = "slot"
    METHOD = "method"
    """A method assigns it to `self`."""
    MEMBER = "member"
    """It is a member of the enumeration."""


class Attribute(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A value of a class or of its instances."""

    name: str
    path: str = ""
    location: Location | None = None
    origin: Origin = Origin.BODY
    annotation: Annotation | Unknown | None = None
    value: Value | Unknown | None = None
    """None if nothing is assigned."""
    field: Field | None = None
    """Present for the fields of a class whose constructor is made from them."""
    is_required: bool | None = None
    """For a key of a `TypedDict`, whether it is required; None otherwise."""
    is_read_only: bool = False
    is_certain: bool = True
    """False if instances may lack it: only a method that may not be called, or may not assign it, sets it."""
    alias_of: str = ""
    """Name of the member of the same class that it is an alias of."""
    function: Function | None = None
    """The function that reading it from the class gives (a default that is one, a descriptor)."""
    deprecation: str | None = None
    condition: str = ""
    description: str = ""
    """Markdown of the string below it, its `#:` comment, its field, or the row in the class docstring."""


class ClassKind(StrEnum):
    """Kinds of classes; the most specific one wins."""

    CLASS = "class"
    DATACLASS = "dataclass"
    """Its constructor is made from its fields: dataclasses, attrs, pydantic, msgspec."""
    ENUM = "enum"
    PROTOCOL = "protocol"
    TYPED_DICT = "typed dictionary"
    NAMED_TUPLE = "named tuple"
    EXCEPTION = "exception"
    ABSTRACT = "abstract class"
    UNKNOWN = "unknown"


class Class(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A class with the members that it defines itself."""

    name: str
    """The name under which its module or its enclosing class offers it."""
    path: str = ""
    """Dotted path of its definition, private modules included."""
    location: Location | None = None
    kind: ClassKind = ClassKind.CLASS
    bases: tuple[Annotation, ...] | Unknown = ()
    """As written, without `object`."""
    mro: tuple[str, ...] | Unknown = ()
    """Dotted paths of the method resolution order, without the class itself and `object`."""
    registered_with: tuple[str, ...] = ()
    """Dotted paths of abstract classes that its module registers it with, so that it counts as derived from them."""
    registers: tuple[str, ...] = ()
    """For an abstract class: dotted paths of classes of other modules that its module registers with it."""
    unknown_bases: tuple[str, ...] = ()
    """Classes of the order without sources, whose members are unknown."""
    metaclass: str = ""
    """Dotted path of the metaclass, empty for `type`."""
    type_parameters: tuple[TypeParameter, ...] = ()
    decorators: tuple[Decorator, ...] | Unknown = ()
    effects: tuple[str, ...] = ()
    """Names of the effects of its decorators, outermost first: `dataclass`, `ordered`, `runtime checkable`, ...

    The last ones are those of its body: `finds missing members` and `writes its members` for an enumeration,
    `instance` if a decorator replaces it by its only instance, `shares instances` if `__new__` may return a stored
    one, `may give others` if what it returns is unknown, `takes arguments in __new__ only`.
    """
    options: tuple[tuple[str, str], ...] = ()
    """Keywords of its decorator or statement (`frozen`, `total`, `slots`, `kw_only`, ...), with values as written."""
    slots: tuple[str, ...] | None = None
    """None if instances have a `__dict__`."""
    match_args: tuple[str, ...] | None = None
    """Names in the `__match_args__` of its body; None if it has none there, or code computes it."""
    refused_methods: tuple[str, ...] = ()
    """Special methods other than `__hash__` that its body sets to None, so that the language refuses the operation."""
    abstract_members: tuple[str, ...] = ()
    """Names that a subclass must define before it can be instantiated, inherited ones included."""
    is_final: bool = False
    is_hashable: bool | Unknown = True
    is_marked_public: bool = False
    """Its docstring declares it public, whatever its name."""
    deprecation: str | None = None
    condition: str = ""
    docstring: Docstring | None = None
    constructor: Function | Unknown | None = None
    """The signature of a call of the class, as in `inspect.signature`; None if it cannot be called."""
    initializer: Function | None = None
    """The signature of `__init__`, if that of calling the class differs."""
    uses: tuple[str, ...] = ()
    """Public names that its bodies look up on the instance or on its class, in alphabetical order."""
    holds: tuple[tuple[str, str], ...] = ()
    """(attribute that its bodies set, sort of its value): `lambda`, `generator`, `function`, `list`, or for a call the
    dotted path of the callee.
    """
    passes: tuple[tuple[str, str], ...] = ()
    """(public method that its bodies call on the instance, a keyword or the number of positional arguments it gets)."""
    data_type: str = ""
    """For an enumeration: dotted path of the mixed-in class of its values."""
    attributes: tuple[Attribute, ...] = ()
    """In source order, followed by those that methods assign."""
    properties: tuple[Property, ...] = ()
    """In the order written."""
    methods: tuple[Function, ...] = ()
    """In source order, including special methods other than `__init__` and `__new__`."""
    classes: tuple[Class, ...] = ()
    """Classes defined in its body."""


class VariableKind(StrEnum):
    """Kinds of values of module names that are neither classes nor functions."""

    VALUE = "value"
    TYPE_ALIAS = "type alias"
    TYPE_VARIABLE = "type variable"
    NEW_TYPE = "new type"
    CALLABLE = "callable"
    """An object that can be called; `function` has its signature."""


class Variable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A name of a module that is neither a class nor a function."""

    name: str
    path: str = ""
    location: Location | None = None
    kind: VariableKind = VariableKind.VALUE
    annotation: Annotation | Unknown | None = None
    """For an alias of a type, that type; for a `NewType`, the type that it is based on."""
    value: Value | Unknown | None = None
    type_parameters: tuple[TypeParameter, ...] = ()
    function: Function | None = None
    deprecation: str | None = None
    condition: str = ""
    description: str = ""
    """Markdown of the string below it, or of its `#:` comment."""


class Alias(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A further public path of a symbol: a re-export, or another name in the same module."""

    name: str
    target: str
    """Public path of the symbol in this reference, or else the dotted path of its definition elsewhere."""
    kind: str = ""
    """`class`, `function`, `variable` or `module`; empty if that is unknown."""
    location: Location | None = None
    is_external: bool = False
    """The symbol belongs to another distribution."""
    is_for_checkers: bool = False
    """Imported only for type checkers (`if TYPE_CHECKING:`)."""


class Module(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A public module or package."""

    name: str
    """Dotted."""
    location: Location | None = None
    is_package: bool = False
    docstring: Docstring | None = None
    listed: tuple[str, ...] | Unknown | None = None
    """The names in `__all__`, in order; None if the module has no `__all__`."""
    makes_names: bool = False
    """It provides names that are not written in the source (by a module `__getattr__` or `globals()[...] = ...`)."""
    fills_names: bool = False
    """Running it binds such names (`globals()[...] = ...`), and it has no `__getattr__`."""
    asked_names: tuple[str, ...] = ()
    """Names that its `__getattr__` looks for and may provide, in alphabetical order; it may provide others too."""
    refuses_others: bool = False
    """Its `__getattr__` raises an error for every other name."""
    further_names: tuple[str, ...] = ()
    """Names that can be imported from it although they are not public in it, in alphabetical order.

    They are missing from `__all__`, or imported for its own use. Private names and those of other distributions are
    left out.
    """
    needed: tuple[str, ...] = ()
    """Top-level modules of other distributions that its import requires, in alphabetical order.
    """
    tried: tuple[str, ...] = ()
    """Modules that it imports in functions, or in a `try` or `if`."""
    submodules: tuple[str, ...] = ()
    """For a package: dotted names of the modules directly below it that it imports as its own names."""
    loaded: tuple[str, ...] = ()
    """For a package: these, and the modules directly below it from which it imports anything."""
    classes: tuple[Class, ...] = ()
    functions: tuple[Function, ...] = ()
    variables: tuple[Variable, ...] = ()
    aliases: tuple[Alias, ...] = ()


class Reference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The API of one distribution at one version."""

    distribution: str
    version: str
    modules: tuple[Module, ...] = ()
    """In alphabetical order, a package before its modules."""
    bases: tuple[Class, ...] = ()
    """Bases of public classes that have no public path here: private classes, and those of other packages."""
    source: tuple[tuple[str, str], ...] = ()
    """How it was made: (`target`, ...), (`python`, ...), (`dependency`, `NAME==VERSION`) for each."""
    unread: tuple[str, ...] = ()
    """Files that could not be read, relative to the sources; their definitions are unknown."""


class Dump(msgspec.Struct, frozen=True, kw_only=True):
    """A reference as JSON."""

    schema_version: int
    reference: Reference
