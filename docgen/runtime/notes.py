"""Findings of the static runtime: what was noticed at a node of a module."""

from __future__ import annotations

import ast

from docgen.findings import Finding
from docgen.runtime.budget import OverBudgetError
from docgen.runtime.values import Scope
from docgen.sources.store import Library


class Notes:
    """Adds findings to what the current answer rests on.

    Parameters:
        library: That the modules are read from; it knows how their paths are shown.
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    def add(self, code: str, node: ast.AST, scope: Scope, text: str, hint: str = "") -> None:
        """Add a finding at a node."""
        finding = Finding(
            path=self._library.display(scope.source.path),
            line=getattr(node, "lineno", 1),
            column=getattr(node, "col_offset", 0) + 1,
            code=code,
            text=text,
            hint=hint,
        )
        self._library.trace.add(finding)

    def shows(self, characters: int, node: ast.AST, scope: Scope) -> bool:
        """Return True if a text may be shown; the first one of a module that may not be is a finding.

        Parameters:
            characters: How many it has beyond those that stand in the sources for it.
            node: What stands there.
            scope: Where that is.
        """
        meter = scope.meter
        if meter.shows(characters):
            return True
        self._library.trace.warn(0)  # what was shown before decides
        if not meter.is_cut:
            meter.is_cut = True
            said = f"the page would show {characters:,} characters for this"
            text = f"{said}, more than a quarter of what the module has left"
            self.add("DG205", node, scope, text, "This, and whatever else is too long, is printed as written.")
        return False

    def limit(self, node: ast.AST, scope: Scope, over: OverBudgetError) -> None:
        """Add a finding for a value that is past the budget."""
        if over.depends_on_order:
            self._library.trace.warn(0)
        meter = scope.meter
        is_spent = meter.steps < meter.floor
        if not (is_spent and meter.is_told):
            meter.is_told |= is_spent  # what follows is past the same limit
            text = f"the value is not computed: it takes {over.limit}"
            self.add(
                "DG205", node, scope, text, "It is printed as written. To print its value, give it under [overrides]."
            )
