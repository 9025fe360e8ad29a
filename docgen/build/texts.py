"""Descriptions of classes and of their attributes, from every place where they can be written."""

from __future__ import annotations

from docgen.build.docs import PARAMETER_SECTIONS, Docs, descriptions
from docgen.build.fields import Fields
from docgen.model import Docstring
from docgen.prose.sections import SectionKind
from docgen.runtime.values import Class, Collection, Constant
from docgen.runtime.world import World
from docgen.sources.trees import raw_docstring
from docgen.trace import Memo


class Texts:
    """Reads the docstrings of classes and the descriptions of their attributes.

    Parameters:
        world: Where names are looked up.
        docs: Reads docstrings.
        fields: Finds the fields that a class defines.
    """

    def __init__(self, world: World, docs: Docs, fields: Fields) -> None:
        self.world = world
        self.docs = docs
        self.fields = fields
        self._texts: Memo[Class, dict[str, str]] = Memo(world.trace)

    def docstring(self, owner: Class) -> Docstring | None:
        """Return the docstring of a class, or that of the nearest base of its package, as `inspect.getdoc` finds it.

        A decorator that makes the constructor from fields gives the class a docstring too, so that it inherits none.
        """
        own = self.own_docstring(owner)
        if own is not None or self.fields.of(owner):
            return own
        for each in self.world.classes.mro(owner)[1:]:
            if isinstance(each, Class) and self.docs.is_own(each.home.source.name):
                raw = self.world.docstrings.of_class(each)
                if raw is not None:
                    return self.docs.of(raw, inherited_from=each.path)
        return None

    def own_docstring(self, owner: Class) -> Docstring | None:
        """Return the docstring of a class itself; for a class that a call makes, the string below the assignment."""
        raw = self.world.docstrings.of_class(owner)
        binding = owner.home.module.names.get(owner.name) if raw is None else None
        if binding is not None and binding.how is not owner.node and self.world.value(binding) is owner:
            note = binding.scope.source.facts.note(binding.node)
            return None if note is None else self.docs.of(note.text)
        return self.docs.of(raw, owner.node if raw == raw_docstring(owner.node) else None, owner.home)

    def inherited(self, owner: Class) -> dict[str, str]:
        """Return the descriptions of the fields and attributes of a class, inherited ones included, by name."""
        found: dict[str, str] = {}
        for each in reversed(self.world.classes.mro(owner)):
            if isinstance(each, Class):
                found |= self.own(each)
        return found

    def own(self, owner: Class) -> dict[str, str]:
        """Return the descriptions of attributes in a class itself: in its docstring, and in the strings below them."""
        return self._texts.get(owner, lambda: self._own(owner))

    def _own(self, owner: Class) -> dict[str, str]:
        docstring = self.own_docstring(owner)
        facts = owner.scope.source.facts
        bindings = {**owner.scope.names, **owner.scope.annotated}
        notes = {name: note for name, binding in bindings.items() if (note := facts.note(binding.node)) is not None}
        below = {name: self.docs.text(note.text) for name, note in notes.items()}
        fields = {name: each.description for name, each in self.fields.of(owner).items() if each.description}
        rows = descriptions(docstring, PARAMETER_SECTIONS) if fields or self.fields.of(owner) else {}
        slots = self._slots(owner)
        return {**slots, **rows, **descriptions(docstring, {SectionKind.ATTRIBUTES}), **fields, **below}

    def _slots(self, owner: Class) -> dict[str, str]:
        """Return the descriptions of attributes in `__slots__ = {"name": "text"}`. Source: `inspect.getdoc`."""
        slots = self.world.classes.own(owner, "__slots__")
        if not isinstance(slots, Collection) or slots.kind != "dict":
            return {}
        texts = {
            key.value: value.value
            for key, value in slots.pairs
            if isinstance(key, Constant) and isinstance(value, Constant)
        }
        return {str(name): self.docs.text(text) for name, text in texts.items() if isinstance(text, str)}
