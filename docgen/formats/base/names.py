"""Finds the symbol that a name in a docstring or an annotation means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from docgen.formats.base.places import Places
from docgen.model import Class
from docgen.symbols import Index

Resolve = Callable[[str], str | None]
NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


class Names:
    """Resolves names to symbols and addresses that a page can link to.

    Parameters:
        index: The index of the reference as it was read.
        places: The places of the symbols that pages show.
        outside: Symbols of other projects: dotted path -> URL.
    """

    def __init__(self, index: Index, places: Places, outside: Mapping[str, str]) -> None:
        self._index = index
        self._places = places
        self._outside = outside
        self._known: dict[tuple[str, str, str], str | None] = {}

    @cached_property
    def _by_last_name(self) -> Mapping[str, str]:
        """Unique name of a class in the reference -> its public path."""
        found: dict[str, str] = {}
        for path, placed in self._places.classes.items():
            name = placed.class_.name
            found[name] = "" if name in found else path
        return found

    def within(self, module: str, class_: str = "") -> Resolve:
        """Return a function that resolves the names in one docstring.

        Parameters:
            module: Public path of the module that the docstring belongs to, or that contains its symbol.
            class_: Public path of the enclosing class, empty for none.
        """
        return lambda name: self.resolve(name, module, class_)

    def resolve(self, name: str, module: str, class_: str = "") -> str | None:
        """Return the public path of a symbol, or a URL of another project, for a name; None if it means neither.

        A dot before the name marks it as a symbol; without it, a single lower-case word does not mean a symbol.
        """
        key = (name, module, class_)
        if key not in self._known:
            self._known[key] = self._found(name, module, class_)
        return self._known[key]

    def path(self, path: str) -> str | None:
        """Return the public path of a symbol, or its URL in another project, for any dotted path of it.

        Other projects document a symbol where they export it: `asyncio.events.Task` as `asyncio.Task`.
        """
        if found := self._public(path):
            return found
        *modules, name = path.split(".")
        above = (".".join([*modules[:depth], name]) for depth in range(len(modules), 0, -1))
        return next((self._outside[each] for each in above if each in self._outside), None)

    def builtin(self, name: str) -> str | None:
        """Return the address of a built-in class by its name, None for any other name."""
        return None if "." in name else self._outside.get(name)

    def _found(self, name: str, module: str, class_: str) -> str | None:
        for candidate in self._candidates(name, module, class_):
            if found := self._public(candidate):
                return found
        if "." in name and (address := self._outside.get(name.removeprefix("."))):
            return address
        first, _, rest = name.partition(".")
        owner = self._by_last_name.get(first)
        if owner and first[:1].isupper():
            return self._public(f"{owner}.{rest}" if rest else owner)
        return self._outside.get(name) if name[:1].isupper() else None

    def _candidates(self, name: str, module: str, class_: str) -> Iterator[str]:
        if "." in name:
            yield name
        # A single lower-case word is more often a parameter or a value than a symbol.
        is_word = name[:1].islower() and "." not in name
        if class_ and not is_word:
            yield f"{class_}.{name.removeprefix('.')}"
        while module and not is_word:
            yield f"{module}.{name.removeprefix('.')}"
            module = module.rpartition(".")[0]

    def _public(self, path: str) -> str | None:
        if path in self._places.pages:
            return self._through_alias(path)
        public = self._index.public_path(path)
        if public in self._places.pages:
            return public
        owner, _, member = path.rpartition(".")
        return self._inherited(owner, member) if owner else None

    def _through_alias(self, path: str) -> str:
        public = self._index.public_path(path)
        return public if public in self._places.pages else path

    def _inherited(self, owner: str, member: str) -> str | None:
        """Return the public path of a member that a class inherits from another, or that has an alias."""
        class_ = self._index.public.get(self._index.public_path(owner))
        held = self._index.find(class_, member) if isinstance(class_, Class) else None
        if held is None or not isinstance(class_, Class):
            return None
        for definer in (held.definer.path, class_.path):
            public = f"{self._index.public_path(definer)}.{member}"
            if public in self._places.pages:
                return public
        return None
