"""Compares pages: the committed ones with newly built ones, ours with published ones."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from docgen.files import read_kept
from docgen.incremental.manifest import tracked

_ENTITY = re.compile(r"&[a-z]+;")


def differences(files: Mapping[str, str], folder: Path, *, is_whole: bool) -> Iterator[str]:
    """Yield the differences between a folder and the files that should be in it, one unified diff for each file.

    Parameters:
        files: Path relative to the folder -> text.
        folder: The committed folder.
        is_whole: The files are all that should be there, so that any other page is a difference.
    """
    on_disk = tracked(folder) if folder.is_dir() else ()
    for path in sorted({*files, *(on_disk if is_whole else ())}):
        committed = _text(folder / path)
        wanted = files.get(path, "")
        if committed != wanted:
            yield "".join(_diff(committed, wanted, path))


def _diff(committed: str, wanted: str, path: str) -> Iterator[str]:
    lines = (committed.splitlines(keepends=True), wanted.splitlines(keepends=True))
    for line in difflib.unified_diff(*lines, f"committed/{path}", f"sources/{path}", n=2):
        yield line if line.endswith("\n") else f"{line}\n"


def _text(path: Path) -> str:
    return read_kept(path).decode(errors="replace")


@dataclass(frozen=True, kw_only=True)
class CorpusTable:
    """How pages compare with published ones."""

    text: str
    is_exact: bool


def corpus_table(files: Mapping[str, str], corpus: Path) -> CorpusTable:
    """Return how many published pages are equal byte for byte, and the first differing line of each other page.

    Parameters:
        files: Path -> text, ours.
        corpus: Folder of published pages.
    """
    published = {path: _text(corpus / path) for path in tracked(corpus)}
    near = [path for path, text in published.items() if path in files and files[path] != text]
    missing = [path for path in published if path not in files]
    extra = [path for path in files if path not in published]
    exact = len(published) - len(near) - len(missing)
    causes = {path: _cause(published[path], files[path]) for path in near}
    lines = [f"{exact} of {len(published)} exact, {len(near)} near, {len(missing)} missing, {len(extra)} extra"]
    lines += [f"  near     {path}: {cause}" for path, cause in causes.items()]
    lines += [f"  missing  {path}" for path in missing]
    lines += [f"  extra    {path}" for path in extra]
    kinds = Counter(cause.split(":")[0] for cause in causes.values())
    lines += [f"  {number:4} x {kind}" for kind, number in kinds.most_common()]
    return CorpusTable(text="\n".join(lines), is_exact=exact == len(published) and not extra)


def _cause(published: str, ours: str) -> str:
    """Return the first line that differs, with the part of the page that contains it."""
    was, now = published.split("\n"), ours.split("\n")
    number = next((n for n, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    a, b = ("\n".join(lines[number : number + 1]) for lines in (was, now))
    part = next((line for line in reversed(was[: number + 1]) if line.startswith("#")), "front matter")
    return f"{_kind(a, b)}: line {number + 1}, below {part!r}: {a[:90]!r} published, {b[:90]!r} ours"


def _kind(published: str, ours: str) -> str:
    if not published.strip() or not ours.strip():
        return "line missing or extra"
    if _ENTITY.sub("", published) == _ENTITY.sub("", ours):
        return "entities"
    if published.startswith(("    ", ")")):
        return "signature"
    return "table row" if published.startswith("|") else "text"
