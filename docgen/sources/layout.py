"""Find the packages of a folder or an unpacked archive that are meant to be documented.

A project's own packages are documented. Tests, documentation, examples and private packages beside them are left out
and listed, so that the caller can report them. If a project has nothing else, they are documented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from docgen.errors import LayoutError
from docgen.files import read_file
from docgen.findings import shown
from docgen.settings import parse_toml, table_in

SOURCE_SUFFIXES = (".py", ".pyi")
ARCHIVE_SUFFIXES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")
STUBS = "-stubs"
"""Suffix of a folder with stubs: `acme-stubs` describes the package `acme`. Source: PEP 561."""

PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
"""Files that mark the top folder of a project."""

_BESIDE = frozenset(
    """
    tests test doc docs documentation example examples sample samples benchmark benchmarks bench _vendor vendor
    vendored third_party extern externals
    """.split()  # noqa: SIM905 - one word a line would fill a page
)
"""Top-level packages that come with a project and are not its own."""
_BESIDE_FLAT = _BESIDE | frozenset(
    """
    bin build ci debian dist env exercise exercises htmlcov manpages misc news newsfragments node_modules
    notebooks scripts site_scons testing tools unit_test unit_tests util utils venv
    """.split()  # noqa: SIM905 - one word a line would fill a page
)
"""The same for a flat layout, where packages are directly in the top folder of the project."""
_SCRIPTS = frozenset(
    """
    setup conftest conf noxfile toxfile fabfile tasks pavement dodo manage conanfile SConstruct wscript
    versioneer build test tests example examples benchmark benchmarks run_tests runtests
    """.split()  # noqa: SIM905 - one word a line would fill a page
)
"""Modules that build, test or run a project."""
_TEST_MODULE = re.compile(r"test_.*|.*_test")

TESTS = frozenset({"tests", "testsuite", "conftest"})
"""Modules inside a package that test it."""

_SOURCE_FOLDERS = ("src", "python", "lib")
"""Folders in which projects keep their packages, in the order of the search."""

MAX_PATH = 200
"""Longest path, in characters, that a project may declare for its packages."""
DEPTH = 4
"""How many folders deep packages and projects are searched if there is none on top."""
_CLIMB = 8
"""How many folders up the project of a folder is searched."""
_VERSION = re.compile(r"^__version__(?:\s*:\s*[\w.]+)?\s*=\s*[\"']([^\"'\n]{1,80})[\"']", re.MULTILINE)
_SETUP_KEYWORD = re.compile(r"(?<!\w)(name|version|url)\s*=\s*[\"']([^\"'\n]{1,200})[\"']\s*[,)\n]")
_VERSION_FILES = ("__init__.py", "_version.py", "version.py", "__about__.py", "__version__.py")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The packages of one project."""

    root: Path
    """The folder that holds them."""
    packages: tuple[str, ...]
    """Dotted names, in alphabetical order."""
    left_out: tuple[str, ...] = ()
    """Packages and modules beside them that are not documented unless they are named."""
    name: str = ""
    """Name of the distribution; empty if unknown."""
    version: str = ""


def folder_layout(folder: Path) -> Layout:
    """Return the packages of a folder, which is a package, part of one, or a project.

    Parameters:
        folder: Its absolute path.

    Raises:
        LayoutError: It contains no package, or several projects.
    """
    dotted = _dotted(folder)
    if dotted:
        root = folder.parents[len(dotted) - 1]
        first = dotted[0].removesuffix(STUBS)
        name, version = project_metadata(root, first)
        return Layout(root=root, packages=(".".join([first, *dotted[1:]]),), name=name, version=version)
    return project_layout(folder)


def file_layout(path: Path) -> Layout:
    """Return the one module of a source file, under its full name if it is part of a package.

    Raises:
        LayoutError: Its name is not a valid module name.
    """
    if path.stem == "__init__":
        return folder_layout(path.parent)
    if not path.stem.isidentifier():
        raise LayoutError(f"target {path.name}: not a valid name of a module. Name a file such as module.py.")
    parts = [*_dotted(path.parent), path.stem]
    root = path.parents[len(parts) - 1]
    parts[0] = parts[0].removesuffix(STUBS)
    name, version = project_metadata(root, parts[0])
    return Layout(root=root, packages=(".".join(parts),), name=name, version=version)


def project_layout(folder: Path) -> Layout:
    """Return the packages of a project, in whichever folder they are.

    Raises:
        LayoutError: It contains no package, or several projects and no package of its own.
    """
    found = _own_packages(folder)
    if found is not None:
        return found
    below = tuple(_projects(folder, DEPTH))
    if len(below) == 1:
        return project_layout(below[0])
    # If there is nothing else, scripts, tests or private packages are what the user means.
    if not below and (found := _own_packages(folder, is_lenient=True)) is not None:
        return found
    if below:
        names = ", ".join(str(each.relative_to(folder)) for each in below[:20])
        raise LayoutError(
            f"target {folder.name}: contains {len(below)} projects and no package of its own: {names}. "
            "Name one of them."
        )
    raise LayoutError(
        f"target {folder.name}: contains no Python package: {_seen(folder)}. Name the folder of the package."
    )


def inner_projects(folder: Path) -> tuple[Path, ...]:
    """Return the projects below a folder that has no package of its own, in alphabetical order; empty for a project."""
    return () if _dotted(folder) or _own_packages(folder) is not None else tuple(_projects(folder, DEPTH))


def archive_layout(tree: Path, archive: str) -> Layout:
    """Return the packages of an unpacked archive. A source archive has one folder around everything.

    Parameters:
        tree: The folder that it was unpacked into.
        archive: Its file name, for messages.

    Raises:
        LayoutError: It contains no package.
    """
    entries = entries_of(tree)
    metadata = [path for path in entries if path.name.endswith((".dist-info", ".egg-info"))]
    folders = [path for path in entries if path.is_dir()]
    if not metadata and len(folders) == 1 and (_is_project(folders[0]) or not folders[0].name.isidentifier()):
        return project_layout(folders[0])
    found = _packages(tree, is_flat=False, names=(), is_lenient=True)
    if found is None:
        raise LayoutError(f"target {archive}: the archive contains no Python package: {_seen(tree)}. Name another one.")
    packages, left_out = found
    name, version = _metadata(tree)
    return Layout(root=tree, packages=packages, left_out=left_out, name=name, version=version)


def project_metadata(folder: Path, package: str = "") -> tuple[str, str]:
    """Return name and version of the project that a folder belongs to, empty if unknown.

    Parameters:
        folder: The top folder of the project, or one directly in it.
        package: A package in the folder, whose `__version__` is used if the project's version is dynamic.
    """
    for each in (folder, folder.parent):
        table = _pyproject(each)
        if table or any((each / name).is_file() for name in (*PROJECT_FILES, "PKG-INFO")):
            project = table_in(table, "project") or table_in(table, "tool", "poetry")
            given = setup_fields(each)
            stated, stated_version = _metadata(each)
            name = project.get("name") or stated or given.get("name", "")
            version = project.get("version") or stated_version or given.get("version", "")
            version = version if re.match(r"v?\d", str(version)) else _own_version(folder, package)
            return shown(str(name)), shown(str(version))
    name, version = _metadata(folder)
    return name, version or _own_version(folder, package)


def setup_fields(folder: Path) -> dict[str, str]:
    """Return the metadata that a project writes in `setup.cfg`, and as literals in the call of `setup()`."""
    return {**_setup_py(folder), **_setup_cfg(folder).get("metadata", {})}


def archive_fields(folder: Path) -> list[tuple[str, str]]:
    """Return the fields of the metadata file in an unpacked archive, in its order; empty if it has none.

    Source: core metadata specification, PEP 566.
    """
    patterns = ("*.dist-info/METADATA", "PKG-INFO", "*.egg-info/PKG-INFO")
    for path in (path for pattern in patterns for path in sorted(folder.glob(pattern))):
        try:
            head, _, _ = _text(path, "replace").partition("\n\n")
        except OSError:
            continue
        lines = (line.partition(":") for line in head.splitlines())
        return [(name, value.strip()) for name, _, value in lines]
    return []


# -- packages in a folder


def _own_packages(folder: Path, *, is_lenient: bool = False) -> Layout | None:
    """Return the packages of a project, without nested projects; None if there are none.

    Parameters:
        folder: The top folder of the project.
        is_lenient: Loose modules count too, and if there is nothing else, also those that are usually left out.
    """
    table = _pyproject(folder)
    declared = _declared(folder, table)
    named = {str(table_in(table, "project").get("name", "")).replace("-", "_").lower()}
    named.update(name for _, names in declared for name in names)
    roots = (*(root for root, _ in declared), *(folder / name for name in _SOURCE_FOLDERS), folder)
    for root in dict.fromkeys(roots):
        if root.is_dir() and not (root != folder and _is_package(root)):
            is_flat = root == folder and folder.name not in _SOURCE_FOLDERS
            found = _packages(root, is_flat=is_flat, names=named, is_lenient=is_lenient)
            if found is not None:
                name, version = project_metadata(folder, "")
                version = version or _own_version(root, found[0][0])
                return Layout(root=root, packages=found[0], left_out=found[1], name=name, version=version)
    return None


def _packages(
    root: Path, *, is_flat: bool, names: Iterable[str], is_lenient: bool
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the packages and modules directly in a folder that should be documented, and those that should not.

    Parameters:
        root: The folder.
        is_flat: It is the top folder of a project, where loose modules are usually not part of the API.
        names: Names of the project, and names that it declares to contain, which always count.
        is_lenient: Loose modules count too, and if there is nothing else, also those that are usually left out.

    Returns:
        None if there are none.
    """
    kinds = _importable(root)
    if is_flat:
        kinds = {name: kind for name, kind in kinds.items() if kind != "space" or name not in _SOURCE_FOLDERS}
    everything = set(kinds)
    modules = {name for name, kind in kinds.items() if kind == "module"}
    regular = {name for name, kind in kinds.items() if kind == "package"}
    beside = _BESIDE_FLAT if is_flat else _BESIDE
    named = {name for name in everything if name.lower() in set(names)}
    own = {name for name in everything if not name.startswith("_") and name not in beside}
    own -= {name for name in modules if name in _SCRIPTS or _TEST_MODULE.fullmatch(name)}
    if is_flat and (regular & own or named):
        own &= regular  # the rest is scripts and data
    elif is_flat and not is_lenient:
        own -= modules
    own |= named
    chosen = own or ((everything - modules) or modules if is_lenient else set())
    inner = {f"{name}.{test}" for name in chosen for test in TESTS if _is_inside(root / name, test)}
    return (tuple(sorted(chosen)), tuple(sorted((everything - chosen) | inner))) if chosen else None


def _importable(root: Path) -> dict[str, Literal["package", "space", "module"]]:
    """Return what could be imported from a folder, by name: packages, namespace packages (`space`) and modules.

    For equal names, a package takes precedence over a module. Source: the path-based finder of Python.
    """
    kinds: dict[str, Literal["package", "space", "module"]] = {}
    for entry in entries_of(root):
        if not entry.is_dir():
            if entry.suffix in SOURCE_SUFFIXES and entry.stem.isidentifier() and kinds.get(entry.stem) != "package":
                kinds[entry.stem] = "module"
            continue
        name = entry.name.removesuffix(STUBS)
        if not name.isidentifier():
            continue
        if _is_package(entry) or (entry.name.endswith(STUBS) and _holds_python(entry)):
            kinds[name] = "package"
        elif _holds_python(entry):
            kinds.setdefault(name, "space")
    return kinds


def _is_inside(package: Path, module: str) -> bool:
    return (package / module).is_dir() or (package / f"{module}{SOURCE_SUFFIXES[0]}").is_file()


def _is_package(folder: Path) -> bool:
    return any((folder / f"__init__{suffix}").is_file() for suffix in SOURCE_SUFFIXES)


def _is_project(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (*PROJECT_FILES, "PKG-INFO")) or (
        (folder / "src").is_dir() and any(_is_package(entry) for entry in entries_of(folder / "src") if entry.is_dir())
    )


def _holds_python(folder: Path, depth: int = DEPTH) -> bool:
    """Return True if a folder that is not a package contains modules, apart from nested projects."""
    if _is_project(folder) or (folder / "pyvenv.cfg").is_file():
        return False
    entries = entries_of(folder)
    if any(entry.suffix in SOURCE_SUFFIXES and entry.is_file() for entry in entries):
        return True
    inner = (entry for entry in entries if entry.name.isidentifier() and entry.is_dir() and not entry.is_symlink())
    return depth > 1 and any(_holds_python(entry, depth - 1) for entry in inner)


def _projects(folder: Path, depth: int) -> Iterator[Path]:
    """Yield the projects below a folder, in alphabetical order, without those nested in another one."""
    for entry in entries_of(folder):
        is_other = entry.name.startswith(".") or entry.name in _BESIDE or entry.name == "node_modules"
        if is_other or not entry.is_dir() or entry.is_symlink() or (entry / "pyvenv.cfg").is_file():
            continue
        if _is_project(entry) and _own_packages(entry, is_lenient=True) is not None:
            yield entry
        elif depth > 1:
            yield from _projects(entry, depth - 1)


def _dotted(folder: Path) -> list[str]:
    """Return the parts of the dotted name of a folder that is a package or part of one, empty for any other."""
    parts = [folder.name]
    top = folder
    while _is_package(top.parent) and top.parent != top:
        top = top.parent
        parts.insert(0, top.name)
    if above := _in_namespace(top):
        return [*above, *parts[1:]]
    return parts if _is_package(top) and parts[0].removesuffix(STUBS).isidentifier() else []


def _in_namespace(folder: Path) -> list[str]:
    """Return the full dotted name, as its parts, of a folder in the project that contains it.

    A namespace package has no file that distinguishes it from any other folder; only the project knows where names
    begin. Empty if the folder is not part of the packages of a project.
    """
    if any((folder / name).is_file() for name in PROJECT_FILES):
        return []
    for above in folder.parents[:_CLIMB]:
        is_installed = above.name in ("site-packages", "dist-packages")
        if not is_installed and not any((above / name).is_file() for name in PROJECT_FILES):
            continue
        layout = Layout(root=above, packages=()) if is_installed else _own_packages(above)
        if layout is None or folder == layout.root or not folder.is_relative_to(layout.root):
            return []
        parts = folder.relative_to(layout.root).parts
        # A namespace package next to a regular one is left out by default, but this one was named.
        is_other = parts[0] in layout.left_out and parts[0] not in _BESIDE_FLAT
        is_of_project = is_installed or is_other or parts[0] in layout.packages
        return [*parts] if is_of_project and all(part.isidentifier() for part in parts) else []
    return []


def entries_of(folder: Path) -> list[Path]:
    """Return what is in a folder, in alphabetical order; nothing if it cannot be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:  # removed, forbidden, or a loop of links
        return []


def _seen(folder: Path) -> str:
    """Return what a folder contains instead of packages, for a message."""
    names = [entry.name + "/" * entry.is_dir() for entry in entries_of(folder) if not entry.name.startswith(".")]
    shown = ", ".join(names[:8])
    return f"it contains {shown}{', ...' if len(names) > 8 else ''}" if names else "it is empty"  # noqa: PLR2004 - a few


# -- metadata of the project


def _declared(folder: Path, table: dict[str, Any]) -> tuple[tuple[Path, tuple[str, ...]], ...]:
    """Return the folders that a project declares for its packages, each with the declared names."""
    tool = table_in(table, "tool")
    setuptools = table_in(tool, "setuptools")
    config = _setup_cfg(folder)
    roots = [
        table_in(setuptools, "package-dir").get(""),
        *_texts(table_in(setuptools, "packages", "find").get("where")),
        table_in(tool, "maturin").get("python-source"),
        table_in(tool, "pdm", "build").get("package-dir"),
        table_in(tool, "uv", "build-backend").get("module-root"),
        *_texts(config.get("options.packages.find", {}).get("where")),
        *re.findall(r"^\s*=\s*(\S+)", config.get("options", {}).get("package_dir", ""), re.MULTILINE),
    ]
    paths = [
        *_texts(setuptools.get("py-modules")),
        *_texts(setuptools.get("packages")),
        *_texts(config.get("options", {}).get("py_modules")),
        *_texts(config.get("options", {}).get("packages")),
        *_texts(table_in(tool, "uv", "build-backend").get("module-name")),
        *_texts(table_in(tool, "hatch", "build", "targets", "wheel").get("packages")),
        *_texts(table_in(tool, "scikit-build", "wheel").get("packages")),
        *_texts(table_in(tool, "flit", "module").get("name")),
    ]
    listed = table_in(tool, "poetry").get("packages")
    tables = [table_in(each) for each in listed] if isinstance(listed, list) else []
    paths += [f"{each.get('from', '.')}/{each.get('include', '')}" for each in tables]
    found = [(root, ("",)) for root in roots if isinstance(root, str)]
    split = [PurePosixPath(path) for path in paths]
    found += [(str(path.parent), (path.name.partition(".")[0],)) for path in split]
    return tuple((folder / root, names) for root, names in found if _is_below(root))


def _is_below(path: str) -> bool:
    """Return True if a path that a project declares can be one of a folder in it."""
    parts = PurePosixPath(path).parts
    is_possible = "\0" not in path and len(path) < MAX_PATH
    return is_possible and not PurePosixPath(path).is_absolute() and ".." not in parts


def _texts(value: object) -> list[str]:
    """Return a string, or the strings of a list; a configuration file lists them on lines."""
    if isinstance(value, str):
        return value.split()
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _text(path: Path, errors: str = "strict") -> str:
    return read_file(path).decode("utf-8-sig", errors).replace("\r\n", "\n")


def _pyproject(folder: Path) -> dict[str, Any]:
    try:
        return parse_toml(_text(folder / "pyproject.toml"))
    except (OSError, ValueError):  # missing or broken: sources can be read without it
        return {}


def _setup_cfg(folder: Path) -> dict[str, dict[str, str]]:
    try:
        text = _text(folder / "setup.cfg")
    except (OSError, ValueError):
        return {}
    import configparser  # noqa: PLC0415 - few projects have such a file, and each build would pay for it

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return {name: dict(parser[name]) for name in parser.sections()}


def _setup_py(folder: Path) -> dict[str, str]:
    """Return the name, the version and the address that the call of `setup()` in a `setup.py` writes as literals."""
    try:
        text = _text(folder / "setup.py", "replace")
    except OSError:
        return {}
    _, _, call = text.partition("setup(")
    return {found[1]: found[2] for found in reversed(list(_SETUP_KEYWORD.finditer(call)))}


def _metadata(folder: Path) -> tuple[str, str]:
    """Return name and version from the metadata of an unpacked archive, empty if there is none."""
    fields = dict(reversed(archive_fields(folder)))
    return shown(fields.get("Name", "")), shown(fields.get("Version", ""))


def _own_version(root: Path, package: str) -> str:
    """Return the `__version__` that a package writes as a literal, empty if it computes it."""
    for name in _VERSION_FILES if package else ():
        try:
            found = _VERSION.search(_text(root / package / name, "replace"))
        except OSError:
            continue
        if found:
            return found[1]
    return ""
