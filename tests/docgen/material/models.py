"""Strategies for references: values that sources can have, including awkward ones."""

from __future__ import annotations

from keyword import iskeyword

import msgspec
from hypothesis import strategies as st

from docgen.model import (
    UNKNOWN,
    Alias,
    Annotation,
    Attribute,
    Class,
    ClassKind,
    Docstring,
    Field,
    Function,
    Location,
    Module,
    Origin,
    Overload,
    Parameter,
    ParameterKind,
    Property,
    Receiver,
    Reference,
    Signature,
    TypeParameter,
    Value,
    Variable,
    VariableKind,
)
from docgen.prose.sections import Item, Section, SectionKind

NAMES = st.from_regex(r"[a-zA-Z][a-z0-9_]{0,5}", fullmatch=True).filter(
    lambda name: not iskeyword(name)
) | st.sampled_from(["größe", "_private_", "index", "Index", "con", "名前", "methods", "None_"])
TYPES = st.sampled_from(
    [
        "int",
        "None",
        "str | None",
        "Literal['a = b', 'c|d', '`', \"it's\"]",
        "Callable[[int, shop.A], str]",
        "'Quoted'",
        "dict[str, tuple[A, ...]]",
        "Annotated[A | None, Gt(1), Doc('text')]",
    ]
)
VALUES = st.sampled_from(
    [
        "None",
        "0",
        "''",
        "' | '",
        "'|'",
        "'`'",
        "'``a``'",
        "lambda x, y: x[0]",
        "{'a': 1, 'b': [1, (2,)]}",
        "<object object>",
        "re.compile('\\\\d+|x')",
        "-1",
        "x == 1",
        "f'{a}, {b!r}'",
        "(a := 1, 2)",
        "'" + "long " * 30 + "'",
    ]
)
LINES = st.sampled_from(
    [
        "Plain words, and more.",
        "A | bar and a <tag> outside, `a <tag> | bar` inside code.",
        "> a quoted line",
        "- a list",
        "1. a list",
        "    indented",
        "| a | b |",
        "|---|---|",
        "| Parameter | Description |",
        "`f(x: int = 1) -> str`",
        "See [`A`][shop.A], `shop.A`, [it][shop.nothing] and [shop.A][].",
        "[out](https://a.example/b_c(d)?x=1#y 'title'), [rel](../a.md), ![pic](a.png)",
        "[evil](javascript:alert(1)) and [more](data:text/html,x) <javascript:x>",
        "é, 日本, emoji 🎉",
        "# a heading",
        "### a deep heading",
        "#no heading",
        "A title",
        "=======",
        "-------",
        "**Returns:**",
        "**Returns:** `int`",
        "**Overload:**",
        "*Not documented.*",
        "*Read-only*",
        "*Deprecated:* no",
        "Source: `a.py:1`",
        "<!-- -->",
        '<a id="shop.A"></a>',
        "<script>alert(1)</script>",
        "```",
        "```python",
        "~~~",
        "````",
        "> ```",
        "a ` b `` c",
        r"back\slash, \| and \` and \<b>",
        "{{ x }} and {% raw %}",
        "!!! note",
        '!!! tip "Title"',
        "---",
        "[id]: https://a.example",
        "[id]: javascript:x",
        "[text][id]",
        "&lt;b> &amp; &#124;",
        "__init__ and *args",
        "two  blanks  ",
        "\ttab",
        "a\x0bb\x85c\u2028d",
        "",
        "",
    ]
)
TEXTS = st.lists(LINES, max_size=6).map("\n".join) | st.text(max_size=30)


def written_types() -> st.SearchStrategy[Annotation]:
    """Annotations, some of them with links."""
    links = st.sampled_from([(), (("A", "shop._a.A"),), (("A", "elsewhere.A"), ("shop.A", "shop.A"))])
    return st.builds(Annotation, written=TYPES, links=links)


def values() -> st.SearchStrategy[Value]:
    """Defaults and values, some of them created for each call."""
    return st.builds(Value, text=VALUES) | st.just(Value(text="<factory>", written="list", is_factory=True))


OPTIONAL: st.SearchStrategy[Annotation | None] = st.none() | written_types()
LOCATIONS = st.none() | st.builds(
    lambda line, more: Location(file="shop/_a b.py", line=line, end_line=line + more),
    st.integers(1, 99),
    st.integers(0, 3),
)
DEPRECATIONS: st.SearchStrategy[str | None] = st.none() | TEXTS
CONDITIONS = st.sampled_from(["", "", "sys.platform == 'win32'", "a | b and `c`"])


def items() -> st.SearchStrategy[Item]:
    """Rows of sections."""
    return st.builds(
        Item,
        name=NAMES | st.just(""),
        annotation=st.just("") | TYPES,
        default=st.sampled_from(["", "optional", "default 3"]),
        text=TEXTS,
    )


def docstrings() -> st.SearchStrategy[Docstring | None]:
    """Docstrings of every kind of section."""
    sections = st.builds(
        Section,
        kind=st.sampled_from(SectionKind),
        title=st.sampled_from(["", "", "1.2", "Example with `x`", "Overload", "Returns"]),
        text=TEXTS,
        items=st.lists(items(), max_size=3).map(tuple),
    )
    return st.none() | st.builds(
        Docstring,
        raw=st.just("raw"),
        sections=st.lists(sections, max_size=4).map(tuple),
        inherited_from=st.sampled_from(["", "", "shop._a.A", "elsewhere.B.run"]),
    )


_KINDS = list(ParameterKind)[:-1]


@st.composite
def parameters(draw: st.DrawFn) -> tuple[Parameter, ...]:
    """Draw the parameters of a function: distinct names, in an order that Python accepts."""
    found = [
        Parameter(
            name=name,
            kind=draw(st.sampled_from(_KINDS)),
            annotation=draw(OPTIONAL),
            default=draw(st.none() | values()),
            description=draw(TEXTS),
        )
        for name in draw(st.lists(NAMES, max_size=4, unique=True))
    ]
    return tuple(_in_order(found))


def _in_order(found: list[Parameter]) -> list[Parameter]:
    ordered: list[Parameter] = []
    has_default = False
    for kind in _KINDS:
        those = [each for each in found if each.kind == kind]
        is_variadic = kind in (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
        for each in those[:1] if is_variadic else those:
            is_positional = kind in (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD)
            default = None if is_variadic else each.default
            if is_positional and has_default and default is None:
                default = Value(text="0")
            has_default |= is_positional and default is not None
            ordered.append(msgspec.structs.replace(each, default=default))
    return ordered


@st.composite
def signatures(draw: st.DrawFn) -> Signature:
    """Draw signatures, some with parameters from their keywords, some unknown."""
    shown = draw(parameters())
    if draw(st.integers(0, 9)) == 0:
        return Signature(parameters=UNKNOWN, returns=draw(OPTIONAL))
    more = [
        Parameter(name=f"more_{number}", annotation=draw(OPTIONAL), description=draw(TEXTS), is_from_keywords=True)
        for number in range(draw(st.integers(-3, 1)))
    ]
    return Signature(parameters=(*shown, *more), returns=draw(OPTIONAL), type_parameters=draw(type_parameters()))


def type_parameters() -> st.SearchStrategy[tuple[TypeParameter, ...]]:
    """Type parameters, declared in brackets or as variables of a module."""
    return st.sampled_from(
        [
            (),
            (),
            (TypeParameter(name="T", variance="inferred", bound=Annotation(written="A | None")),),
            (
                TypeParameter(
                    name="K", variance="inferred", constraints=(Annotation(written="int"), Annotation(written="str"))
                ),
                TypeParameter(name="Ts", kind="TypeVarTuple", variance="inferred"),
                TypeParameter(name="P", kind="ParamSpec", variance="inferred", default=Annotation(written="[int]")),
            ),
            (TypeParameter(name="T", variance="covariant"), TypeParameter(name="U", bound=Annotation(written="int"))),
        ]
    )


def functions() -> st.SearchStrategy[Function]:
    """Functions and methods."""
    overloads = st.builds(Overload, signature=signatures(), docstring=docstrings(), deprecation=DEPRECATIONS)
    return st.builds(
        Function,
        name=NAMES | st.sampled_from(["__len__", "__call__"]),
        location=LOCATIONS,
        signature=signatures(),
        overloads=st.lists(overloads, max_size=2).map(tuple),
        receiver=st.sampled_from(Receiver),
        is_async=st.booleans(),
        is_generator=st.booleans(),
        is_context_manager=st.booleans(),
        is_abstract=st.booleans(),
        is_final=st.booleans(),
        is_override=st.booleans(),
        is_signature_known=st.booleans(),
        effects=st.sampled_from([(), ("cached",), ("dispatched", "cached")]),
        deprecation=DEPRECATIONS,
        condition=CONDITIONS,
        docstring=docstrings(),
    ) | st.builds(
        Function,
        name=st.sampled_from(["__len__", "__repr__"]),
        receiver=st.just(Receiver.INSTANCE),
        signature=signatures(),
    )


def properties() -> st.SearchStrategy[Property]:
    """Properties."""
    texts = st.builds(lambda text: Docstring(raw="", sections=(Section(kind=SectionKind.TEXT, text=text),)), TEXTS)
    return st.builds(
        Property,
        name=NAMES,
        location=LOCATIONS,
        annotation=OPTIONAL,
        setter_annotation=st.none() | written_types(),
        has_setter=st.booleans() | st.just(UNKNOWN),
        has_deleter=st.booleans(),
        is_cached=st.booleans(),
        is_class_property=st.booleans(),
        is_abstract=st.booleans(),
        deprecation=DEPRECATIONS,
        condition=CONDITIONS,
        docstring=docstrings() | texts,
    )


def attributes() -> st.SearchStrategy[Attribute]:
    """Attributes, members of enumerations, keys of dictionaries."""
    return st.builds(
        Attribute,
        name=NAMES,
        origin=st.sampled_from(Origin),
        annotation=OPTIONAL,
        value=st.none() | values(),
        field=st.none() | st.just(Field()),
        is_required=st.none() | st.booleans(),
        is_read_only=st.booleans(),
        alias_of=st.just("") | NAMES,
        deprecation=DEPRECATIONS,
        condition=CONDITIONS,
        description=TEXTS,
    )


def _named(each: object) -> str:
    return str(getattr(each, "name"))  # noqa: B009 - values of several types


@st.composite
def classes(draw: st.DrawFn, name: str, depth: int = 0) -> Class:
    """Draw a class with distinct names of members."""
    members = draw(st.lists(attributes() | properties() | functions(), max_size=4, unique_by=_named))
    return Class(
        name=name,
        path=f"shop._a.{name}" if not depth else "",
        location=draw(LOCATIONS),
        kind=draw(st.sampled_from(ClassKind)),
        bases=draw(st.just(UNKNOWN) | st.lists(written_types(), max_size=2).map(tuple)),
        mro=draw(st.just(UNKNOWN) | st.sampled_from([(), ("shop._a.Private", "builtins.dict")])),
        unknown_bases=draw(st.sampled_from([(), ("other.Base",)])),
        type_parameters=draw(type_parameters()),
        options=draw(st.sampled_from([(), (("frozen", "True"), ("eq", "a == b"))])),
        abstract_members=draw(st.sampled_from([(), ("run", "stop")])),
        is_final=draw(st.booleans()),
        deprecation=draw(DEPRECATIONS),
        condition=draw(CONDITIONS),
        docstring=draw(docstrings()),
        constructor=draw(st.none() | st.just(UNKNOWN) | functions()),
        attributes=tuple(each for each in members if isinstance(each, Attribute)),
        properties=tuple(each for each in members if isinstance(each, Property)),
        methods=tuple(each for each in members if isinstance(each, Function)),
        classes=tuple(draw(classes(f"Inner{number}", depth + 1)) for number in range(draw(st.integers(-2, 1 - depth)))),
    )


def variables() -> st.SearchStrategy[Variable]:
    """Variables of modules, of every kind."""
    return st.builds(
        Variable,
        name=NAMES,
        kind=st.sampled_from(VariableKind),
        annotation=OPTIONAL,
        value=st.none() | values(),
        type_parameters=type_parameters(),
        function=st.none() | functions(),
        deprecation=DEPRECATIONS,
        condition=CONDITIONS,
        description=TEXTS,
    )


@st.composite
def modules(draw: st.DrawFn, name: str) -> Module:
    """Draw a module with distinct names."""
    members = draw(st.lists(functions() | variables(), max_size=3, unique_by=_named))
    class_names = draw(st.lists(st.sampled_from(["A", "a", "Index", "Con", "Größe"]), max_size=2, unique=True))
    aliases = [
        Alias(name="other", target="shop._a.A", kind="class"),
        Alias(name="more", target="elsewhere.thing", kind="function", is_external=True),
        Alias(name="unknown", target="gone.thing"),
    ]
    return Module(
        name=name,
        is_package=draw(st.booleans()),
        docstring=draw(docstrings()),
        makes_names=draw(st.booleans()),
        classes=tuple(draw(classes(each)) for each in class_names if each not in map(_named, members)),
        functions=tuple(each for each in members if isinstance(each, Function)),
        variables=tuple(each for each in members if isinstance(each, Variable)),
        aliases=tuple(draw(st.lists(st.sampled_from(aliases), max_size=2, unique_by=_named))),
    )


@st.composite
def references(draw: st.DrawFn) -> Reference:
    """Draw a reference of up to three modules, with a private base whose members are inherited."""
    private = Class(
        name="Private",
        path="shop._a.Private",
        methods=tuple(draw(st.lists(functions(), max_size=1))),
        attributes=tuple(draw(st.lists(attributes(), max_size=1))),
    )
    foreign = Class(name="dict", path="builtins.dict", methods=(Function(name="clear"), Function(name="__or__")))
    names = ["shop", "shop.b", "shop.b.index"][: draw(st.integers(1, 3))]
    return Reference(
        distribution="shop",
        version=draw(st.sampled_from(["", "1.0"])),
        modules=tuple(draw(modules(name)) for name in names),
        bases=(private, foreign),
    )
