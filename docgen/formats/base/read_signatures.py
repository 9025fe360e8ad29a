"""Parses printed signatures, types and values back into values of the model."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from docgen.formats.base.signatures import FACTORY, PREFIXES
from docgen.model import Annotation, Parameter, ParameterKind, Signature, TypeParameter, Unknown, Value

_KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}
_NO_EXPRESSION = re.compile(r"(?<== )<[^'\"\n]*?>(?=,|\)|$)|(?<==)<[^'\"\n]*?>(?=,|\)|$)")
_NAME = re.compile(r"(?:async )?(?:def )?(?P<name>[^\W\d]\w*(?:\.\w+)*)")
_PROGRAM = "def f"
_UNKNOWN_PARAMETERS = "(...)"


def read_type(text: str) -> Annotation | None:
    """Undo `type_text`."""
    return Annotation(written=text) if text else None


def read_value(text: str) -> Value | None:
    """Undo `value_text`."""
    if not text:
        return None
    return Value(text=text, is_factory=text == FACTORY)


def read_signature(text: str) -> tuple[str, Signature]:
    """Undo `signature_tokens`, given their text.

    Returns:
        The name, without `def` and `async`, and the signature.

    Raises:
        SyntaxError: The text is not a signature.
    """
    line = " ".join(each.strip() for each in text.split("\n"))
    found = _NAME.match(line)
    if found is None:
        raise SyntaxError(line)
    rest = line[found.end() :]
    end = _closing(rest) if rest.startswith("[") else -1
    type_parameters = tuple(map(read_type_parameter, split_commas(rest[1:end]))) if end > 0 else ()
    kept, printed = _with_placeholders(rest[end + 1 :])
    is_unknown = kept.startswith(_UNKNOWN_PARAMETERS)
    kept = kept.replace(_UNKNOWN_PARAMETERS, "()", 1) if is_unknown else kept
    node = _function(kept)
    signature = Signature(
        parameters=Unknown.UNKNOWN if is_unknown else tuple(_parameters(node.args, kept, printed)),
        returns=read_type(_source(node.returns, kept, printed)),
        type_parameters=type_parameters,
    )
    return found["name"], signature


def _with_placeholders(text: str) -> tuple[str, dict[str, str]]:
    """Return a signature with names in place of text in angle brackets, and the text of each name."""
    printed: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        placeholder = f"_printed_{len(printed)}_"
        printed[placeholder] = found[0]
        return placeholder

    return _NO_EXPRESSION.sub(name, text), printed


def _function(text: str) -> ast.FunctionDef:
    node = ast.parse(f"{_PROGRAM}{text}: ...").body[0]
    assert isinstance(node, ast.FunctionDef)  # noqa: S101 - what follows `def` is no other statement
    return node


def _source(node: ast.expr | None, text: str, printed: dict[str, str]) -> str:
    if node is None:
        return ""
    encoded = text.encode()
    start, end = node.col_offset - len(_PROGRAM), (node.end_col_offset or 0) - len(_PROGRAM)
    found = encoded[start:end].decode()
    return printed.get(found, found)


def _parameters(arguments: ast.arguments, text: str, printed: dict[str, str]) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    kinds = [ParameterKind.POSITIONAL_ONLY] * len(arguments.posonlyargs)
    kinds += [ParameterKind.POSITIONAL_OR_KEYWORD] * len(arguments.args)
    entries: list[tuple[ast.arg, ParameterKind, ast.expr | None]] = list(zip(positional, kinds, defaults, strict=True))
    if arguments.vararg:
        entries.append((arguments.vararg, ParameterKind.VAR_POSITIONAL, None))
    entries += [
        (each, ParameterKind.KEYWORD_ONLY, default)
        for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if arguments.kwarg:
        entries.append((arguments.kwarg, ParameterKind.VAR_KEYWORD, None))
    for argument, kind, default in entries:
        yield Parameter(
            name=argument.arg,
            kind=kind,
            annotation=read_type(_source(argument.annotation, text, printed)),
            default=read_value(_source(default, text, printed)),
        )


def read_type_parameter(text: str) -> TypeParameter:
    """Undo `type_parameter_text`, for one that is declared in brackets."""
    stars = re.match(r"\*{0,2}", text)
    prefix = stars[0] if stars else ""
    source = text[len(prefix) :]
    node = ast.parse(source).body[0]
    bound, default = None, None
    constraints: tuple[Annotation, ...] = ()
    if isinstance(node, ast.AnnAssign):
        name = ast.unparse(node.target)
        written = ast.get_source_segment(source, node.annotation) or ""
        if isinstance(node.annotation, ast.Tuple):
            constraints = tuple(
                Annotation(written=ast.get_source_segment(source, each) or "") for each in node.annotation.elts
            )
        else:
            bound = Annotation(written=written)
        default = node.value
    elif isinstance(node, ast.Assign):
        name, default = ast.unparse(node.targets[0]), node.value
    else:
        name = source
    return TypeParameter(
        name=name,
        kind=_KINDS.get(prefix, "TypeVar"),
        bound=bound,
        constraints=constraints,
        default=Annotation(written=ast.get_source_segment(source, default) or "") if default else None,
        variance="" if prefix else "inferred",
    )


def _closing(text: str) -> int:
    """Return the index of the bracket that closes the one that a string begins with."""
    for index, character, depth in outside_strings(text):
        if character in ")]}" and not depth:
            return index
    raise SyntaxError(text)


def split_commas(text: str) -> list[str]:
    """Return the parts of a string between its commas, apart from commas in brackets and string literals."""
    commas = [index for index, character, depth in outside_strings(text) if character == "," and not depth]
    parts = [text[start + 1 : end].strip() for start, end in pairwise([-1, *commas, len(text)])]
    return parts if parts[-1] else parts[:-1]


def outside_strings(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield (index, character, number of open brackets) for each character outside string literals."""
    depth, quote, is_escaped = 0, "", False
    for index, character in enumerate(text):
        if quote:
            quote = "" if character == quote and not is_escaped else quote
            is_escaped = character == "\\" and not is_escaped
            continue
        if character in "'\"":
            quote = character
        depth += (character in "([{") - (character in ")]}")
        yield index, character, depth
