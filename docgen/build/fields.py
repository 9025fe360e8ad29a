"""The fields of classes that are made from fields: dataclasses, attrs, pydantic, msgspec, named tuples."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from docgen.build.values import Values
from docgen.model import Field, Value
from docgen.runtime.budget import written
from docgen.runtime.constructors import Constructors
from docgen.runtime.fields import annotation_head, is_constant, maker_call
from docgen.runtime.models import FIELD_MAKERS
from docgen.runtime.values import Binding, Class, Collection, Constant
from docgen.runtime.world import World

_CONSTRAINTS = frozenset(
    {"gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern", "max_digits", "decimal_places"}
    | {"strict", "validator", "converter"}
)
"""Keywords of a field that constrain its value. Sources: pydantic, `Field`; attrs, `field`."""


@dataclass(frozen=True, kw_only=True)
class OwnField:
    """A field that a class itself defines."""

    field: Field
    value: Value | None = None
    """The default of the field."""
    description: str = ""


class Fields:
    """Reads the fields that classes define.

    Parameters:
        world: Where names are looked up.
        constructors: Finds out how classes are made.
        values: Reads defaults.
    """

    def __init__(self, world: World, constructors: Constructors, values: Values) -> None:
        self.world = world
        self.constructors = constructors
        self.values = values

    def of(self, owner: Class) -> dict[str, OwnField]:
        """Return the fields in the body of a class by name; empty for a class that is not made from fields."""
        if self.constructors.fields.is_own_named_tuple(owner):
            return {name: self._plain(owner, name) for name in owner.scope.annotated}
        is_model = self.constructors.models.is_model(owner)
        made = self.constructors.fields.makers.of(owner)
        if made is None and not is_model:
            return {}
        makers = FIELD_MAKERS if is_model or made is None else made.maker.fields
        is_keyword_only = is_model or (made is not None and made.has("kw_only"))
        skips_private = is_model or (made is not None and made.maker.skips_private)
        found: dict[str, OwnField] = {}
        for name in dict.fromkeys((*owner.scope.annotated, *owner.scope.names)):
            annotated, binding = owner.scope.annotated.get(name), owner.scope.names.get(name)
            call = maker_call(binding, self.world.evaluator, makers) if binding else None
            head = annotation_head(annotated.annotation) if annotated else ""
            if head == "KW_ONLY":
                is_keyword_only = True
            elif head != "ClassVar" and (annotated or call) and not (skips_private and name.startswith("_")):
                found[name] = self._field(owner, name, call, is_keyword_only=is_keyword_only)
        return found

    def _plain(self, owner: Class, name: str) -> OwnField:
        return OwnField(field=Field(), value=self._default(owner.scope.names.get(name)))

    def _default(self, binding: Binding | None) -> Value | None:
        return None if binding is None else self.values.bound(binding)

    def _field(self, owner: Class, name: str, call: ast.Call | None, *, is_keyword_only: bool) -> OwnField:
        if call is None:
            return OwnField(
                field=Field(is_keyword_only=is_keyword_only), value=self._default(owner.scope.names.get(name))
            )
        words = {word.arg: word.value for word in call.keywords if word.arg}
        if "kw_only" in words:
            is_keyword_only = is_constant(words["kw_only"], value=True)
        hashed = words.get("hash")
        alias = words.get("alias")
        return OwnField(
            field=Field(
                is_init=not is_constant(words.get("init"), value=False),
                is_keyword_only=is_keyword_only,
                is_compared=not any(is_constant(words.get(word), value=False) for word in ("compare", "eq")),
                is_in_repr=not is_constant(words.get("repr"), value=False),
                is_hashed=hashed.value if isinstance(hashed, ast.Constant) and isinstance(hashed.value, bool) else None,
                alias=str(alias.value) if isinstance(alias, ast.Constant) else "",
                constraints=tuple((word, written(node)) for word, node in words.items() if word in _CONSTRAINTS),
            ),
            value=self._given(owner, call, words),
            description=self._description(owner, words),
        )

    def _given(self, owner: Class, call: ast.Call, words: dict[str, ast.expr]) -> Value | None:
        """Return the default in the call of a field function."""
        for word in ("default_factory", "factory"):
            if word in words:
                return self.values.factory(words[word])
        default = words.get("default", call.args[0] if call.args else None)
        is_missing = isinstance(default, ast.Constant) and default.value is Ellipsis
        return None if default is None or is_missing else self.values.at(default, owner.scope)

    def _description(self, owner: Class, words: dict[str, ast.expr]) -> str:
        """Return the description of a field: `doc`, `description`, or `doc` in its metadata."""
        for word in ("doc", "description"):
            if word in words:
                return _text(self.world, words[word], owner)
        metadata = self.world.evaluator.evaluate(words["metadata"], owner.scope) if "metadata" in words else None
        if isinstance(metadata, Collection) and metadata.kind == "dict":
            texts = {
                key.value: value.value
                for key, value in metadata.pairs
                if isinstance(key, Constant) and isinstance(value, Constant)
            }
            found = next((texts[key] for key in ("doc", "description", "help") if key in texts), "")
            return found if isinstance(found, str) else ""
        return ""


def _text(world: World, node: ast.expr, owner: Class) -> str:
    value = world.evaluator.evaluate(node, owner.scope)
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else ""
