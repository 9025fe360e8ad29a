"""User-defined contracts: the one to start from, drafts of an API, and the gaps that a check finds."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from conformance.authoring import api
from conformance.authoring.draft import Drafts, chosen_class, drafts_from, slug
from conformance.authoring.new import files_of_drafts, new_contract, prefix_of
from conformance.engine.contract import find_contract
from conformance.errors import ConformanceError, Deviation, Gap, UsageError
from conformance.mutants import grade
from conformance.mutants.grade import Grading
from docgen.compare.sides.read import read_side
from docgen.config import ReferenceConfig
from docgen.symbols import Index

SOURCE = '''\
"""Stores of bytes."""

from collections.abc import AsyncIterator
from typing import Protocol


class GoneError(Exception):
    """There is no such key."""


class Store(Protocol):
    """Keeps bytes by key."""

    name: str

    @property
    def size(self) -> int:
        """How many keys there are."""

    def get(self, key: str, /, default: bytes | None = None, *, strict: bool) -> bytes:
        """Return what is kept.

        Raises:
            GoneError: There is no such key.
            ValueError: The key is empty.
        """

    async def put(self, key: str, *values: bytes, **tags: str) -> None:
        """Keep something."""

    def scan(self) -> AsyncIterator[str]:
        """Return the keys."""

    async def watch(self, since: int = 0) -> AsyncIterator[str]:
        """Yield keys as they change."""
        yield ""

    def _private(self) -> None: ...


class Right:
    """Keeps what the protocol promises, in its own way."""

    name = "right"
    size = 0

    def get(self, key, default=None, more=1, *, strict, **_): ...
    async def put(self, *everything, **tags): ...
    def scan(self): ...

    async def watch(self, since=0):
        yield ""


class Wrong(Right):
    """Breaks four of the promises."""

    def get(self, key, default, *, strict): ...
    def put(self, *everything, **tags): ...
    async def scan(self): ...
    watch = None
'''


def conformance(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    command = [sys.executable, "-P", "-m", "conformance", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a module, and the contract that is drafted from its protocol."""
    folder = tmp_path_factory.mktemp("drafted")
    (folder / "shop.py").write_text(SOURCE, encoding="utf-8")
    result = conformance(folder, "new-contract", "stores", "--from", "shop.py")
    assert result.returncode == 0, result.stderr
    return folder


# ---- a contract to start from


def test_a_new_contract_passes_its_own_checks(tmp_path: Path) -> None:
    """It runs at once on its model, has a property and a mutant for each rule, and has no gaps."""
    result = conformance(tmp_path, "new-contract", "stacks")
    checked = conformance(tmp_path, "check-contract", "stacks")
    run = conformance(tmp_path, "run", "--contract", "stacks", "stacks.model:Model", "--examples", "smoke")

    assert result.returncode == checked.returncode == run.returncode == 0, checked.stdout + checked.stderr + run.stdout
    assert "3 of 3 mutants are caught by a rule that they name\nnothing is missing\n" in checked.stdout
    assert re.search(r"passed/required\s+3/3", run.stdout)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """An existing folder is not changed, empty or not."""
    (tmp_path / "stacks").mkdir()

    result = CliRunner().invoke(new_contract, [str(tmp_path / "stacks")])

    assert isinstance(result.exception, UsageError)
    assert "exists already, and is not overwritten" in str(result.exception)
    assert list((tmp_path / "stacks").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["two-words"], "cannot be that name"),
        (["json"], "cannot be that name"),
        (["mine", "--symbol", "Store"], "Give both"),
        (["mine", "--from", "nothing_there.py"], "--from nothing_there.py"),
        (["mine", "--from", "shop.py", "--symbol", "Stores"], "Did you mean shop.Store?"),
        (["mine", "--from", "shop.py", "--symbol", "GoneError"], "no public method or attribute"),
        (
            ["mine", "--from", "both.py"],
            "2 protocols. Name one or another class with --symbol: both.A, both.B",
        ),
        (["mine", "--from", "two.py"], "there are 2 classes. Name one with --symbol: two.A, two.B"),
    ],
)
def test_what_cannot_be_drafted_is_one_clear_line(
    drafted: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    """The message says what to write instead, and no folder is left behind."""
    (drafted / "two.py").write_text("class A:\n    def a(self): ...\n\n\nclass B:\n    def b(self): ...\n")

    protocols = "from typing import Protocol\nclass A(Protocol): ...\nclass B(Protocol): ...\nclass C: ...\n"
    (drafted / "both.py").write_text(protocols)

    monkeypatch.chdir(drafted)

    result = CliRunner().invoke(new_contract, arguments)

    assert isinstance(result.exception, UsageError)
    assert words in str(result.exception)
    assert not (drafted / "mine").exists()


# ---- drafts


def test_a_class_is_named_by_any_path_of_it(tmp_path: Path) -> None:
    """The path of the definition names the class that the package exports, as `docgen build --symbol` does."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").write_text("from pkg._inner import A, B\n__all__ = ['A', 'B']\n")
    (tmp_path / "pkg" / "_inner.py").write_text("class A:\n    def a(self): ...\nclass B: ...\n")
    index = Index(read_side(str(tmp_path / "pkg"), ReferenceConfig()).reference)

    assert {chosen_class(index, symbol)[0] for symbol in ("pkg.A", "pkg._inner.A", "A")} == {"pkg.A"}


def test_the_only_class_need_not_be_named(tmp_path: Path) -> None:
    """A module or a page with one class says enough."""
    (tmp_path / "one.py").write_text("class A:\n    def a(self): ...\n")
    index = Index(read_side(str(tmp_path / "one.py"), ReferenceConfig()).reference)

    assert chosen_class(index, "")[0] == "one.A"


def test_names_signatures_kinds_and_exceptions_become_rules(drafted: Path) -> None:
    """The code of the protocol becomes rules; the text of its docstrings is marked as to be written."""
    listed = conformance(drafted, "rules", "--contract", "stores").stdout
    catalogue = (drafted / "stores" / "catalogue" / "api.toml").read_text(encoding="utf-8")

    assert [line.split(maxsplit=2)[2] for line in listed.splitlines()] == [
        "There is an attribute name.",
        "There is an attribute size.",
        "There is a method get().",
        "get() takes every call that get(key, /, default=..., *, strict) takes.",
        "get() is a plain method.",
        "There is the exception class GoneError, which get() is documented to raise.",
        "There is the exception class ValueError, which get() is documented to raise.",
        "There is a method put().",
        "put() takes every call that put(key, *values, **tags) takes.",
        "put() is a coroutine function.",
        "There is a method scan().",
        "scan() takes every call that scan() takes.",
        "scan() is a plain method.",
        "There is a method watch().",
        "watch() takes every call that watch(since=...) takes.",
        "watch() is an async generator function.",
    ]
    assert [line for line in catalogue.splitlines() if line.startswith("# To be written")] == [
        "# To be written: what Store promises. Its docstring begins: Keeps bytes by key.",
        "# To be written: what size is. Its docstring begins: How many keys there are.",
        "# To be written: what get() does. Its docstring begins: Return what is kept.",
        "# To be written: get() raises GoneError: There is no such key.",
        "# To be written: get() raises ValueError: The key is empty.",
        "# To be written: what put() does. Its docstring begins: Keep something.",
        "# To be written: what scan() does. Its docstring begins: Return the keys.",
        "# To be written: what watch() does. Its docstring begins: Yield keys as they change.",
    ]
    assert "put() does. Its docstring begins: Keep something.\n# [STO-106]" in catalogue


@pytest.mark.thorough
def test_a_draft_passes_its_own_checks(drafted: Path) -> None:
    """Its model conforms to every rule, and each of its mutants is caught; the parts to be written are counted."""
    checked = conformance(drafted, "check-contract", "stores")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "14 of 14 mutants are caught by a rule that they name" in checked.stdout
    assert "8 rules are still to be written: STO-101, STO-102, STO-103, STO-104" in checked.stdout


def test_a_draft_separates_right_from_wrong(drafted: Path) -> None:
    """An implementation may accept more, in other ways; one that accepts less deviates at each place."""
    options = ("run", "--contract", "stores", "--examples", "smoke")
    right = conformance(drafted, *options, "shop:Right")
    wrong = conformance(drafted, *options, "shop:Wrong")

    assert right.returncode == 0, right.stdout
    assert wrong.returncode == 1, wrong.stdout
    found = re.findall(r"^shop:Wrong: (STO-\d+) deviates", wrong.stdout, re.MULTILINE)
    assert found == ["STO-04", "STO-10", "STO-13", "STO-15", "STO-16"]
    assert "get(key, strict=strict): missing a required argument: 'default'" in wrong.stdout


@pytest.mark.thorough
def test_a_page_is_drafted_as_sources_are(drafted: Path, tmp_path: Path) -> None:
    """A page shows names and parameters; facts that it does not show are not rules."""
    pages = [sys.executable, "-P", "-m", "docgen", "build", "shop.py", "--out", str(tmp_path / "pages")]
    subprocess.run(pages, cwd=drafted, capture_output=True, check=True)
    page = next(path for path in (tmp_path / "pages").rglob("*.md") if "def get(" in path.read_text(encoding="utf-8"))

    result = conformance(tmp_path, "new-contract", "paged", "--from", str(page), "--symbol", "Store")
    checked = conformance(tmp_path, "check-contract", "paged")

    assert result.returncode == checked.returncode == 0, result.stderr + checked.stdout + checked.stderr
    assert 'api.has(impl, "put")' in (tmp_path / "paged" / "suite" / "test_api.py").read_text(encoding="utf-8")


# ---- what a check finds


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("path", "old", "new", "words"),
    [
        ("suite/test_rules.py", '@rule("STA-02")', "", "STA-02: no property checks it"),
        ("suite/test_rules.py", '@rule("STA-02")', '@rule("STA-07")', "STA-07: a property of the suite checks it"),
        ("mutants/wrong_rules.py", '"pop", "STA-02"', '"pop", "STA-01"', "STA-02: no mutant breaks it"),
        ("mutants/wrong_rules.py", '"pop", "STA-02"', '"pop", "STA-08"', "STA-08: a mutant names it"),
        (
            "mutants/wrong_rules.py",
            "self.items.pop(0)",
            "self.items.pop()",
            "none of the rules that it names catches it",
        ),
        ("model.py", "return self.items.pop()", "return None", "STA-01: deviates on the model"),
        ("reproducers/rules.toml", "STA-02", "STA-09", "STA-09 has a script"),
        ("contract.toml", '[model]\nadapter = "stacks.model:Model"', "", "names no model"),
    ],
)
def test_what_is_missing_is_found(tmp_path: Path, path: str, old: str, new: str, words: str) -> None:
    """Each kind of gap in a contract is reported on a line, and the exit code is 1."""
    conformance(tmp_path, "new-contract", "stacks")
    file = tmp_path / "stacks" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")

    checked = conformance(tmp_path, "check-contract", "stacks")

    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert words in checked.stdout


def test_mutants_are_optional(tmp_path: Path) -> None:
    """Without them, the check names the rules that lack one, and the command says where they belong."""
    conformance(tmp_path, "new-contract", "stacks")
    shutil.rmtree(tmp_path / "stacks" / "mutants")

    checked = conformance(tmp_path, "check-contract", "stacks")
    graded = conformance(tmp_path, "mutants", "--contract", "stacks")

    assert (checked.returncode, graded.returncode) == (1, 2)
    assert "STA-01: no mutant breaks it" in checked.stdout
    assert "stacks: the contract has no folder mutants/." in graded.stderr


@pytest.mark.thorough
def test_a_quick_check_reads_files_only(tmp_path: Path) -> None:
    """It ignores that the model cannot be imported."""
    conformance(tmp_path, "new-contract", "stacks")
    (tmp_path / "stacks" / "model.py").write_text("this is not Python\n", encoding="utf-8")

    assert conformance(tmp_path, "check-contract", "stacks", "--quick").returncode == 0
    assert conformance(tmp_path, "check-contract", "stacks").returncode == 3


# ---- what drafted properties say


class Sample:
    """An implementation for the checks below."""

    def plain(self, a: int, b: int = 0) -> None:
        """Do nothing."""

    async def coroutine(self) -> None:
        """Do nothing."""

    @property
    def failing(self) -> int:
        """Exists, although it cannot be computed."""
        raise RuntimeError


@pytest.mark.parametrize("signature", ["(a, b=...)", "(a)", "(a, /)", "(a, *, b)", "(*, a, b=...)"])
def test_a_method_takes_what_it_takes(signature: str) -> None:
    """Each way to call a method may be promised."""
    api.takes(Sample(), "plain", signature)


@pytest.mark.parametrize("signature", ["()", "(a, b=..., c=...)", "(a=...)", "(a, *more)", "(a, **more)", "(x, b=...)"])
def test_a_method_does_not_take_more(signature: str) -> None:
    """A promise that the method cannot keep is a deviation."""
    with pytest.raises(Deviation, match=r"plain\("):
        api.takes(Sample(), "plain", signature)


def test_checks_say_what_is_there() -> None:
    """A property that raises is present, a missing name is a deviation, and C code shows no signature."""
    api.has(Sample(), "failing")
    api.is_kind(Sample(), "plain", api.PLAIN)
    api.is_kind(Sample(), "coroutine", api.COROUTINE)
    api.knows_exception(Sample(), "json.JSONDecodeError")

    with pytest.raises(Deviation, match="nowhere: expected a member"):
        api.has(Sample(), "nowhere")
    with pytest.raises(Deviation, match="expected a plain method, got a coroutine function"):
        api.is_kind(Sample(), "coroutine", api.PLAIN)
    with pytest.raises(Deviation, match="expected an exception class"):
        api.knows_exception(Sample(), "json.loads")
    with pytest.raises(Gap):
        api.is_kind({}, "get", api.PLAIN)


@given(name=st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True))
def test_ids_and_names_are_plain(name: str) -> None:
    """Ids begin with three capitals; names are lower-case words joined by hyphens."""
    assert re.fullmatch("[A-Z]{3}", prefix_of(name))
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug(name))


def test_calls_cover_a_signature() -> None:
    """The shortest call, the longest, and the one by name."""
    calls: list[Any] = api.calls_of("(a, /, b, c=..., *more, d, e=..., **others)")

    assert [len(args) for args, _ in calls] == [2, 12, 1]
    assert [sorted(kwargs) for _, kwargs in calls] == [
        ["d"],
        ["d", "e", "one_more_by_name"],
        ["b", "c", "d", "e", "one_more_by_name"],
    ]


def drafts_of(tmp_path: Path, *lines: str) -> Drafts:
    """Return the draft for a class with some lines."""
    (tmp_path / "shop.py").write_text("\n".join(["class Shop:", *(f"    {line}" for line in lines)]), encoding="utf-8")
    index = Index(read_side(str(tmp_path / "shop.py"), ReferenceConfig()).reference)
    return drafts_from(*chosen_class(index, "Shop"), index, "SHO")


def test_a_member_may_be_called_id(tmp_path: Path) -> None:
    """Its name is not taken for the id of a rule."""
    drafts = drafts_of(tmp_path, "ID: int")

    assert [rule.mutant for rule in drafts.rules] == ['wrong.missing(Model, "ID", "SHO-01")']


def test_ids_to_be_written_are_free(tmp_path: Path) -> None:
    """A class with many methods has more than a hundred rules, and no id may occur twice."""
    drafts = drafts_of(tmp_path, *(f'def m{number}(self): """Do it."""' for number in range(40)))

    catalogue = files_of_drafts(drafts, {"name": "shops", "folder": "shops", "prefix": "SHO"})["catalogue/api.toml"]

    ids = re.findall(r"\[(SHO-\d+)\]", catalogue)
    assert len(drafts.rules) == 120
    assert len(ids) == len(set(ids)) == 160


# ---- grading


def grading_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Grading:
    """Return the grading of a new contract in a folder."""
    monkeypatch.chdir(folder)
    assert CliRunner().invoke(new_contract, ["stacks"]).exit_code == 0
    return Grading(contract=find_contract("stacks"), examples=1)


def test_mutants_may_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answers of the process that judges them are apart from what they print."""
    grading = grading_in(tmp_path, monkeypatch)
    with (tmp_path / "stacks" / "mutants" / "wrong_rules.py").open("a", encoding="utf-8") as file:
        file.write('print("noise")\n')

    assert len(grading.listing().mutants) == 3


def test_a_process_that_reads_nothing_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last line says why, although the request cannot be written to it."""
    grading = grading_in(tmp_path, monkeypatch)
    monkeypatch.setattr(grade, "NURSERY", "no_such_module")

    with pytest.raises(ConformanceError, match="No module named no_such_module"):
        grading.judged({"x" * 1_000_000: ["STA-01"]}, 1)
