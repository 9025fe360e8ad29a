"""No text of a documented package becomes live script in the site built from its pages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

import pytest
from click.testing import CliRunner

from docgen.command.cli import docgen
from tests.browsing import FLAGS, chromium, served

pytest.importorskip("mkdocs", reason="needs the extra `site`")
pytest.importorskip("material", reason="needs the extra `site`")

BESIDE = "what a file beside the pages holds"

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""Has the browser ask nobody else."""
PAYLOADS = (
    "<script>canary()</script>",
    "<ScRiPt src=data:,canary()></sCrIpT>",
    "<img src=x onerror=canary()>",
    "<img src=x\nonerror=canary()>",
    "<svg/onload=canary()>",
    "<svg><script>canary()</script></svg>",
    "<body onload=canary()>",
    "<details open ontoggle=canary()>x</details>",
    "<div markdown='1' onclick='canary()' class='hit'>\n\ntext\n\n</div>",
    "<a class=hit href=javascript:canary()>x</a>",
    "<a class=hit href='jav&#x09;ascript:canary()'>x</a>",
    "<iframe srcdoc='<script>parent.canary()</script>'></iframe>",
    "<object data='data:text/html,<script>canary()</script>'></object>",
    "<form action=javascript:canary()><button class=hit>x</button></form>",
    "<style>@import 'javascript:canary()';</style>",
    "<meta http-equiv=refresh content='0;url=javascript:canary()'>",
    "<base href='javascript:canary()//'>",
    "<!-- x --><script>canary()</script><!-- -->",
    "<!-- <script>canary()</script>",
    "<![CDATA[<script>canary()</script>]]>",
    "<?php echo '<script>canary()</script>' ?>",
    "</code></pre></div><script>canary()</script>",
    "</textarea></title></style></script><script>canary()</script>",
    "&lt;script&gt;canary()&lt;/script&gt;",
    "`<script>canary()</script>` and ``a` <script>canary()</script>``",
    "`` ` ``<script>canary()</script>",
    "\\<script>canary()\\</script>",
    "\\`<script>canary()</script>\\`",
    "[x](javascript:canary())",
    "[x](JaVaScRiPt:canary() 'title')",
    "[x](<java\tscript:canary()>)",
    "[x](&#106;avascript:canary())",
    "[x](data:text/html,<script>canary()</script>)",
    "[x](vbscript:canary())",
    "![x](javascript:canary())",
    '![x](x"onerror="canary())',
    '![x](x){: onerror="canary()" }',
    '[x](https://example.org){: .hit onclick="canary()" }',
    "[x](https://example.org){ .hit onmouseover=canary() }",
    "*text*{: .hit onclick='canary()' }",
    'A paragraph.\n{: .hit onclick="canary()" style="position:fixed" }',
    "## Heading {: .hit onclick='canary()' }",
    "[x][y]\n\n[y]: javascript:canary()",
    "[x]\n\n[x]: <javascript:canary()> 'title'",
    "> [x]: javascript:canary()\n\n[x]",
    "[^1]\n\n[^1]: <script>canary()</script>",
    "*[HTML]: <script>canary()</script>\n\nHTML",
    "<javascript:canary()>",
    "<data:text/html,canary()>",
    "javascript:canary()",
    '!!! note "<img src=x onerror=canary()>"\n    text',
    '!!! note onclick=canary() "title"\n    text',
    '??? danger "<script>canary()</script>"\n    <script>canary()</script>',
    '=== "<img src=x onerror=canary()>"\n\n    text',
    '``` { .python onclick="canary()" }\nx\n```',
    '``` python title="<img src=x onerror=canary()>"\nx\n```',
    '```mermaid\ngraph TD\nA["<img src=x onerror=canary()>"]\nclick A "javascript:canary()"\n```',
    "~~~\n```\n~~~\n<script>canary()</script>",
    "```\n<script>canary()</script>",
    "$$\n\\href{javascript:canary()}{x}\n$$",
    "/// html | script\ncanary()\n///",
    "/// html | img[src=x onerror=canary()]\n///",
    "/// admonition | <script>canary()</script>\n///",
    "{--<script>canary()</script>--}{++<img src=x onerror=canary()>++}",
    '++"<script>canary()</script>"++',
    ":material-account:{ .hit onclick=canary() }",
    '--8<-- "secret.txt"',
    ';--8<-- "secret.txt"',
    "--8<--\nsecret.txt\n--8<--",
    "{{ 6 * 7 }}{{ config.docs_dir }}{% raw %}{% include 'secret.txt' %}{# x #}",
    "---\ntemplate: canary.html\ntitle: <script>canary()</script>\n---\ntext",
    "- [ ] <script>canary()</script>\n- [x] [x](javascript:canary())",
    "| a | b |\n|---|---|\n| <script>canary()</script> | [x](javascript:canary()) |",
    "Term\n:   <script>canary()</script>",
    ".. raw:: html\n\n   <script>canary()</script>",
    ".. image:: javascript:canary()\n   :target: javascript:canary()",
    "`x <javascript:canary()>`_",
    "x_\n\n.. _x: javascript:canary()",
    ".. |x| replace:: <script>canary()</script>\n\n|x|",
    '.. code-block:: html" onclick="canary()\n\n   x',
    ":func:`<script>canary()</script> <javascript:canary()>`",
    ".. note:: <script>canary()</script>",
    ".. deprecated:: <script>canary()</script>",
    ".. math::\n   \\href{javascript:canary()}{x}",
    "U{x<javascript:canary()>} L{<script>canary()</script>} C{</code><script>canary()</script>}",
    ">>> '<script>canary()</script>'\n'<img src=x onerror=canary()>'",
    "[pkg.f](javascript:canary()) [`pkg.f`][pkg.f]{: onclick=canary() }",
    "\u2028<script>canary()</script>\u0000<script>canary()</script>",
    "<scr\u0000ipt>canary()</scr\u0000ipt>",
    "<img src=`x` onerror=`canary()`>",
)

PLAIN = tuple(each for each in PAYLOADS if not any(mark in each for mark in ("<", "{", "&lt;")))
"""Those without HTML, attribute lists and templates, which are what `html = "keep"` lets through in docstrings."""

EXTENSIONS = """
markdown_extensions:
  - abbr
  - admonition
  - attr_list
  - def_list
  - footnotes
  - md_in_html
  - tables
  - toc: {permalink: true}
  - pymdownx.arithmatex: {generic: true}
  - pymdownx.betterem
  - pymdownx.blocks.admonition
  - pymdownx.blocks.details
  - pymdownx.blocks.html
  - pymdownx.blocks.tab
  - pymdownx.caret
  - pymdownx.critic
  - pymdownx.details
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
      emoji_generator: !!python/name:material.extensions.emoji.to_svg
  - pymdownx.highlight: {anchor_linenums: true}
  - pymdownx.inlinehilite
  - pymdownx.keys
  - pymdownx.magiclink
  - pymdownx.mark
  - pymdownx.smartsymbols
  - pymdownx.snippets: {base_path: [docs], check_paths: false}
  - pymdownx.superfences:
      custom_fences:
        - name: mermaid
          class: mermaid
          format: !!python/name:pymdownx.superfences.fence_code_format
  - pymdownx.tabbed: {alternate_style: true}
  - pymdownx.tasklist: {custom_checkbox: true}
  - pymdownx.tilde
"""
"""Those of a usual project, and some that take raw text."""

LIVE = """() => {
    const found = [];
    const article = document.querySelector("article.md-content__inner");
    for (const each of article.querySelectorAll("script, iframe, object, embed, form, style, meta, base, link"))
        found.push(each.outerHTML);
    for (const each of article.querySelectorAll("*"))
        for (const {name, value} of each.attributes)
            if (name.startsWith("on") || /^\\s*(javascript|vbscript|data):/i.test(value)) found.push(each.outerHTML);
    document.addEventListener("click", event => event.preventDefault());
    for (const each of article.querySelectorAll(".hit")) { found.push(each.outerHTML); each.click(); }
    if (document.title.includes("<script")) found.push(document.title);
    return [found.map(each => each.slice(0, 200)), window.canaries, article.textContent];
}"""


def literal(text: str) -> str:
    """Return a docstring as written, indented like the body of a function."""
    return repr(f"Do it.\n\n    {text}\n    ".replace("\n", "\n    "))


def sources(payloads: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the modules of the package.

    Each of `PAYLOADS` is in each place that is not a docstring, and each given one in each place of each style.
    """
    yield from in_docstrings(payloads)
    yield from elsewhere(payloads)


def in_docstrings(payloads: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield modules with payloads in each place of each style of docstrings."""
    styles = {
        "google": "Do it.\n\nArgs:\n    x: {0}\n\nReturns:\n    {0}\n\nRaises:\n    OSError: {0}\n\nNote:\n    {0}\n",
        "numpy": "Do it.\n\nParameters\n----------\nx : {1}\n    {0}\n\nReturns\n-------\n{1}\n    {0}\n",
        "sphinx": "Do it.\n\n:param x: {0}\n:type x: {1}\n:returns: {0}\n:raises OSError: {0}\n",
        "epytext": "Do it.\n\n@param x: {0}\n@type x: {1}\n@return: {0}\n",
    }
    for name, form in styles.items():
        texts = (form.format(each.replace("\n", "\n    "), " ".join(each.split())) for each in payloads)
        yield (
            name,
            '"""Module."""\n' + "".join(f"def f{n}(x):\n    {text!r}\n" for n, text in enumerate(texts)),
        )
    yield (
        "plain",
        "".join(f"class C{n}:\n    {literal(each)}\n" for n, each in enumerate(payloads)),
    )
    yield (
        "first",
        "".join(f"def f{n}(x):\n    {each!r}\n" for n, each in enumerate(payloads)),
    )
    for n, each in enumerate((*payloads[:3], *payloads[-20:-16])):
        yield f"module{n}", f"{each!r}\n"


def elsewhere(payloads: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield modules with payloads in names, values and types, with descriptions for some of them."""
    yield (
        "values",
        '"""Module."""\nfrom typing import Annotated, Literal, TypeVar\nimport enum, sys, warnings\n'
        + "".join(
            f"A{n} = {each!r}\n{text!r}\n"
            f"def f{n}(x={each!r}, *, y: Literal[{each!r}] = {each!r}, z: Annotated[int, {each!r}] = 1) -> {each!r}:\n"
            "    ...\n"
            f"T{n} = TypeVar('T{n}', bound={each!r})\n"
            f"class E{n}(enum.Enum):\n    X = {each!r}\n"
            f"B{n} = 1  #: {' '.join(text.split()).replace(chr(0), '')}\n"
            f"@warnings.deprecated({text!r})\ndef d{n}(): ...\n"
            f"if sys.platform == {each!r}:\n    def c{n}(): ...\n"
            for n, (each, text) in enumerate(zip(PAYLOADS, cycle(payloads), strict=False))
        ),
    )
    names = {
        f"__all__ = {list(PAYLOADS)!r}\n",
        f"for name in {list(PAYLOADS)!r}:\n    globals()[name] = name\n",
    }
    yield (
        "names",
        '"""Module."""\n' + "".join(sorted(names)) + f"E = __import__('enum').Enum('E', {list(PAYLOADS)!r})\n",
    )


def project(folder: Path, payloads: Sequence[str]) -> None:
    """Write a project of mkdocs with the package, and a file that no page may show."""
    package = folder / "src" / "pkg"
    package.mkdir(parents=True)
    version = '1.0\\"><script>canary()</script>'
    (folder / "pyproject.toml").write_text(f'[project]\nname = "pkg"\nversion = "{version}"\n')
    (package / "__init__.py").write_text('"""Package."""\n')
    for name, text in sources(payloads):
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    (folder / "docs").mkdir()
    (folder / "docs" / "index.md").write_text("# Home\n")
    (folder / "docs" / "secret.txt").write_text(f"{BESIDE}\n")
    (folder / "mkdocs.yml").write_text(f"site_name: x\ntheme: {{name: material, font: false}}\n{EXTENSIONS}")


def build_pages(project: Path, *options: str) -> None:
    """Write the reference, and build the site."""
    out = project / "docs" / "reference"
    answer = CliRunner().invoke(docgen, ["build", str(project / "src"), "--out", str(out), *options])
    assert answer.exit_code == 0, answer.output[-2000:]
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", "site"]
    built = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr[-2000:]


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.parametrize(("html", "payloads"), [("escape", PAYLOADS), ("keep", PLAIN)])
def test_nothing_that_a_package_says_becomes_script(html: str, payloads: Sequence[str], tmp_path: Path) -> None:
    """No page has an element or an attribute that runs, and none shows a file that its text names.

    Where HTML in docstrings is kept, this holds for everything else: addresses, front matter, names and values.
    """
    project(tmp_path, payloads)
    build_pages(tmp_path, "--set", "layout=module", "--set", f"html={html}")
    site = tmp_path / "site"
    pages = sorted(path.relative_to(site).as_posix() for path in (site / "reference").rglob("index.html"))
    wrong: list[tuple[str, object]] = []

    sync_api = pytest.importorskip("playwright.sync_api")
    with served(site) as address, sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=[*FLAGS, ALONE])
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.add_init_script("window.canaries = 0; window.canary = () => { window.canaries += 1 }")
        for each in pages:
            page.goto(f"{address}/{each}", wait_until="domcontentloaded")
            found, canaries, text = page.evaluate(LIVE)
            wrong += [(each, one) for one in found]
            wrong += [(each, f"{canaries} ran")] if canaries else []
            wrong += [(each, BESIDE)] if BESIDE in text else []
        browser.close()

    assert len(pages) > 10
    assert not wrong, wrong[:20]
