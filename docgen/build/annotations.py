"""Annotations and base classes: as written, as the interpreter prints them, and what they denote."""

from __future__ import annotations

import ast
from functools import partial

from docgen.build.places import Places
from docgen.build.types import Types
from docgen.findings import shortened
from docgen.model import UNKNOWN, Annotation, Type, TypeKind, Unknown
from docgen.runtime import spell
from docgen.runtime.budget import written
from docgen.runtime.forms import TYPING_MODULES
from docgen.runtime.values import Compound, Constant, Form, FormKind, Instance, Scope, Value, unknown_part
from docgen.runtime.world import World
from docgen.sources.store import Source
from docgen.sources.trees import expression
from docgen.trace import Memo

QUALIFIERS = frozenset({"Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "InitVar"})
"""Forms that qualify the annotated name, not its type."""


class Annotations:
    """Reads annotations.

    Parameters:
        world: Where names are looked up.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.types = Types(world)
        self.places = Places(world)
        self._read: Memo[tuple[ast.expr, bool], Annotation] = Memo(world.trace)
        self._types: Memo[tuple[int, Scope], tuple[Value, Type]] = Memo(world.trace)
        """Results for values that contain others, by identity: a long value that has a name may be used often."""
        self._texts: dict[int, tuple[Value, str]] = {}
        """The printed text of such values, which are kept alive so that their identities stay unique."""

    def of(self, node: ast.expr, home: Scope, *, resolves: bool = False) -> Annotation:
        """Return an annotation.

        Parameters:
            node: As written.
            home: The scope that contains it.
            resolves: Code that reads it at run time evaluates it, even if the module stores annotations as strings.
        """
        return self._read.get((node, resolves), lambda: self._of(node, home, resolves=resolves))

    def in_stub(self, source: Source, qualname: str) -> Annotation | None:
        """Return the annotation of a variable or attribute in the stub beside its module, None if it has none."""
        stub = self.world.in_stub(source, qualname)
        return None if stub is None or stub.annotation is None else self.of(stub.annotation, stub.scope)

    def value(self, node: ast.expr, home: Scope) -> Value:
        """Return the value of an annotation; one in quotes is resolved."""
        value = self.world.evaluator.evaluate(node, home)
        return self._unquoted(node, value, home)[1] if isinstance(value, Constant) else value

    def _of(self, node: ast.expr, home: Scope, *, resolves: bool) -> Annotation:
        text = written(node, home.source.path)
        value = self.world.evaluator.evaluate(node, home)
        evaluated = ""
        # `*Ts` in `*args: *Ts` is not an expression by itself.
        if not isinstance(node, ast.Starred) and (resolves or not home.source.has_future_annotations):
            evaluated = self._evaluated(node, value, home, resolves=resolves)
        if isinstance(value, Constant):
            node, value = self._unquoted(node, value, home)
        qualifiers, metadata, inner = _unwrapped(value)
        return Annotation(
            written=text,
            evaluated="" if evaluated == text else evaluated,
            type=self._starred(node, home) if isinstance(node, ast.Starred) else self._type(inner, home),
            qualifiers=qualifiers,
            links=self.places.links(node, home),
            metadata=tuple(map(spell.value_text, metadata)),
            doc=next(filter(None, map(_doc, metadata)), ""),
        )

    def _type(self, value: Value | None, home: Scope) -> Type | Unknown:
        if value is None:
            return UNKNOWN
        find = partial(self.types.of, value, home)
        is_long = isinstance(value, Compound)
        found = self._types.get((id(value), home), lambda: (value, find()))[1] if is_long else find()
        return UNKNOWN if found.kind is TypeKind.UNKNOWN else found

    def _starred(self, node: ast.Starred, home: Scope) -> Type | Unknown:
        """Return `*Ts` as `Unpack[Ts]`. Source: PEP 646."""
        inner = self._type(self.value(node.value, home), home)
        return Type(kind=TypeKind.NAME, name="typing.Unpack", args=(inner,)) if isinstance(inner, Type) else inner

    def _evaluated(self, node: ast.expr, value: Value, home: Scope, *, resolves: bool) -> str:
        """Return the annotation as CPython prints the object; empty, with a finding, if it cannot be evaluated."""
        if resolves and isinstance(value, Constant) and isinstance(value.value, str):
            value = self.world.evaluator.text(value.value, home)
        if resolves and isinstance(value, Form) and value.kind is FormKind.ANNOTATED:
            value = value.args[0]
        source = written(node, home.source.path)
        unknown = unknown_part(value) if id(value) not in self._texts else None
        if unknown is None:
            found = self._text(value)
            return found if self.world.notes.shows(len(found) - len(source), node, home) else ""
        if unknown.limit:
            return ""
        text = shortened(source)
        message = f"the annotation {text} cannot be evaluated: {unknown.text} is unknown"
        self.world.note("DG204", node, home, message, "It is printed as written.")
        return ""

    def _text(self, value: Value) -> str:
        """Return how CPython prints an annotation."""
        if not isinstance(value, Compound):
            return spell.annotation_text(value)
        if id(value) not in self._texts:
            self._texts[id(value)] = (value, spell.annotation_text(value))
        return self._texts[id(value)][1]

    def _unquoted(self, node: ast.expr, value: Constant, home: Scope) -> tuple[ast.expr, Value]:
        if not isinstance(value.value, str):
            return node, value
        inner = expression(value.value)
        if inner is None:
            return node, value
        found = self.world.evaluator.text(value.value, home)
        return inner, value if unknown_part(found) is found else found


def _unwrapped(value: Value) -> tuple[tuple[str, ...], tuple[Value, ...], Value | None]:
    """Return the qualifiers of an annotation, its `Annotated` metadata, and the type; None if it has no type."""
    qualifiers: list[str] = []
    metadata: list[Value] = []
    inner: Value | None = value
    while isinstance(inner, Form):
        if inner.kind is FormKind.ANNOTATED:
            metadata += inner.args[1:]
            inner = inner.args[0]
            continue
        name = _qualifier(inner)
        if not name:
            break
        qualifiers.append(name)
        inner = inner.args[0] if inner.args else None
    return tuple(qualifiers), tuple(metadata), inner


def _qualifier(form: Form) -> str:
    head = form if form.kind is FormKind.SPECIAL else form.origin
    # A form that the running interpreter does not have yet (`ReadOnly`) is known by its path alone.
    path = head.name if isinstance(head, Form) else "" if head is None else spell.class_path(head)
    module, _, name = path.rpartition(".")
    is_init_var = form.kind is FormKind.INIT_VAR or path == "dataclasses.InitVar"
    if is_init_var or (module in TYPING_MODULES and name in QUALIFIERS):
        return "InitVar" if is_init_var else name
    return ""


def _doc(value: Value) -> str:
    """Return the description of a symbol in the metadata of its annotation, empty if there is none.

    It is the argument of `Doc(text)` (PEP 727), or the keyword for it of a model field or a command option:
    `Field(description=text)`, `Option(help=text)`.
    """
    if not isinstance(value, Instance):
        return ""
    is_doc = spell.value_text(value.of).rpartition(".")[2] == "Doc"
    words = ("documentation",) if is_doc else ("description", "doc", "help")
    given = [*value.args[: int(is_doc)], *(each for name, each in value.keywords if name in words)]
    return next((each.value for each in given if isinstance(each, Constant) and isinstance(each.value, str)), "")
