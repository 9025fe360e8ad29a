"""Differences of modules and of their symbols: removed, added, moved, renamed, importable from fewer places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

import msgspec

from docgen.compare.differences import Difference, Place, Unclear, difference
from docgen.compare.rules.context import Context
from docgen.compare.rules.pairing import Top, further_paths
from docgen.compare.rules.relations import Relation
from docgen.compare.rules.remarks import docs
from docgen.compare.rules.signatures import signatures
from docgen.compare.standard import class_of, one_spelling, signature_of
from docgen.model import (
    Alias,
    Class,
    Function,
    Location,
    Module,
    Signature,
    Type,
    TypeKind,
    Value,
    Variable,
    VariableKind,
)
from docgen.symbols import Index

_BUILTINS_OF_PYTHON_2 = frozenset({
    "basestring", "buffer", "cmp", "file", "intern", "long", "raw_input", "reduce", "unichr", "unicode", "xrange",
})  # fmt: skip
"""Built-in functions and types of Python 2. Source: documentation of Python 2.7, `__builtin__`."""
_VERSION = "__version__"
_MADE = "name removed, which `__getattr__` provided"


class Modules:
    """Compares the names that can be imported.

    Parameters:
        context: Both sides.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.pairing = context.pairing
        self.gone = _topmost(
            name for name in context.old.modules if not _has(context.new, name) and not _binds(context.new, name)
        )
        self.dropped = tuple(name for name in self.gone if name not in self.pairing.moved_modules)
        self.come = _topmost(
            name
            for name in context.new.modules
            if not _has(context.old, name) and name not in self.pairing.moved_modules.values()
        )

    def differences(self) -> Iterator[Difference]:
        """Yield every difference, in the order of the modules."""
        yield from self._gone_modules()
        yield from self._replaced()
        yield from self._elsewhere()
        yield from self._removed()
        yield from self._lost_version()
        yield from self._lost_paths()
        yield from self._other_targets()
        yield from self._own_symbols()
        yield from self._new_modules()
        yield from self._added()
        yield from self._kept_modules()

    def unclear(self) -> Iterator[Unclear]:
        """Yield what could not be compared, because the names of a module are unknown on one side: one per module."""
        missing = (
            *self.pairing.removed,
            *self.pairing.found_elsewhere,
            *(path for path, _ in self._without(self.context.old, self.context.new)),
            *self.gone,
        )
        names: dict[tuple[str, str], list[str]] = {}
        # A further path of a removed symbol is reported with that symbol.
        reported = {each for path in self.pairing.removed for each in self._further.get(path, ())}
        for path in dict.fromkeys(each for each in missing if each not in reported):
            why = self.context.new_gaps.why(path)
            module, _, name = path.rpartition(".")
            is_unclear = why and not self.context.new_gaps.answers(path)
            if is_unclear and not _is_below(path, self.gone) and self.context.visible(path):
                names.setdefault((module, why), []).append(name)
        for (module, why), lost in names.items():
            shown = ", ".join(f"`{name}`" for name in lost)
            yield Unclear(symbol=module, text=f"{why}: whether it still has {shown} is unknown")
        for path, target in self._external():
            if self._library_signature(path, target) is None:
                yield Unclear(symbol=path, text=f"it comes from another distribution now: `{target}`")

    def _library_signature(self, path: str, target: str) -> Signature | None:
        """Return the signature of a function that is a method of the standard library now, None if it is unknown."""
        is_function = isinstance(self.pairing.removed[path], Function)
        return signature_of(target.removeprefix(".")) if is_function else None

    @cached_property
    def _further(self) -> Mapping[str, list[str]]:
        """Old public path of a symbol -> its further paths on the old side."""
        return further_paths(self.context.old)

    # -- modules as a whole

    def _gone_modules(self) -> Iterator[Difference]:
        for old, new in self.pairing.moved_modules.items():
            symbols = [path for path in self.pairing.found_elsewhere if path.startswith(f"{old}.")]
            text = f"the module is `{new}` now"
            lost = [each for path in symbols for each in self._lost_with(path)]
            yield difference("moved", self._module_place(old, new), text, new=new, affects=(*symbols, *lost))
        for name in self.dropped:
            if self.context.new_gaps.why(name):
                continue
            if name in self.context.new.tops:
                noun = _noun(self.context.new.tops[name])
                yield difference("kind-changed", self._place(name), f"the module is a {noun} now", new=noun)
                continue
            symbols = self._offered(name)
            found = [self.pairing.names()[path] for path in symbols if path in self.pairing.names()]
            homes = Counter(path.rpartition(".")[0] for path in found)
            text = "module removed"
            if homes:
                home, count = homes.most_common(1)[0]
                text += f"; {count} of the {len(symbols)} symbols it offered are in `{home}`"
            also = (each for path in symbols if path in self.pairing.removed for each in self._further.get(path, ()))
            affected = dict.fromkeys((*symbols, *(each for each in also if not _is_below(each, self.gone))))
            yield difference("module-removed", self._module_place(name, ""), text, affects=affected)

    def _offered(self, module: str) -> list[str]:
        """Return the symbols that a module and those below it offered, except those reported as moved with a module."""
        reported = self.pairing.moved_modules
        return [
            path
            for path in (*self.context.old.tops, *self.context.old.aliases)
            if path.startswith(f"{module}.") and not _is_below(path, reported)
        ]

    def _module_place(self, old: str, new: str) -> Place:
        was, now = self.context.old.modules.get(old), self.context.new.modules.get(new)
        return Place(symbol=old or new, old=was.location if was else None, new=now.location if now else None)

    def _new_modules(self) -> Iterator[Difference]:
        for name in self.come:
            if not self.context.old_gaps.why(name):
                symbols = [path for path in self.pairing.added if path.startswith(f"{name}.")]
                place = self._module_place("", name)
                yield difference("module-added", place, "module added", affects=symbols)

    def _kept_modules(self) -> Iterator[Difference]:
        for name, old in self.context.old.modules.items():
            new = self.context.new.modules.get(self.pairing.moved_modules.get(name, name))
            if new is not None:
                yield from docs(self._module_place(name, new.name), old.docstring, new.docstring)
                yield from self._listed(old, new)
                yield from self._no_longer_loaded(old, new)
                yield from self._no_longer_made(old, new)
                yield from self._needed(old, new)
                yield from self._unbound(old, new)

    def _needed(self, old: Module, new: Module) -> Iterator[Difference]:
        """Yield the other distributions that a module imported optionally and now requires."""
        before = {name for each in self.context.old.modules.values() for name in each.needed}
        for name in sorted({*new.needed} & {*old.tried} - before):
            text = f"it can only be imported where `{name}` is installed"
            yield difference("import-required", self._module_place(old.name, new.name), text, new=name)

    def _no_longer_loaded(self, old: Module, new: Module) -> Iterator[Difference]:
        """Compare the modules of a package that can be used once the package is imported."""
        for name in old.submodules:
            module = self.context.new.modules.get(name)
            if module is not None and name not in new.loaded and not new.makes_names:
                text = f"importing `{new.name}` no longer imports it"
                yield difference("path-removed", self._module_place(name, name), text)

    def _no_longer_made(self, old: Module, new: Module) -> Iterator[Difference]:
        """Compare the names that a module creates on access."""
        # Where others are still looked for by name, a name that no longer is has gone.
        if not old.makes_names or (new.makes_names and not new.refuses_others and not new.asked_names):
            return
        lost = sorted(set(old.asked_names).difference(new.asked_names))
        gone = [f"{new.name}.{name}" for name in lost if not self._is_reported(old, name, new)]
        if gone:
            yield difference("symbol-removed", self._place(gone[0]), _MADE, affects=gone[1:])

    def _is_reported(self, old: Module, name: str, new: Module) -> bool:
        """Return True if the new module has a name, or the old one defines it other than in its `__getattr__`."""
        was, now = f"{old.name}.{name}", f"{new.name}.{name}"
        sides = ((self.context.old, was), (self.context.new, now))
        return any(_has(index, path) or path in index.tops for index, path in sides)

    def _unbound(self, old: Module, new: Module) -> Iterator[Difference]:
        """Yield that `__all__` newly lists a name that nothing binds, so that `import *` fails."""
        if not isinstance(old.listed, tuple) or not isinstance(new.listed, tuple) or new.makes_names:
            return
        was, now = (
            [name for name in module.listed or () if not self._is_bound(index, f"{module.name}.{name}")]
            for module, index in ((old, self.context.old), (new, self.context.new))
        )
        # If a compiled module binds names that no source shows, it may bind further ones.
        for name in now if not was else ():
            if name not in old.listed:
                text = f"`__all__` lists `{name}`, which nothing defines: `import *` fails"
                yield difference("unlisted", self._module_place(old.name, new.name), text)

    @staticmethod
    def _is_bound(index: Index, path: str) -> bool:
        return path.rpartition(".")[2].startswith("_") or path in index.tops or _has(index, path)

    def _listed(self, old: Module, new: Module) -> Iterator[Difference]:
        """Compare `__all__`: names that still exist and are no longer listed, and the reverse."""
        if not isinstance(old.listed, tuple) or not isinstance(new.listed, tuple):
            return
        for was, now, kind, word in (
            (old.listed, new.listed, "unlisted", "no longer in"),
            (new.listed, old.listed, "listed", "now in"),
        ):
            other = self.context.new if kind == "unlisted" else self.context.old
            for listed in was:
                path = f"{new.name if kind == 'unlisted' else old.name}.{listed}"
                is_there = path in other.tops or path in other.aliases
                if listed not in now and is_there and (kind == "listed" or _is_star_imported(new)):
                    place = self._place(path)
                    yield difference(kind, place, f"{word} `__all__` of `{old.name}`")

    # -- symbols

    def _replaced(self) -> Iterator[Difference]:
        for path, other in self.pairing.replaced.items():
            text = f"it is another class now, the former `{other}`"
            yield difference("kind-changed", self._place(path), text)

    def _elsewhere(self) -> Iterator[Difference]:
        for path, target in self.pairing.found_elsewhere.items():
            is_reported = _is_below(path, self.pairing.moved_modules) or _is_below(path, self.gone)
            symbol = self.context.old.tops[path]
            if is_reported or self.context.new_gaps.why(path) or self._is_own_variable(path, symbol):
                continue
            if _binds(self.context.new, path):
                yield from self._unlisted(path)
                continue
            module = path.rpartition(".")[0]
            is_renamed = target.rpartition(".")[0] == module
            shown = target.rpartition(".")[2] if is_renamed else target
            noun = _noun(self.context.old.tops[path])
            text = f"the {noun} is called `{shown}`" if is_renamed else f"the {noun} is `{shown}` now"
            kind, also = "renamed" if is_renamed else "moved", self._lost_with(path)
            yield difference(kind, self._place(path, target), text, new=target, affects=also)

    def _lost_with(self, path: str) -> list[str]:
        """Return the further paths of a symbol that has moved which the new side does not have."""
        known = self.context.new.tops
        further = self._further.get(path, ())
        return [each for each in further if each not in known and not _has(self.context.new, each)]

    def _removed(self) -> Iterator[Difference]:
        external = dict(self._external())
        for path, target in external.items():
            symbol, now = self.pairing.removed[path], self._library_signature(path, target)
            if isinstance(symbol, Function) and now is not None:
                yield from signatures(self._place(path), symbol.signature, now, self.context.scope())
        groups: dict[tuple[str, str], list[str]] = {}
        for path, symbol in self.pairing.removed.items():
            if _is_below(path, self.dropped) or self.context.new_gaps.why(path) or path in external:
                continue
            module = path.rpartition(".")[0]
            if path in self.context.new.modules:
                yield difference("kind-changed", self._place(path), f"the {_noun(symbol)} is a module now")
            elif _binds(self.context.new, path):
                yield from () if self._is_own_variable(path, symbol) else self._unlisted(path)
            elif self._is_made(module, symbol):
                groups.setdefault((module, _MADE), []).append(path)
            elif not self._is_own_variable(path, symbol):
                # Several constants of a module are one edit, several functions may not be.
                owner = module if isinstance(symbol, Variable) else path
                groups.setdefault((owner, f"{_noun(symbol)} removed"), []).append(path)
        for (_, text), paths in groups.items():
            also = [*paths[1:], *(each for path in paths for each in self._further.get(path, ()))]
            yield difference("symbol-removed", self._place(paths[0]), text, affects=also)

    def _is_made(self, module: str, symbol: Top) -> bool:
        """Return True if a symbol is a name that a module lists and creates on access."""
        owner = self.context.old.modules.get(module)
        return owner is not None and owner.makes_names and owner.location is not None and symbol.location is None

    def _is_own_variable(self, path: str, symbol: Top) -> bool:
        """Return True if a symbol is for the use of its module, which does not list it.

        These are its logger, type variables for its annotations, and built-in functions of Python 2.
        """
        if not isinstance(symbol, Variable):
            return False
        module, _, name = path.rpartition(".")
        owner = self.context.old.modules.get(module)
        listed = owner.listed if owner is not None else ()
        is_logger = isinstance(symbol.value, Value) and "getLogger(" in symbol.value.text
        is_own = symbol.kind is VariableKind.TYPE_VARIABLE or name in _BUILTINS_OF_PYTHON_2 or is_logger
        return is_own and not (isinstance(listed, tuple) and name in listed)

    def _added(self) -> Iterator[Difference]:
        for path, symbol in self.pairing.added.items():
            is_reported = (
                _is_below(path, self.come) or path in self.context.old.modules or path in self.context.old.aliases
            )
            if not is_reported and not self.context.old_gaps.why(path):
                yield self._offered_now(path, "symbol-added", f"{_noun(symbol)} added")
        for path, target in self._without(self.context.new, self.context.old):
            if _is_below(path, self.come) or _is_below(path, self.pairing.moved_modules.values()):
                continue
            alias = self.context.new.aliases.get(path)
            if alias is not None and alias.is_external:
                continue  # New imports of a module are for its own use.
            if target not in self.pairing.added and not self.context.old_gaps.why(path):
                yield self._offered_now(path, "path-added", f"`{target}` can be imported from here")

    def _offered_now(self, path: str, kind: str, text: str) -> Difference:
        """Return that a path is new, or that it is now public, if it could be imported before."""
        if _binds(self.context.old, path):
            return difference("listed", self._place("", path), f"public now; `{path}` could be imported before")
        return difference(kind, self._place("", path), text)

    def _unlisted(self, path: str) -> Iterator[Difference]:
        """Yield that a name is no longer public, so that `import *` does not bind it; importing it still works."""
        module = path.rpartition(".")[0]
        new = self.context.new.modules[module]
        if new.listed is not None and _is_star_imported(new):
            text = f"not in `__all__` of `{module}`, which `import *` uses; importing it by name still works"
            yield difference("unlisted", self._place(path), text)

    def _lost_version(self) -> Iterator[Difference]:
        """Yield each package that no longer has a version of its own. Source: PEP 396."""
        for module in self.context.old.modules:
            path = f"{module}.{_VERSION}"
            gaps = self.context.new_gaps
            is_gone = "." not in module and module in self.context.new.modules and not _binds(self.context.new, path)
            if is_gone and _binds(self.context.old, path) and not gaps.why(path) and not gaps.answers(path):
                yield difference("symbol-removed", self._place(path), "variable removed")

    def _lost_paths(self) -> Iterator[Difference]:
        """Yield each name that a symbol can no longer be imported by, from however many modules it was."""
        reported: dict[tuple[str, str], list[Difference]] = {}
        for each in self._lost():
            reported.setdefault((each.symbol.rpartition(".")[2], each.text), []).append(each)
        # That a module no longer imports several names is one edit of it.
        modules: dict[tuple[str, bool], list[Difference]] = {}
        for group in reported.values():
            modules.setdefault((group[0].symbol.rpartition(".")[0], bool(group[0].new)), []).extend(group)
        for first, *others in modules.values():
            yield msgspec.structs.replace(first, affects=tuple(each.symbol for each in others))

    def _lost(self) -> Iterator[Difference]:
        for path, target in self._without(self.context.old, self.context.new):
            gaps, is_gone = self.context.new_gaps, target in self.pairing.removed
            # A removed symbol is reported with its paths, unless it may still be where it was.
            if _is_below(path, self.gone) or (
                is_gone and not _binds(self.context.new, target) and not gaps.why(target)
            ):
                continue
            if self.context.new_gaps.why(path):
                continue
            if _binds(self.context.new, path):
                yield from self._unlisted(path)
                continue
            if target in self.pairing.found_elsewhere and not _binds(self.context.new, target):
                continue  # That it has moved is reported once.
            if self._is_own_import(path):
                continue
            now = self.pairing.names().get(target, target)
            text = "can no longer be imported from here" + ("" if is_gone else f"; it is `{now}`")
            yield difference("path-removed", self._place(path), text, new="" if is_gone else now)

    def _is_own_import(self, path: str) -> bool:
        """Return True if a module imports an object for its own use.

        A package offers what it imports from its modules, and from other distributions; a module only what it lists.
        """
        module, _, name = path.rpartition(".")
        alias, home = self.context.old.aliases.get(path), self.context.old.modules.get(module)
        if alias is None or home is None or (isinstance(home.listed, tuple) and name in home.listed):
            return False
        if alias.is_external:
            return not home.is_package
        return home.is_package and not alias.target.startswith(f"{module}.")

    def _other_targets(self) -> Iterator[Difference]:
        """Yield each further name that is now an alias of something else: `Text = str` was `Text = bytes`.

        An object of the same name in another module counts as the same, because packages move what they import.
        """
        for path, alias in self.context.old.aliases.items():
            other = self.context.new.aliases.get(path)
            if other is None or self.context.new_gaps.why(path):
                continue
            target = self.context.old.public_path(path) or alias.target
            was, now = self.pairing.names().get(target, target), self.context.new.public_path(path) or other.target
            if was.rpartition(".")[2] != now.rpartition(".")[2]:
                kind = "value-changed" if self._is_other_class(was, now) else "alias-changed"
                yield difference(kind, self._place(path), f"`{was}` -> `{now}`", old=was, new=now)
            elif was == f"{now}.{was.rpartition('.')[2]}":
                yield difference("kind-changed", self._place(path), f"it is the module `{now}`, not `{was}`", new=now)
            elif other.is_for_checkers and not alias.is_for_checkers and not self._makes_names(path):
                yield difference("path-removed", self._place(path), "only type checkers can import it from here now")

    def _is_other_class(self, was: str, now: str) -> bool:
        """Return True if two paths are of classes, and instances of the new class are not instances of the old one."""
        types = (Type(kind=TypeKind.NAME, name=one_spelling(path)) for path in (was, now))
        is_known = all(class_of(path) or path in self.context.new.public for path in (was, now))
        return is_known and self.context.types.relate(*types) in (Relation.OTHER, Relation.WIDER)

    def _makes_names(self, path: str) -> bool:
        module = self.context.new.modules.get(path.rpartition(".")[0])
        return module is None or module.makes_names

    def _own_symbols(self) -> Iterator[Difference]:
        """Yield each further name of a class that is now a separate class or type, with instances of its own."""
        known = self.context.new.tops
        for path, alias in self.context.old.aliases.items():
            symbol = known.get(path)
            target = self.pairing.split_aliases.get(path, alias.target if alias.is_external else "")
            before = self.context.old.public.get(target)
            is_same = symbol is not None and before is not None and getattr(before, "path", "") == symbol.path != ""
            if symbol is None or not target or is_same:
                continue
            is_type = isinstance(symbol, Class) or (
                isinstance(symbol, Variable) and symbol.kind is VariableKind.NEW_TYPE
            )
            if alias.kind == "class" and is_type and not self._includes(symbol, target):
                text = f"it was another name of `{target}`, and is a type of its own now"
                yield difference("kind-changed", self._place(path), text, old=target, new=path)
            elif path not in self.pairing.split_aliases:
                yield difference("alias-changed", self._place(path), f"`{target}` -> a {_noun(symbol)} of its own")

    def _includes(self, symbol: Top, target: str) -> bool:
        """Return True if instances of an old class are instances of a new one, according to the new side."""
        now = self.context.new.public.get(self.pairing.names().get(target, ""))
        order = now.mro if isinstance(now, Class) and isinstance(now.mro, tuple) else ()
        return isinstance(symbol, Class) and symbol.path in order

    def _without(self, side: Index, other: Index) -> Iterator[tuple[str, str]]:
        """Yield each path of a shared symbol that only one side has, with the symbol's main path on that side."""
        known = other.tops
        for path, alias in side.aliases.items():
            if path not in known and not _has(other, path) and not _is_of_old_python(path, alias):
                yield path, side.public_path(path) or alias.target
        for old_path, new_path in self.pairing.names().items():
            path = old_path if side is self.context.old else new_path
            is_missing = path not in known and not _has(other, path)
            if is_missing and old_path != new_path and old_path not in self.pairing.found_elsewhere:
                yield path, path

    def _external(self) -> Iterator[tuple[str, str]]:
        """Yield old paths of symbols of this distribution that now belong to another one."""
        for path in self.pairing.removed:
            alias = self.context.new.aliases.get(path)
            if alias is not None:
                yield path, alias.target

    def _place(self, old: str, new: str = "") -> Place:
        return Place(
            symbol=old or new,
            old=_location(self.context.old, old),
            new=_location(self.context.new, new or old),
        )


def _is_of_old_python(path: str, alias: Alias) -> bool:
    """Return True if a name is for compatibility with Python 2: `long = int`, `from __future__ import ...`."""
    is_import = alias.target.startswith("__future__.")
    return is_import or (alias.is_external and path.rpartition(".")[2] in _BUILTINS_OF_PYTHON_2)


def _is_star_imported(module: Module) -> bool:
    """Return True if users may write `import *` for a module, which few do for a module within a package."""
    return module.is_package or "." not in module.name


def _topmost(names: Collection[str] | Iterator[str]) -> tuple[str, ...]:
    """Return the modules that are below none of the others."""
    found: list[str] = []
    for name in sorted(names):
        if not _is_below(name, found):
            found.append(name)
    return tuple(found)


def _is_below(path: str, modules: Collection[str]) -> bool:
    return any(path.startswith(f"{module}.") for module in modules)


def _has(index: Index, path: str) -> bool:
    return path in index.modules or path in index.aliases


def _binds(index: Index, path: str) -> bool:
    """Return True if a name can be imported from a module in which it is not public."""
    module, _, name = path.rpartition(".")
    return module in index.modules and name in index.modules[module].further_names


def _location(index: Index, path: str) -> Location | None:
    found = index.public.get(path) or index.aliases.get(path)
    return found.location if found else None


def _noun(symbol: Top) -> str:
    return "class" if isinstance(symbol, Class) else "function" if isinstance(symbol, Function) else "variable"
