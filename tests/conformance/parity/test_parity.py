"""An implementation compared with a published page: equality is silent, and every difference is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.parity.command import parity

ADDED_IN_2_12 = {"service_account", "entrypoint", "produces_artifacts"}
CONTRACT = """# Tool

**Package:** `other.tools`

## Parameters

```python
class Tool(
    size: int,
    name: str,
)
```
| Parameter | Type | Description |
|-|-|-|
| `size` | `int` | |
| `name` | `str` | |

## Properties

| Property | Type | Description |
|-|-|-|
| `area` | `None` |  |
| `width` | `None` |  |

## Methods

| Method | Description |
|-|-|
| [`grow()`](#grow) |  |
| [`shrink()`](#shrink) |  |

### grow()

```python
def grow(
    by: int,
    kwargs: **kwargs,
) -> Tool
```
| Parameter | Type | Description |
|-|-|-|
| `by` | `int` | |
| `kwargs` | `**kwargs` | |

### shrink()

```python
def shrink(
    by: int,
) -> Tool
```
| Parameter | Type | Description |
|-|-|-|
| `by` | `int` | |

"""
SOURCE = """
class Tool:
    def __init__(self, size: int, name: str) -> None: ...
    @property
    def area(self) -> int: ...
    @property
    def width(self) -> int: ...
    def grow(self, by: int, **kwargs: object) -> Tool: ...
    def shrink(self, by: int = 1) -> Tool: ...
"""


def run(target: str, page: Path, *options: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(parity, [target, "--against", str(page), *options], catch_exceptions=False)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small package that offers the contents of `CONTRACT`."""
    folder = tmp_path_factory.mktemp("package") / "mine"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Mine."""\n')
    (folder / "tools.py").write_text(f"from __future__ import annotations\n{SOURCE}")
    return folder


def test_our_implementation_offers_what_the_contract_page_says(contract_page: Path) -> None:
    """`reference_impl` and the contract page do not differ in anything that the page shows."""
    result = run("reference_impl", contract_page)

    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.network
def test_the_release_that_the_page_was_made_from_offers_what_it_says(contract_page: Path) -> None:
    """The SDK's own release does not differ from its own page."""
    result = run("flyte==2.1.2", contract_page)

    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.network
def test_a_later_release_is_told_apart(contract_page: Path) -> None:
    """Each parameter that a later release added to the constructor is named with its line."""
    result = run("flyte==2.12.1", contract_page)

    (line,) = re.findall(r"AsyncFunctionTaskTemplate: (.*) added, optional", result.stdout)
    assert result.exit_code == 1
    assert set(re.findall(r"`(\w+)`", line)) == ADDED_IN_2_12


def rows(text: str, start: str) -> list[tuple[int, str]]:
    """Return number and name of each row of the table whose header row begins like this."""
    lines = text.split("\n")
    first = lines.index(start) + 2
    found = []
    for number in range(first, len(lines)):
        match = re.match(r"\| \[?`(\w+)", lines[number])
        if match is None:
            break
        found.append((number, match[1]))
    return found


@st.composite
def edits(draw: st.DrawFn, text: str) -> tuple[str, str]:
    """Draw a page with one change, and the name that a report must contain."""
    lines = text.split("\n")
    kind = draw(st.sampled_from(["parameter", "property", "return"]), label="kind")
    if kind == "return":
        number = draw(st.sampled_from([n for n, line in enumerate(lines) if line.startswith(") -> ")]), label="line")
        head = next(line for line in reversed(lines[:number]) if line.startswith("def "))
        return "\n".join([*lines[:number], ") -> Changed", *lines[number + 1 :]]), head[4:-1]
    if kind == "property":
        places = rows(text, "| Property | Type | Description |")
    else:
        places = [
            (n, match[1]) for n, line in enumerate(lines) if (match := re.match(r"    (\w+)(?:: [^\n]*)?,$", line))
        ]
        places = [(n, name) for n, name in places if f"    {name}" in lines[n]]
    place = draw(st.integers(0, len(places) - 1), label="place")
    number, name = places[place]
    # The order of properties does not matter to a caller.
    actions = ["delete", "rename", *(["move"] if kind == "parameter" else [])]
    action = draw(st.sampled_from(actions), label="action")
    if action == "delete":
        del lines[number]
    elif action == "rename":
        lines[number] = lines[number].replace(name, f"{name}_new", 1)
    else:
        # The position of further keywords does not matter to a caller.
        named = {n for n, each in places if each != "kwargs"}
        neighbours = [n for n in (number - 1, number + 1) if {n, number} <= named]
        neighbour = draw(st.sampled_from(neighbours or [number]))
        lines[number], lines[neighbour] = lines[neighbour], lines[number]
        name = "" if neighbour == number else name
    return "\n".join(lines), name


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_single_edit_of_the_page_is_named(package: Path, tmp_path: Path, data: st.DataObject) -> None:
    """Deleting, renaming or moving one parameter or property, or changing one return type, exits with 1."""
    page = tmp_path / "page.md"
    text, name = data.draw(edits(CONTRACT), label="edit")
    page.write_text(text)

    result = run(str(package), page, "--dialect", "seed")

    if text == CONTRACT:
        assert (result.exit_code, result.stdout) == (0, "")
        return
    assert result.exit_code == 1, result.stdout
    assert name in result.stdout or "moved" in result.stdout, f"{name} is not named in:\n{result.stdout}"


def test_the_small_contract_is_kept(package: Path, tmp_path: Path) -> None:
    """The unedited page has no differences, so the property finds only the edit."""
    page = tmp_path / "page.md"
    page.write_text(CONTRACT)

    assert run(str(package), page, "--dialect", "seed").exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("### shrink()\n", "### shrunk()\n", "shrink"),
        ("    by: int,\n    kwargs", "    by: str,\n    kwargs", "Tool.grow: `by`: `str` -> `int`"),
        (
            "def grow(\n    by: int,\n    kwargs: **kwargs,\n",
            "def grow(\n    by: int,\n",
            "Tool.grow: `**kwargs` taken too",
        ),
        ("| `width` | `None` |  |\n", "", "Tool.width: property added"),
    ],
)
def test_a_report_says_what_was_expected_and_found(
    package: Path, tmp_path: Path, old: str, new: str, message: str
) -> None:
    """One line per difference: place on the page, symbol, and both sides."""
    assert old in CONTRACT
    page = tmp_path / "page.md"
    page.write_text(CONTRACT.replace(old, new))

    result = run(str(package), page, "--dialect", "seed")

    assert result.exit_code == 1
    assert message in result.stdout


def test_what_is_allowed_with_a_reason_is_accepted(package: Path, tmp_path: Path) -> None:
    """With an entry for each difference the check passes; an entry without one is stale."""
    page, allow = tmp_path / "page.md", tmp_path / "allow.toml"
    page.write_text(CONTRACT.replace("    by: int,\n    kwargs", "    by: str,\n    kwargs"))
    entry = '[[allow]]\ncode = "DG641"\nsymbol = "other.tools.Tool.{}"\nreason = "known"\n'

    allow.write_text(entry.format("grow"))
    accepted = run(str(package), page, "--dialect", "seed", "--allow", str(allow))
    allow.write_text(entry.format("grow") + entry.format("nothing"))
    stale = run(str(package), page, "--dialect", "seed", "--allow", str(allow))

    assert (accepted.exit_code, accepted.stdout) == (0, "")
    assert stale.exit_code == 4
    assert "DG641 other.tools.Tool.nothing no longer matches a difference" in stale.stderr


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("[[allow]]\nsymbol = 'x'\nreason = ' '\n", 2, "no reason for x"),
        ("[[allow]]\nsymbol = 'x.*'\nreason = 'known'\n", 2, "no code"),
        ("[[allow]]\ncode = 'symbol-remved'\nsymbol = 'x'\nreason = 'r'\n", 2, "Did you mean symbol-removed?"),
        ("[[allow]]\nsymbl = 'x'\n", 2, "symbl"),
        ("allow = 1", 2, "allow"),
    ],
)
def test_a_wrong_file_of_accepted_differences_is_refused(
    package: Path, tmp_path: Path, text: str, code: int, message: str
) -> None:
    """An entry needs a reason; the error names what the file cannot mean."""
    page, allow = tmp_path / "page.md", tmp_path / "allow.toml"
    page.write_text(CONTRACT)
    allow.write_text(text)

    result = run(str(package), page, "--allow", str(allow))

    assert result.exit_code == code
    assert message in result.stderr


@pytest.mark.parametrize(
    ("target", "page"), [("nowhere_at_all", CONTRACT), ("reference_impl", "# Notes\n\nNo page.\n")]
)
def test_bad_input_gives_one_line_and_its_exit_code(tmp_path: Path, target: str, page: str) -> None:
    """An unknown target or an invalid page is a usage error, with one line that says what to do."""
    path = tmp_path / "page.md"
    path.write_text(page)

    result = run(target, path)

    assert result.exit_code == 2
    assert result.stderr.startswith("conformance parity: ")
    assert len(result.stderr.splitlines()) == 1
