"""A dialect: how one published format reads sources and prints pages, as data.

A dialect is a folder: `dialect.toml` with tables of flags, and jinja2 templates beside it. A dialect that `inherits`
takes every flag and template that it does not give itself from its parent. Nothing else in docgen knows one by name.
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
    """What a published format takes from the sources. Read by `build` and `docstrings`."""

    python: str = "3.12"
    """Python version whose `repr` of types and values the pages show, and whose standard library they inherit from."""
    annotations: Literal["evaluated", "written"] = "evaluated"
    """`evaluated`: as CPython prints the object at run time; `written`: the source text."""
    lists_standard_library_members: bool = False
    """Methods inherited from a class of the standard library are listed."""
    own_packages: tuple[str, ...] = ()
    """Top-level packages whose classes hand their members on; a class of any other hands them on in its own package
    only. Empty: all do."""
    lists_model_fields: bool = False
    """The constructor of a model lists its fields, whatever `__init__` the model or a base of it defines."""
    lists_function_values: bool = True
    """A class attribute whose value is a function (`field(default=f)`, a descriptor) is listed as a method."""
    lists_cached_functions: bool = False
    """A function that keeps its results (`functools.lru_cache`) is listed, though it is an object that is called."""
    lists_attributes: bool = False
    """Values that classes hold are listed: constants, members of enumerations, slots, names that are only annotated."""
    lists_every_value: bool = False
    """A public name that is neither class nor function is listed as a variable whatever it is bound to.

    An alias of a type, an object that can be called, or what cannot be known (then with a finding).
    """
    constructors: Literal["init", "call"] = "init"
    """What makes an instance: `__init__` and the fields of data classes, or all that `inspect.signature` looks at.

    That is `__new__`, the `__call__` of a metaclass, the fields of named tuples and of typed dictionaries too.
    """
    stops_at_listed_names: bool = False
    """A package that lists its names in `__all__` speaks for the modules below it: they get no pages of their own."""
    hides_members_of: tuple[str, ...] = ("pydantic.main.BaseModel",)
    """Classes whose members are not listed where they are inherited: every model would repeat them."""
    reads_enums_by_dir: bool = True
    """Of an enumeration only what `dir()` shows is listed: neither its methods nor its properties."""
    hides_marked_members: bool = False
    """A class, function or property whose docstring says `:meta private:`, or opens with `Internal:`, is left out."""
    hides_private_parameters: bool = False
    """A parameter whose name begins with an underscore is left out."""
    rewrites_roles: bool = True
    """A reST role in a docstring becomes code: its title or its path, of which after `~` the last name."""
    sections: dict[str, Literal["parameters", "returns", "raises", "notes", "examples"]] = field(
        default_factory=lambda: dict(_SECTIONS)
    )
    """Headers of the sections of a docstring, without colon -> what the section holds. Every other one is text."""
    fields: dict[str, Literal["parameter", "returns", "raises"]] = field(default_factory=lambda: dict(_FIELDS))
    """Names of the reST fields of a docstring -> what the field holds. Every other one is text."""
    admonitions: dict[str, str] = field(default_factory=dict)
    """Kind of an admonition (`!!! note`) in a docstring -> the mark of the quote that it becomes (`> [!NOTE]`).

    One of another kind has its title in bold. Empty: admonitions stay as they are written.
    """
    ends_sections: bool = True
    """False: the one section is `Args:`, and like the first `:param:` it takes all that follows it."""
    keeps_margins: bool = False
    """The docstring of a class or package is read as it is written, its margin and its line ends included."""
    aligns_nested_sections: bool = True
    """A docstring whose every section is indented is read as if its text stood at their margin."""
    cleans_docstrings_twice: bool = False
    """An inherited-or-own docstring is cleaned of its margin once more than `inspect.getdoc` does."""
    indent_cuts_text: bool = False
    """As many characters as the first line is indented are cut from every line, text among them; else blanks only."""
    returns_alone_is_text: bool = True
    """A docstring that is only a Returns section gives the text."""


@dataclass(frozen=True, kw_only=True)
class Printing:
    """What a published format shows of the model, and how. Read by `render` and `parse`."""

    packages_folder: str = ""
    """Folder of the package folders, relative to the root of the tree; empty: the root itself."""
    is_flat: bool = False
    """The reference is one folder: an index page with everything on it, and the pages of the classes beside it."""
    index_name: str = "_index"
    """Stem of the page of a folder: `_index` for Hugo, `index` for mkdocs."""
    has_front_matter: bool = True
    describes_pages: bool = False
    """The front matter of a page holds the first sentence of its text."""
    icons: dict[Literal["home", "package", "class", "protocol", "error"], str] = field(default_factory=dict)
    """Kind of page -> the icon that its front matter names."""
    marks_index_pages: bool = False
    """Index pages carry `sidebar_expanded: true`."""
    has_packages_page: bool = False
    """A page of its own lists the packages."""
    has_classes_page: bool = False
    """A page of its own lists the classes of all packages."""
    has_home_directory: bool = True
    """The home page lists everything."""
    shows_defaults: bool = True
    shows_property_types: bool = True
    """False: the column says the same in every row: that there is no annotation."""
    untyped_property: str = "None"
    """What the Type column says of a property without annotation."""
    marks_variadics: Literal["name", "kind"] = "kind"
    """What makes a parameter variadic on the page: being called `args` or `kwargs`, or being so."""
    entities: Literal["outside fences", "outside code", "never"] = "outside code"
    """Where `<` and `>` become entities."""
    escapes_summaries: bool = False
    """Entities stand in the summaries of tables too."""
    summaries: Summaries = "first stop outside code"
    """What of a string its line in a table says: its first line up to a full stop, or its first sentence."""
    abbreviations: frozenset[str] = frozenset()
    """Words whose full stop ends no first sentence, in lower case."""
    escapes_bars_in_code: bool = True
    """A bar in the code of a table cell is escaped too: where rows are split into cells before code is looked for."""
    squeezes_blank_lines: bool = False
    """A run of blank lines becomes one."""
    has_footer: bool = False
    """A line and the two addresses of the page end it."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """What a site adds to a reference; never taken from the sources."""

    title: str = ""
    """Heading of the home page; empty: the name of the distribution."""
    version: str = ""
    """As the front matter shows it; empty: the version of the reference."""
    variants: str = ""
    weight: int = 4
    """Place of the reference in the menu of its site; 0: it has none, and its landing page says nothing of a menu."""
    include: str = ""
    """Markdown that the home page carries."""
    source_base: str = ""
    """Address that a footer puts before a page's path to name its Markdown source."""
    html_base: str = ""
    """Address that a footer puts before a page's path, without `.md`, to name the page."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """One published format."""

    name: str
    reading: Reading = Reading()
    printing: Printing = Printing()
    site: Site = Site()
    """What a site adds that does not say otherwise."""
    folders: tuple[Path, ...] = ()
    """Where its templates lie, its own folder first, then its parents'."""


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
    """Return what the SDK's own decorators make of a function, by dotted path."""
    return read_effects(Path(__file__).with_name("effects.toml"))


def load_dialect(name: str) -> Dialect:
    """Return a dialect.

    Parameters:
        name: Of a dialect that comes with docgen, or the path of a folder with a `dialect.toml`.

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


def _folder(name: str, beside: Path) -> Path:
    for folder in (DIALECTS / name, beside / name):
        if (folder / "dialect.toml").is_file():
            return folder.resolve()
    known = ", ".join(dialect_names())
    question = nearest(name, dialect_names())
    raise DialectError(
        f"dialect {name}: no such dialect. {question}Known are {known}, or give a folder with dialect.toml."
    )
