"""The templates of a dialect turn the values of a page into its text. Only this module of the family uses jinja2.

Its filters spell strings, types and names according to the flags of the dialect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial

import jinja2

from docgen.errors import RenderError
from docgen.formats.flyte.dialect import Dialect, Printing
from docgen.formats.flyte.page_model import Function, Receiver
from docgen.formats.flyte.spelling import code_cell, declared, shown_name, shown_type
from docgen.formats.markdown import cell, escape_entities, first_sentence, summary

_MARKS = re.compile("`+")


class Templates:
    """Fills in the templates of one dialect.

    Parameters:
        dialect: The format.
        filters: Filters in addition to those of the dialect: name -> function.
        values: Values for every template in addition to the flags of the dialect.
    """

    def __init__(
        self, dialect: Dialect, filters: Mapping[str, Callable[..., object]], values: Mapping[str, object]
    ) -> None:
        self._dialect = dialect
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(dialect.folders),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701 - Markdown, not HTML; entities are a flag of the dialect
        )
        self._environment.filters |= _filters(dialect.printing) | {**filters, "once": _Once().filter}
        self._environment.globals |= {"printing": dialect.printing, **values}

    def text(self, template: str, values: Mapping[str, object]) -> str:
        """Return the text of a page.

        Raises:
            RenderError: The template is wrong.
        """
        try:
            return self._environment.get_template(f"{template}.jinja").render(values)
        except jinja2.TemplateError as error:
            raise RenderError(
                f"dialect {self._dialect.name}, template {template}: {error}. Correct the template."
            ) from error


class _Once:
    """Calls a macro once for the same function, because inherited methods appear on several pages."""

    def __init__(self) -> None:
        self._texts: dict[tuple[object, ...], tuple[Function, str]] = {}

    def filter(self, macro: Callable[..., str], function: Function, *words: str) -> str:
        """Return the result of a macro for a function and words; it must not depend on anything else."""
        # By identity, because equality would compare everything. Keeping the function keeps its identity unique.
        key = (getattr(macro, "name", macro), id(function), *words)
        if key not in self._texts:
            self._texts[key] = (function, macro(function, *words))
        return self._texts[key][1]


def _filters(printing: Printing) -> dict[str, Callable[..., object]]:
    # A text appears in several places: an inherited method on the page of each class, a summary in each table.
    prose = cache(partial(escape_entities, where=printing.entities))

    @cache
    def shown_cell(text: str) -> str:
        return cell(prose(text), escapes_code=printing.escapes_bars_in_code)

    @cache
    def shown_summary(text: str) -> str:
        shown = prose(text) if printing.escapes_summaries else text
        sentence = summary(shown, printing.summaries, printing.abbreviations)
        return cell(sentence, escapes_code=printing.escapes_bars_in_code)

    @cache
    def shown_code(code: str) -> str:
        return _code(code_cell(code, printing))

    return {
        "prose": prose,
        "cell": lambda text: _padded(shown_cell(text)),
        "summary": shown_summary,
        "sentence": partial(first_sentence, abbreviations=printing.abbreviations),
        "quoted": _quoted,
        "padded": _padded,
        "code": lambda code: "" if code is None else shown_code(code),
        "escaped": lambda name: name.replace("_", r"\_"),
        "anchor": str.lower,
        "declared": partial(declared, printing=printing),
        "shown_name": partial(shown_name, printing=printing),
        "shown_type": lambda typed: _code(shown_type(typed, printing)),
        "awaited": _awaited,
        "arrow": _arrow,
    }


def _padded(text: str) -> str:
    """Return a cell's text with a space before it; an empty cell is one space wide, not two."""
    return f" {text}" if text else ""


def _quoted(text: str) -> str:
    """Return a string as a double-quoted scalar of YAML."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _code(text: str) -> str:
    """Return a string as inline code, with as many backticks as its own backticks require; empty for no text."""
    marks = "`" * (max(map(len, _MARKS.findall(text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return f"{marks}{pad}{text}{pad}{marks}" if text else ""


def _awaited(function: Function, owner: str | None) -> str:
    """Return the name of a function that can be awaited, up to its attribute `aio`."""
    if function.receiver == Receiver.INSTANCE:
        owner = f"<{owner} instance>"
    return ".".join(filter(None, (function.parent or owner, function.name)))


def _arrow(function: Function) -> str:
    return f" -> {function.returns}" if function.returns not in (None, "None") else ""
