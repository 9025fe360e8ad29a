"""The command `docgen coverage`: a table, a number for CI, a badge."""
# ruff: noqa: PLC0415 - `docgen --help` should not import what only one command needs

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.command.options import SYMBOL, jobs_asked_for, reading_options

if TYPE_CHECKING:
    from docgen.coverage import Part

FINDINGS = 1
_GOOD, _FAIR = 90, 60
"""Percentages from which on the badge is green or yellow."""
_LETTER = 6.5
"""Width of a letter of the badge, in pixels."""


@click.command(
    short_help="Count how many symbols and parameters are documented.",
    epilog="Example: docgen coverage --fail-under 80 --badge docs/coverage.svg",
)
@reading_options
@SYMBOL
@click.option(
    "--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit with 1 below this percentage."
)
@click.option("--badge", metavar="FILE", help="Write a badge with the percentage (SVG).")
@click.option("--missing", is_flag=True, help="Name every symbol and parameter that is not documented.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def coverage(fail_under: float | None, badge: str | None, missing: bool, form: str, **options: Any) -> None:  # noqa: ANN401, FBT001 - click's options
    """Count how many symbols and parameters of TARGET are documented, by module.

    Without TARGET, those of the references of pyproject.toml, or of the project in this folder.
    """
    from docgen.command.making import read
    from docgen.coverage import count, parts_by_module
    from docgen.files import write_whole

    modules: dict[str, tuple[Part, ...]] = {}
    for job in jobs_asked_for(options, or_here=True):
        modules |= parts_by_module(read(job).reference)
    everything = [part for parts in modules.values() for part in parts]
    percent = count(everything).percent
    click.echo(_as_json(modules) if form == "json" else _as_table(modules))
    for part in everything if missing and form == "text" else ():
        if not part.is_documented:
            place = f"{part.location.file}:{part.location.line}" if part.location else "-"
            click.echo(f"{place}: {part.path} is not documented")
    if badge:
        write_whole(Path(badge), badge_svg(percent).encode())
    if fail_under is not None and percent < fail_under:
        click.echo(f"docgen: {percent:.1f} % is documented, less than the {fail_under:g} % asked for", err=True)
        sys.exit(FINDINGS)


def _rows(modules: Mapping[str, tuple[Part, ...]]) -> list[tuple[str, list[Part], list[Part]]]:
    """Return (name, symbols, parameters) for each module, and for all of them under `total`."""
    everything = tuple(part for parts in modules.values() for part in parts)
    return [
        (name, [part for part in parts if not part.is_parameter], [part for part in parts if part.is_parameter])
        for name, parts in (*modules.items(), ("total", everything))
    ]


def _as_table(modules: Mapping[str, tuple[Part, ...]]) -> str:
    from docgen.coverage import count

    rows = _rows(modules)
    width = max(len(name) for name, _, _ in rows)
    lines = [f"{'module':{width}}  {'symbols':>18}  {'parameters':>18}"]
    for name, *columns in rows:
        counted = [count(parts) for parts in columns]
        cells = [f"{f'{each.documented}/{each.total}':>11} {each.percent:4.0f} %" for each in counted]
        lines.append(f"{name:{width}}  {'  '.join(cells)}")
    whole = count([part for parts in modules.values() for part in parts])
    lines.append(f"{whole.percent:.1f} % of {whole.total} symbols and parameters are documented")
    return "\n".join(lines)


def _as_json(modules: Mapping[str, tuple[Part, ...]]) -> str:
    from docgen.coverage import count

    def counted(parts: list[Part]) -> dict[str, float]:
        found = count(parts)
        return {"documented": found.documented, "total": found.total, "percent": round(found.percent, 1)}

    # The last row, not the one of this name: a package may be called `total`.
    *tables, (_, total) = (
        (name, {"symbols": counted(own), "parameters": counted(taken)}) for name, own, taken in _rows(modules)
    )
    everything = [part for parts in modules.values() for part in parts]
    missing = [part.path for part in everything if not part.is_documented]
    whole = {"percent": counted(everything)["percent"], "total": total, "modules": dict(tables), "missing": missing}
    return json.dumps(whole, indent=1)


def badge_svg(percent: float) -> str:
    """Return a badge that shows which percentage is documented."""
    color = "#2e7d32" if percent >= _GOOD else "#8a6d00" if percent >= _FAIR else "#b3261e"
    label, value = "documented", f"{percent:.0f} %"
    left, right = (round(len(text) * _LETTER) + 12 for text in (label, value))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{label}: {value}"><title>{label}: {value}</title>'
        f'<rect width="{left}" height="20" rx="3" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" rx="3" fill="{color}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{left / 2}" y="14">{label}</text><text x="{left + right / 2}" y="14">{value}</text></g></svg>\n'
    )
