"""The API model: everything that a user of a package can observe or read, as frozen plain values.

Made from sources by `build`, from published pages by the parser of their format. Pages, comparisons, history and lint
read it and nothing else. It holds facts: which of them a page shows, and how they are spelled there, is the business of
a format. It knows nothing of syntax trees, Markdown or formats.

Members stand at the class that defines them, and a symbol at one public path; every other path of it is an `Alias`.
`docgen.symbols` follows inheritance and aliases.

Nothing in it can refer back to what holds it, so the garbage collector need not look at it (`gc=False`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from docgen.prose.sections import Section

SCHEMA_VERSION = 2
"""Version of the JSON form (`Dump`). Raised when a reader of the old form would misread the new one."""


class Unknown(StrEnum):
    """What cannot be known from where the model was read: a value of its own, never absence."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
"""The one value of `Unknown`: code computes it, its sources are missing, or the page does not say it."""


class Location(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Where something is written."""

    file: str
    """Path relative to the folder that holds the top-level package, with slashes."""
    line: int
    """First line, decorators included, from 1; as `inspect.getsourcelines` says it."""
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
    """A name in quotes that leads nowhere: `name` is the text."""
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
    """As CPython prints the object at run time; empty: equal to `written`."""
    type: Type | Unknown = UNKNOWN
    """Qualifiers (`Final`, `ClassVar`, `Required`, ...) and `Annotated` are taken off."""
    qualifiers: tuple[str, ...] = ()
    """`Final`, `ClassVar`, `Required`, `NotRequired`, `ReadOnly`, `InitVar`, outermost first."""
    links: tuple[tuple[str, str], ...] = ()
    """(name as it stands in `written`, dotted path of the symbol it leads to), in the order of first mention."""
    metadata: tuple[str, ...] = ()
    """Further arguments of `Annotated`, as written."""
    doc: str = ""
    """Text of `Doc(...)` in `Annotated`. Source: PEP 727."""

    @property
    def is_bare_qualifier(self) -> bool:
        """Whether it leaves the type to the value: `Final` and `ClassVar` without brackets."""
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
    """As CPython's `repr` prints it; as written where that cannot be known."""
    written: str = ""
    """Source text; empty: equal to `text`."""
    type: str = ""
    """Name of its class, empty if that is unknown: `int`, `TypeAlias`, `class`."""
    path: str = ""
    """Dotted path of what it is, where it is a symbol: a class, a function, a member of an enumeration."""
    is_known: bool = True
    """False: only running code could tell it; `text` is the source text."""
    address_of: str = ""
    """Dotted path of a class whose repr is the address of its object: `text` is as written then."""
    is_factory: bool = False
    """Made anew for each call by what `written` calls: `text` is `<factory>`."""


class TypeParameter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A type variable that a class, a function or an alias is generic over."""

    name: str
    kind: str = "TypeVar"
    """`TypeVar`, `ParamSpec` or `TypeVarTuple`."""
    bound: Annotation | None = None
    constraints: tuple[Annotation, ...] = ()
    default: Annotation | None = None
    variance: str = ""
    """`covariant`, `contravariant`, `inferred` (PEP 695), or empty: invariant."""


# -- docstrings


class Docstring(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A docstring: as the source has it, and by section."""

    raw: str
    """Its margin still there."""
    line: int = 0
    """First line in the file of the symbol, from 1; 0: it is not written there."""
    inherited_from: str = ""
    """Dotted path of the symbol whose docstring it is, where the symbol has none of its own."""
    style: str = ""
    """How it was read: `google`, `numpy`, `sphinx`, ...; empty: not read."""
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
    """A page that does not show `*` and `/` does not say it."""


class Receiver(StrEnum):
    """What a function is called on."""

    INSTANCE = "instance"
    CLASS = "class"
    NONE = "none"
    """A function of a module, or a static method."""
    UNKNOWN = "unknown"


class Parameter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One parameter; the receiver (`self`, `cls`) is not one of them."""

    name: str
    """Without stars."""
    kind: ParameterKind = ParameterKind.POSITIONAL_OR_KEYWORD
    annotation: Annotation | Unknown | None = None
    """None: nothing is written."""
    default: Value | Unknown | None = None
    """None: an argument is required, or the parameter is variadic."""
    description: str = ""
    """Markdown: the docstring's, else that of `Annotated[..., Doc()]` or of the field."""
    is_from_keywords: bool = False
    """Not in the signature: the body takes it from its own `**kwargs`, or their `TypedDict` declares it."""
    demand: str = ""
    """What the body raises an error for: `refused` for any argument but the default, `wanted` for the default.

    `passed on`: the body looks at a keyword, and passes it on with all the others of its `**kwargs`.
    """
    accepted: Annotation | None = None
    """Types of which an argument must be an instance, or the body raises an error."""


class Signature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a call takes and gives."""

    parameters: tuple[Parameter, ...] | Unknown = ()
    """In the order of the signature."""
    returns: Annotation | Unknown | None = None
    """As annotated: of a coroutine what awaiting it gives. None: nothing is written."""
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
    """Dotted path of the decorator itself; as written where that is unknown."""
    written: str
    """With its arguments, without `@`."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How calls of a function end, as far as its body says it."""

    raises: str = ""
    """Name of the error that every call ends in; empty: a call can end otherwise."""
    errors: tuple[str, ...] = ()
    """Names of the errors that its statements raise, in alphabetical order."""
    gives: tuple[str, ...] = ()
    """Words for what calls give, of a generator for what it yields; empty: unknown.

    `None`, `self` for the receiver, `self()` for what calling it gives, `list`, `tuple[2]`, `value` for anything but
    None, `?` for anything, `...` for a body that does nothing. Of a generator also `return` if it returns a value, and
    `finally` if it cleans up after its `yield`.
    """
    handled: tuple[str, ...] = ()
    """Of an operator: names of the types that its body asks for."""
    operands: tuple[str, ...] | None = None
    """Of an operator: names of the only types that it does not refuse; None: it does not say."""


class Function(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A function, a method or a constructor, seen through its decorators."""

    name: str
    path: str = ""
    """Dotted path of the definition, private modules included."""
    location: Location | None = None
    signature: Signature = Signature()
    """Of the implementation, where there are overloads."""
    overloads: tuple[Overload, ...] = ()
    receiver: Receiver = Receiver.NONE
    receiver_name: str = ""
    """Name of the parameter that takes the receiver."""
    is_async: bool | Unknown = False
    """Defined by `async def`, or marked by `types.coroutine`: with `is_generator` an asynchronous generator."""
    is_generator: bool | Unknown = False
    """Its body yields."""
    is_context_manager: bool | Unknown = False
    """The result is used in a `with` or `async with` statement (`contextlib.contextmanager`)."""
    is_abstract: bool = False
    is_final: bool = False
    is_override: bool = False
    is_signature_known: bool = True
    """False: an unknown decorator may have changed it; what is written is shown."""
    outcome: Outcome | None = None
    """What its body says of calls; None: nothing was read of it."""
    returned: Function | None = None
    """The function that calls give, where it is defined in the body."""
    attributes: tuple[str, ...] = ()
    """Names of the attributes that its module sets on it."""
    registered: tuple[Type, ...] = ()
    """Of a function that `functools.singledispatch` made: the types that its module registers further variants for."""
    effects: tuple[str, ...] = ()
    """Names of further effects of its decorators, outermost first: `cached`, `dispatched`, those of a format."""
    decorators: tuple[Decorator, ...] | Unknown = ()
    """Outermost first."""
    old_names: tuple[tuple[str, str], ...] = ()
    """Names that only a decorator takes (`@deprecate_kwarg("old", "new")`), and the parameters it passes them on as."""
    deprecation: str | None = None
    """Message of `warnings.deprecated` (PEP 702) or of the docstring; None: not deprecated."""
    condition: str = ""
    """Condition under which it is defined, as written: `sys.platform == 'win32'`; empty: always."""
    docstring: Docstring | None = None


# -- members of classes and modules


class Property(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A member that runs code when it is read: a property, a cached property, another descriptor."""

    name: str
    path: str = ""
    location: Location | None = None
    annotation: Annotation | Unknown | None = None
    """Of the value that reading it gives."""
    setter_annotation: Annotation | None = None
    """Of the value that can be assigned, where the setter annotates it."""
    has_setter: bool | Unknown = False
    has_deleter: bool | Unknown = False
    raises: str = ""
    """Name of the error that every reading ends in; empty: it can end otherwise."""
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
    """What a field says to the maker of its class (dataclass, attrs, pydantic, ...)."""

    is_init: bool = True
    """The constructor takes it."""
    is_keyword_only: bool = False
    is_compared: bool = True
    is_in_repr: bool = True
    is_hashed: bool | None = None
    """None: as it is compared."""
    alias: str = ""
    """Name of the parameter of the constructor, where that is another one."""
    constraints: tuple[tuple[str, str], ...] = ()
    """(name, value as written) of what limits its value: `ge`, `max_length`, `pattern`, ..."""


class Origin(StrEnum):
    """How a class comes to have an attribute."""

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
    """A value that a class or its instances hold."""

    name: str
    path: str = ""
    location: Location | None = None
    origin: Origin = Origin.BODY
    annotation: Annotation | Unknown | None = None
    value: Value | Unknown | None = None
    """None: nothing is assigned."""
    field: Field | None = None
    """Set for the fields of a class whose constructor is made of them."""
    is_required: bool | None = None
    """Of a key of a `TypedDict`; None: no such key."""
    is_read_only: bool = False
    is_certain: bool = True
    """False: a method assigns it that need not have been called, or not on every path, and nothing else gives it."""
    alias_of: str = ""
    """Name of the member of the same class that it is another name of."""
    function: Function | None = None
    """What reading it from the class gives, where that is a function (a default that is one, a descriptor)."""
    deprecation: str | None = None
    condition: str = ""
    description: str = ""
    """Markdown: the string below it, its `#:` comment, its field's text, or the row of the class docstring."""


class ClassKind(StrEnum):
    """What sort of class it is; the most specific word wins."""

    CLASS = "class"
    DATACLASS = "dataclass"
    """Its constructor is made of its fields: dataclasses, attrs, pydantic, msgspec."""
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
    """Under which its module, or the class around it, offers it."""
    path: str = ""
    """Dotted path of its definition, private modules included."""
    location: Location | None = None
    kind: ClassKind = ClassKind.CLASS
    bases: tuple[Annotation, ...] | Unknown = ()
    """As written, `object` left out."""
    mro: tuple[str, ...] | Unknown = ()
    """Dotted paths of the method resolution order, the class itself and `object` left out."""
    registered_with: tuple[str, ...] = ()
    """Dotted paths of abstract classes that its module registers it with, so that it counts as derived from them."""
    registers: tuple[str, ...] = ()
    """Of an abstract class: dotted paths of classes of other modules that its module registers with it."""
    unknown_bases: tuple[str, ...] = ()
    """Those of the order whose sources are missing: what they add is unknown."""
    metaclass: str = ""
    """Dotted path, empty for `type`."""
    type_parameters: tuple[TypeParameter, ...] = ()
    decorators: tuple[Decorator, ...] | Unknown = ()
    effects: tuple[str, ...] = ()
    """Names of what its decorators make of it, outermost first: `dataclass`, `ordered`, `runtime checkable`, ...

    Last, of an enumeration that defines `_missing_`: `finds missing members`.
    """
    options: tuple[tuple[str, str], ...] = ()
    """Keywords of what makes it (`frozen`, `total`, `slots`, `kw_only`, ...) and their values as written."""
    slots: tuple[str, ...] | None = None
    """None: instances have a `__dict__`."""
    match_args: tuple[str, ...] | None = None
    """Names in the `__match_args__` of its body; None: it has none there, or code computes it."""
    refused_methods: tuple[str, ...] = ()
    """Special methods that its body sets to None, `__hash__` left out: the language then refuses what they are for."""
    abstract_members: tuple[str, ...] = ()
    """Names that a subclass must define before it can be instantiated, inherited ones included."""
    is_final: bool = False
    is_hashable: bool | Unknown = True
    is_marked_public: bool = False
    """Its docstring says that it is public, whatever its name."""
    deprecation: str | None = None
    condition: str = ""
    docstring: Docstring | None = None
    constructor: Function | Unknown | None = None
    """What calling the class takes, as `inspect.signature` says it; None: it cannot be called."""
    initializer: Function | None = None
    """What `__init__` takes, where calling the class takes something else."""
    data_type: str = ""
    """Of an enumeration: dotted path of the class that is mixed in and makes its values."""
    attributes: tuple[Attribute, ...] = ()
    """In the order written; then those that methods assign."""
    properties: tuple[Property, ...] = ()
    """In the order written."""
    methods: tuple[Function, ...] = ()
    """In the order written, special methods included, `__init__` and `__new__` left out."""
    classes: tuple[Class, ...] = ()
    """Those defined in its body."""


class VariableKind(StrEnum):
    """What a name of a module is bound to that is neither class nor function."""

    VALUE = "value"
    TYPE_ALIAS = "type alias"
    TYPE_VARIABLE = "type variable"
    NEW_TYPE = "new type"
    CALLABLE = "callable"
    """An object that can be called; `function` says how."""


class Variable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A name of a module that is neither a class nor a function."""

    name: str
    path: str = ""
    location: Location | None = None
    kind: VariableKind = VariableKind.VALUE
    annotation: Annotation | Unknown | None = None
    """Of an alias: what it stands for, where it is written as a type; of a new type: the one that it is made of."""
    value: Value | Unknown | None = None
    type_parameters: tuple[TypeParameter, ...] = ()
    function: Function | None = None
    deprecation: str | None = None
    condition: str = ""
    description: str = ""
    """Markdown: the string below it, or its `#:` comment."""


class Alias(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A further public path of a symbol: a re-export, or another name in the same module."""

    name: str
    target: str
    """Public path of the symbol in this reference; else the dotted path of its definition elsewhere."""
    kind: str = ""
    """`class`, `function`, `variable` or `module`; empty if that is unknown."""
    location: Location | None = None
    is_external: bool = False
    """The symbol belongs to another distribution."""
    is_for_checkers: bool = False
    """Imported where only type checkers run (`if TYPE_CHECKING:`)."""


class Module(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A public module or package."""

    name: str
    """Dotted."""
    location: Location | None = None
    is_package: bool = False
    docstring: Docstring | None = None
    listed: tuple[str, ...] | Unknown | None = None
    """What `__all__` contains, in order; None if the module has no `__all__`."""
    makes_names: bool = False
    """It answers for names that are written nowhere (a module `__getattr__`, `globals()[...] = ...`)."""
    fills_names: bool = False
    """Running it binds such names (`globals()[...] = ...`), and it has no `__getattr__`."""
    asked_names: tuple[str, ...] = ()
    """Names that its `__getattr__` looks for and may answer, in alphabetical order; it may answer for others too."""
    refuses_others: bool = False
    """Its `__getattr__` raises an error for every other name."""
    further_names: tuple[str, ...] = ()
    """Names that can be imported from it and that it does not offer, in alphabetical order.

    They are left out of `__all__`, or imported for its own use; private names and other distributions are left out.
    """
    submodules: tuple[str, ...] = ()
    """Of a package: dotted names of the modules right below it that it imports as names of its own."""
    loaded: tuple[str, ...] = ()
    """Of a package: those, and the modules right below it from which it imports anything."""
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
    """Classes that public ones derive from and that have no public path here: private ones, those of others."""
    source: tuple[tuple[str, str], ...] = ()
    """How it was made: (`target`, ...), (`python`, ...), (`dependency`, `NAME==VERSION`) for each."""
    unread: tuple[str, ...] = ()
    """Files that could not be read, relative to the sources: what they define is unknown."""


class Dump(msgspec.Struct, frozen=True, kw_only=True):
    """A reference as JSON."""

    schema_version: int
    reference: Reference
