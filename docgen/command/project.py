"""Facts about a project that can be found before a build: its docstring style, and where its sources are shown."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from docgen.errors import SettingError
from docgen.files import read_kept
from docgen.prose.style import Style, detect_style
from docgen.settings import read_toml, table_in
from docgen.sources.layout import archive_fields, setup_fields
from docgen.sources.targets import Sources

_REMOTE = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/\s]*@)?|[^@/\s]+@)(?P<host>[\w.-]+)(?::\d+/|[:/])(?P<path>[^\s?#]+?)(?:\.git)?/?"
)
_PROJECT = re.compile(r"https?://(?:www\.)?(?P<host>[\w.-]+)/(?P<path>[\w.-]+/[\w.-]+?)(?:\.git)?(?P<rest>/.*|#.*)?")
"""A URL of a project's repository: owner and repository, and perhaps a page of it."""
_FOLDER = re.compile(r"/(?:-/)?(?:tree|src)/[^/]+/(?P<folder>[^?#]+?)/?")
"""The part of a folder's URL that follows the URL of its repository."""
_SHAPES = (
    ("github", "{base}/blob/HEAD/{prefix}{{path}}#L{{line}}-L{{end_line}}"),
    ("gitlab", "{base}/-/blob/HEAD/{prefix}{{path}}#L{{line}}-{{end_line}}"),
    ("bitbucket", "{base}/src/HEAD/{prefix}{{path}}#lines-{{line}}:{{end_line}}"),
)
"""Word in the name of a host -> URL of a line in a file on it."""
HOSTS = tuple(word for word, _ in _SHAPES)
"""Words in the names of known hosts."""


_FILES = 400
"""How many files are searched for the style of the docstrings."""


def docstring_style(sources: Sources) -> Style:
    """Return the style of most docstrings in the first files of a project."""
    places = (sources.root.joinpath(*package.split(".")) for package in sources.packages)
    files = (
        file
        for place in places
        for file in (sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")])
    )
    return detect_style(text for file in islice(files, _FILES) for text in _docstrings(file))


def _docstrings(file: Path) -> Iterator[str]:
    try:
        tree = ast.parse(read_kept(file))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # as the parser says of brackets in brackets
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def source_address(folder: Path, root: Path) -> str:
    """Return the URL of a line of the sources, with `{path}`, `{line}` and `{end_line}`; empty if none is known.

    Parameters:
        folder: Top folder of the project.
        root: The folder that contains its packages.
    """
    top = _git(folder, "rev-parse", "--show-toplevel")
    remote = _git(folder, "remote", "get-url", "origin") if top else ""
    if found := _REMOTE.fullmatch(remote):
        return _address(found, root.resolve().relative_to(Path(top).resolve()))
    declared = [found for address in _declared(folder) if (found := _PROJECT.fullmatch(address))]
    found = next((each for each in declared if _shape(each["host"])), None)
    if found is None:
        return ""
    return _address(found, _folder_of(found, declared) / root.resolve().relative_to(folder.resolve()))


def _folder_of(found: re.Match[str], declared: Iterable[re.Match[str]]) -> Path:
    """Return the folder of a project in its repository according to its URLs, or the top folder."""
    same = (each["rest"] for each in declared if (each["host"], each["path"]) == (found["host"], found["path"]))
    inside = next((place["folder"] for rest in same if (place := _FOLDER.fullmatch(rest or ""))), "")
    return Path(inside)


def repository_address(source: str) -> str:
    """Return the URL of a repository, given that of a line of its sources."""
    return re.split(r"/-/blob/|/blob/|/src/", source, maxsplit=1)[0]


def _address(found: re.Match[str], inside: Path) -> str:
    prefix = "" if inside == Path() else f"{inside.as_posix()}/"
    return _shape(found["host"]).format(base=f"https://{found['host']}/{found['path']}", prefix=prefix)


def _shape(host: str) -> str:
    return next((shape for word, shape in _SHAPES if word in host), "")


def description(folder: Path) -> str:
    """Return the sentence in which a project describes itself, empty for none."""
    project, poetry = _tables(folder)
    declared = project.get("description") or poetry.get("description") or setup_fields(folder).get("description")
    # A reference in `setup.cfg` (`file: README`, `attr: ...`) is not a sentence.
    written = "" if str(declared or "").startswith(("file:", "attr:")) else str(declared or "")
    return " ".join((written or dict(reversed(archive_fields(folder))).get("Summary", "")).split())


def _tables(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the metadata in a project file: the standard table, and that of poetry."""
    try:
        table = read_toml(folder / "pyproject.toml")
    except SettingError:  # there is no such file
        return {}, {}
    return table_in(table, "project"), table_in(table, "tool", "poetry")


def _declared(folder: Path) -> list[str]:
    """Return the URLs of a project, those of its repository first."""
    project, poetry = _tables(folder)
    urls: dict[str, object] = dict(_older_addresses(folder))
    urls |= {name: poetry[name] for name in ("repository", "homepage") if name in poetry}
    urls |= table_in(poetry, "urls") | table_in(project, "urls")
    order = sorted(urls, key=lambda name: name.lower() not in {"source", "repository", "source code", "github", "code"})
    return [str(urls[name]) for name in order]


def _older_addresses(folder: Path) -> dict[str, str]:
    """Return the URLs, by label, in `setup.py`, `setup.cfg` and the metadata of an unpacked archive."""
    fields = archive_fields(folder)
    labelled = [value.partition(",")[::2] for name, value in fields if name == "Project-URL"]
    found = {name: value for name, value in fields if name == "Home-page"}
    found |= {label.strip(): address.strip() for label, address in labelled}
    given = setup_fields(folder)
    lines = (line.partition("=")[::2] for line in given.get("project_urls", "").splitlines() if "=" in line)
    found |= {label.strip(): address.strip() for label, address in lines}
    return found | ({"url": given["url"]} if given.get("url") else {})


def _git(folder: Path, *arguments: str) -> str:
    try:
        line = ["git", "-C", str(folder), *arguments]
        done = subprocess.run(line, capture_output=True, check=False, timeout=20)  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired):  # git is not installed
        return ""
    # As paths are decoded, because a folder may have a name that is not UTF-8.
    return os.fsdecode(done.stdout).strip() if done.returncode == 0 else ""
