"""The entry points for mkdocs: builds references before pages are read, and again while the site is served.

While serving, mkdocs builds the whole site for every change. With this plugin it builds only the pages that are newer
than their HTML files, as long as no pages are added or removed and the configuration is the same. The titles and the
search index entries of all other pages are those of the last build.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from mkdocs.commands.build import build
from mkdocs.config import config_options, load_config
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from docgen.errors import DocgenError
from docgen.files import read_kept
from docgen.findings import counted
from docgen.plugin import inventory
from docgen.plugin.nav import modules, names_of_folders, with_names, with_references
from docgen.plugin.prose import References
from docgen.plugin.references import LiveReference, Refreshed, live_references
from docgen.plugin.slim import near, slim_content, slim_page
from docgen.sources.store import frozen_collector
from docgen.stamps import Entry, stamp

STYLE, SCRIPT = "assets/docgen.css", "assets/docgen.js"
"""Paths of the files that the plugin adds to a site; a project may have its own files there."""
UNNAMED_DIALOG = '<div class="md-search" data-md-component="search" role="dialog">'
"""The search dialog of the theme, which has no name for screen readers."""
FOLDER, TITLE = "reference", "API reference"
"""Usual name of the folder of a reference, and the title of its section in a navigation that mkdocs generates."""
SEARCH_INDEX = "search/search_index.json"
_log = get_plugin_logger("docgen")


class Options(Config):  # type: ignore[no-untyped-call] # mkdocs does not annotate `__init_subclass__`
    """Keys of the plugin in `mkdocs.yml`."""

    pyproject = config_options.Type(str, default="pyproject.toml")
    """Project file that lists the references, relative to `mkdocs.yml`."""


class DocgenPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call] # see above
    """Builds the references listed in `[tool.docgen]` whose pages are in the documentation folder."""

    def __init__(self) -> None:
        self._references: tuple[LiveReference, ...] = ()
        self._prose = References({})
        self._titles: dict[str, str] = {}
        self._folders: tuple[str, ...] = ()
        """Folders of the references, relative to the documentation folder, each with a slash at its end."""
        self._modules: dict[str, str] = {}
        """Page of each module -> its dotted name, if mkdocs generates the navigation."""
        self._read: dict[str, Entry] = {}
        """State of the pages when the last build began to read them."""
        self._is_serving = False
        self._was_built = False
        self._surroundings: tuple[object, ...] = ()
        self._templates = _Templates()

    # -- every build

    def on_startup(self, *, command: str, dirty: bool) -> None:  # noqa: ARG002 - mkdocs calls it by keywords
        """Record whether the site is served. Because of this method, mkdocs uses one plugin object for all builds."""
        self._is_serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Build the references."""
        home = Path(config.config_file_path or "mkdocs.yml").resolve().parent
        try:
            self._references = live_references(home / self.config.pyproject, Path(config.docs_dir))
            if not self._references:
                _log.warning(f"no reference of {self.config.pyproject} has its folder in {config.docs_dir}")
            self._refresh()
        except DocgenError as error:
            raise PluginError(f"docgen: {error}") from error
        self._prose = References(self._symbols(Path(config.docs_dir)))
        if STYLE not in config.extra_css:
            config.extra_css.append(STYLE)
        if SCRIPT not in config.extra_javascript:
            config.extra_javascript.append(SCRIPT)
        listed = {self._prefix(each, config): each.navigation() for each in self._references}
        self._folders = tuple("" if folder == "." else f"{folder}/" for folder in listed)
        if config.nav:
            config.nav = with_references(config.nav, {f"{folder}/": pages for folder, pages in listed.items() if pages})
        else:
            self._modules = {path: name for pages in listed.values() for path, name in modules(pages).items()}
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add style and script, and mark pages that have changed since the last build began."""
        for path in (STYLE, SCRIPT):
            if files.get_file_from_path(path) is None:
                ours = Path(__file__).with_name(path.rpartition("/")[2])
                files.append(File.generated(config, path, abs_src_path=str(ours)))
        for file in files.documentation_pages():
            source = stamp(str(file.abs_src_path))
            # mkdocs compares times, and a file saved while its page was being written would be older than that page.
            if self._read.get(file.src_uri, source) != source and Path(file.abs_dest_path).is_file():
                os.utime(file.abs_dest_path, (0, 0))
            self._read[file.src_uri] = source
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:  # noqa: ARG002 - see above
        """Set the names of modules, and the previous titles of pages that are not built."""
        if self._modules:
            titles = {self._prefix(each, config): TITLE for each in self._references if each.folder.name == FOLDER}
            nav.items = with_names(nav.items, {**titles, **names_of_folders(self._modules)})
        if self._was_built:
            for page in nav.pages:
                if page.file.src_uri in self._titles and not page.file.is_modified():
                    page.title = self._titles[page.file.src_uri]
        return nav

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:  # noqa: ARG002 - see above
        """Keep the compiled templates of the theme between builds, because compiling them takes a third of a build."""
        env.bytecode_cache = self._templates
        env.auto_reload = False  # mkdocs makes another environment for every build
        return env

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG002 - see above
        """Resolve the references to symbols in a page that docgen did not write."""
        if page.file.src_uri in self._modules:  # within the navigation the last part of the name is enough
            page.meta.setdefault("title", self._modules[page.file.src_uri])
        if self._is_ours(page):
            return markdown
        return self._prose.resolve(markdown, page.file.src_uri, _log.warning)

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG002 - see above
        """Record the title of a page."""
        self._titles[page.file.src_uri] = str(page.title)
        return slim_content(html) if self._is_ours(page) else html

    def on_page_context(
        self,
        context: TemplateContext,
        *,
        page: Page,
        config: MkDocsConfig,  # noqa: ARG002 - see above
        nav: Navigation,
    ) -> TemplateContext:
        """Shorten the navigation beside a page of a reference if it is too long to be read."""
        if self._is_ours(page):
            context["nav"] = copy(nav)
            context["nav"].items = near(nav.items, page)
        return context

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG002 - see above
        """Name the search dialog of the theme, and strip whitespace from the navigation."""
        return slim_page(output.replace(UNNAMED_DIALOG, UNNAMED_DIALOG[:-1] + ' aria-label="Search">', 1))

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write one inventory for the whole site at its root, where tools look for it, unless the project has one."""
        found = {self._prefix(each, config): each.inventory() for each in self._references}
        if any(found.values()) and not Path(config.docs_dir, inventory.NAME).exists():
            whole = inventory.merged({folder: raw for folder, raw in found.items() if raw}, config.site_name)
            Path(config.site_dir, inventory.NAME).write_bytes(whole)

    def _is_ours(self, page: Page) -> bool:
        """Return True if a page belongs to a reference."""
        return page.file.src_uri.startswith(self._folders)

    @staticmethod
    def _prefix(reference: LiveReference, config: MkDocsConfig) -> str:
        return reference.folder.relative_to(Path(config.docs_dir).resolve()).as_posix()

    def _refresh(self) -> tuple[Refreshed, ...]:
        """Build the changed references, and print a line for each."""
        done = []
        for each in self._references:
            refreshed = each.refresh(may_lose=self._is_serving)
            if refreshed is None:
                continue
            done.append(refreshed)
            if refreshed.broken:
                _log.warning(f"{refreshed.broken}; the last good pages stay")
            else:
                changed = f"{len(refreshed.changed)} of {counted(refreshed.pages, 'page')} changed"
                found = counted(refreshed.findings, "finding")
                _log.info(f"{each.job.out}: {changed}, {found} (`docgen build` lists them)")
        return tuple(done)

    def _symbols(self, docs: Path) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for each in self._references:
            prefix = each.folder.relative_to(docs.resolve()).as_posix()
            found = {**{path: f"{prefix}/{place}" for path, place in each.symbols().items()}, **found}
        return found

    # -- while the site is served

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[..., None]
    ) -> LiveReloadServer:
        """Watch the documented sources, and build only what has changed."""
        self._was_built = True
        self._surroundings = _surroundings(config)
        for each in self._references:
            for path in each.watched():
                server.watch(path)
        server.watch(str(Path(config.config_file_path).parent / self.config.pyproject))
        self._watch_pages(server, config)
        server.builder = lambda: self._rebuild(server, config, builder)
        return server

    def _watch_pages(self, server: LiveReloadServer, config: MkDocsConfig) -> None:
        """Watch the documentation folder without the references, which change because docgen writes them."""
        server.unwatch(config.docs_dir)
        outputs = {each.folder for each in self._references}
        for path, is_whole in _parts(Path(config.docs_dir).resolve(), outputs):
            server.watch(str(path), recursive=is_whole)

    def _rebuild(self, server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]) -> None:
        """Build the changed pages if that is enough, or else the whole site."""
        with frozen_collector():
            self._rebuild_now(server, config, builder)

    def _rebuild_now(self, server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]) -> None:
        started = time.perf_counter()
        try:
            refreshed = self._refresh()
        except DocgenError as error:
            _log.warning(f"{error}; the last good pages stay")
            return
        surroundings = _surroundings(config)
        if surroundings != self._surroundings or self._prose.moved(self._symbols(Path(config.docs_dir))):
            self._was_built = False
            builder()
            self._was_built = True
            self._surroundings = _surroundings(config)
            return
        if refreshed and all(each.broken for each in refreshed):
            return
        _build_newer(config, server.url)
        _log.info(f"built what has changed in {time.perf_counter() - started:.1f} s")


class _Templates(BytecodeCache):
    """Compiled templates, in memory."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Set the code of a template, if one with the same text was compiled before."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the code of a template."""
        self._codes[bucket.key, bucket.checksum] = bucket.code


def _build_newer(config: MkDocsConfig, address: str) -> None:
    """Build the pages that are newer than their HTML files.

    Parameters:
        config: The configuration of the first build.
        address: The address that the site is served at.
    """
    index = Path(config.site_dir, SEARCH_INDEX)
    before = _read_index(index)
    with _quiet():
        fresh = load_config(
            config_file=config.config_file_path,
            site_dir=config.site_dir,
            strict=config.strict,
            use_directory_urls=config.use_directory_urls,
        )
        fresh.site_url = address
        build(fresh, serve_url=address, dirty=True)
    if before is not None and (after := _read_index(index)) is not None:
        index.write_text(json.dumps(merged_index(before, after)), encoding="utf-8")


def merged_index(before: dict[str, list[dict[str, str]]], after: dict[str, list[dict[str, str]]]) -> dict[str, object]:
    """Return a search index with the pages of a build, and those of the previous build that were not built again."""
    built = {entry["location"].partition("#")[0] for entry in after["docs"]}
    kept = [entry for entry in before["docs"] if entry["location"].partition("#")[0] not in built]
    return {**after, "docs": [*kept, *after["docs"]]}


def _read_index(path: Path) -> dict[str, list[dict[str, str]]] | None:
    try:
        index = json.loads(read_kept(path))
    except (ValueError, RecursionError):  # the site has no search
        return None
    return index if isinstance(index, dict) and isinstance(index.get("docs"), list) else None


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress mkdocs' warning that a build of single pages is inaccurate, which it is not here."""
    logger = logging.getLogger("mkdocs.commands.build")
    logger.addFilter(_is_no_advice)
    try:
        yield
    finally:
        logger.removeFilter(_is_no_advice)


def _is_no_advice(record: logging.LogRecord) -> bool:
    return record.levelno > logging.INFO and not record.getMessage().startswith("A 'dirty' build")


def _surroundings(config: MkDocsConfig) -> tuple[object, ...]:
    """Return what every page of a site may depend on: the set of files, and the state of the code that renders them."""
    walked = os.walk(config.docs_dir)
    # Files in folders such as `.docgen` are on no page.
    names = tuple(sorted(f"{folder}/{name}" for folder, _, names in walked if "/." not in folder for name in names))
    makers = [str(config.config_file_path), *map(str, config.hooks), *config.watch]
    custom = getattr(config.theme, "custom_dir", None)
    return names, tuple(_stamps([*makers, *([custom] if custom else [])]))


def _stamps(paths: list[str]) -> Iterator[Entry]:
    for path in paths:
        yield stamp(path)
        for folder, _, names in os.walk(path):
            yield from (stamp(f"{folder}/{name}") for name in sorted(names))


def _parts(folder: Path, outputs: set[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield the parts of a folder that do not contain some other folders, each with whether it is a whole tree."""
    if not any(output.is_relative_to(folder) for output in outputs):
        yield folder, True
    elif folder not in outputs:
        yield folder, False
        for each in sorted(folder.iterdir()):
            if each.is_dir():
                yield from _parts(each, outputs)
