"""One comment on a pull request, posted once and then updated, on a server that behaves like GitHub and GitLab."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from docgen.command.cli import docgen
from tests.platforms import TOKEN, Platform


def github(platform: Platform, folder: Path, event: object) -> dict[str, str]:
    """Return the variables of a job of GitHub Actions."""
    (folder / "event.json").write_text(json.dumps(event))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": platform.address,
        "GITHUB_REPOSITORY": "acme/acme",
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_TOKEN": TOKEN,
        "GITLAB_CI": "",
    }


def gitlab(platform: Platform, folder: Path, event: object) -> dict[str, str]:
    """Return the variables of a job of GitLab CI."""
    del folder, event
    return {
        "GITHUB_ACTIONS": "",
        "GITLAB_CI": "true",
        "CI_API_V4_URL": f"{platform.address}/api/v4",
        "CI_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_IID": "5",
        "GITLAB_TOKEN": TOKEN,
    }


JOBS = {
    "github": (github, "/repos/acme/acme/issues/5/comments", "/repos/acme/acme/issues/comments/{}", "PATCH"),
    "gitlab": (
        gitlab,
        "/api/v4/projects/7/merge_requests/5/notes",
        "/api/v4/projects/7/merge_requests/5/notes/{}",
        "PUT",
    ),
}
PULL = {"pull_request": {"number": 5}}


def run(folder: Path, text: str, variables: dict[str, str]) -> Result:
    """Run `docgen comment`."""
    (folder / "api.md").write_text(text)
    return CliRunner(env=variables).invoke(docgen, ["comment", str(folder / "api.md")], catch_exceptions=False)


@pytest.mark.parametrize("name", JOBS)
def test_the_comment_is_posted_once_and_then_updated(platform: Platform, tmp_path: Path, name: str) -> None:
    """Other comments are not changed, even if the earlier comment is on the second page."""
    job, comments, edited, method = JOBS[name]
    platform.comments += [{"id": number + 1, "body": f"comment {number}"} for number in range(120)]
    variables = job(platform, tmp_path, PULL)

    printed = [
        run(tmp_path, f"<!-- assay: api of acme -->{end}{text}\n", variables).stdout
        # Windows ends a line with two characters.
        for text, end in (("one", "\n"), ("two", "\n"), ("two", "\r\n"))
    ]

    assert printed == ["comment posted\n", "comment updated\n", "comment is up to date\n"]
    assert platform.comments[120:] == [{"id": 121, "body": "<!-- assay: api of acme -->\ntwo\n"}]
    changes = [request for request in platform.requests if request[0] != "GET"]
    assert changes == [("POST", comments), (method, edited.format(121))]


def test_each_distribution_has_a_comment_of_its_own(platform: Platform, tmp_path: Path) -> None:
    """They differ in the first line."""
    for name in ("acme", "acme-extra"):
        run(tmp_path, f"<!-- assay: api of {name} -->\ntext\n", github(platform, tmp_path, PULL))

    assert [each["body"].partition("\n")[0] for each in platform.comments] == [
        "<!-- assay: api of acme -->",
        "<!-- assay: api of acme-extra -->",
    ]


@pytest.mark.parametrize(
    ("changes", "event", "message"),
    [
        ({"GITHUB_TOKEN": ""}, PULL, "GITHUB_TOKEN is not set"),
        ({}, {"ref": "refs/heads/main"}, "does not run for a pull request"),
        ({"GITHUB_ACTIONS": ""}, PULL, "not a job of GitHub Actions or GitLab CI"),
        ({"GITHUB_EVENT_PATH": ""}, PULL, "GITHUB_EVENT_PATH is not set"),
        ({"GITHUB_EVENT_PATH": "/nothing/here"}, PULL, "/nothing/here: cannot be read: No such file"),
        ({"GITHUB_EVENT_PATH": "/dev/zero"}, PULL, "/dev/zero: cannot be read: Not a regular file"),
        ({"GITHUB_EVENT_PATH": __file__}, PULL, "not the JSON of an event"),
        ({"GITHUB_REPOSITORY": ""}, PULL, "GITHUB_REPOSITORY is not set"),
        ({}, [], "not the JSON of an event"),
    ],
)
def test_what_is_missing_is_wrong_use(
    platform: Platform, tmp_path: Path, changes: dict[str, str], event: object, message: str
) -> None:
    """One line says what is missing, and nothing is posted."""
    result = run(tmp_path, "<!-- m -->\n", {**github(platform, tmp_path, event), **changes})

    assert result.exit_code == 2
    assert message in result.stderr
    assert platform.comments == []


def test_a_refusal_is_one_line_without_the_token(platform: Platform, tmp_path: Path) -> None:
    """A read-only token, as pull requests from forks have, gives exit code 3."""
    platform.refuses = True

    result = run(tmp_path, "<!-- m -->\ntext\n", github(platform, tmp_path, PULL))

    assert result.exit_code == 3
    assert "status 403" in result.stderr
    assert "May the token write comments?" in result.stderr
    assert TOKEN not in result.output


def test_a_file_without_a_mark_is_refused(platform: Platform, tmp_path: Path) -> None:
    """The next run would not find its comment, and would post another one."""
    result = run(tmp_path, "text\n", github(platform, tmp_path, PULL))

    assert result.exit_code == 2
    assert "first line is not an HTML comment" in result.stderr
    assert platform.comments == []
