"""Layouts of projects: the intended packages are found, and others are left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from docgen.errors import LayoutError
from docgen.sources.layout import archive_layout, file_layout, folder_layout

PROJECT = '[project]\nname = "{name}"\nversion = "1.0"\n'


@dataclass(frozen=True, kw_only=True)
class Case:
    """A folder, and its documented packages."""

    files: tuple[str, ...]
    packages: tuple[str, ...]
    root: str = ""
    left_out: tuple[str, ...] = ()
    project: str = ""
    """Text of `pyproject.toml`; empty: the file says nothing but the name `thing`."""


LAYOUTS = {
    "flat": Case(
        files=("thing/__init__.py", "tests/__init__.py", "docs/conf.py", "examples/one.py", "setup.py", "noxfile.py"),
        packages=("thing",),
        left_out=("docs", "examples", "noxfile", "setup", "tests"),
    ),
    "src": Case(
        files=("src/thing/__init__.py", "src/_thing_helper.py", "tests/__init__.py"),
        packages=("thing",),
        root="src",
        left_out=("_thing_helper",),
    ),
    "python folder of a Rust project": Case(
        files=("src/lib.rs", "python/thing/__init__.py", "python/thing/_core.pyi"), packages=("thing",), root="python"
    ),
    "declared by maturin": Case(
        files=("bindings/thing/__init__.py", "src/lib.rs"),
        packages=("thing",),
        root="bindings",
        project='[tool.maturin]\npython-source = "bindings"\n',
    ),
    "declared by setuptools": Case(
        files=("code/thing/__init__.py", "tests/__init__.py"),
        packages=("thing",),
        root="code",
        project='[tool.setuptools.packages.find]\nwhere = ["code"]\n',
    ),
    "declared by hatch": Case(
        files=("source/tools/__init__.py", "other/__init__.py"),
        packages=("tools",),
        root="source",
        project='[tool.hatch.build.targets.wheel]\npackages = ["source/tools"]\n',
    ),
    "declared by poetry": Case(
        files=("deep/down/thing/__init__.py", "x/__init__.py"),
        packages=("thing",),
        root="deep/down",
        project='[tool.poetry]\nname = "thing"\npackages = [{include = "thing", from = "deep/down"}]\n',
    ),
    "modules declared by setuptools": Case(
        files=("thing/__init__.py", "helper.py", "other.py"),
        packages=("helper", "thing"),
        left_out=("other",),
        project='[tool.setuptools]\npackages = ["thing", "thing.sub"]\npy-modules = ["helper"]\n',
    ),
    "modules without a project": Case(
        files=("one.py", "two.py", "setup.py"), packages=("one", "two"), left_out=("setup",)
    ),
    "single module": Case(
        files=("thing.py", "setup.py", "test_thing.py"), packages=("thing",), left_out=("setup", "test_thing")
    ),
    "single module of the project's name": Case(
        files=("thing.py", "setup.py", "fabulous.py"),
        packages=("thing",),
        left_out=("fabulous", "setup"),
        project=PROJECT.format(name="thing"),
    ),
    "module beside a package in src": Case(
        files=("src/thing/__init__.py", "src/other.py"), packages=("other", "thing"), root="src"
    ),
    "package beside a module of its name, which Python passes over": Case(
        files=("src/tasks/__init__.py", "src/tasks.py", "src/thing/__init__.py"),
        packages=("tasks", "thing"),
        root="src",
    ),
    "module beside a folder of its name, which Python passes over": Case(
        files=("src/test_it.py", "src/test_it/more.py", "src/thing/__init__.py"),
        packages=("thing",),
        root="src",
        left_out=("test_it",),
    ),
    "script beside a package": Case(files=("thing/__init__.py", "run.py"), packages=("thing",), left_out=("run",)),
    "stubs alone": Case(files=("thing-stubs/__init__.pyi",), packages=("thing",)),
    "stubs beside their package": Case(files=("thing-stubs/__init__.pyi", "thing/__init__.py"), packages=("thing",)),
    "stubs of a namespace": Case(files=("corp-stubs/tools/__init__.pyi",), packages=("corp",)),
    "namespace on two levels": Case(files=("src/corp/tools/__init__.py",), packages=("corp",), root="src"),
    "namespace without src": Case(
        files=("corp/tools/__init__.py", "tests/__init__.py"), packages=("corp",), left_out=("tests",)
    ),
    "package whose name is that of tests": Case(
        files=("tests/__init__.py", "docs/__init__.py"),
        packages=("tests",),
        left_out=("docs",),
        project=PROJECT.format(name="tests"),
    ),
    "nothing but tests": Case(files=("tests/__init__.py", "setup.py"), packages=("tests",), left_out=("setup",)),
    "private package beside a public one": Case(
        files=("src/_thing/__init__.py", "src/thing/__init__.py"), packages=("thing",), root="src", left_out=("_thing",)
    ),
    "private package alone": Case(files=("src/_thing/__init__.py",), packages=("_thing",), root="src"),
    "tests inside": Case(
        files=("thing/__init__.py", "thing/tests/__init__.py", "thing/conftest.py", "thing/testsuite/__init__.py"),
        packages=("thing",),
        left_out=("thing.conftest", "thing.tests", "thing.testsuite"),
    ),
    "virtual environment beside": Case(
        files=("thing/__init__.py", "sandbox/pyvenv.cfg", "sandbox/lib/m.py"), packages=("thing",)
    ),
    "one project below": Case(
        files=("backend/pyproject.toml", "backend/src/thing/__init__.py", "frontend/index.js"),
        packages=("thing",),
        root="backend/src",
    ),
    "one project below, scripts and examples beside": Case(
        files=("release.py", "examples/demo/setup.py", "examples/demo/demo.py", "backend/setup.py", "backend/thing.py"),
        packages=("thing",),
        root="backend",
        left_out=("setup",),
    ),
    "project around others": Case(
        files=("src/thing/__init__.py", "packages/a/pyproject.toml", "packages/a/src/a/__init__.py"),
        packages=("thing",),
        root="src",
    ),
}


def write(folder: Path, files: Iterable[str]) -> None:
    """Write empty files below a folder."""
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.mark.parametrize("case", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_layout(case: Case, tmp_path: Path) -> None:
    """The packages, their folder, and the packages that are left out."""
    write(tmp_path, case.files)
    (tmp_path / "pyproject.toml").write_text(case.project or "")

    found = folder_layout(tmp_path)

    assert (found.packages, found.root, found.left_out) == (case.packages, tmp_path / case.root, case.left_out)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            ("packages/a/pyproject.toml", "packages/a/src/a/x.py", "packages/b/setup.py", "packages/b/b.py"),
            "packages/a, ",
        ),
        (("libs/a/src/a/__init__.py", "libs/b/src/b/__init__.py"), "libs/a, libs/b"),
        (("a/pyproject.toml", "a/a/__init__.py", "b/pyproject.toml", "b/b/__init__.py", "release.py"), "a, b"),
    ],
    ids=["packages", "no project files", "on top"],
)
def test_workspace_names_its_projects(files: tuple[str, ...], message: str, tmp_path: Path) -> None:
    """Several projects without a package outside them: the message says which folder to name."""
    write(tmp_path, ("pyproject.toml", *files))

    with pytest.raises(LayoutError, match=f"2 projects and no package of its own: {message}") as raised:
        folder_layout(tmp_path)
    assert raised.value.exit_code == 3


@pytest.mark.parametrize(
    ("files", "message"), [((), "it is empty"), (("README.md", "web/app.js"), r"it contains README\.md, web/")]
)
def test_folder_without_python_says_what_it_holds(files: tuple[str, ...], message: str, tmp_path: Path) -> None:
    """An empty folder and one of another language."""
    write(tmp_path, files)

    with pytest.raises(LayoutError, match=f"no Python package: {message}"):
        folder_layout(tmp_path)


FULL_NAMES = [
    ("src/corp/tools/__init__.py", "src/corp/tools", "corp.tools"),
    ("src/corp/tools/__init__.py", "src/corp", "corp"),
    ("corp/tools/hammer/__init__.py", "corp/tools/hammer", "corp.tools.hammer"),
    ("thing/__init__.py", "thing", "thing"),
    ("thing/plugins/one.py", "thing/plugins", "thing.plugins"),
    ("examples/demo/__init__.py", "examples/demo", "demo"),
    ("tests/__init__.py", "tests", "tests"),
    ("acme-stubs/__init__.pyi", "acme-stubs", "acme"),
    ("acme-stubs/sub/__init__.pyi", "acme-stubs/sub", "acme.sub"),
]


@pytest.mark.parametrize(("file", "folder", "name"), FULL_NAMES)
def test_folder_of_a_package_has_its_full_name(file: str, folder: str, name: str, tmp_path: Path) -> None:
    """A package is documented under its import name, for a named folder at any depth."""
    write(tmp_path, ("pyproject.toml", "thing/__init__.py", "acme-stubs/__init__.pyi", file))

    assert folder_layout(tmp_path / folder).packages == (name,)


def test_installed_namespace_package_has_its_full_name(tmp_path: Path) -> None:
    """In a folder of installed packages, import names start directly below it."""
    write(tmp_path, ("site-packages/corp/tools/__init__.py",))

    assert folder_layout(tmp_path / "site-packages" / "corp" / "tools").packages == ("corp.tools",)


FILES = [
    ("tool.py", "tool"),
    ("tool.pyi", "tool"),
    ("pack/tool.py", "pack.tool"),
    ("pack/__init__.py", "pack"),
    ("acme-stubs/tool.pyi", "acme.tool"),
]


@pytest.mark.parametrize(("file", "name"), FILES)
def test_single_file(file: str, name: str, tmp_path: Path) -> None:
    """A source file is the module that it is imported as."""
    write(tmp_path, ("pack/__init__.py", "acme-stubs/__init__.pyi", file))

    found = file_layout(tmp_path / file)

    assert (found.packages, found.root) == ((name,), tmp_path)


def test_file_that_cannot_be_a_module(tmp_path: Path) -> None:
    """A script with a dash in its name cannot be imported."""
    with pytest.raises(LayoutError, match="not a valid name of a module"):
        file_layout(tmp_path / "run-it.py")


WHEELS = {
    "tests beside": (
        ("thing/__init__.py", "tests/__init__.py", "benchmarks/x.py"),
        ("thing",),
        ("benchmarks", "tests"),
    ),
    "private beside": (("pytest/__init__.py", "_pytest/__init__.py", "py.py"), ("py", "pytest"), ("_pytest",)),
    "modules alone": (("six.py",), ("six",), ()),
    "package called utils": (("utils/__init__.py",), ("utils",), ()),
    "scripts and libraries": (("thing/__init__.py", "thing.libs/a.so", "thing-1.data/scripts/x.py"), ("thing",), ()),
}


@pytest.mark.parametrize(("files", "packages", "left_out"), WHEELS.values(), ids=WHEELS.keys())
def test_wheel(files: tuple[str, ...], packages: tuple[str, ...], left_out: tuple[str, ...], tmp_path: Path) -> None:
    """Everything that a wheel installs at the top level is its own, except tests and private packages."""
    write(tmp_path, (*files, "thing-1.dist-info/METADATA"))

    found = archive_layout(tmp_path, "thing-1.whl")

    assert (found.packages, found.left_out, found.root) == (packages, left_out, tmp_path)


def test_source_archive_is_a_project(tmp_path: Path) -> None:
    """The single top-level folder is the project; its metadata have the value of a dynamic version."""
    write(tmp_path, ("thing-2/src/thing/__init__.py", "thing-2/tests/__init__.py"))
    (tmp_path / "thing-2" / "pyproject.toml").write_text('[project]\nname = "thing"\ndynamic = ["version"]\n')
    (tmp_path / "thing-2" / "PKG-INFO").write_text("Name: Thing\nVersion: 2.0\n\nVersion: 3\n")

    found = archive_layout(tmp_path, "thing-2.tar.gz")

    assert (found.packages, found.name, found.version) == (("thing",), "thing", "2.0")


def test_zip_file_of_a_namespace_package(tmp_path: Path) -> None:
    """Without project files, the single folder is an ordinary package."""
    write(tmp_path, ("corp/tools/__init__.py",))

    assert archive_layout(tmp_path, "corp.zip").packages == ("corp",)


@pytest.mark.parametrize(
    "text", ["project = 1", "tool = []", "[tool]\npoetry = 'x'", "[project]\nname = 1\nversion = 2.0"]
)
def test_project_file_of_an_odd_shape(text: str, tmp_path: Path) -> None:
    """Parts that violate the standards count as missing."""
    write(tmp_path, ("thing/__init__.py",))
    (tmp_path / "pyproject.toml").write_text(text)

    assert folder_layout(tmp_path).packages == ("thing",)


VERSIONS = {
    "dynamic, in the package": ({"thing/__init__.py": "__version__ = '4.5'\n"}, "4.5"),
    "dynamic, in a module for it": (
        {"thing/__init__.py": "", "thing/_version.py": '__version__: str = "4.6"\n'},
        "4.6",
    ),
    "computed": ({"thing/__init__.py": "__version__ = version('thing')\n"}, ""),
    "in setup.cfg": ({"thing/__init__.py": "", "setup.cfg": "[metadata]\nname = thing\nversion = 4.7\n"}, "4.7"),
    "by reference in setup.cfg": (
        {"thing/__init__.py": "__version__ = '4.8'", "setup.cfg": "[metadata]\nversion = attr: thing.__version__\n"},
        "4.8",
    ),
    "broken project file": ({"thing/__init__.py": "", "pyproject.toml": "[project\n"}, ""),
}


@pytest.mark.parametrize(("files", "version"), VERSIONS.values(), ids=VERSIONS.keys())
def test_version(files: dict[str, str], version: str, tmp_path: Path) -> None:
    """The version is the one written in the project or the package, and empty if it is computed."""
    write(tmp_path, files)
    for name, text in {"pyproject.toml": '[project]\nname = "thing"\ndynamic = ["version"]\n', **files}.items():
        (tmp_path / name).write_text(text)

    assert folder_layout(tmp_path).version == version
