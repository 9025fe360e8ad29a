"""The pages of a reference: which there are, which symbol is on which page, and how pages link to each other."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import Literal

import msgspec

from docgen.model import Class, ClassKind, Module, Reference
from docgen.symbols import members

Layout = Literal["auto", "class", "module"]
"""Layouts: a page for each class, a page for each module, or the latter for small modules only."""
WITHOUT_CONSTRUCTOR = (ClassKind.ENUM, ClassKind.TYPED_DICT)
"""Kinds of classes whose instances are their members; a page does not show the constructor that all of them have."""
INDEX = "index"
DEVICES = frozenset(
    {"aux", "con", "nul", "prn", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)
"""File names that Windows reserves, whatever their suffix."""
_LONGEST_STEM = 120
"""Length limit of a file name in bytes. Most file systems accept up to 255."""
_MOST_CLASSES = 4
_MOST_MEMBERS = 12
"""Limit on the total size of the classes that are shown on the page of their module."""


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A class and the page that shows it."""

    class_: Class
    module: Module
    name: str
    """Its qualified name: `Outer.Inner`."""
    page: str
    """Path of its page."""
    is_alone: bool
    """The class has a page of its own."""
    is_numbered: bool = False
    """The name of its page ends in a number, because the name of another class differs only in case."""

    @property
    def owner(self) -> str:
        """Public path of the module or class that contains it."""
        return self.path.rpartition(".")[0]

    @property
    def path(self) -> str:
        """Its public path."""
        return f"{self.module.name}.{self.name}"


class Places:
    """The pages of a reference, and the place of each symbol on them.

    Parameters:
        reference: The reference with the members that pages show.
        layout: Which pages show classes.
    """

    def __init__(self, reference: Reference, layout: Layout = "auto") -> None:
        self._reference = reference
        self._layout = layout

    @cached_property
    def modules(self) -> Mapping[str, str]:
        """Module -> its page. Every module has a folder of its own, so that no class can have the same path."""
        return {module.name: f"{module.name.replace('.', '/')}/{INDEX}.md" for module in self._reference.modules}

    @cached_property
    def classes(self) -> Mapping[str, Placed]:
        """Public path of each class, including nested ones -> its place, in the order of the model."""
        return {placed.path: placed for module in self._reference.modules for placed in self._of_module(module)}

    @cached_property
    def pages(self) -> Mapping[str, str]:
        """Public path of everything that has an anchor -> the page it is on."""
        found: dict[str, str] = dict(self.modules)
        for module in self._reference.modules:
            page = self.modules[module.name]
            groups = ((each.name for each in module.functions), (each.name for each in module.variables))
            aliases = (each.name for each in module.aliases)
            found.update((f"{module.name}.{name}", page) for name in chain(*groups, aliases))
        for path, placed in self.classes.items():
            found[path] = placed.page
            class_ = placed.class_
            found.update((f"{path}.{member.name}", placed.page) for member in members(placed.class_))
            if class_.constructor is not None and class_.kind not in WITHOUT_CONSTRUCTOR:
                found[f"{path}.__init__"] = placed.page
        return found

    def address(self, path: str, page: str) -> str:
        """Return the address of a symbol, given by its public path, relative to a page; empty if no page shows it."""
        there = self.pages.get(path)
        if there is None:
            return ""
        return f"#{path}" if there == page else f"{relative(there, page)}#{path}"

    def module_address(self, name: str, page: str) -> str:
        """Return the address of a module, relative to a page."""
        there = self.modules[name]
        return f"#{name}" if there == page else f"{relative(there, page)}#{name}"

    def _of_module(self, module: Module) -> Iterator[Placed]:
        page = self.modules[module.name]
        is_shared = self._shares_page(module)
        below = (each.name.rpartition(".")[2].lower() for each in self.below.get(module.name, ()))
        reserved = {*below, INDEX, "readme"} | DEVICES
        taken = set(reserved)
        numbers: dict[str, int] = {}
        for name, class_ in nested(module.classes):
            plain = stem = _short(name.lower())
            if plain in reserved:
                plain = stem = f"{plain}-class"
            # Those before are taken: names that differ in case only may be thousands.
            number = numbers.get(plain, 1)
            stem = plain if number == 1 else f"{plain}-{number}"
            while stem in taken:
                number += 1
                stem = f"{plain}-{number}"
            numbers[plain] = number
            if not is_shared:
                taken.add(stem)
            yield Placed(
                class_=class_,
                module=module,
                name=name,
                page=page if is_shared else f"{posixpath.dirname(page)}/{stem}.md",
                is_alone=not is_shared,
                is_numbered=not is_shared and number > 1,
            )

    @cached_property
    def below(self) -> Mapping[str, list[Module]]:
        """Module -> the modules directly below it, in the order of the model; no key if there are none."""
        found: dict[str, list[Module]] = {}
        for module in self._reference.modules:
            found.setdefault(module.name.rpartition(".")[0], []).append(module)
        return found

    def _shares_page(self, module: Module) -> bool:
        if self._layout != "auto":
            return self._layout == "module"
        classes = [class_ for _, class_ in nested(module.classes)]
        members = sum(len(each.methods) + len(each.properties) for each in classes)
        return not module.is_package and len(classes) <= _MOST_CLASSES and members <= _MOST_MEMBERS


def _short(stem: str) -> str:
    """Return a name that every file system can store: the end of a long one is replaced by a digest."""
    if len(stem.encode()) <= _LONGEST_STEM:
        return stem
    digest = hashlib.blake2b(stem.encode(), digest_size=8).hexdigest()
    return f"{stem.encode()[: _LONGEST_STEM // 2].decode(errors='ignore')}-{digest}"


def nested(classes: tuple[Class, ...], around: str = "") -> Iterator[tuple[str, Class]]:
    """Yield the classes of a module with their qualified names, each before its nested classes."""
    for class_ in classes:
        yield around + class_.name, class_
        yield from nested(class_.classes, f"{around}{class_.name}.")


def relative(page: str, start: str) -> str:
    """Return the address of a page relative to another; both are paths below the same folder."""
    there, here = page.split("/"), start.split("/")[:-1]
    # `posixpath.relpath` takes ten times as long, which matters if each class inherits from dozens of others.
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "/".join([".."] * (len(here) - shared) + there[shared:])
