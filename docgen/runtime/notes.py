"""Collects the findings of the static runtime at nodes of modules."""

from __future__ import annotations

import ast

from docgen.findings import Finding
from docgen.runtime.budget import OverBudgetError
from docgen.runtime.values import Scope
from docgen.sources.store import Library


class Notes:
    """Adds findings to the facts that the current answer depends on.

    Parameters:
        library: The library that the modules are read from, for the paths in findings.
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
        """Return True if a text may be shown; the first refusal in a module is a finding.

        Parameters:
            characters: How many characters it has beyond those in the sources.
            node: The node that it is shown for.
            scope: The scope of the node.
        """
        meter = scope.meter
        if meter.shows(characters):
            return True
        self._library.trace.warn(0)  # it depends on what was shown before
        if not meter.is_cut:
            meter.is_cut = True
            message = f"the page would show {characters:,} characters for this"
            text = f"{message}, more than a quarter of what the module has left"
            self.add("DG205", node, scope, text, "This, and every other text that is too long, is printed as written.")
        return False

    def limit(self, node: ast.AST, scope: Scope, over: OverBudgetError) -> None:
        """Add a finding for a value that exceeds the budget."""
        if over.depends_on_order:
            self._library.trace.warn(0)
        meter = scope.meter
        is_spent = meter.steps < meter.floor
        if not (is_spent and meter.is_reported):
            meter.is_reported |= is_spent  # later values exceed the same limit
            text = f"the value is not computed: it takes {over.limit}"
            self.add(
                "DG205", node, scope, text, "It is printed as written. To print its value, give it under [overrides]."
            )
