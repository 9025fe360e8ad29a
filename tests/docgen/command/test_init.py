"""`docgen init`: from a repository without configuration to a site."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from docgen.command.cli import docgen
from docgen.command.project import description, repository_address, source_address

PAGE = Path("reference", "index.md")


def run(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(docgen, arguments)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one package, and no other files."""
    package = tmp_path / "src" / "acme"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        '"""Makes things."""\n\n\n'
        'def make(number: int) -> int:\n    """Make.\n\n    Args:\n        number: How many.\n    """\n'
    )
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "acme"\nversion = "1.2"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def git(*arguments: str) -> None:
    """Run git in this folder."""
    subprocess.run(["git", *arguments], check=True, capture_output=True)  # noqa: S607 - the git of this machine


def test_one_command_leads_to_a_reference_and_a_site(project: Path) -> None:
    """It prints its findings, extends the project file, and writes the site's files and the pages."""
    before = (project / "pyproject.toml").read_text()

    result = run("init")

    assert result.exit_code == 0, result.stderr
    assert "acme 1.2: package acme in src/, docstrings google" in result.output
    after = (project / "pyproject.toml").read_text()
    assert after.startswith(before)
    assert tomllib.loads(after)["tool"]["docgen"] == {"reference": [{"target": ".", "out": "docs/reference"}]}
    assert "  - docgen" in (project / "mkdocs.yml").read_text()
    assert "(reference/index.md)" in (project / "docs" / "index.md").read_text()
    assert (project / "docs" / "reference" / "acme" / "index.md").is_file()
    assert "(0 written, 0 removed," in run("build").output
    assert run("check").exit_code == 0


def test_a_second_time_is_refused_and_changes_nothing(project: Path) -> None:
    """The existing configuration is kept."""
    run("init")
    before = (project / "pyproject.toml").read_bytes()

    result = run("init")

    assert result.exit_code == 2
    assert "[tool.docgen] already" in result.stderr
    assert (project / "pyproject.toml").read_bytes() == before


def test_a_site_that_is_there_gets_the_reference(project: Path) -> None:
    """Lines are added to its configuration, none is changed; its folder is used, and its first page is kept."""
    (project / "pages").mkdir()
    (project / "pages" / "index.md").write_text("# Mine\n")
    before = "site_name: Mine\ndocs_dir: pages  # here\nnav:\n  - Home: index.md\n"
    (project / "mkdocs.yml").write_text(before)

    result = run("init")

    after = (project / "mkdocs.yml").read_text()
    assert after == f"{before}  - API reference: reference/index.md\n\nplugins:\n  - search\n  - docgen\n"
    assert "`- docgen`" in result.output
    assert (project / "pages" / "index.md").read_text() == "# Mine\n"
    assert (project / "pages" / PAGE).is_file()
    assert '"reference/acme/index.md"' in (project / "pages" / "reference" / "nav.yml").read_text()


def test_a_site_of_another_engine_is_kept(project: Path) -> None:
    """If `zensical.toml` exists, no `mkdocs.yml` is written."""
    (project / "zensical.toml").write_text('[project]\nsite_name = "Mine"\ndocs_dir = "pages"\n')

    result = run("init")

    assert result.exit_code == 0, result.stderr
    assert (project / "pages" / PAGE).is_file()
    assert not (project / "mkdocs.yml").exists()


def test_a_workspace_gets_a_reference_for_each_project(project: Path) -> None:
    """They share the site."""
    shutil.rmtree(project / "src")
    (project / "pyproject.toml").write_text("[tool.uv.workspace]\nmembers = ['packages/*']\n")
    for name in ("one", "two"):
        package = project / "packages" / name / "src" / f"acme_{name}"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f'"""Number {name}."""\n')
        (project / "packages" / name / "pyproject.toml").write_text(f'[project]\nname = "acme-{name}"\nversion = "1"\n')

    result = run("init")

    assert result.exit_code == 0, result.stderr
    listed = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["docgen"]["reference"]
    assert [(each["target"], each["out"]) for each in listed] == [
        ("packages/one", "docs/reference/one"),
        ("packages/two", "docs/reference/two"),
    ]
    assert "[API reference of acme-two](reference/two/index.md)" in (project / "docs" / "index.md").read_text()
    assert run("build").exit_code == 0


def test_a_project_without_a_project_file_says_its_name_elsewhere(project: Path) -> None:
    """Literals in `setup.py` are read without running it."""
    (project / "pyproject.toml").unlink()
    (project / "setup.py").write_text(
        "from setuptools import setup\nsetup(\n    name='acme-tools', version=\"3.1\",\n    package_dir={'': 'src'})\n"
    )

    result = run("init")

    assert result.exit_code == 0, result.stderr
    assert "acme-tools 3.1: package acme in src/" in result.output
    assert [*tomllib.loads((project / "pyproject.toml").read_text())] == ["tool"]


@pytest.mark.parametrize("configuration", ["docs/conf.py", "docs/source/conf.py"])
def test_pages_of_another_tool_are_left_alone(configuration: str, project: Path) -> None:
    """A folder `docs` that Sphinx uses is not used for mkdocs, too."""
    (project / configuration).parent.mkdir(parents=True)
    (project / configuration).write_text("")

    run("init")

    assert (project / "apidocs" / PAGE).is_file()
    assert "docs_dir: apidocs" in (project / "mkdocs.yml").read_text()


def test_a_broken_project_file_stops_it_before_anything_is_written(project: Path) -> None:
    """The message says what to add by hand."""
    (project / "pyproject.toml").write_text('tool = {other = 1}\nproject = {name = "acme"}\n')

    result = run("init")

    assert result.exit_code == 2
    assert "Add it by hand" in result.stderr
    assert sorted(path.name for path in project.iterdir()) == ["pyproject.toml", "src"]


def test_without_a_reference_nothing_is_written(project: Path) -> None:
    """A build that stops leaves no configuration of a site behind."""
    (project / "docs" / "reference" / "acme").mkdir(parents=True)
    (project / "docs" / "reference" / "acme" / "index.md").write_text("Written by hand.\n")

    result = run("init")

    assert result.exit_code == 3
    assert "index.md" in result.stderr
    assert sorted(path.name for path in project.iterdir()) == ["docs", "pyproject.toml", "src"]
    assert "docgen" not in (project / "pyproject.toml").read_text()


def test_an_interrupt_leaves_no_site_behind(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next attempt would take it for the user's."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("docgen.command.init._build", interrupt)

    run("init")

    assert not (project / "mkdocs.yml").exists()
    assert "docgen" not in (project / "pyproject.toml").read_text()


def test_a_project_file_stays_what_it_is(project: Path) -> None:
    """A link stays a link, and the file keeps its permissions."""
    real = project / "settings.toml"
    (project / "pyproject.toml").rename(real)
    real.chmod(0o600)
    (project / "pyproject.toml").symlink_to(real)

    assert run("init", "--no-build").exit_code == 0

    assert (project / "pyproject.toml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    assert "[[tool.docgen.reference]]" in real.read_text()


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("git@github.com:o/r.git", "https://github.com/o/r/blob/HEAD/lib/src/{path}#L{line}-L{end_line}"),
        ("https://user@gitlab.org/g/s/r", "https://gitlab.org/g/s/r/-/blob/HEAD/lib/src/{path}#L{line}-{end_line}"),
        ("ssh://git@github.com:22/o/r.git", "https://github.com/o/r/blob/HEAD/lib/src/{path}#L{line}-L{end_line}"),
        ("https://bitbucket.org/o/r", "https://bitbucket.org/o/r/src/HEAD/lib/src/{path}#lines-{line}:{end_line}"),
        ("/srv/git/r", ""),
        ("https://example.org/o/r", ""),
    ],
)
def test_the_address_of_sources_is_that_of_the_remote(
    remote: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It starts at the root of the repository, for a project in any folder."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q", ".")
    git("remote", "add", "origin", remote)
    root = tmp_path / "lib" / "src"
    root.mkdir(parents=True)

    found = source_address(tmp_path / "lib", root)

    assert found == expected
    assert (
        not found
        or repository_address(found) == found.partition("/-/blob/")[0].partition("/blob/")[0].partition("/src/")[0]
    )


def test_without_a_repository_the_project_says_its_address(project: Path) -> None:
    """For example, in an unpacked source archive."""
    with (project / "pyproject.toml").open("a") as file:
        file.write('[project.urls]\nHome = "https://acme.org/x/y"\nSource = "https://github.com/o/r/tree/main"\n')

    run("init")

    table = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["docgen"]["reference"][0]
    assert table["source"] == "https://github.com/o/r/blob/HEAD/src/{path}#L{line}-L{end_line}"
    assert "https://github.com/o/r/blob/HEAD/src/acme/__init__.py#L4-L9" in Path(
        "docs/reference/acme/index.md"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        (
            "pyproject.toml",
            '[tool.poetry]\nhomepage = "https://github.com/o/r"\n',
            "https://github.com/o/r/blob/HEAD/src/",
        ),
        (
            "pyproject.toml",
            '[project.urls]\nHome = "https://gitlab.com/o/r/-/tree/main/libs/acme"\nSource = "https://gitlab.com/o/r"\n',
            "https://gitlab.com/o/r/-/blob/HEAD/libs/acme/src/",
        ),
        ("setup.cfg", "[metadata]\nurl = https://github.com/o/r\n", "https://github.com/o/r/blob/HEAD/src/"),
        (
            "setup.cfg",
            "[metadata]\nurl = https://acme.org\nproject_urls =\n    Docs = https://x.org\n    Code = https://github.com/o/r\n",
            "https://github.com/o/r/blob/HEAD/src/",
        ),
        ("setup.py", "setup(name='r', url='https://github.com/o/r')\n", "https://github.com/o/r/blob/HEAD/src/"),
        (
            "PKG-INFO",
            "Name: r\nHome-page: https://acme.org\nProject-URL: Source, https://github.com/o/r\n\nText\n",
            "https://github.com/o/r/blob/HEAD/src/",
        ),
    ],
    ids=["poetry", "folder of a repository", "setup.cfg", "labels in setup.cfg", "setup.py", "metadata"],
)
def test_every_address_that_a_project_gives_counts(file: str, text: str, expected: str, tmp_path: Path) -> None:
    """The address of a folder shows where the project is in its repository."""
    (tmp_path / file).write_text(text)
    (tmp_path / "src").mkdir()

    assert source_address(tmp_path, tmp_path / "src").startswith(expected)


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("setup.cfg", "[metadata]\ndescription = Makes things.\n", "Makes things."),
        ("setup.cfg", "[metadata]\ndescription = file: README.rst\n", ""),
        ("PKG-INFO", "Name: r\nSummary: Makes things.\n\nSummary: of something else\n", "Makes things."),
    ],
    ids=["setup.cfg", "another file", "metadata"],
)
def test_every_description_that_a_project_gives_counts(file: str, text: str, expected: str, tmp_path: Path) -> None:
    """Older projects have it in other files."""
    (tmp_path / file).write_text(text)

    assert description(tmp_path) == expected


def test_the_first_page_says_what_the_project_is(project: Path) -> None:
    """It has the description of the project file."""
    (project / "pyproject.toml").write_text('[project]\nname = "acme"\ndescription = "Makes things."\n')

    run("init")

    first = Path("docs/index.md").read_text(encoding="utf-8")
    assert first == "# acme\n\nMakes things.\n\n- [API reference](reference/index.md)\n"


def test_the_folder_of_a_site_keeps_its_first_page(project: Path) -> None:
    """`--out docs` writes the reference into a new folder there, both times."""
    (project / "docs").mkdir()
    (project / "docs" / "index.md").write_text("# Mine\n")

    results = [run("build", "src/acme", "--out", "docs") for _ in range(2)]

    assert [result.exit_code for result in results] == [0, 0]
    assert (project / "docs" / "index.md").read_text() == "# Mine\n"
    assert (project / "docs" / PAGE).is_file()
    assert run("check", "src/acme", "--out", "docs").exit_code == 0


@pytest.mark.parametrize("name", ["mkdocs.yml", "pyproject.toml"])
def test_a_file_that_is_no_text_is_named(name: str, project: Path) -> None:
    """It is not changed; one line names it."""
    (project / name).write_bytes(b"# \xff\n")

    result = run("init")

    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 2
    assert f"{name}: not " in result.stderr
    assert (project / name).read_bytes() == b"# \xff\n"


@pytest.mark.parametrize("text", ["x = " + "(" * 5_000 + ")" * 5_000, "x = '\0'"])
def test_the_style_is_found_in_spite_of_files_that_do_not_parse(text: str, project: Path) -> None:
    """They are findings of the build, and do not count for the style."""
    (project / "src" / "acme" / "a.py").write_text(text)

    assert "docstrings google" in run("init").output
