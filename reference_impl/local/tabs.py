"""The HTML report that a task may write: tabs of pieces, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from reference_impl.errors import InvalidValueError

MAIN_TAB = "main"
"""The tab that every report has."""


@dataclass
class Tab:
    """One page of a report: a name and pieces of HTML."""

    name: str
    content: list[str] = field(default_factory=list)

    def log(self, content: str) -> None:
        """Add a piece of HTML."""
        self.content.append(content)

    def replace(self, content: str) -> None:
        """Put a piece of HTML in place of all others."""
        self.content = [content]

    def get_html(self) -> str:
        """Return the pieces, one a line."""
        return "\n".join(self.content)


@dataclass
class Report:
    """A report: a name and its tabs, the main tab among them."""

    name: str
    tabs: dict[str, Tab] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tabs.setdefault(MAIN_TAB, Tab(MAIN_TAB))

    def get_tab(self, name: str, create_if_missing: bool = True) -> Tab:  # noqa: FBT001, FBT002 - the signature is the contract's
        """Return a tab, by default a new one where there is none.

        Raises:
            InvalidValueError: There is none, and none is to be made.
        """
        if name not in self.tabs:
            if not create_if_missing:
                raise InvalidValueError(f"name={name!r}: no such tab. There are: {', '.join(self.tabs)}.")
            self.tabs[name] = Tab(name)
        return self.tabs[name]

    def get_final_report(self) -> str:
        """Return the report as one piece of HTML, tab by tab."""
        return "\n".join(f"<section><h1>{tab.name}</h1>\n{tab.get_html()}</section>" for tab in self.tabs.values())
