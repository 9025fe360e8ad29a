"""Builds the model from sources; every rule contributes to the published pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from docgen.build.inputs import Inputs
from docgen.config import load_config
from docgen.errors import SymbolError
from docgen.formats.flyte.build import Built, build
from docgen.formats.flyte.dialect import Dialect, Reading, load_dialect, own_effects
from docgen.formats.flyte.page_model import ClassKind, Receiver
from docgen.formats.flyte.render import Renderer
from docgen.reading import prepare

ROOT = Path(__file__).parents[2]


def built(folder: Path, files: Mapping[str, str], reading: Reading | None = None, symbol: str | None = None) -> Built:
    """Write a package `p` and build its reference."""
    for name, text in files.items():
        (folder / "p" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "p" / name).write_text(text, encoding="utf-8")
    inputs = Inputs(distribution="p", version="1", root=folder, packages=("p",))
    return build(inputs, reading or Reading(), symbol=symbol)


def test_inherited_members_are_listed_with_their_origin(tmp_path: Path) -> None:
    """A method of a base class is listed on every subclass, with an inherited docstring if it has none."""
    source = (
        "class Base:\n    def a(self, x: int) -> str:\n        '''Do a.'''\n    def b(self): '''Do b.'''\n"
        "class Sub(Base):\n    def b(self, more=1): ...\n"
    )

    (package,) = built(tmp_path, {"__init__.py": source}).reference.packages

    methods = {each.name: each for each in package.classes[1].methods}
    assert methods["a"].inherited_from == "p.Base"
    assert methods["b"].inherited_from is None
    assert methods["b"].docstring.text == "Do b."
    assert [each.name for each in methods["a"].parameters] == ["x"]


def test_receivers_and_kinds(tmp_path: Path) -> None:
    """Classes belong to three groups; a method knows its receiver."""
    source = (
        "import typing\nclass Err(ValueError): ...\nclass Proto(typing.Protocol): ...\nclass C:\n"
        "    def i(self): ...\n    @classmethod\n    def c(cls, x): ...\n    @staticmethod\n    def s(x): ...\n"
    )

    (package,) = built(tmp_path, {"__init__.py": source}).reference.packages

    assert {each.name: each.kind for each in package.classes} == {
        "C": ClassKind.CLASS,
        "Err": ClassKind.ERROR,
        "Proto": ClassKind.PROTOCOL,
    }
    methods = {each.name: (each.receiver, len(each.parameters)) for each in package.classes[0].methods}
    assert methods == {"c": (Receiver.CLASS, 1), "i": (Receiver.INSTANCE, 0), "s": (Receiver.NONE, 1)}


def test_alias_counts_as_what_it_stands_for(tmp_path: Path) -> None:
    """An assignment of a class or function is listed as one, under its own name."""
    source = "__all__ = ['New', 'run']\nclass _Old: ...\ndef _go(): ...\nNew = _Old\nrun = _go\n"

    (package,) = built(tmp_path, {"__init__.py": source}).reference.packages

    assert [each.name for each in package.classes] == ["New"]
    assert [each.name for each in package.functions] == ["run"]


def test_decorator_may_give_another_docstring(tmp_path: Path) -> None:
    """A wrapper keeps the signature, and has the docstring that the decorator assigns."""
    source = (
        "import functools\ndef sync(f):\n    @functools.wraps(f)\n    def inner(*args): ...\n"
        "    doc = f.__doc__ or ''\n    inner.__doc__ = f'Sync {f.__name__}.\\n\\n{doc}'\n    return inner\n"
        "async def run(x: int):\n    '''Run.'''\nrun_sync = sync(run)\n"
    )

    (package,) = built(tmp_path, {"__init__.py": source}).reference.packages

    found = {each.name: each for each in package.functions}["run_sync"]
    assert [each.name for each in found.parameters] == ["x"]
    assert found.docstring.text == "Sync run.\n\nRun."


def test_one_symbol_and_its_absence(tmp_path: Path) -> None:
    """One symbol gives a reference with nothing else; a missing name is a usage error."""
    files = {"__init__.py": "class A: ...\nclass B: ...\n"}

    (package,) = built(tmp_path, files, symbol="p.A").reference.packages

    assert [each.name for each in package.classes] == ["A"]
    with pytest.raises(SymbolError, match=r"p\.Gone"):
        built(tmp_path, files, symbol="p.Gone")


def test_public_name_without_page_is_a_finding(tmp_path: Path) -> None:
    """A listed name that no page can show is named with its line."""
    result = built(tmp_path, {"__init__.py": "import typing\n__all__ = ['T', 'gone']\nT = typing.List[int]\n"})

    assert [(each.code, each.line) for each in result.findings] == [("DG103", 2), ("DG106", 3)]


def test_package_with_listed_names_may_speak_for_its_modules(tmp_path: Path) -> None:
    """With the flag on, modules below a package with `__all__` have no pages; without `__all__`, they do."""
    files = {"__init__.py": "from .a import f\n__all__ = ['f']\n", "a.py": "def f(): ...\ndef g(): ...\n"}

    flat = built(tmp_path, files, Reading(stops_at_listed_names=True))
    deep = built(tmp_path, files)

    assert [each.name for each in flat.reference.packages] == ["p"]
    assert [each.name for each in deep.reference.packages] == ["p", "p.a"]


def score(dialect: Dialect, inputs: Inputs, pages: Path) -> int:
    """Return how many published pages are exact."""
    config = load_config(ROOT / "examples" / "flyte-2.1.toml", version="2.1.2").config
    include = (pages.parent / "include.md").read_text(encoding="utf-8")
    site = replace(dialect.site, title=config.title, variants=dialect.site.variants, include=include)
    reference = build(inputs, dialect.reading).reference
    rendered = Renderer(dialect, site, reference.version).reference(reference)
    return sum(
        (pages / page.path).read_text(encoding="utf-8") == page.text
        for page in rendered
        if (pages / page.path).is_file()
    )


@pytest.mark.network
def test_every_rule_carries_its_part_of_the_published_pages(shared: Path) -> None:
    """All pages of a release are exact; with any one of these rules off, fewer are."""
    dialect = load_dialect("flyte-2.1")
    config = load_config(ROOT / "examples" / "flyte-2.1.toml", version="2.1.2").config
    inputs = prepare("flyte==2.1.2", config, dialect.reading.python, own_effects()).inputs
    pages = shared / "corpus" / "flyte-2.1.2"
    off = {
        "annotations as written": replace(dialect.reading, annotations="written"),
        "enumerations in full": replace(dialect.reading, reads_enums_by_dir=False),
        "no standard library members": replace(dialect.reading, lists_standard_library_members=False),
        "members of models": replace(dialect.reading, hides_members_of=()),
    }

    scores = {name: score(replace(dialect, reading=reading), inputs, pages) for name, reading in off.items()}
    scores["no other sources"] = score(dialect, replace(inputs, search=()), pages)

    published = len(list(pages.rglob("*.md")))
    assert score(dialect, inputs, pages) == published
    assert all(found < published for found in scores.values()), scores


HIDDEN = '''
"""A module."""


class Kept:
    """A class."""

    def run(self, size: int, _tracker: object = None) -> None:
        """Run.

        :meta public:
        """

    def _own(self) -> None: ...

    def marked(self) -> None:
        """Marked.

        :meta private:
        """

    @property
    def told(self) -> int:
        """Internal: of no use to others."""
        return 1

    def mentions(self) -> None:
        """Kept. Internal: is a word of it."""


class Marked:
    """A class.

    :meta private:
    """


def helper() -> None:
    """Internal: a function."""
'''


def test_what_docstrings_mark_as_private_is_left_out_where_the_dialect_says_so(tmp_path: Path) -> None:
    """Classes, functions, properties and parameters; the field itself is not text."""
    hides = Reading(hides_marked_members=True, hides_private_parameters=True)

    (plain,) = built(tmp_path, {"__init__.py": HIDDEN}).reference.packages
    (hiding,) = built(tmp_path, {"__init__.py": HIDDEN}, hides).reference.packages

    assert [*(each.name for each in plain.classes), *(each.name for each in plain.functions)] == [
        "Kept",
        "Marked",
        "helper",
    ]
    assert [*(each.name for each in hiding.classes), *(each.name for each in hiding.functions)] == ["Kept"]
    kept = hiding.classes[0]
    assert [method.name for method in kept.methods] == ["mentions", "run"]
    assert not kept.properties
    assert [each.name for each in kept.methods[1].parameters] == ["size"]
    assert kept.methods[1].docstring.text == "Run."


def test_members_of_other_packages_are_not_handed_on_where_the_dialect_names_its_own(tmp_path: Path) -> None:
    """A class of another package gives its members to classes of its own package only; a named one to all."""
    for name in ("other", "kin"):
        (tmp_path / f"{name}.py").write_text(f"class Base:\n    def of_{name}(self): ...\n")
    source = "import kin\nimport other\nclass C(other.Base, kin.Base):\n    def own(self): ...\n"

    (plain,) = built(tmp_path, {"__init__.py": source}).reference.packages
    (package,) = built(tmp_path, {"__init__.py": source}, Reading(own_packages=("kin",))).reference.packages

    assert [each.name for each in plain.classes[0].methods] == ["of_kin", "of_other", "own"]
    assert [each.name for each in package.classes[0].methods] == ["of_kin", "own"]


def test_public_module_needs_no_finding(tmp_path: Path) -> None:
    """A module that `__all__` lists has its own page; nothing is missing."""
    files = {"__init__.py": "from . import part\n__all__ = ['part']\n", "part.py": "def f(): ...\n"}

    assert not built(tmp_path, files).findings


def test_a_model_lists_its_fields_where_the_dialect_says_so(tmp_path: Path) -> None:
    """For any `__init__` of a base; otherwise, its parameters come first, as at run time."""
    (tmp_path / "pydantic" / "_internal").mkdir(parents=True)
    (tmp_path / "pydantic" / "_internal" / "__init__.py").touch()
    (tmp_path / "pydantic" / "_internal" / "_model_construction.py").write_text("class ModelMetaclass(type): ...\n")
    (tmp_path / "pydantic" / "__init__.py").write_text(
        "from pydantic._internal._model_construction import ModelMetaclass\n"
        "class BaseModel(metaclass=ModelMetaclass):\n    def __init__(self, **data): ...\n"
    )
    source = (
        "import pydantic\nclass Base(pydantic.BaseModel):\n    def __init__(self, *args, **kwargs): ...\n"
        "class Model(Base):\n    size: int\n"
    )

    (plain,) = built(tmp_path, {"__init__.py": source}).reference.packages
    (listing,) = built(tmp_path, {"__init__.py": source}, Reading(lists_model_fields=True)).reference.packages

    constructors = [package.classes[1].constructor for package in (plain, listing)]
    assert [[each.name for each in found.parameters] for found in constructors if found] == [["args", "size"], ["size"]]
