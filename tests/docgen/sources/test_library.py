"""Reading: every file of a package is read or is a finding, and no file stops the others."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.build.inputs import Inputs
from docgen.formats.flyte.build import build
from docgen.formats.flyte.dialect import Reading
from docgen.sources.library import Library, parameters

UNREADABLE = {
    "syntax error": b"x = 1\ndef broken(:\n",
    "null bytes": b"x = 1\x00\n",
    "not in its encoding": b"x = '\xff\xfe'\n",
    "unknown encoding": b"# -*- coding: klingon -*-\n",
    "newer grammar": b"match = 1\nx = f'{a!z}'\n",
    "nested too deeply": b"x = " + b"(" * 400 + b")" * 400 + b"\n",
}


def inputs(root: Path) -> Inputs:
    """Return what documents the package `p` of a folder."""
    return Inputs(distribution="p", version="1", root=root, packages=("p",))


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("name", ["bad.py", "_private.py"])
def test_unreadable_file_is_one_finding(data: bytes, name: str, tmp_path: Path) -> None:
    """A file that is no Python, a private one too, is named with its line; the rest is documented."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").write_text("def fine(): ...\n")
    (tmp_path / "p" / name).write_bytes(data)

    built = build(inputs(tmp_path), Reading())

    assert [f"{each.code} {each.path}" for each in built.findings] == [f"DG101 p/{name}"]
    assert [each.name for each in built.reference.packages[0].functions] == ["fine"]


def test_declared_encoding_and_line_ends_are_read(tmp_path: Path) -> None:
    """A file in Latin-1 that says so, with a byte order mark or foreign line ends, is read like any other."""
    (tmp_path / "latin.py").write_bytes(b"# coding: latin-1\r\nX = '\xe9'\r\n")
    (tmp_path / "marked.py").write_bytes(b"\xef\xbb\xbfX = 1\r")
    library = Library([tmp_path])

    assert library.read("latin")
    assert library.read("marked")
    assert not library.findings


def test_loop_of_links_comes_to_an_end(tmp_path: Path) -> None:
    """A link to a folder around it is not followed."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").write_text("def f(): ...\n")
    (tmp_path / "p" / "again").symlink_to(tmp_path / "p")

    built = build(inputs(tmp_path), Reading())

    assert [package.name for package in built.reference.packages] == ["p"]


def test_compiled_module_is_a_finding_unless_a_stub_tells(tmp_path: Path) -> None:
    """A compiled module has no sources; a stub beside it stands for them."""
    (tmp_path / "p").mkdir()
    for name in ("__init__.py", "told.so", "told.pyi", "secret.cpython-311-x86_64-linux-gnu.so"):
        (tmp_path / "p" / name).touch()

    built = build(inputs(tmp_path), Reading())

    assert [(each.code, each.path) for each in built.findings] == [
        ("DG102", "p/secret.cpython-311-x86_64-linux-gnu.so")
    ]


def test_ledger(tmp_path: Path) -> None:
    """Every file on disk is in the ledger, also those that no name leads to."""
    names = {"__init__.py", "a.py", "_b.py", "not-a-name.py", "deep/x.py", "deep/_y/z.py"}
    for name in names:
        (tmp_path / "p" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / name).write_text("x = 1\n")

    built = build(inputs(tmp_path), Reading())

    assert {path.relative_to(tmp_path / "p").as_posix() for path in built.files} == names


def test_big_module(tmp_path: Path) -> None:
    """Fifty thousand lines are read whole."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").write_text("".join(f"def f{n}(): ...\n" for n in range(50_000)))

    built = build(inputs(tmp_path), Reading())

    assert len(built.reference.packages[0].functions) == 50_000


@st.composite
def signatures(draw: st.DrawFn) -> str:
    """Draw the parameters of a function, all kinds in their legal order."""
    names = iter("abcdefghij")

    def some(most: int) -> list[str]:
        return [next(names) for _ in range(draw(st.integers(0, most)))]

    positional, anyhow, keyword = some(2), some(3), some(2)
    count = draw(st.integers(0, len(positional) + len(anyhow)))
    plain = [*positional, *anyhow]
    plain = [name if index < len(plain) - count else f"{name}=1" for index, name in enumerate(plain)]
    parts = plain[: len(positional)] + (["/"] if positional else []) + plain[len(positional) :]
    star = draw(st.sampled_from(("", "*args", "*")))
    if star == "*args" or (star == "*" and keyword):
        parts += [star, *(f"{name}: int" for name in keyword)]
    return ", ".join(parts + (["**kwargs"] if draw(st.booleans()) else []))


@given(signature=signatures())
def test_signature_is_that_of_the_interpreter(signature: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Names, kinds and order are what `inspect.signature` says."""
    source = f"def f({signature}): ..."
    scope: dict[str, object] = {}
    exec(source, scope)  # noqa: S102 - our own text, run to know the truth
    due = [
        (each.name, each.kind.description, each.default is not each.empty)
        for each in inspect.signature(scope["f"]).parameters.values()  # type: ignore[arg-type] # a function
    ]
    folder = tmp_path_factory.getbasetemp()
    (folder / "m.py").write_text(source)

    read = Library([folder]).read("m")

    assert read is not None
    definition = read.tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    found = parameters(definition)
    assert [(each.name, each.kind.value, each.default is not None) for each in found] == due
