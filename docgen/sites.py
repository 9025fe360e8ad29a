"""Reads the site around a reference from its configuration, without its generator: `mkdocs.yml`, `zensical.toml`.

The YAML is read line by line: no YAML reader is needed to find two keys, and tags that only mkdocs knows do no harm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from docgen.files import read_file
from docgen.settings import parse_toml

MKDOCS_FILE = "mkdocs.yml"
ZENSICAL_FILE = "zensical.toml"
DOCS = "docs"
"""Folder of the pages where the configuration names none. Source: the documentation of mkdocs."""
STARTS = ("index.md", "README.md")
"""Names that the first page of a site may have."""
_CLIMB = 6
"""How many folders up a site is searched."""
_KEY = r"^{key}:[ \t]*[\"']?([^\"'#\n]+?)[\"']?[ \t]*(?:#.*)?$"


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site, and how it makes addresses."""

    docs: Path
    """Folder of its pages."""
    has_folders: bool = True
    """Whether `page.md` becomes `page/`, not `page.html`."""

    def prefix(self, folder: Path) -> str:
        """Return the path of a folder, relative to the folder of the pages; empty for that folder itself."""
        inside = folder.resolve().relative_to(self.docs.resolve()).as_posix()
        return "" if inside == "." else inside

    @property
    def start(self) -> str:
        """Path of its first page, relative to its pages; empty if there is none."""
        return next((name for name in STARTS if (self.docs / name).is_file()), "")


def read_site(folder: Path) -> Site | None:
    """Return the site that is configured in a folder, None if there is none."""
    try:
        text = read_file(folder / MKDOCS_FILE).decode(errors="replace").replace("\r\n", "\n")
        docs, urls = (_key(text, key) for key in ("docs_dir", "use_directory_urls"))
        has_folders = urls.lower() not in {"false", "no", "off"}
        return None if "\0" in docs else Site(docs=folder / (docs or DOCS), has_folders=has_folders)
    except OSError:
        pass
    try:
        table = parse_toml(read_file(folder / ZENSICAL_FILE).decode()).get("project", {})
        docs, urls = str(table.get("docs_dir", DOCS)), table.get("use_directory_urls", True)
        return None if "\0" in docs else Site(docs=folder / docs, has_folders=urls is not False)
    except (OSError, ValueError, AttributeError):  # none, or one that its generator refuses
        return None


def site_around(folder: Path) -> tuple[Site | None, tuple[Path, ...]]:
    """Return the site whose pages a folder is among, and the files that were looked for.

    Parameters:
        folder: The output folder of a reference; it need not exist.
    """
    inside = folder.resolve()
    looked_for: list[Path] = []
    for parent in inside.parents[:_CLIMB]:
        looked_for += [parent / MKDOCS_FILE, parent / ZENSICAL_FILE]
        site = read_site(parent)
        if site is not None:
            return (site if inside.is_relative_to(site.docs.resolve()) else None), tuple(looked_for)
    return None, tuple(looked_for)


def _key(text: str, key: str) -> str:
    found = re.search(_KEY.format(key=key), text, re.MULTILINE)
    return found[1] if found else ""
