"""The spelling of names and types in a dialect, as `render` prints and `parse` reads them."""

from __future__ import annotations

from docgen.formats.flyte.dialect import Printing
from docgen.formats.flyte.page_model import Attribute, Parameter, Property, Variable
from docgen.formats.markdown import cell
from docgen.model import ParameterKind

_STARS = {ParameterKind.VAR_POSITIONAL: "*", ParameterKind.VAR_KEYWORD: "**"}
_STARS_BY_NAME = {"args": "*", "kwargs": "**"}


def stars(parameter: Parameter, printing: Printing) -> str:
    """Return the stars that a page shows for a parameter: none, one or two."""
    if printing.marks_variadics == "name":
        return _STARS_BY_NAME.get(parameter.name, "")
    return _STARS.get(parameter.kind, "")


def declared(parameter: Parameter, printing: Printing) -> str:
    """Return a parameter as the fenced signature shows it."""
    marks = stars(parameter, printing)
    name = parameter.name if printing.marks_variadics == "name" else marks + parameter.name
    annotation = parameter.annotation
    if marks and annotation is not None and printing.marks_variadics == "name":
        annotation = marks + parameter.name
    text = name if annotation is None else f"{name}: {annotation}"
    if not printing.shows_defaults or parameter.default is None:
        return text
    return f"{text} = {parameter.default}"


def shown_name(parameter: Parameter, printing: Printing) -> str:
    """Return the name as tables show it, with stars if the dialect has them in tables."""
    return parameter.name if printing.marks_variadics == "name" else stars(parameter, printing) + parameter.name


def shown_type(typed: Parameter | Property | Variable | Attribute, printing: Printing) -> str:
    """Return the type as tables show it, without the marks of code; empty if there is no annotation."""
    annotation = typed.annotation
    if isinstance(typed, Property):
        annotation = (annotation if printing.shows_property_types else None) or printing.untyped_property or None
    if isinstance(typed, Parameter) and printing.marks_variadics == "name" and (marks := stars(typed, printing)):
        annotation = marks + typed.name
    return "" if annotation is None else code_cell(annotation, printing)


def code_cell(code: str, printing: Printing) -> str:
    """Return code as it is written between its marks in a table cell."""
    return cell(code) if printing.escapes_bars_in_code else code.replace("\n", " ").strip()
