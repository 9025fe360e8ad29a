"""Limits the cost of evaluation: every expression is charged to one budget, so that hostile sources stay cheap.

It counts steps and sizes, never time, because pages must not depend on the machine. Past a limit the value is unknown
and printed as written, and one finding names the file, the line and the limit.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

RECURSION_LIMIT = 4_000
"""Limit on nested Python frames in evaluation; a tenth of those that fit into a thread's default stack (8 MiB).

The parser multiplies it by three for its own C frames, which is why it is not larger. Source: CPython 3.11,
`Python/ast.c`.
"""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of evaluation."""

    size: int = 10_000
    """Largest value, in characters of its repr. A longer module may have values as long as itself: its literals."""
    digits: int = 4_000
    """Longest integer; Python prints none above 4,300 digits."""
    nesting: int = 150
    """Deepest expression that is evaluated, including the expressions behind its names, and deepest value."""
    steps: int = 100_000
    """Steps for one module: one for each expression, and one for each 8 characters of its value."""
    steps_per_character: int = 8
    """Further steps for each character of the module, so that long modules can be evaluated as a whole."""
    ancestors: int = 80
    """Longest method resolution order; classes in use have fewer than 60 ancestors."""
    nearest: int = 16
    """Ancestors that are read if a class has more: few, because there may be chains of thousands of such classes."""
    texts: int = 100_000
    """Characters that one module may show beyond its own: reprs of named values, inherited parameters."""
    texts_per_character: int = 8
    """Further characters for each character of the module."""
    wildcards: int = 30
    """Longest chain of wildcard imports that a name is followed through; packages in use have fewer than 10."""
    starred: int = 200_000
    """Limit on the names that one module gets from wildcard imports, with repetitions."""


class OverBudgetError(Exception):
    """A limit was reached; the value is unknown."""

    def __init__(self, limit: str, *, depends_on_order: bool = False) -> None:
        super().__init__(limit)
        self.limit = limit
        """The limit as findings name it: `a value of more than 10,000 characters`."""
        self.depends_on_order = depends_on_order
        """Earlier evaluations determine where this limit is reached."""


@dataclass(kw_only=True, eq=False, slots=True)
class Meter:
    """The remaining budget of one module."""

    steps: int
    size: int
    """Largest value, in characters."""
    share: int
    """Steps that one value may take: a quarter of those of the module, so that one bomb does not affect the rest."""
    floor: int = 0
    """The remaining steps at which the evaluation of the current value stops."""
    texts: int = 0
    """Characters that the module may still show beyond those of its sources."""
    starred: int = Limits.starred
    """Names that the module may still take by wildcard imports."""
    is_reported: bool = False
    """A finding says that the steps of the value, or of the module, are used up."""
    is_cut: bool = False
    """A finding says that a text was too long for what was left of them."""

    def begin(self) -> int:
        """Begin a value; return the argument for `end`."""
        before, self.floor = self.floor, max(0, self.steps - self.share)
        self.is_reported &= self.steps < 0
        return before

    def end(self, before: int) -> None:
        """End a value."""
        self.floor = before

    def shows(self, characters: int) -> bool:
        """Charge the characters of a text, unless it needs more than a quarter of the rest.

        Thus the longest texts are refused first, and short ones hardly ever.
        """
        if characters > self.texts >> 2:
            return False
        self.texts -= max(characters, 0)
        return True


@dataclass(kw_only=True, eq=False)
class Budget:
    """The limits of one build and the current depth of evaluation.

    Parameters:
        limits: The limits.
    """

    limits: Limits = field(default_factory=Limits)
    depth: int = 0

    @property
    def is_deep(self) -> bool:
        """Whether a third of the nesting is used, so that loops have to replace recursion."""
        return self.depth * 3 > self.limits.nesting

    def meter(self, characters: int) -> Meter:
        """Return the meter of a module of that many characters."""
        limits = self.limits
        steps = limits.steps + limits.steps_per_character * characters
        texts = limits.texts + limits.texts_per_character * characters
        size = max(limits.size, characters)
        return Meter(steps=steps, size=size, share=steps // 4, texts=texts, starred=limits.starred)

    def enter(self) -> None:
        """Go one level deeper.

        Raises:
            OverBudgetError: The expression is nested too deeply.
        """
        self.depth += 1
        if self.depth > self.limits.nesting:
            raise OverBudgetError(f"more than {self.limits.nesting} nested expressions", depends_on_order=True)

    def leave(self, meter: Meter, size: int, depth: int) -> None:
        """Go one level up, with a value.

        Parameters:
            meter: The meter of the module that contains the expression.
            size: Size of the value in characters.
            depth: Depth of the value in levels.

        Raises:
            OverBudgetError: The value is too large, or the module has used up its steps.
        """
        self.depth -= 1
        self.charge(meter, size, depth)

    def charge(self, meter: Meter, size: int, depth: int = 0) -> None:
        """Count the steps that a value took, and refuse it if it exceeds a limit.

        Raises:
            OverBudgetError: The value is too large, or the module has used up its steps.
        """
        meter.steps -= 1 + (size >> 3)
        if size > meter.size or depth > self.limits.nesting or meter.steps < meter.floor:
            self.refuse(meter, size, depth)

    def refuse(self, meter: Meter, size: int, depth: int = 0) -> None:
        """Raise the error of the limit that a value exceeds, if any.

        Raises:
            OverBudgetError: The value is too large, or the module has used up its steps.
        """
        if size >= UNPRINTABLE:
            raise OverBudgetError(f"an integer of more than {self.limits.digits:,} digits")
        if size > meter.size:
            raise OverBudgetError(f"a value of more than {meter.size:,} characters")
        if depth > self.limits.nesting:
            raise OverBudgetError(f"a value of more than {self.limits.nesting} levels")
        if meter.steps < meter.floor:
            of = "module" if meter.steps < 0 else "value"
            raise OverBudgetError(f"the steps that one {of} may take", depends_on_order=True)


UNPRINTABLE = sys.maxsize
"""Size of an integer with more digits than Python prints."""

MAX_BITS = Limits.digits * 10 // 3
"""Bits of the longest integer that is printed; ten bits are about three digits."""

_NUMBER = re.compile(r"\d+")


def size_of(value: object) -> int:
    """Return the approximate length of the repr of a constant; `UNPRINTABLE` for integers that have none."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, int):
        bits = value.bit_length()
        return 1 + bits * 3 // 10 if bits <= MAX_BITS else UNPRINTABLE
    if isinstance(value, tuple | list | set | frozenset):
        return sum(map(size_of, value), 1)
    if isinstance(value, dict):
        return sum(map(size_of, value), 1) + sum(map(size_of, value.values()))
    return 1


def most(operation: str, operands: Iterable[object]) -> int:
    """Return an upper bound for the size of the result of an operation on constants, without running it.

    Parameters:
        operation: Name of an operator of `operator`, a method of strings or a builtin.
        operands: Its operands, the receiver of a method first.
    """
    given = list(operands)
    sizes = [size_of(each) for each in given]
    numbers = [abs(each) for each in given if isinstance(each, int)]
    if operation == "mul":
        return max(sizes) * max(numbers) if len(numbers) == 1 else sum(sizes)
    if operation in {"pow", "lshift"}:
        return _most_of_power(given, sizes)
    if operation in {"mod", "format"} and isinstance(given[0], str | bytes):
        return _most_of_format(given, sizes)
    if operation in {"replace", "join"}:
        return sizes[0] * sizes[-1] + sum(sizes)
    # The integer of a short decimal may have a billion digits.
    is_unknown = operation == "int" and not all(isinstance(each, str | bytes | int | float) for each in given)
    return UNPRINTABLE if is_unknown else sum(sizes)


def _most_of_power(given: list[object], sizes: list[int]) -> int:
    base, exponent = given
    if isinstance(base, float) or isinstance(exponent, float):
        return 1
    return max(sizes[0], 1) * abs(exponent) if isinstance(exponent, int) else UNPRINTABLE


def _most_of_format(given: list[object], sizes: list[int]) -> int:
    """Return the bound for `%` and `format`: each field may repeat an argument, and be as wide as its number."""
    template = given[0]
    text = template.decode("latin-1") if isinstance(template, bytes) else str(template)
    fields = text.count("%") + text.count("{")
    # A number of more than nine digits is not a realistic width.
    widths = sum(int(each[:10]) for each in _NUMBER.findall(text))
    if "*" in text or re.search(r"{[^}]*{", text):  # the width is an argument
        widths += sum(_integers(given[1:]))
    return len(text) + fields * max(sizes[1:], default=0) + widths


def _integers(values: Iterable[object]) -> Iterator[int]:
    """Yield the integers among some values and in the collections among them."""
    for each in values:
        if isinstance(each, int):
            yield abs(each)
        elif isinstance(each, dict):
            yield from _integers(each.values())
        elif isinstance(each, tuple | list):
            yield from _integers(each)


@contextmanager
def deep_stack() -> Iterator[None]:
    """Allow evaluation as many nested frames as its limits need, however many the caller has used."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@lru_cache(maxsize=1)
def _text(path: Path) -> str:
    """Return the text of a file, as far as it is UTF-8."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # removed since it was read
        return ""


class _Writer(ast.NodeTransformer):
    """Replaces integers that have too many digits to print by their hexadecimal form."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        is_unprintable = isinstance(node.value, int) and size_of(node.value) >= UNPRINTABLE
        return ast.Name(id=hex(node.value), ctx=ast.Load()) if is_unprintable else node  # type: ignore[arg-type] # an integer


def written(node: ast.AST | None, path: Path | None = None) -> str:
    """Return an expression or statement as its author wrote it, spaces and quotes as `ast.unparse` sets them.

    Parameters:
        node: The expression; None gives an empty string.
        path: File of its module, which is read again for expressions nested too deeply for `ast.unparse`.

    Returns:
        An ellipsis for an expression that is nested too deeply, if there is no file or the file cannot be read.
    """
    if node is None:
        return ""
    if isinstance(node, ast.Name):  # most annotations: `ast.unparse` takes thirty times as long
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    try:
        return ast.unparse(node)
    except RecursionError:
        return (ast.get_source_segment(_text(path), node) if path else None) or "..."
    except ValueError:
        return ast.unparse(_Writer().visit(deepcopy(node)))
