"""Converts types, values and signatures to Python expressions and back, for baselines."""

from __future__ import annotations

import ast
import collections.abc
from collections.abc import Iterator

import msgspec

from docgen.compare.rules.values import FUNCTION_OF_C, LONGEST_VALUE, cut
from docgen.model import (
    UNKNOWN,
    Annotation,
    Parameter,
    ParameterKind,
    Signature,
    Type,
    TypeKind,
    Unknown,
    Value,
)

_CALLS = {
    "Variable": TypeKind.VARIABLE,
    "Forward": TypeKind.FORWARD,
    "Unknown": TypeKind.UNKNOWN,
    "Choice": TypeKind.VALUE,
}
"""Types without a spelling of their own are written like calls: `Variable('T', int)`."""
_NAMES = {kind: name for name, kind in _CALLS.items()}
_ANY = "typing.Any"
_ABC = "collections.abc."
_UNSAID = "Unsaid"
_WRITTEN = "Written"
_VALUE = "Value"
_FACTORY = "Factory"
_VALUE_FACTS = (("written", ""), ("path", ""), ("is_known", True), ("is_factory", False), ("address_of", ""))
"""Fields of a value that are written if they differ from their defaults."""


def type_to_code(type_: Type) -> str:  # noqa: PLR0911 - one return a kind of type
    """Return a type as an expression that `code_to_type` can read; a type variable is written as CPython prints it.

    >>> type_to_code(Type(kind=TypeKind.NAME, name="list", args=(Type(kind=TypeKind.NAME, name="int"),)))
    'list[int]'
    """
    args = [type_to_code(each) for each in type_.args]
    if type_.kind is TypeKind.VALUE and _is_expression(type_.name):
        return type_.name
    if type_.kind is TypeKind.VARIABLE and not args and type_.name.isidentifier():
        return f"~{type_.name}"
    if type_.kind in _NAMES:
        return f"{_NAMES[type_.kind]}({', '.join((repr(type_.name), *args))})"
    if type_.kind is TypeKind.UNION:
        return " | ".join(args) if len(args) > 1 else f"Union[{', '.join(args)}]"
    if type_.kind is TypeKind.ELLIPSIS:
        return "..."
    if type_.kind is TypeKind.PARAMETERS:
        return f"[{', '.join(args)}]"
    name = {TypeKind.LITERAL: "Literal", TypeKind.CALLABLE: "Callable"}.get(type_.kind, _shortened(type_.name))
    if type_.kind is TypeKind.NAME and not _is_expression(name):
        return f"Unknown({name!r})"
    return f"{name}[{', '.join(args)}]" if args else name


def _shortened(name: str) -> str:
    """Return a name of the library without its module if that is unambiguous: `abc.Mapping` of `collections`."""
    return "Any" if name == _ANY else f"abc.{name[len(_ABC) :]}" if name.startswith(_ABC) else name


def _full(name: str) -> str:
    last = name.removeprefix("abc.")
    is_shortened = last != name and hasattr(collections.abc, last)
    return _ANY if name == "Any" else f"{_ABC}{last}" if is_shortened else name


def _is_expression(text: str) -> bool:
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return isinstance(node, ast.Constant | ast.Attribute | ast.Name | ast.UnaryOp)


def code_to_type(node: ast.expr) -> Type:  # noqa: PLR0911 - one return a kind of expression
    """Return the type in an expression of `type_to_code`."""
    if isinstance(node, ast.BinOp):
        left, right = code_to_type(node.left), code_to_type(node.right)
        args = left.args if isinstance(node.left, ast.BinOp) else (left,)
        return Type(kind=TypeKind.UNION, args=(*args, right))
    if isinstance(node, ast.Constant) and node.value is Ellipsis:
        return Type(kind=TypeKind.ELLIPSIS)
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Name):
        return Type(kind=TypeKind.VARIABLE, name=node.operand.id)
    if isinstance(node, ast.List):
        return Type(kind=TypeKind.PARAMETERS, args=tuple(map(code_to_type, node.elts)))
    if isinstance(node, ast.Call):
        name, *rest = node.args
        kind = _CALLS[ast.unparse(node.func)]
        return Type(kind=kind, name=ast.literal_eval(name), args=tuple(map(code_to_type, rest)))
    if isinstance(node, ast.Subscript):
        return _subscript(ast.unparse(node.value), node.slice)
    name_ = ast.unparse(node)
    return Type(kind=TypeKind.CALLABLE) if name_ == "Callable" else Type(kind=TypeKind.NAME, name=_full(name_))


def _subscript(name: str, inside: ast.expr) -> Type:
    elements = inside.elts if isinstance(inside, ast.Tuple) else [inside]
    if name == "Literal":
        return Type(kind=TypeKind.LITERAL, args=tuple(map(_choice, elements)))
    args = tuple(map(code_to_type, elements))
    kind = {"Union": TypeKind.UNION, "Callable": TypeKind.CALLABLE}.get(name, TypeKind.NAME)
    return Type(kind=kind, name=_full(name) if kind is TypeKind.NAME else "", args=args)


def _choice(node: ast.expr) -> Type:
    return code_to_type(node) if isinstance(node, ast.Call) else Type(kind=TypeKind.VALUE, name=ast.unparse(node))


def annotation_to_code(annotation: Annotation | Unknown) -> str:
    """Return an annotation as an expression: its type, or its source if the type is unknown."""
    if not isinstance(annotation, Annotation):
        return f"{_UNSAID}()"
    if isinstance(annotation.type, Type):
        return type_to_code(annotation.type)
    return f"{_WRITTEN}({annotation.written!r})"


def code_to_annotation(node: ast.expr) -> Annotation | Unknown:
    """Return the annotation in an expression of `annotation_to_code`."""
    name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    if name == _UNSAID:
        return UNKNOWN
    if name == _WRITTEN and isinstance(node, ast.Call):
        return Annotation(written=ast.literal_eval(node.args[0]))
    return Annotation(written=ast.unparse(node), type=code_to_type(node))


def value_to_code(value: Value | Unknown) -> str:
    """Return a value as an expression: the value itself if it is known and can be written."""
    if not isinstance(value, Value):
        return f"{_UNSAID}()"
    if value.is_factory and not value.path and value.is_known:
        return f"{_FACTORY}({value.written!r})"
    if len(value.text) > LONGEST_VALUE:
        return f"{_VALUE}({cut(value.text)!r}, is_known=False)"
    is_of_c = value.type == FUNCTION_OF_C
    is_plain = value.is_known and not value.is_factory and not value.path and not is_of_c
    if is_plain and _is_python(value.text):
        return value.text
    facts: dict[str, object] = {"type": value.type} if is_of_c else {}
    facts |= {field: fact for field, default in _VALUE_FACTS if (fact := getattr(value, field)) != default}
    return f"{_VALUE}({', '.join((repr(value.text), *(f'{name}={fact!r}' for name, fact in facts.items())))})"


def _is_python(text: str) -> bool:
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    # A value that looks like one of our own calls would be read as such a call.
    return ast.unparse(node) == text and not isinstance(node, ast.Call)


def code_to_value(node: ast.expr) -> Value | Unknown:
    """Return the value in an expression of `value_to_code`."""
    name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    if name == _UNSAID:
        return UNKNOWN
    if name == _FACTORY and isinstance(node, ast.Call):
        return Value(text="<factory>", written=ast.literal_eval(node.args[0]), is_factory=True)
    if name == _VALUE and isinstance(node, ast.Call):
        facts = {each.arg: ast.literal_eval(each.value) for each in node.keywords if each.arg}
        return msgspec.convert({"text": ast.literal_eval(node.args[0]), **facts}, Value)
    return Value(text=ast.unparse(node))


def signature_to_code(signature: Signature) -> str:
    """Return a signature as it follows the name of a function, with types and values as above."""
    parameters = signature.parameters if isinstance(signature.parameters, tuple) else ()
    returns = f" -> {annotation_to_code(signature.returns)}" if signature.returns is not None else ""
    return f"({', '.join(_parts([each for each in parameters if not each.is_from_keywords]))}){returns}"


def _parts(parameters: list[Parameter]) -> Iterator[str]:
    last = ""
    for each in parameters:
        if last == ParameterKind.POSITIONAL_ONLY and each.kind is not ParameterKind.POSITIONAL_ONLY:
            yield "/"
        starred = (ParameterKind.VAR_POSITIONAL, ParameterKind.KEYWORD_ONLY)
        if each.kind is ParameterKind.KEYWORD_ONLY and last not in starred:
            yield "*"
        yield parameter_to_code(each)
        last = each.kind
    if last == ParameterKind.POSITIONAL_ONLY:
        yield "/"


def parameter_to_code(parameter: Parameter) -> str:
    """Return a parameter as it is written in a signature."""
    stars = {ParameterKind.VAR_POSITIONAL: "*", ParameterKind.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    annotation = f": {annotation_to_code(parameter.annotation)}" if parameter.annotation is not None else ""
    default = f" = {value_to_code(parameter.default)}" if parameter.default is not None else ""
    return f"{stars}{parameter.name}{annotation}{default}"


def code_to_signature(code: str) -> Signature:
    """Return the signature that `signature_to_code` wrote.

    Raises:
        ValueError: The code is not from `signature_to_code`.
    """
    try:
        (definition,) = ast.parse(f"def f{code}: ...").body
    except SyntaxError as error:
        raise ValueError(f"not a signature: {code}") from error
    if not isinstance(definition, ast.FunctionDef):
        raise ValueError(f"not a signature: {code}")  # noqa: TRY004 - a wrong text, not a wrong type
    parameters = tuple(_parameters(definition.args))
    returns = code_to_annotation(definition.returns) if definition.returns else None
    return Signature(parameters=parameters, returns=returns)


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    for place, (each, default) in enumerate(zip(positional, [*defaults, *arguments.defaults], strict=True)):
        is_only = place < len(arguments.posonlyargs)
        kind = ParameterKind.POSITIONAL_ONLY if is_only else ParameterKind.POSITIONAL_OR_KEYWORD
        yield _parameter(each, kind, default)
    if arguments.vararg:
        yield _parameter(arguments.vararg, ParameterKind.VAR_POSITIONAL, None)
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(each, ParameterKind.KEYWORD_ONLY, default)
    if arguments.kwarg:
        yield _parameter(arguments.kwarg, ParameterKind.VAR_KEYWORD, None)


def _parameter(argument: ast.arg, kind: ParameterKind, default: ast.expr | None) -> Parameter:
    annotation = code_to_annotation(argument.annotation) if argument.annotation else None
    return Parameter(
        name=argument.arg,
        kind=kind,
        annotation=annotation,
        default=code_to_value(default) if default is not None else None,
    )
