"""Signatures as Python prints them: on one line where it is short, else one parameter a line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from docgen.model import Annotation, Parameter, ParameterKind, Signature, TypeParameter, Unknown, Value

MAX_WIDTH = 88
"""Columns up to which a signature stays on one line."""
_STARS = {ParameterKind.VAR_POSITIONAL: "*", ParameterKind.VAR_KEYWORD: "**"}
PREFIXES = {"ParamSpec": "**", "TypeVarTuple": "*"}
_LONE_STAR = re.compile(r"(\[\*[^,\[\]]+),\]")
FACTORY = "<factory>"
"""How a default that each call makes anew is printed."""


def starred(parameter: Parameter) -> str:
    """Return the name of a parameter with its stars."""
    return _STARS.get(parameter.kind, "") + parameter.name


@lru_cache(maxsize=4096)
def plain_type(written: str) -> str:
    """Return an annotation with each `Annotated[T, ...]` in it as `T`, and without quotes around names."""
    if "Annotated[" in written or "'" in written or '"' in written:
        try:
            written = ast.unparse(_Plain().visit(ast.parse(written, mode="eval")))
        except SyntaxError:
            return written
    # `ast.unparse` writes `tuple[*Ts,]`, which nobody does.
    return _LONE_STAR.sub(r"\1]", written) if ",]" in written else written


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
        except SyntaxError:
            return node


def type_text(annotation: Annotation | Unknown | None) -> str:
    """Return an annotation as a page shows it, on one line; empty where there is none or it is unknown."""
    if not isinstance(annotation, Annotation):
        return ""
    return " ".join(plain_type(annotation.written).split())


def value_text(value: Value | Unknown | None) -> str:
    """Return a value as it is written, on one line; empty where there is none or it is unknown."""
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
    """Return type parameters in the brackets of PEP 695; empty where they are declared in another way."""
    variances = {each.variance for each in parameters if each.kind == "TypeVar"}
    return declared(parameters) if variances == {"inferred"} else ""


def declared(parameters: tuple[TypeParameter, ...]) -> str:
    """Return the type parameters of a function in brackets, the only way to declare them; empty for none."""
    return f"[{', '.join(map(type_parameter_text, parameters))}]" if parameters else ""


def signature_text(before: str, signature: Signature) -> str:
    """Return what a call takes and gives.

    Parameters:
        before: What stands before the first bracket: `async def get`.
        signature: Without the receiver.
    """
    head = before + declared(signature.type_parameters)
    returns = type_text(signature.returns)
    arrow = f" -> {returns}" if returns else ""
    if isinstance(signature.parameters, Unknown):
        return f"{head}(...){arrow}"
    pieces = list(_pieces(signature.parameters))
    line = f"{head}({', '.join(pieces)}){arrow}"
    if len(line) <= MAX_WIDTH or not pieces:
        return line
    return "\n".join([f"{head}(", *(f"    {piece}," for piece in pieces), f"){arrow}"])


def _pieces(parameters: tuple[Parameter, ...]) -> Iterator[str]:
    """Yield parameters with `/` and `*` between them."""
    last = None
    is_keyword_only = False
    for parameter in parameters:
        if parameter.is_from_keywords:
            continue
        if last == ParameterKind.POSITIONAL_ONLY != parameter.kind:
            yield "/"
        if parameter.kind == ParameterKind.KEYWORD_ONLY and not is_keyword_only:
            yield "*"
        is_keyword_only |= parameter.kind in (ParameterKind.VAR_POSITIONAL, ParameterKind.KEYWORD_ONLY)
        last = parameter.kind
        yield _declared(parameter)
    if last == ParameterKind.POSITIONAL_ONLY:
        yield "/"


def _declared(parameter: Parameter) -> str:
    annotation, default = type_text(parameter.annotation), value_text(parameter.default)
    text = f"{starred(parameter)}: {annotation}" if annotation else starred(parameter)
    if not default:
        return text
    return f"{text} = {default}" if annotation else f"{text}={default}"
