"""The HTML report of a task, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from reference_impl.errors import InvalidValueError

MAIN_TAB = "main"
"""The name of the tab that every report has."""


@dataclass
class Tab:
    """A tab of a report.

    Parameters:
        name: The name of the tab.
        content: The pieces of HTML that it consists of.
    """

    name: str
    content: list[str] = field(default_factory=list)

    def log(self, content: str) -> None:
        """Add HTML to the tab.

        Parameters:
            content: The HTML.
        """
        self.content.append(content)

    def replace(self, content: str) -> None:
        """Replace the content of the tab.

        Parameters:
            content: The HTML.
        """
        self.content = [content]

    def get_html(self) -> str:
        """Return the content of the tab."""
        return "\n".join(self.content)


@dataclass
class Report:
    """A report: a set of tabs.

    Parameters:
        name: The name of the report.
        tabs: The tabs by name; the main tab is added.
    """

    name: str
    tabs: dict[str, Tab] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tabs.setdefault(MAIN_TAB, Tab(MAIN_TAB))

    def get_tab(self, name: str, create_if_missing: bool = True) -> Tab:  # noqa: FBT001, FBT002 - the signature is the contract's
        """Return a tab.

        Parameters:
            name: The name of the tab.
            create_if_missing: Whether a tab that does not exist is added.

        Raises:
            InvalidValueError: The tab does not exist and is not to be added.
        """
        if name not in self.tabs:
            if not create_if_missing:
                raise InvalidValueError(f"name={name!r}: no such tab. The tabs are: {', '.join(self.tabs)}.")
            self.tabs[name] = Tab(name)
        return self.tabs[name]

    def get_final_report(self) -> str:
        """Return the report as HTML, tab by tab."""
        return "\n".join(f"<section><h1>{tab.name}</h1>\n{tab.get_html()}</section>" for tab in self.tabs.values())
