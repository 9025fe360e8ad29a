"""Reading pages: no content of a page is lost, and other pages are refused as such."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from docgen.errors import PageError
from docgen.formats.flyte.dialect import load_dialect
from docgen.formats.flyte.page_model import Class, Docstring, Function, Package, Parameter
from docgen.formats.flyte.parse import parse_page
from docgen.formats.flyte.render import Renderer
from docgen.formats.flyte.visible import visible_class, visible_package
from docgen.formats.registry import recognise
from docgen.model import ParameterKind

# Tests are no package: the strategies beside them are loaded by path.
_spec = importlib.util.spec_from_file_location("models", Path(__file__).with_name("models.py"))
assert _spec
assert _spec.loader
models = importlib.util.module_from_spec(_spec)
sys.modules["models"] = models
_spec.loader.exec_module(models)


@cache
def renderer(name: str) -> Renderer:
    """Return the renderer of a dialect, created once because it compiles templates."""
    dialect = load_dialect(name)
    return Renderer(dialect, dialect.site, "1")


DIALECTS = ["seed", "flyte-2.1", "flyte-2.6"]
PAGE = """# Tool

**Package:** `some.package`

## Parameters

```python
class Tool(
    size: int,
)
```
| Parameter | Type | Description |
|-|-|-|
| `size` | `int` | In metres. |

"""


@pytest.mark.parametrize("name", DIALECTS)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(class_=models.classes())
@example(class_=Class(name="Empty", package="p"))
@example(class_=Class(name="C", package="p", methods=(Function(name="f", returns="int"),)))
@example(
    class_=Class(
        name="C",
        package="p",
        constructor=Function(
            name="__init__",
            parameters=(Parameter(name="args", kind=ParameterKind.VAR_POSITIONAL, default="' = '"),),
        ),
    )
)
@example(
    class_=Class(
        name="C",
        package="p",
        methods=(Function(name="f", docstring=Docstring(text="Text.", notes=("One.\n\n\nTwo.",))),),
    )
)
def test_a_class_page_holds_the_visible_part_of_a_class(name: str, class_: Class) -> None:
    """Rendered and read back, a class has everything that the dialect shows."""
    dialect = load_dialect(name)

    page = parse_page(renderer(name).class_page(class_).text, dialect)

    assert not page.findings
    assert page.value == visible_class(class_, dialect.printing)


@pytest.mark.parametrize("name", DIALECTS)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(package=models.packages())
def test_a_package_page_holds_the_visible_part_of_a_package(name: str, package: Package) -> None:
    """The same for functions and variables of a package."""
    dialect = load_dialect(name)

    page = parse_page(renderer(name).package(package)[0].text, dialect)

    assert page.value == visible_package(package, dialect.printing)


@pytest.mark.parametrize("name", DIALECTS)
def test_blank_lines_of_a_text_are_kept(name: str) -> None:
    """The blank lines that the page adds are not part of a text."""
    dialect = load_dialect(name)
    function = Function(name="f", docstring=Docstring(text="One.\n\nTwo.\n"), parameters=(Parameter(name="a"),))
    text = renderer(name).class_page(Class(name="C", package="p", methods=(function,))).text

    value = parse_page(text, dialect).value

    assert isinstance(value, Class)
    expected = "One.\n\nTwo." if dialect.printing.squeezes_blank_lines else "One.\n\nTwo.\n"
    assert value.methods[0].docstring.text == expected


@pytest.mark.parametrize(
    "text", ["", "\n", "no page\n", "# Title\n\nSome prose.\n", "---\ntitle: x\n---\n\n# X\n\nProse"]
)
def test_what_is_no_reference_page_is_refused_with_file_and_line(text: str) -> None:
    """The error names the page, and the line that shows that it is another kind of page."""
    with pytest.raises(PageError, match=r"notes\.md:\d+:1: expected .*, got"):
        parse_page(text, load_dialect("flyte-2.1"), "notes.md")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("class Tool(\n", "class Tol(\n", "the signature is that of Tol, not of Tool"),
        ("    size: int,", "    size: str,", "parameter size has type str in the signature, int in the table"),
        ("| `size` | `int` | In metres. |\n", "", "parameter size is in the signature only"),
        ("    size: int,", "    size: int,\n    more: int,", "parameter more is in the signature only"),
    ],
)
def test_a_page_that_contradicts_itself_is_reported(old: str, new: str, message: str) -> None:
    """Signature and table have the same facts; if they differ, a finding names the place."""
    assert old in PAGE

    page = parse_page(PAGE.replace(old, new), load_dialect("flyte-2.1"), "page.md")

    assert [finding.text for finding in page.findings] == [f"__init__(): {message}"]
    assert page.findings[0].path == "page.md"


def test_members_in_another_order_are_named() -> None:
    """A table with moved rows contradicts the signature, or the order of the blocks; the finding says which."""
    row, other = "| `size` | `int` | In metres. |\n", "| `more` | `int` | |\n"
    two = PAGE.replace("    size: int,\n", "    size: int,\n    more: int,\n").replace(row, other + row)
    blocks = "### grow()\n\n```python\ndef grow()\n```\n\n### age()\n\n```python\ndef age()\n```\n\n"
    table = "## Methods\n\n| Method | Description |\n|-|-|\n| [`age()`](#age) |  |\n| [`grow()`](#grow) |  |\n\n\n"

    page = parse_page(two + table + blocks, load_dialect("flyte-2.1"), "page.md")

    assert [finding.text for finding in page.findings] == [
        "__init__(): parameter more has another place in the table than in the signature",
        "grow() has another place in the table of methods than its block has",
    ]


WHOLE = f"""{PAGE}## Properties

| Property | Type | Description |
|-|-|-|
| `area` | `int` | In square metres. |

## Methods

| Method | Description |
|-|-|
| [`grow()`](#grow) |  |


### grow()

```python
def grow(
    by: int = 1,
) -> int
```
Grow.


| Parameter | Type | Description |
|-|-|-|
| `by` | `int` | |

**Returns:** The size.

**Raises**

| Exception | Description |
|-|-|
| `ValueError` | If so. |

> [!NOTE]
> Mind.

"""


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_damage_to_a_page_ends_in_a_traceback(data: st.DataObject) -> None:
    """Cut, doubled, mixed up or filled with bars, a page is read or refused."""
    lines = WHOLE.splitlines(keepends=True)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(lines))] * 2), label="doubled"))
    place = data.draw(st.integers(0, len(lines)), label="cut")
    damaged = [*lines[:place], *lines[start:end], *lines[place + 1 :]]
    for number in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=2), label="lines"):
        damaged[number] = data.draw(
            st.sampled_from(["|\n", "| a |\n", "| `a` | b | c | d |\n", "```\n", "\n", "# x"]), label="line"
        )
    dialect = load_dialect(data.draw(st.sampled_from(DIALECTS), label="dialect"))

    with suppress(PageError):
        parse_page("".join(damaged), dialect)


@pytest.mark.parametrize("name", DIALECTS)
def test_the_dialect_of_a_page_is_recognised(name: str, tmp_path: Path) -> None:
    """A page that is read back is most similar to itself in its own dialect."""
    parameter = Parameter(name="kwargs", kind=ParameterKind.VAR_KEYWORD, annotation="int", default="1")
    method = Function(name="f", parameters=(parameter,), docstring=Docstring(text="One.\n\nTwo."))
    text = renderer(name).class_page(Class(name="C", package="p", methods=(method,))).text

    path = tmp_path / "page.md"
    path.write_text(text)

    assert recognise(path).name == name
