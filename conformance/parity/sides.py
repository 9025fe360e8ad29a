"""The two sides of a parity check as models of the same symbols, ready to be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from docgen.config import load_config
from docgen.errors import SymbolError
from docgen.findings import Finding
from docgen.formats.flyte.build import Built, build
from docgen.formats.flyte.compare import Difference, compare
from docgen.formats.flyte.dialect import load_dialect
from docgen.formats.flyte.page_model import Class, Package, Reference
from docgen.formats.flyte.readers import dialect_of, read_reference
from docgen.formats.flyte.visible import visible_reference
from docgen.reading import prepare

DEFAULT_DIALECT = "flyte-2.6"
"""For a contract that is not a single page. This format shows the most."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How an implementation compares with a contract."""

    differences: tuple[Difference, ...]
    """The differences. Descriptions are left out, because an implementation has its own."""
    findings: tuple[Finding, ...] = ()
    """Places where the contract contradicts itself, and what could not be read."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """For a contract that is one page, the line of each symbol."""

    def line(self, path: str) -> int:
        """Return the line of a symbol on the page, or that of what it is in."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("("), 0)]
        return self.lines.get(path, 1)


def compare_with_contract(target: str, against: str, *, dialect: str = "", symbol: str = "") -> Comparison:
    """Return how the API of an implementation differs from a contract.

    Parameters:
        target: As `find_sources` takes it; it is read, never imported.
        against: Page, folder of pages, dump or target that says what is due.
        dialect: Of the pages; empty: recognised.
        symbol: The implementation's class, where its path is not the contract's under another top-level package.

    Raises:
        DocgenError: One of the two cannot be read.
    """
    known = load_dialect(dialect) if dialect else dialect_of(against, load_dialect(DEFAULT_DIALECT))
    config = load_config(None).config
    contract = read_reference(against, known, config)
    prepared = prepare(target, config, known.reading.python)
    wanted = _only_symbol(contract.reference)
    if wanted and not symbol:
        symbol = _under(prepared.inputs.packages[0], wanted)
    try:
        built = build(prepared.inputs, known.reading, symbol=symbol or None)
    except SymbolError:
        # The implementation lacks the very class that the contract speaks of: a difference, not a wrong use.
        due = contract.reference.packages[0]
        built = Built(reference=Reference(distribution="", version="", packages=(Package(name=due.name),)), findings=())
    ours = _named_like(built.reference, contract.reference, is_one=bool(wanted))
    sides = (contract.reference, ours)
    if contract.is_published:
        sides = (visible_reference(sides[0], known.printing), visible_reference(sides[1], known.printing))
    differences = tuple(each for each in compare(*sides) if not each.is_docs)
    return Comparison(
        differences=differences,
        findings=(*prepared.findings, *contract.findings, *built.findings),
        lines=contract.lines,
    )


def _only_symbol(reference: Reference) -> str:
    """Return the path of the only class in a contract, empty if there are more symbols."""
    classes = [class_ for package in reference.packages for class_ in package.classes]
    others = [each for package in reference.packages for each in (*package.functions, *package.variables)]
    return f"{classes[0].package}.{classes[0].name}" if len(classes) == 1 and not others else ""


def _under(package: str, path: str) -> str:
    """Return a path with its first name replaced."""
    return ".".join((package, *path.split(".")[1:]))


def _named_like(ours: Reference, contract: Reference, *, is_one: bool) -> Reference:
    """Return the implementation's model, with the contract's names where only the top-level package differs."""
    if not contract.packages:
        return ours
    if is_one:
        due = contract.packages[0]
        class_ = ours.packages[0].classes[0] if ours.packages[0].classes else None
        classes = (replace(class_, name=due.classes[0].name, package=due.name),) if class_ else ()
        return replace(ours, packages=(Package(name=due.name, classes=classes),))
    top = contract.packages[0].name.split(".")[0]
    return replace(ours, packages=tuple(_renamed(package, _under(top, package.name)) for package in ours.packages))


def _renamed(package: Package, name: str) -> Package:
    def moved(class_: Class) -> Class:
        return replace(class_, package=name)

    return replace(package, name=name, classes=tuple(map(moved, package.classes)))
