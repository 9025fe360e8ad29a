"""Dialects are data: inherited, validated, and every flag has an effect."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from docgen.build.inputs import Inputs
from docgen.command.check import corpus_table
from docgen.errors import DialectError, SettingError
from docgen.formats.flyte.build import build
from docgen.formats.flyte.dialect import Reading, dialect_names, load_dialect
from docgen.formats.flyte.jobs import configured
from docgen.formats.flyte.page_model import Reference
from docgen.formats.flyte.readers import read_reference
from docgen.formats.flyte.render import Renderer
from docgen.job import Job

EXAMPLES = Path(__file__).parents[2] / "examples"


JOB = Job(target="flyte==2.1.2", config=str(EXAMPLES / "flyte-2.1.toml"))


REFERENCES: dict[str, Reference] = {}


def reference_for(reading: Reading) -> Reference:
    """Return the reference with some flags; several tests share one."""
    if repr(reading) not in REFERENCES:
        config, dialect, _ = configured(JOB)
        REFERENCES[repr(reading)] = read_reference(JOB.target, replace(dialect, reading=reading), config).reference
    return REFERENCES[repr(reading)]


def write(folder: Path, name: str, text: str) -> Path:
    """Write a dialect of one file."""
    home = folder / name
    home.mkdir()
    (home / "dialect.toml").write_text(text)
    return home


def test_every_dialect_that_comes_with_docgen_loads() -> None:
    """The published ones are available under the name of their folder."""
    assert {"flyte-2.1", "flyte-2.6", "seed"} <= set(dialect_names())
    assert [load_dialect(name).name for name in dialect_names()] == list(dialect_names())


def test_a_folder_of_ones_own_inherits_flags_and_templates(tmp_path: Path) -> None:
    """Missing flags are its parent's; its own templates have precedence."""
    home = write(tmp_path, "mine", 'inherits = "seed"\n[printing]\nhas_footer = false\n')

    mine, seed = load_dialect(str(home)), load_dialect("seed")

    assert mine.printing == replace(seed.printing, has_footer=False)
    assert mine.reading == seed.reading
    assert mine.folders == (home, *seed.folders)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[printing]\nhas_foter = true\n", "Did you mean has_footer?"),
        ("[reading]\npython = 3\n", "python"),
        ("colour = 1\n", "unknown key colour"),
        ("[", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_nearest_key(tmp_path: Path, text: str, message: str) -> None:
    """A misspelt flag must not be a silent default."""
    home = write(tmp_path, "mine", text)

    with pytest.raises(SettingError, match=r".") as error:
        load_dialect(str(home))

    assert message in str(error.value)


def test_an_unknown_dialect_and_one_of_itself_are_refused(tmp_path: Path) -> None:
    """For an unknown one, the known ones are named; a circle is reported, not followed."""
    write(tmp_path, "one", 'inherits = "two"\n')
    write(tmp_path, "two", 'inherits = "one"\n')

    with pytest.raises(DialectError, match=r"Did you mean flyte-2.6\?"):
        load_dialect("flite-2.6")
    with pytest.raises(DialectError, match="inherits from itself"):
        load_dialect(str(tmp_path / "one"))


@pytest.mark.network
@pytest.mark.parametrize(
    ("group", "flag", "value"),
    [
        ("reading", "annotations", "written"),
        ("reading", "cleans_docstrings_twice", False),
        ("reading", "indent_cuts_text", False),
        ("reading", "lists_standard_library_members", False),
        ("printing", "entities", "never"),
        ("printing", "summaries", "first stop outside code"),
        ("printing", "marks_variadics", "kind"),
        ("printing", "shows_property_types", True),
    ],
)
def test_each_rule_carries_weight(shared: Path, group: str, flag: str, value: object) -> None:
    """With any rule of the dialect switched off, fewer published pages are exact."""
    include = shared / "corpus" / "include.md"
    job = replace(JOB, changes=(f"include={include}",))
    _, dialect, site = configured(job)
    dialect = replace(dialect, **{group: replace(getattr(dialect, group), **{flag: value})})

    reference = reference_for(dialect.reading)
    pages = Renderer(dialect, site, reference.version).reference(reference)
    table = corpus_table({page.path: page.text for page in pages}, shared / "corpus" / "flyte-2.1.2")

    assert not table.is_exact


@pytest.mark.parametrize("name", ["flyte-2.1", "flyte-2.2", "flyte-2.6"])
def test_a_function_that_a_field_holds_is_a_method_in_every_published_format(tmp_path: Path, name: str) -> None:
    """`field(default=f)` leaves the function on the class, where `dir()` finds it."""
    source = (
        "import dataclasses\ndef call(x: int): ...\n"
        "@dataclasses.dataclass\nclass C:\n    run: object = dataclasses.field(default=call)\n"
    )
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").write_text(source)
    inputs = Inputs(distribution="p", version="1", root=tmp_path, packages=("p",))

    (package,) = build(inputs, load_dialect(name).reading).reference.packages

    assert [method.name for method in package.classes[0].methods] == ["run"]
