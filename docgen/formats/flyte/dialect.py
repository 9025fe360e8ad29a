"""A dialect: how one published format reads sources and prints pages, as data.

A dialect is a folder: `dialect.toml` with tables of flags, and jinja2 templates beside it. A dialect that `inherits`
inherits every flag and template that it does not have itself from its parent. Nothing else in docgen refers to a
dialect by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from docgen.errors import DialectError
from docgen.formats.markdown import Summaries
from docgen.runtime.effects import read_effects
from docgen.settings import nearest, read_toml, settings

DIALECTS = Path(__file__).parent / "dialects"
"""The dialects that come with docgen, one folder each."""

_SECTIONS: Mapping[str, Literal["parameters", "returns", "raises", "notes", "examples"]] = {
    "Args": "parameters",
    "Arguments": "parameters",
    "Attributes": "parameters",
    "Return": "returns",
    "Returns": "returns",
    "Raises": "raises",
    "Note": "notes",
    "Notes": "notes",
    "Example": "examples",
    "Examples": "examples",
}
_FIELDS: Mapping[str, Literal["parameter", "returns", "raises"]] = {
    "param": "parameter",
    "return": "returns",
    "rtype": "returns",
    "rcode": "returns",
    "result": "returns",
    "raises": "raises",
}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a published format reads from the sources. Used by `build` and `docstrings`."""

    python: str = "3.12"
    """Python version whose `repr` of types and values the pages show, and whose standard library is inherited."""
    annotations: Literal["evaluated", "written"] = "evaluated"
    """`evaluated`: as CPython prints the object at run time; `written`: the source text."""
    lists_standard_library_members: bool = False
    """Methods inherited from a class of the standard library are listed."""
    own_packages: tuple[str, ...] = ()
    """Top-level packages whose members are inherited everywhere; those of others only within their own package.

    If empty, all are inherited.
    """
    lists_model_fields: bool = False
    """The constructor of a model lists its fields, whatever `__init__` the model or a base of it defines."""
    lists_function_values: bool = True
    """A class attribute whose value is a function (`field(default=f)`, a descriptor) is listed as a method."""
    lists_cached_functions: bool = False
    """A function that caches its results (`functools.lru_cache`) is listed, although it is a callable object."""
    lists_attributes: bool = False
    """Values of classes are listed: constants, members of enumerations, slots, names that are only annotated."""
    lists_every_value: bool = False
    """A public name that is neither class nor function is listed as a variable whatever it is bound to.

    It may be an alias of a type, a callable object, or unknown (then with a finding).
    """
    constructors: Literal["init", "call"] = "init"
    """What counts as a constructor: `__init__` and the fields of dataclasses, or everything `inspect.signature` uses.

    The latter includes `__new__`, the `__call__` of a metaclass, and the fields of named tuples and typed dictionaries.
    """
    stops_at_listed_names: bool = False
    """If a package lists its names in `__all__`, the modules below it get no pages of their own."""
    hides_members_of: tuple[str, ...] = ("pydantic.main.BaseModel",)
    """Classes whose inherited members are not listed, because every model would repeat them."""
    reads_enums_by_dir: bool = True
    """Only the names that `dir()` shows of an enumeration are listed, not its methods and properties."""
    hides_marked_members: bool = False
    """Symbols whose docstring contains `:meta private:` or begins with `Internal:` are left out."""
    hides_private_parameters: bool = False
    """A parameter whose name begins with an underscore is left out."""
    rewrites_roles: bool = True
    """A reST role in a docstring becomes code: its title, its path, or the last name of the path after `~`."""
    sections: dict[str, Literal["parameters", "returns", "raises", "notes", "examples"]] = field(
        default_factory=lambda: dict(_SECTIONS)
    )
    """Headers of the sections of a docstring, without colon -> contents of the section. Every other header is text."""
    fields: dict[str, Literal["parameter", "returns", "raises"]] = field(default_factory=lambda: dict(_FIELDS))
    """Names of the reST fields of a docstring -> contents of the field. Every other field is text."""
    admonitions: dict[str, str] = field(default_factory=dict)
    """Kind of an admonition (`!!! note`) in a docstring -> the mark of the quote that it becomes (`> [!NOTE]`).

    One of another kind has its title in bold. If empty, admonitions stay as they are written.
    """
    ends_sections: bool = True
    """If False, the only section is `Args:`, and like the first `:param:` it includes everything that follows it."""
    keeps_margins: bool = False
    """The docstring of a class or package is read as it is written, including its indentation and line ends."""
    aligns_nested_sections: bool = True
    """A docstring whose sections are all indented is read as if its text had the same indentation."""
    cleans_docstrings_twice: bool = False
    """The indentation of a docstring, own or inherited, is cleaned once more than `inspect.getdoc` does."""
    indent_cuts_text: bool = False
    """The width of the first line's indentation is cut from every line, text included; otherwise only spaces."""
    returns_alone_is_text: bool = True
    """A docstring that is only a Returns section supplies the text."""


@dataclass(frozen=True, kw_only=True)
class Printing:
    """What a published format shows of the model, and how. Used by `render` and `parse`."""

    packages_folder: str = ""
    """Folder of the package folders, relative to the root of the tree; if empty, the root itself."""
    is_flat: bool = False
    """The reference is one folder: an index page with everything on it, and the pages of the classes beside it."""
    index_name: str = "_index"
    """Stem of the page of a folder: `_index` for Hugo, `index` for mkdocs."""
    has_front_matter: bool = True
    describes_pages: bool = False
    """The front matter of a page contains the first sentence of its text."""
    icons: dict[Literal["home", "package", "class", "protocol", "error"], str] = field(default_factory=dict)
    """Kind of page -> the icon that its front matter names."""
    marks_index_pages: bool = False
    """Index pages have `sidebar_expanded: true`."""
    has_packages_page: bool = False
    """A separate page lists the packages."""
    has_classes_page: bool = False
    """A separate page lists the classes of all packages."""
    has_home_directory: bool = True
    """The home page lists everything."""
    shows_defaults: bool = True
    shows_property_types: bool = True
    """If False, the column says in every row that there is no annotation."""
    untyped_property: str = "None"
    """Text of the Type column for a property without annotation."""
    marks_variadics: Literal["name", "kind"] = "kind"
    """Which parameters are variadic on the page: those named `args` or `kwargs`, or those that really are."""
    entities: Literal["outside fences", "outside code", "never"] = "outside code"
    """In which texts `<` and `>` become entities."""
    escapes_summaries: bool = False
    """Entities are used in the summaries of tables too."""
    summaries: Summaries = "first stop outside code"
    """The part of a text that a table shows: its first line up to a full stop, or its first sentence."""
    abbreviations: frozenset[str] = frozenset()
    """Abbreviations whose full stop does not end a sentence, in lower case."""
    escapes_bars_in_code: bool = True
    """A bar in the code of a table cell is escaped too, for renderers that split rows before they look for code."""
    squeezes_blank_lines: bool = False
    """A run of blank lines becomes one."""
    has_footer: bool = False
    """A page ends with a line and its two addresses."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """What a site adds to a reference, independently of the sources."""

    title: str = ""
    """Heading of the home page; if empty, the name of the distribution."""
    version: str = ""
    """Version in the front matter; if empty, that of the reference."""
    variants: str = ""
    weight: int = 4
    """Position of the reference in the menu of its site; 0 if it has none, and its landing page no menu entry."""
    include: str = ""
    """Markdown to include in the home page."""
    source_base: str = ""
    """URL prefix of a page's Markdown source, used in the footer."""
    html_base: str = ""
    """URL prefix of a page, without `.md`, used in the footer."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """One published format."""

    name: str
    reading: Reading = Reading()
    printing: Printing = Printing()
    site: Site = Site()
    """Default values for what a site adds."""
    folders: tuple[Path, ...] = ()
    """Folders of its templates, its own folder first, then its parents'."""


@dataclass(frozen=True, kw_only=True)
class _DialectFile:
    """A `dialect.toml` as written."""

    inherits: str = ""
    reading: dict[str, object] = field(default_factory=dict)
    printing: dict[str, object] = field(default_factory=dict)
    site: dict[str, object] = field(default_factory=dict)


def dialect_names() -> tuple[str, ...]:
    """Return the names of the dialects that come with docgen, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in DIALECTS.glob("*/dialect.toml")))


def own_effects() -> Mapping[str, str]:
    """Return the effects of the SDK's own decorators on a function, by dotted path."""
    return read_effects(Path(__file__).with_name("effects.toml"))


def load_dialect(name: str) -> Dialect:
    """Return a dialect.

    Parameters:
        name: Name of a dialect that comes with docgen, or path of a folder with a `dialect.toml`.

    Raises:
        DialectError: There is no dialect of that name.
        SettingError: Its file is wrong; the message names the key and the nearest known one.
    """
    chain = _chain(name)
    tables: dict[str, dict[str, object]] = {"reading": {}, "printing": {}, "site": {}}
    for _, file in reversed(chain):
        for table, flags in tables.items():
            flags.update(getattr(file, table))
    where = f"dialect {name}, table"
    return Dialect(
        name=chain[0][0].name,
        reading=settings(tables["reading"], Reading, f"{where} [reading]"),
        printing=settings(tables["printing"], Printing, f"{where} [printing]"),
        site=settings(tables["site"], Site, f"{where} [site]"),
        folders=tuple(folder for folder, _ in chain),
    )


def _chain(name: str) -> list[tuple[Path, _DialectFile]]:
    """Return the folder and the file of a dialect, then those of its parents."""
    chain: list[tuple[Path, _DialectFile]] = []
    while name:
        folder = _folder(name, chain[-1][0].parent if chain else Path())
        if folder in [known for known, _ in chain]:
            raise DialectError(
                f"dialect {name} inherits from itself. Remove one of the keys `inherits`, for example in {folder}."
            )
        path = folder / "dialect.toml"
        chain.append((folder, settings(read_toml(path), _DialectFile, str(path))))
        name = chain[-1][1].inherits
    return chain


def _folder(name: str, home: Path) -> Path:
    for folder in (DIALECTS / name, home / name):
        if (folder / "dialect.toml").is_file():
            return folder.resolve()
    known = ", ".join(dialect_names())
    question = nearest(name, dialect_names())
    raise DialectError(
        f"dialect {name}: no such dialect. {question}Known are {known}, or give a folder with dialect.toml."
    )
