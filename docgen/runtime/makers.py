"""Finds the makers of constructors, which use the names in the body of a class: `dataclass` and the like.

A maker is known by its path (`makers.toml`), or declares that it is one (`dataclass_transform`, PEP 681). It is a
decorator, a base class or a metaclass.
"""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from docgen.runtime import effects
from docgen.runtime.classes import Classes
from docgen.runtime.evaluate import Evaluator
from docgen.runtime.plain import truth_of
from docgen.runtime.values import Class, Collection, Constant, Function, Instance, Value
from docgen.trace import Memo, Trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docgen.runtime.values import Scope

_TRANSFORMS = frozenset({"typing.dataclass_transform", "typing_extensions.dataclass_transform"})


@dataclass(frozen=True, kw_only=True)
class Maker:
    """How one maker reads a class body. Source: `makers.toml`."""

    paths: tuple[str, ...] = ()
    fields: frozenset[str] = frozenset()
    """Paths of the functions that describe one field."""
    factory: str = "<factory>"
    style: Literal["dataclass", "attrs"] = "dataclass"
    takes_annotated: bool = True
    """An annotation makes a field; if False, only names that a field function is assigned to are fields by default."""
    kw_only: bool = False
    """The default of an option, unless a class sets it."""
    skips_private: bool = False
    """Names with a leading underscore are not fields."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A class that a maker was applied to."""

    maker: Maker
    options: Mapping[str, bool] = field(default_factory=dict)
    """The options of the class itself: `init`, `repr`, `kw_only`, `auto_attribs`."""

    def has(self, option: str) -> bool:
        """Return True if an option is on."""
        return self.options.get(option, self.maker.kw_only if option == "kw_only" else True)


@cache
def known_makers() -> Mapping[str, Maker]:
    """Return the makers that come with docgen, by each of their paths."""
    table = tomllib.loads(Path(__file__).with_name("makers.toml").read_text(encoding="utf-8"))
    makers = (msgspec.convert(each, Maker) for each in table["maker"])
    return {path: maker for maker in makers for path in maker.paths}


class Makers:
    """Finds the maker of a class.

    Parameters:
        evaluator: How expressions are evaluated.
        classes: What is known of classes.
        trace: Records what answers depend on.
    """

    def __init__(self, evaluator: Evaluator, classes: Classes, trace: Trace) -> None:
        self.evaluator = evaluator
        self.classes = classes
        self._made: Memo[Class, Made | None] = Memo(trace)
        self._makers: Memo[Value, Maker | None] = Memo(trace)

    def of(self, owner: Class) -> Made | None:
        """Return the maker of a class itself, not that of a decorated base; None if there is none."""
        return self._made.get(owner, lambda: self._of(owner), meanwhile=lambda: None)

    def _of(self, owner: Class) -> Made | None:
        for callee, decorator in self.classes.decorator_calls(owner):
            called, before = _without_partial(callee)
            maker = self._maker(called)
            if maker is not None:
                words = decorator.keywords if isinstance(decorator, ast.Call) else []
                given = {name: value == Constant(value=True) for name, value in before}
                return Made(maker=maker, options=given | self._options(words, owner.home))
        maker = next((maker for each in self._above(owner) if (maker := self._maker(each)) is not None), None)
        return None if maker is None else Made(maker=maker, options=self._options(owner.node.keywords, owner.home))

    def _above(self, owner: Class) -> Iterator[Value]:
        """Yield the bases of a class, and its metaclass: each may be a maker."""
        yield from self.classes.mro(owner)[1:]
        metaclass = self.classes.metaclass(owner)
        if metaclass is not None:
            yield metaclass

    def _options(self, words: list[ast.keyword], home: Scope) -> dict[str, bool]:
        found = {word.arg: truth_of(self.evaluator.evaluate(word.value, home)) for word in words if word.arg}
        return {name: truth for name, truth in found.items() if truth is not None}

    def _maker(self, value: Value) -> Maker | None:
        known = known_makers().get(effects.path_of(value) or "")
        if known is not None:
            return known
        if isinstance(value, Class | Function) and not isinstance(value.node, ast.Lambda):
            return self._makers.get(value, lambda: self._transform(value), meanwhile=lambda: None)
        return None

    def _transform(self, value: Class | Function) -> Maker | None:
        """Return the maker that a class or function declares by `dataclass_transform`, None if it does not."""
        for each in getattr(value.node, "decorator_list", ()):
            if isinstance(each, ast.Call):
                path = effects.path_of(self.evaluator.evaluate(each.func, value.home))
                if path in _TRANSFORMS:
                    return self._described(each, value.home)
        return None

    def _described(self, call: ast.Call, home: Scope) -> Maker:
        words = {word.arg: self.evaluator.evaluate(word.value, home) for word in call.keywords}
        given = words.get("field_specifiers")
        paths = [effects.path_of(each) for each in given.items] if isinstance(given, Collection) else []
        return Maker(
            fields=frozenset(path for path in paths if path),
            kw_only=words.get("kw_only_default") == Constant(value=True),
        )


def _without_partial(decorator: Value) -> tuple[Value, tuple[tuple[str, Value], ...]]:
    """Return the function and the keywords of a `functools.partial`; any other decorator is returned unchanged."""
    if isinstance(decorator, Instance) and effects.path_of(decorator.of) == "functools.partial" and decorator.args:
        return decorator.args[0], decorator.keywords
    return decorator, ()
