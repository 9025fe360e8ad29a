"""Compare the site of a reference with those of other generators: CPU seconds, size, and contents of the pages.

    python -m bench.sites [--with PYTHON] [--older PYTHON] [--targets probe,httpx==0.28.1] [--out build/sites]

Prints JSON. Each generator runs with its documented defaults, and with the options that a look at its documentation
suggests for an API reference. `PYTHON` is the interpreter of an environment that has them: `pip install
mkdocs-material mkdocstrings[python] pdoc sphinx sphinx-autoapi furo`, with the packages that are documented, which pdoc
imports; `--older` names one with quartodoc, which needs an older griffe. A generator that fails is left out, with the
reason. `probe` is a small package in which each thing that is looked for has a word of its own.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import resource
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from docgen.sources.targets import find_sources

DOCGEN = Path(sys.executable).parent / "docgen"
PROBE = Path(__file__).with_name("probe.txt")
"""Source of the package `probe`. It is a string, so that linters do not check its intentional oddities."""
MATERIAL = "site_name: reference\ntheme:\n  name: material\n  font: false\n"
SYMBOLS = ("module", "class", "exception", "function", "data")
"""Roles of symbols that have a page of their own where each symbol has one."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """A package that sites are made of."""

    target: str
    name: str
    root: Path


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Where things are while a site is measured."""

    python: str
    """Interpreter of the environment of the other generators."""
    older: str
    """The same for quartodoc, which needs an older griffe."""
    work: Path

    def run(self, *command: str | Path, cwd: Path | None = None) -> str:
        """Return the output of a command, which has to succeed."""
        done = subprocess.run(
            list(map(str, command)), cwd=cwd or self.work, capture_output=True, text=True, check=False
        )
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
            raise RuntimeError(lines[-1])
        return done.stdout

    def write(self, name: str, text: str) -> Path:
        """Write a file below the work folder."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


def docgen(bench: Bench, sources: Sources, keys: str = "") -> Path:
    """Build with docgen and its plugin, as `docgen init` sets a project up."""
    reference = f'[[tool.docgen.reference]]\ntarget = "{sources.target}"\nout = "docs/reference"\n{keys}'
    bench.write("pyproject.toml", reference)
    bench.write("docs/index.md", "# Reference\n")
    bench.write(
        "mkdocs.yml", f"{MATERIAL}  features: [navigation.prune, navigation.indexes]\nplugins: [search, docgen]\n"
    )
    bench.run(sys.executable, "-m", "mkdocs", "build", "-q")
    return bench.work / "site"


def docgen_with_source(bench: Bench, sources: Sources) -> Path:
    """Build with docgen, with the folded source of every function."""
    return docgen(bench, sources, "show_source = true\n")


def one_page_per_symbol(bench: Bench, sources: Sources) -> Path:
    """Build Material with its own navigation, a page with the first sentence of each module, class and function."""
    bench.run(DOCGEN, "build", sources.target, "--out", "reference")
    listed = json.loads((bench.work / "reference" / "symbols.json").read_text(encoding="utf-8"))["symbols"]
    for each in listed:
        if each["role"] in SYMBOLS:
            bench.write(f"docs/{each['path'].replace('.', '/')}.md", f"# {each['path']}\n\n{each['summary']}\n")
    bench.write("mkdocs.yml", MATERIAL)
    bench.run(sys.executable, "-m", "mkdocs", "build", "-q")
    return bench.work / "site"


_HEADING = re.compile(r'^(#+) <a id="(?P<path>[\w.]+)"></a>.*$', re.MULTILINE)
"""Anchor of a symbol; other headings of a reference have a colon in their anchor."""


def one_full_page_per_symbol(bench: Bench, sources: Sources) -> Path:
    """Build Material with its own navigation, a page with docgen's full text for each module, class and function."""
    bench.run(DOCGEN, "build", sources.target, "--out", "reference", "--set", "layout=class")
    for page in sorted((bench.work / "reference").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        found = [each for each in _HEADING.finditer(text) if not each["path"].endswith(".__init__")]
        for heading, below in zip_longest(found, found[1:]):
            end = below.start() if below else len(text)
            name = heading["path"].replace(".", "/").lower()
            bench.write(f"docs/{name}.md", f"# {heading['path']}\n{text[heading.end() : end]}")
    bench.write("mkdocs.yml", MATERIAL)
    bench.run(sys.executable, "-m", "mkdocs", "build", "-q")
    return bench.work / "site"


def mkdocstrings(bench: Bench, sources: Sources) -> Path:
    """Build with mkdocstrings, a page for each package, options that show all that it can."""
    packages = sorted({path.parent for path in (sources.root / sources.name).rglob("__init__.py")})
    for package in packages:
        dotted = ".".join(package.relative_to(sources.root).parts)
        bench.write(f"docs/{dotted}.md", f"::: {dotted}\n")
    options = textwrap.indent(
        "show_signature_annotations: true\nseparate_signature: true\nsignature_crossrefs: true\nmembers_order: source\n"
        "show_symbol_type_heading: true\nshow_symbol_type_toc: true\nshow_if_no_docstring: true\n"
        "merge_init_into_class: true\n"
        "inherited_members: true\nshow_inheritance_diagram: true\nparameter_headings: true\nfilters: ['!^_[^_]']\n",
        " " * 12,
    )
    bench.write(
        "mkdocs.yml",
        f"{MATERIAL}plugins:\n  - search\n  - mkdocstrings:\n      handlers:\n        python:\n"
        f"          paths: [{sources.root}]\n"
        f"          options:\n{options}"
        "markdown_extensions:\n  - pymdownx.highlight\n  - pymdownx.superfences:\n      custom_fences:\n"
        "        - name: mermaid\n          class: mermaid\n"
        "          format: !!python/name:pymdownx.superfences.fence_code_format\n",
    )
    bench.run(bench.python, "-m", "mkdocs", "build", "-q")
    return bench.work / "site"


def pdoc(bench: Bench, sources: Sources) -> Path:
    """Build with pdoc, which imports the package."""
    bench.run("env", f"PYTHONPATH={sources.root}", bench.python, "-m", "pdoc", sources.name, "-o", "site")
    return bench.work / "site"


LISTED = """
import sys
from quartodoc import get_object
root, name = sys.argv[1:]
sys.path.insert(0, root)
for member in get_object(name, dynamic=False).members.values():
    is_own = not member.is_alias or member.target_path.startswith(name + ".")
    if is_own and not member.name.startswith("_") and not member.is_module:
        print(member.name)
"""
"""Prints the members for the pages of quartodoc, which needs each of them listed explicitly."""


def quartodoc(bench: Bench, sources: Sources) -> Path:
    """Write the pages of the members of the top package with quartodoc, and build them with Material, not Quarto.

    Its parser of Google docstrings stops at `Yields:` and `Warns:`, so docstrings are read in its default style.
    """
    listed = bench.run(bench.older, "-c", LISTED, sources.root, sources.name).split()
    contents = "".join(f"        - {{name: {name}, include_inherited: true}}\n" for name in listed)
    bench.write(
        "_quarto.yml",
        f"quartodoc:\n  package: {sources.name}\n  dir: docs\n  source_dir: {sources.root}\n  parser: numpy\n"
        "  renderer: {style: markdown, show_signature_annotations: true}\n"
        f"  sections:\n    - title: API\n      contents:\n{contents}",
    )
    bench.run("env", f"PYTHONPATH={sources.root}", Path(bench.older).parent / "quartodoc", "build")
    for page in (bench.work / "docs").glob("*.qmd"):
        page.rename(page.with_suffix(".md"))
    bench.write("mkdocs.yml", f"{MATERIAL}markdown_extensions: [attr_list, pymdownx.highlight, pymdownx.superfences]\n")
    bench.run(bench.older, "-m", "mkdocs", "build", "-q")
    return bench.work / "site"


def autoapi(bench: Bench, sources: Sources) -> Path:
    """Build with sphinx-autoapi and the theme furo."""
    bench.write(
        "docs/conf.py",
        'project = "reference"\nhtml_theme = "furo"\nextensions = ["autoapi.extension", "sphinx.ext.napoleon", '
        f'"sphinx.ext.viewcode"]\nautoapi_dirs = [r"{sources.root / sources.name}"]\n'
        'autoapi_options = ["members", "undoc-members", "show-inheritance", "show-module-summary", "special-members", '
        '"inherited-members"]\n'
        'autoapi_python_class_content = "both"\n',
    )
    bench.write("docs/index.rst", "Reference\n=========\n\n.. toctree::\n\n   autoapi/index\n")
    bench.run(bench.python, "-m", "sphinx", "-q", "-b", "html", "docs", "site")
    return bench.work / "site"


GENERATORS: dict[str, Callable[[Bench, Sources], Path]] = {
    "docgen": docgen,
    "docgen with source": docgen_with_source,
    "mkdocstrings": mkdocstrings,
    "pdoc": pdoc,
    "quartodoc": quartodoc,
    "sphinx-autoapi": autoapi,
    "one page per symbol": one_page_per_symbol,
    "one full page per symbol": one_full_page_per_symbol,
}


class Site:
    """The pages of a site, as markup and as text.

    Parameters:
        folder: The folder of the site.
    """

    def __init__(self, folder: Path) -> None:
        pages = [each for each in sorted(folder.rglob("*.html")) if each.name not in ("404.html", "search.html")]
        self.files = [each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()]
        self.bytes = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
        markup = "\n".join(page.read_text(encoding="utf-8", errors="replace") for page in pages)
        self.markup = re.sub(r"<!--.*?-->|<nav.*?</nav>|<head>.*?</head>", "", markup, flags=re.DOTALL)
        blocks = re.sub(r"<(?=br|p|div|td|th|tr|li|h\d|dt|dd|pre)", " <", self.markup)
        self.text = " ".join(html.unescape(re.sub(r"<[^>]+>", "", blocks)).replace("\N{NO-BREAK SPACE}", " ").split())

    def says(self, pattern: str) -> bool:
        """Return True if the text of the pages matches a pattern."""
        return re.search(pattern, self.text, re.IGNORECASE) is not None

    def has(self, pattern: str) -> bool:
        """Return True if the markup of the pages matches a pattern."""
        return re.search(pattern, self.markup, re.IGNORECASE | re.DOTALL) is not None


def _says(pattern: str) -> Callable[[Site], bool]:
    return lambda site: site.says(pattern)


def _has(pattern: str) -> Callable[[Site], bool]:
    return lambda site: site.has(pattern)


ASKED: dict[str, Callable[[Site], bool]] = {
    "`*` and `/` in signatures": _says(r"n: *int, */, *m: *int *= *2, *\*, *mode"),
    "overloads": lambda site: (
        site.says(r"code: *int *\) *(->|→) *\S*Color") and site.says(r"code: *str *\) *(->|→) *\S*Point")
    ),
    "class method": _says(r"class ?method"),
    "static method": _says(r"static ?method|\bstatic\b"),
    "abstract method": _says(r"abstract"),
    "deprecated": _says(r"deprdoc"),
    "example of a class": _says(r"exampledoc"),
    "note of a class": _says(r"notedoc"),
    "docs of an attribute": _says(r"attrdoc"),
    "docs of a variable": _says(r"limitdoc"),
    "docs of a member of an enumeration": _says(r"reddoc"),
    "arguments of `__init__`": _says(r"sizedoc"),
    "example of a function": _says(r"scandoc"),
    "`__len__`": _says(r"lendoc"),
    "`__call__`": _says(r"calldoc"),
    "yields": _says(r"yielddoc"),
    "`-> None`": _says(r"x: *int *\) *(->|→) *None"),
}
"""The 17 things that were looked for at first."""
_ARROW = r"\)(?:<[^>]+>|\s)*(?:-&gt;|→|->)(?:</?(?!a )[^>]*>|\s)*"
_LINK = r"<a [^>]*href=\"[^\"]*{}[^\"]*\"[^>]*>(?:<[^>]+>)*[\w.]*{}"
FURTHER: dict[str, Callable[[Site], bool]] = {
    "source code": _has(r"raise|yield(</span>)? *(<span class=\"mi\">)?1"),
    "line numbers of the source": _says(r"__init__\.py[:\w ]*\d+|lines? \d+"),
    "own type in a signature linked": _has(_ARROW + _LINK.format("Color", "Color")),
    "type of the standard library linked": _has(_LINK.format("docs.python.org/3/library/ssl", "SSLContext")),
    "base class linked": _has(r"Bases?:?\s*(<[^>]+>|\s)*" + _LINK.format("Base", "Base")),
    "raised error linked": _has(_LINK.format("ValueError", "ValueError")),
    "inventory for other projects": lambda site: (
        "objects.inv" in site.files or any(f.endswith("/objects.inv") for f in site.files)
    ),
    "picture of the inheritance": _has(r"<svg[^>]*>\s*<title[^>]*>Inheritance|inheritance-diagram|mermaid"),
    "subclasses": _says(r"Child,? derives? from Base|Subclasses"),
    "inherited members": lambda site: (
        site.says(r"Inherited members|From Base") or site.has(r"id=\"[\w.]*Child\.wait\"")
    ),
    "anchor of a parameter": _has(r"id=\"[\w.]*run\(mode\)\""),
    "default of a parameter in its row": _has(r"<td>\s*<code>(&#39;|'|&quot;|\")?(<[^>]+>)*fast"),
    "setter of a property": _says(r"name\.setter|writable"),
    "cached property": _says(r"cached"),
    "what a type alias stands for": _says(r"Literal\[['\"]fast['\"], *['\"]slow['\"]\]"),
    "value of a constant": _says(r"LIMIT\b.{0,30}\b7\b"),
    "values of an enumeration": _says(r"RED\b.{0,12}\b1\b"),
    "field of a dataclass with its description": _says(r"tagsdoc"),
    "docs of keys of a typed dictionary": _says(r"keydoc"),
    "see also, with a link": lambda site: site.says("seedoc") and site.has(_LINK.format("scan", "scan")),
}
"""20 more; in most of them one of the others was ahead of docgen when they were chosen."""


def measured(bench: Bench, sources: Sources, make: Callable[[Bench, Sources], Path]) -> Iterator[tuple[str, object]]:
    """Yield the figures of a site."""
    shutil.rmtree(bench.work, ignore_errors=True)
    bench.work.mkdir(parents=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        folder = make(bench, sources)
    except RuntimeError as error:
        yield "failed", str(error)[:200]
        return
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    yield "cpu_seconds", round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1)
    site = Site(folder)
    yield "pages", sum(name.endswith(".html") for name in site.files)
    yield "megabytes", round(site.bytes / 1e6, 1)
    if sources.name == PROBE.stem:
        yield "asked", [name for name, found in ASKED.items() if not found(site)]
        yield "further", [name for name, found in FURTHER.items() if not found(site)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--with", dest="python", default=sys.executable)
    parser.add_argument("--older", default=sys.executable)
    parser.add_argument("--targets", default="probe,httpx==0.28.1,flyte==2.12.1")
    parser.add_argument("--generators", default=",".join(GENERATORS))
    parser.add_argument("--out", type=Path, default=Path("build/sites"))
    asked = parser.parse_args()
    figures: dict[str, dict[str, dict[str, object]]] = {}
    package = (asked.out / "packages" / "probe").resolve()
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(PROBE.read_text(encoding="utf-8"), encoding="utf-8")
    for target in asked.targets.split(","):
        place = str(package) if target == "probe" else target
        found = find_sources(place)
        sources = Sources(target=place, name=found.packages[0], root=found.root)
        for name in asked.generators.split(","):
            work = (asked.out / f"{target}-{name}".replace(" ", "-")).resolve()
            python, older = (str(Path(each).absolute()) for each in (asked.python, asked.older))
            bench = Bench(python=python, older=older, work=work)
            figures.setdefault(target, {})[name] = dict(measured(bench, sources, GENERATORS[name]))
            print(target, name, figures[target][name], file=sys.stderr, flush=True)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
