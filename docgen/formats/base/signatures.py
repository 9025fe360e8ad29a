"""Prints signatures as Python code: short ones on one line, others with one parameter per line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from docgen.formats.base.code import Token
from docgen.model import Annotation, Parameter, ParameterKind, Signature, TypeParameter, Unknown, Value

MAX_WIDTH = 88
"""Columns up to which a signature stays on one line."""
_STARS = {ParameterKind.VAR_POSITIONAL: "*", ParameterKind.VAR_KEYWORD: "**"}
PREFIXES = {"ParamSpec": "**", "TypeVarTuple": "*"}
_LONE_STAR = re.compile(r"(\[\*[^,\[\]]+),\]")
_PLAIN_NAME = re.compile(r"(?<![\w.'\"])[^\W\d]\w*(?![\w.'\"])")
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What `ast` raises for an annotation that is not an expression, or is nested too deeply to be parsed or printed."""
FACTORY = "<factory>"
"""Printed form of a default that each call creates."""


def starred(parameter: Parameter) -> str:
    """Return the name of a parameter with its stars."""
    return _STARS.get(parameter.kind, "") + parameter.name


@lru_cache(maxsize=4096)
def plain_type(written: str) -> str:
    """Return an annotation with each `Annotated[T, ...]` in it as `T`, and without quotes around names."""
    if "Annotated[" in written or "'" in written or '"' in written:
        try:
            written = ast.unparse(_Plain().visit(ast.parse(written, mode="eval")))
        except _UNREADABLE:
            return written
    # `ast.unparse` writes `tuple[*Ts,]` for `tuple[*Ts]`.
    return _LONE_STAR.sub(r"\1]", written) if ",]" in written else written


@lru_cache(maxsize=4096)
def plain_names(written: str) -> tuple[str, ...]:
    """Return the names without a dot in an annotation, each once: they may be built-in classes."""
    return tuple(dict.fromkeys(_PLAIN_NAME.findall(written)))


class _Plain(ast.NodeTransformer):
    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        form = ast.unparse(node.value).rpartition(".")[2]
        if form == "Literal":
            return node
        if form == "Annotated" and isinstance(node.slice, ast.Tuple):
            return self.visit(node.slice.elts[0])  # type: ignore[no-any-return] # a node
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, str):
            return node
        try:
            return self.visit(ast.parse(node.value, mode="eval").body)  # type: ignore[no-any-return] # a node
        except (SyntaxError, ValueError, MemoryError):
            return node


def type_text(annotation: Annotation | Unknown | None) -> str:
    """Return an annotation as a page shows it, on one line; empty if there is none or it is unknown."""
    if not isinstance(annotation, Annotation):
        return ""
    return " ".join(plain_type(annotation.written).split())


def value_text(value: Value | Unknown | None) -> str:
    """Return a value as it is written, on one line; empty if there is none or it is unknown."""
    if not isinstance(value, Value):
        return ""
    return FACTORY if value.is_factory else " ".join((value.written or value.text).split())


def type_parameter_text(parameter: TypeParameter) -> str:
    """Return a type parameter as PEP 695 writes it: `K: Hashable = str`, `*Ts`, `**P`."""
    text = PREFIXES.get(parameter.kind, "") + parameter.name
    if parameter.bound is not None:
        text += f": {type_text(parameter.bound)}"
    elif parameter.constraints:
        text += f": ({', '.join(map(type_text, parameter.constraints))})"
    return f"{text} = {type_text(parameter.default)}" if parameter.default is not None else text


def brackets(parameters: tuple[TypeParameter, ...]) -> str:
    """Return type parameters in the brackets of PEP 695; empty if they are declared in another way."""
    variances = {each.variance for each in parameters if each.kind == "TypeVar"}
    return declared(parameters) if variances == {"inferred"} else ""


def declared(parameters: tuple[TypeParameter, ...]) -> str:
    """Return the type parameters of a function in brackets, the only way to declare them; empty for none."""
    return f"[{', '.join(map(type_parameter_text, parameters))}]" if parameters else ""


def signature_tokens(before: str, signature: Signature) -> list[Token]:
    """Return the parameters and the result as tokens.

    Parameters:
        before: The text before the first bracket: `async def get`.
        signature: The signature without the receiver.
    """
    head = [*_head(before)]
    if signature.type_parameters:
        head.append(Token(declared(signature.type_parameters), "type"))
    returns = type_text(signature.returns)
    arrow = [Token(" -> "), _type(returns, signature.returns)] if returns else []
    if isinstance(signature.parameters, Unknown):
        return [*head, Token("(...)"), *arrow]
    pieces = list(_pieces(signature.parameters))
    line = [*head, Token("("), *_between(pieces, ", "), Token(")"), *arrow]
    if not pieces or sum(len(token.text) for token in line) <= MAX_WIDTH:
        return line
    return [*head, Token("(\n    "), *_between(pieces, ",\n    "), Token(",\n)"), *arrow]


def _head(before: str) -> Iterator[Token]:
    keywords, blank, name = before.rpartition(" ")
    if keywords:
        yield Token(keywords, "keyword")
        yield Token(blank)
    yield Token(name, "name")


def _type(text: str, annotation: Annotation | Unknown | None) -> Token:
    return Token(text, "type", annotation if isinstance(annotation, Annotation) else None)


def _between(pieces: list[list[Token]], separator: str) -> Iterator[Token]:
    for number, piece in enumerate(pieces):
        if number:
            yield Token(separator)
        yield from piece


def _pieces(parameters: tuple[Parameter, ...]) -> Iterator[list[Token]]:
    """Yield parameters with `/` and `*` between them."""
    last = None
    is_keyword_only = False
    for parameter in parameters:
        if parameter.is_from_keywords:
            continue
        if last == ParameterKind.POSITIONAL_ONLY != parameter.kind:
            yield [Token("/")]
        if parameter.kind == ParameterKind.KEYWORD_ONLY and not is_keyword_only:
            yield [Token("*")]
        is_keyword_only |= parameter.kind in (ParameterKind.VAR_POSITIONAL, ParameterKind.KEYWORD_ONLY)
        last = parameter.kind
        yield _declared(parameter)
    if last == ParameterKind.POSITIONAL_ONLY:
        yield [Token("/")]


def _declared(parameter: Parameter) -> list[Token]:
    annotation, default = type_text(parameter.annotation), value_text(parameter.default)
    tokens = [Token(starred(parameter), "parameter")]
    if annotation:
        tokens += [Token(": "), _type(annotation, parameter.annotation)]
    if default:
        tokens += [Token(" = " if annotation else "="), Token(default, "value")]
    return tokens
