"""Two releases differ as the pages of one differ from the other, as far as pages show the facts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from docgen.command.cli import docgen

pytestmark = [pytest.mark.network, pytest.mark.thorough]

EXAMPLES = Path(__file__).parents[3] / "examples"
SAID = frozenset({
    "module-removed", "moved", "parameter-narrowed", "parameter-removed", "parameter-renamed", "parameter-required",
    "parameter-retyped", "renamed", "required-parameter-added", "result-retyped", "result-widened", "symbol-removed",
})  # fmt: skip
"""Kinds of breaking differences that these pages can show: names, types, and which parameters must be given."""
UNSHOWN = {"flyte.cli.main"}
"""What breaks between the releases and is on no page: a command."""
Found = Sequence[Mapping[str, Any]]


def differences(old: str, new: str) -> Found:
    """Return the differences of two sides, without documentation."""
    options = ["--old-config", str(EXAMPLES / "flyte-2.1.toml"), "--config", str(EXAMPLES / "flyte-2.6.toml")]
    done = CliRunner().invoke(docgen, ["diff", old, new, *options, "--level", "patch", "--format", "json"])
    assert done.exit_code == 1, done.stderr
    found: Found = json.loads(done.stdout)["differences"]
    return found


def names(found: Found) -> set[str]:
    """Return every path in differences, with its modules and classes."""
    reported = {path for each in found for path in (each["symbol"], *each.get("affects", ()))}
    return reported | {path.rpartition(".")[0] for path in reported}


@pytest.fixture(scope="module")
def releases() -> Found:
    """Differences of the two releases."""
    return differences("flyte==2.1.2", "flyte==2.6.5")


@pytest.fixture(scope="module", params=["old", "new"])
def pages(request: pytest.FixtureRequest, shared: Path) -> Found:
    """Differences if one of the releases is read from its published pages."""
    corpus = shared / "corpus"
    if request.param == "old":
        return differences(str(corpus / "flyte-2.1.2"), "flyte==2.6.5")
    return differences("flyte==2.1.2", str(corpus / "flyte-2.6.5"))


def major(found: Found) -> Found:
    """Return the breaking differences."""
    return [each for each in found if each["level"] == "major"]


def test_what_breaks_by_the_pages_breaks_between_the_releases(pages: Found, releases: Found) -> None:
    """Each symbol with a major line for pages breaks: pages do not show the order of parameters."""
    wrong = [each for each in major(pages) if each["symbol"] not in names(major(releases))]

    assert wrong == []
    assert len(major(pages)) >= 10


def test_what_differs_by_the_pages_differs_between_the_releases(pages: Found, releases: Found) -> None:
    """Lines about a type that a page only spells are left out, because its meaning is unknown there."""
    spelled = {"annotation-unrelated", "annotation-written"}
    wrong = [each for each in pages if each["name"] not in spelled and each["symbol"] not in names(releases)]

    assert wrong == []
    assert len(pages) >= 150


def test_pages_show_what_breaks_between_the_releases(pages: Found, releases: Found) -> None:
    """Each breaking difference that pages can show is reported, for its symbol or one that it affects."""
    found = [each for each in major(releases) if each["name"] in SAID]
    missed = {each["symbol"] for each in found if not names([each]) & names(pages)}

    assert missed <= UNSHOWN
    assert len(found) >= 8
