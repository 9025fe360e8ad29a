"""The published pages, byte for byte: the purpose of docgen. Needs the releases or the pages next to the project."""

from __future__ import annotations

import difflib
import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from docgen.command.cli import docgen
from docgen.formats.flyte.dialect import load_dialect
from docgen.formats.flyte.parse import parse_page, parse_tree
from docgen.formats.flyte.render import Renderer

SYMBOL = "flyte.extend.AsyncFunctionTaskTemplate"
CONTRACT_SHA256 = "44f1adf423f01729ff0a984958701318afb32ba2d336210d52e55460b9b5e902"
"""Of the published contract page, so that the claim can be checked where the page is not."""
PAGE_SHA256 = "322fb70b85722ea90f8f32fed0b88351b18a85266b3e2a9a889860f2af08ae55"
"""Of the same page with front matter and blank lines, as its vendor keeps it."""
PUBLISHED = [
    (
        "flyte==2.0.9",
        "flyte-2.1",
        "flyte.config.Config",
        "8450c1b0432aeeac8ed3539b7643cd2bc8af4a6d4e28ae1d2cc18233134c1360",
    ),
    ("flyte==2.2.0", "flyte-2.1", "flyte.Cron", "7fe0db790a59eb4db2ba1c17a78b61beb2ffc6649614c98af910a8c44d142e35"),
    (
        "flyte==2.3.1",
        "flyte-2.1",
        "flyte.ai.agents.protocol.Agent",
        "8d98f0495b3a93747ac34b52bfd2c269b0eb6e6d8b4512b3c9fddacda740b497",
    ),
    (
        "flyte==2.5.7",
        "flyte-2.1",
        "flyte.ai.agents.agent.AgentEvent",
        "7a311e53f54bdbfec317866e2fe3d6fdcda399073faea957a566eea949483afb",
    ),
    ("flyte==2.5.19", "flyte-2.6", "flyte.Backoff", "7149f2217d7afe8f24094fc4e0741a07322586e54cc5d4f583b4a25cff88fac7"),
    (
        "flyte==2.6.9",
        "flyte-2.6",
        "flyte.CachePolicy",
        "b0b765632975fecdeecb526b5dce30745a3512f59668294d28989a421037bbfe",
    ),
    ("flyte==2.7.0", "flyte-2.6", "flyte.Link", "f82b6a041190f1585f5e74366166c3c012e2eb6c76fb0092edbf07b8161db963"),
    (
        "flyte==2.10.2",
        "flyte-2.6",
        "flyte.remote.PartitionSchema",
        "3c20e94482fd13fe1f3b627f2c989678568cd59a3c839baf82201a69e589aa2f",
    ),
    (
        "flyte==2.10.7",
        "flyte-2.6",
        "flyte.ai.agents.ToolFn",
        "40cf2f53f5861256c3ba350e559ba4a36f374428573169a450e2d27f3839759b",
    ),
    (
        "flyteplugins-ray==2.6.13",
        "flyteplugin",
        "flyteplugins.ray.WorkerNodeConfig",
        "38a63e112f09ec97617c6ebdbe4fb3a69a8462134fa8e344a1190eaa46b51385",
    ),
    (
        "flyteplugins-bigquery==2.5.19",
        "flyteplugin",
        "flyteplugins.bigquery.BigQueryConfig",
        "8a20f0920935fc11200bb39a8c9a6a8d5ac19b688c468e62e63ee1576c99e659",
    ),
]
"""Release, example configuration, class, and the digest of the page that its vendor published of it."""
CORPORA = [("flyte-2.1", "flyte-2.1.2", 166), ("flyte-2.6", "flyte-2.6.5", 233)]


def run(*arguments: str) -> Result:
    """Run the command; its standard output is in `stdout`."""
    return CliRunner().invoke(docgen, list(arguments), catch_exceptions=False)


def assert_equal(ours: str, published: str) -> None:
    """Fail with a diff of the first lines that differ."""
    diff = difflib.unified_diff(published.splitlines(), ours.splitlines(), "published", "ours", lineterm="", n=1)
    assert ours == published, "\n".join(list(diff)[:30])


@pytest.mark.network
@pytest.mark.parametrize(("dialect", "digest"), [("seed", CONTRACT_SHA256), ("flyte-2.1", PAGE_SHA256)])
def test_the_contract_page_is_regenerated_from_the_release(dialect: str, digest: str) -> None:
    """The sources of the release give the page of the contract, in both published forms."""
    result = run("build", "flyte==2.1.2", "--dialect", dialect, "--symbol", SYMBOL)

    assert result.exit_code == 0
    assert hashlib.sha256(result.stdout.encode()).hexdigest() == digest


@pytest.mark.network
def test_the_contract_page_equals_the_published_one(contract_page: Path) -> None:
    """If the published page is available, a difference is shown line by line."""
    result = run("build", "flyte==2.1.2", "--dialect", "seed", "--symbol", SYMBOL)

    assert_equal(result.stdout, contract_page.read_text(encoding="utf-8"))


def test_our_own_signatures_give_the_contract_page(contract_page: Path) -> None:
    """Descriptions of the published page with the signatures of our implementation give that page."""
    result = run_reference_impl(contract_page)

    assert_equal(result.stdout, contract_page.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("retries: Union[int, RetryStrategy]", "retries: int"),
        (") -> TaskTemplate", ") -> None"),
        ("    short_name: str,\n    task_type: str,", "    task_type: str,\n    short_name: str,"),
        ("| `json_schema` | `None` |", "| `json_schema` | `str` |"),
    ],
)
def test_signatures_are_never_taken_from_a_page(contract_page: Path, tmp_path: Path, old: str, new: str) -> None:
    """With any types and names on a page, only its descriptions are used."""
    text = contract_page.read_text(encoding="utf-8")
    assert old in text
    edited = tmp_path / "page.md"
    edited.write_text(text.replace(old, new, 1), encoding="utf-8")

    result = run_reference_impl(edited)

    assert_equal(result.stdout, text)


def run_reference_impl(page: Path) -> Result:
    """Render our own implementation under the SDK's name with the descriptions of a page."""
    symbol = SYMBOL.replace("flyte", "reference_impl", 1)
    options = ["--symbol", symbol, "--as", "flyte.extend", "--dialect", "seed", "--docs-from", str(page)]
    return run("build", "reference_impl", *options)


@pytest.mark.network
@pytest.mark.parametrize(("dialect", "release", "pages"), CORPORA)
def test_whole_references_are_regenerated(shared: Path, dialect: str, release: str, pages: int) -> None:
    """The sources of two releases give every published page, byte for byte."""
    config = Path(__file__).parents[2] / "examples" / f"{dialect}.toml"
    include = f"include={shared / 'corpus' / 'include.md'}"
    corpus = str(shared / "corpus" / release)

    result = run("check", release.replace("-", "==", 1), "--config", str(config), "--set", include, "--corpus", corpus)

    assert result.stdout.splitlines()[0] == f"{pages} of {pages} exact, 0 near, 0 missing, 0 extra", result.stdout
    assert result.exit_code == 0


@pytest.mark.network
@pytest.mark.parametrize(("dialect", "release", "pages"), CORPORA)
def test_a_published_tree_does_not_differ_from_its_release(
    shared: Path, dialect: str, release: str, pages: int
) -> None:
    """Facts that a page cannot show are no difference, and the shown ones agree with the sources."""
    tree = shared / "corpus" / release
    example = Path(__file__).parents[2] / "examples" / f"{dialect}.toml"

    result = run("diff", str(tree), release.replace("-", "==", 1), "--config", str(example))

    assert (result.exit_code, result.stdout) == (0, ""), result.stdout[:500]
    assert len(list(tree.rglob("*.md"))) >= pages


@pytest.mark.network
@pytest.mark.parametrize(("target", "example", "symbol", "digest"), PUBLISHED)
def test_pages_of_other_releases_are_regenerated(target: str, example: str, symbol: str, digest: str) -> None:
    """One configuration serves every release: each page here is of a release that no other test uses."""
    config = Path(__file__).parents[2] / "examples" / f"{example}.toml"
    variants = "+flyte +byoc +selfmanaged" if "==2.0" in target else "+flyte +union"

    result = run("build", target, "--config", str(config), "--symbol", symbol, "--set", f"variants={variants}")

    assert result.exit_code == 0
    assert hashlib.sha256(result.stdout.encode()).hexdigest() == digest, result.stdout


@pytest.mark.parametrize(("dialect", "release", "pages"), CORPORA)
def test_published_pages_survive_the_round_trip(shared: Path, dialect: str, release: str, pages: int) -> None:
    """Reading and rendering gives the same page: pages contain everything that rendering needs."""
    folder = shared / "corpus" / release
    known = load_dialect(dialect)

    tree = parse_tree(folder, known)
    rendered = Renderer(known, tree.site, tree.reference.version).reference(tree.reference)

    assert len(rendered) == pages
    assert not tree.findings
    for page in rendered:
        assert_equal(page.text, (folder / page.path).read_text(encoding="utf-8"))


def test_the_contract_page_survives_the_round_trip(contract_page: Path) -> None:
    """The same for the form in which a site offers the page."""
    dialect = load_dialect("seed")
    text = contract_page.read_text(encoding="utf-8")

    page = parse_page(text, dialect)

    assert not page.findings
    assert_equal(Renderer(dialect, dialect.site, "").class_page(page.value).text, text)  # type: ignore[arg-type] # a class page
