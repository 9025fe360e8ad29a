"""Every file of a package is read or is a finding, and no file stops the others."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.build.inputs import Inputs
from docgen.formats.flyte.build import build
from docgen.formats.flyte.dialect import Reading
from docgen.sources.interpreters import own_python
from docgen.sources.store import LARGEST_SOURCE, Library, parameters

UNREADABLE = {
    "syntax error": b"x = 1\ndef broken(:\n",
    "null bytes": b"x = 1\x00\n",
    "not in its encoding": b"x = '\xff\xfe'\n",
    "unknown encoding": b"# -*- coding: klingon -*-\n",
    "newer grammar": b"match = 1\nx = f'{a!z}'\n",
    "too large": b"#" * (LARGEST_SOURCE + 1),
    "nested too deeply": b"x = " + b"(" * 400 + b")" * 400 + b"\n",
}


def inputs(root: Path) -> Inputs:
    """Return the input for the package `p` of a folder."""
    return Inputs(distribution="p", version="1", root=root, packages=("p",))


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("name", ["bad.py", "_private.py"])
def test_unreadable_file_is_one_finding(data: bytes, name: str, tmp_path: Path) -> None:
    """A file that is not Python, even a private one, is named with its line; the rest is documented."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").write_text("def fine(): ...\n")
    (tmp_path / "p" / name).write_bytes(data)

    built = build(inputs(tmp_path), Reading())

    assert [f"{each.code} {each.path}" for each in built.findings] == [f"DG101 p/{name}"]
    assert [each.name for each in built.reference.packages[0].functions] == ["fine"]


def test_declared_encoding_and_line_ends_are_read(tmp_path: Path) -> None:
    """A file with declared Latin-1, a byte order mark or foreign line ends is read like any other."""
    (tmp_path / "latin.py").write_bytes(b"# coding: latin-1\r\nX = '\xe9'\r\n")
    (tmp_path / "marked.py").write_bytes(b"\xef\xbb\xbfX = 1\r")
    library = Library([tmp_path])

    assert library.read("latin")
    assert library.read("marked")
    assert not library.findings


def test_names_that_became_keywords_are_read(tmp_path: Path) -> None:
    """A file that uses `async` as a name is read; if this interpreter cannot, it is a finding."""
    (tmp_path / "old.py").write_text("def submit(async=True): ...\nclass await: ...\n")
    library = Library([tmp_path])

    read = library.read("old")

    assert (read is None) == (sys.version_info >= (3, 13))
    assert [each.code for each in library.findings] == (["DG101"] if read is None else [])


def test_newer_syntax_names_the_interpreter(tmp_path: Path) -> None:
    """A file that this Python cannot read is one finding, which names this Python."""
    (tmp_path / "new.py").write_text("type X[T = int] = list[T] if int else !\n")
    library = Library([tmp_path])

    assert library.read("new") is None
    assert [each.hint.count(f"Python {own_python()}") for each in library.findings] == [1]


def test_warnings_of_the_compiler_are_not_ours(tmp_path: Path) -> None:
    """An invalid escape is read as it is, even if warnings are errors, as in these tests."""
    (tmp_path / "m.py").write_text("X = '\\d'\nY = 1 is 1\n")
    library = Library([tmp_path])

    assert library.read("m")
    assert not library.findings


# -- stubs


def write(root: Path, files: dict[str, str]) -> Library:
    """Write files below a folder and return a library of it."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Library([root])


def found(library: Library, name: str) -> tuple[str, str]:
    """Return the files that a module and its twin were read from, as in findings; empty if there is none."""
    source, twin = library.read(name), library.read_twin(name)
    return library.display(source.path) if source else "", library.display(twin.path) if twin else ""


STUBS = {
    "p/__init__.py": "",
    "p/both.py": "",
    "p/both.pyi": "",
    "p/compiled.pyi": "",
    "p/plain.py": "",
    "p/far.py": "",
    "p/deep/__init__.py": "",
    "p/deep/far.py": "",
    "p/host/__init__.pyi": "",
    "p-stubs/__init__.pyi": "",
    "p-stubs/far.pyi": "",
    "p-stubs/both.pyi": "",
    "p-stubs/only.pyi": "",
    "p-stubs/deep/__init__.pyi": "",
    "p-stubs/deep/far.pyi": "",
    "p-stubs/deep/only/__init__.pyi": "",
    "q-stubs/__init__.pyi": "",
    "q-stubs/sub/m.pyi": "",
}
"""A package with stubs beside its modules and in a folder of their own, and one that has nothing but stubs."""

READ = {
    "p": ("p/__init__.py", "p-stubs/__init__.pyi"),
    "p.both": ("p/both.py", "p/both.pyi"),
    "p.compiled": ("p/compiled.pyi", ""),
    "p.plain": ("p/plain.py", ""),
    "p.far": ("p/far.py", "p-stubs/far.pyi"),
    "p.only": ("p-stubs/only.pyi", ""),
    "p.host": ("p/host/__init__.pyi", ""),
    "p.deep": ("p/deep/__init__.py", "p-stubs/deep/__init__.pyi"),
    "p.deep.far": ("p/deep/far.py", "p-stubs/deep/far.pyi"),
    "p.deep.only": ("p-stubs/deep/only/__init__.pyi", ""),
    "q": ("q-stubs/__init__.pyi", ""),
    "q.sub.m": ("q-stubs/sub/m.pyi", ""),
    "p.gone": ("", ""),
}


@pytest.mark.parametrize(("name", "files"), READ.items())
def test_stub_stands_beside_its_module_or_for_it(name: str, files: tuple[str, str], tmp_path: Path) -> None:
    """If there is a source, it is read and the stub is its twin; otherwise, the stub is read."""
    assert found(write(tmp_path, STUBS), name) == files


def test_stubs_of_another_root_are_found(tmp_path: Path) -> None:
    """Stubs in a separate distribution belong to the package that a dependency contains."""
    write(tmp_path / "stubs", {"p-stubs/__init__.pyi": "", "p-stubs/m.pyi": ""})
    write(tmp_path / "package", {"p/__init__.py": "", "p/m.py": ""})
    library = Library([tmp_path / "stubs", tmp_path / "package"])

    assert found(library, "p.m") == ("p/m.py", "p-stubs/m.pyi")
    assert library.submodules("p", tmp_path / "stubs") == ("m",)
    assert [library.display(path) for path in library.files("p", tmp_path / "stubs")] == [
        "p-stubs/__init__.pyi",
        "p-stubs/m.pyi",
    ]


def test_stub_packages_list_their_modules(tmp_path: Path) -> None:
    """Modules that exist only as stubs are modules too, and each file is read once."""
    library = write(tmp_path, STUBS)

    assert library.submodules("p", tmp_path) == ("both", "compiled", "deep", "far", "host", "only", "plain")
    assert library.submodules("q", tmp_path) == ("sub",)
    for path in library.files("q", tmp_path):
        library.read_file(path, tmp_path)
    assert not library.findings


def test_tests_inside_a_package_are_not_listed(tmp_path: Path) -> None:
    """Test modules are not modules of a package; a requested module of such a name is read."""
    files = {
        "p/__init__.py": "",
        "p/testing.py": "",
        "p/tests/__init__.py": "",
        "p/conftest.py": "",
        "p/tests/m.py": "",
    }
    library = write(tmp_path, files)

    assert library.submodules("p", tmp_path) == ("testing",)
    assert library.submodules("p.tests", tmp_path) == ("m",)
    assert library.read("p.conftest")


def test_folder_without_a_file_for_it_inside_a_package(tmp_path: Path) -> None:
    """Python can import its contents, so it is listed."""
    library = write(tmp_path, {"p/__init__.py": "", "p/plugins/one.py": "", "p/data/x.txt": ""})

    assert library.submodules("p", tmp_path) == ("plugins",)
    assert library.submodules("p.plugins", tmp_path) == ("one",)


def test_loop_of_links_comes_to_an_end(tmp_path: Path) -> None:
    """A link to a folder around it is not followed."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").write_text("def f(): ...\n")
    (tmp_path / "p" / "again").symlink_to(tmp_path / "p")

    built = build(inputs(tmp_path), Reading())

    assert [package.name for package in built.reference.packages] == ["p"]


def test_compiled_module_is_a_finding_unless_it_has_a_stub(tmp_path: Path) -> None:
    """A compiled module has no sources; its stub is read instead."""
    (tmp_path / "p").mkdir()
    for name in ("__init__.py", "told.so", "told.pyi", "secret.cpython-311-x86_64-linux-gnu.so"):
        (tmp_path / "p" / name).touch()

    built = build(inputs(tmp_path), Reading())

    assert [(each.code, each.path) for each in built.findings] == [
        ("DG102", "p/secret.cpython-311-x86_64-linux-gnu.so")
    ]


def test_ledger(tmp_path: Path) -> None:
    """Every file on disk is in the ledger, including files without a module name."""
    names = {"__init__.py", "a.py", "_b.py", "not-a-name.py", "deep/x.py", "deep/_y/z.py"}
    for name in names:
        (tmp_path / "p" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / name).write_text("x = 1\n")

    built = build(inputs(tmp_path), Reading())

    assert {path.relative_to(tmp_path / "p").as_posix() for path in built.files} == names


def test_big_module(tmp_path: Path) -> None:
    """Fifty thousand lines are read completely."""
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
    """Names, kinds and order agree with `inspect.signature`."""
    source = f"def f({signature}): ..."
    scope: dict[str, object] = {}
    exec(source, scope)  # noqa: S102 - our own text, run to know the truth
    expected = [
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
    assert [(each.name, each.kind.value, each.default is not None) for each in found] == expected
