"""The command `docgen comment`: one comment on the pull request or merge request of a CI job, updated by each run.

The command uses the REST interfaces of GitHub and GitLab, with the standard library alone. It imports the modules for
that when it runs, against the rule that imports are at the top: see `cli`.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from docgen.errors import CommentError, SettingError
from docgen.files import read_text

LONGEST_COMMENT = 65_536
"""Limit in characters: GitHub's; GitLab accepts more."""
_PER_PAGE = 100
_MOST_PAGES = 50
"""How many comments are searched for an earlier one."""
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Thread:
    """Where the comments of one pull request or merge request are."""

    comments: str
    """URL that lists comments and accepts new ones."""
    edited: str
    """URL of one comment, with `{}` for its number."""
    method: str
    """HTTP method that replaces a comment."""
    headers: Mapping[str, str]


@click.command(
    short_help="Post a file as a comment on a pull or merge request.", epilog="Example: docgen comment api.md"
)
@click.argument("file", type=click.Path(path_type=Path))
def comment(file: Path) -> None:
    """Post FILE as a comment on the pull request or merge request that a CI job runs for, or update the earlier one.

    The earlier comment is the one with the same first line, which must be an HTML comment: the format `markdown` of
    `docgen diff` begins with one. For GitHub, set GITHUB_TOKEN to a token with the permission `pull-requests: write`;
    for GitLab, set GITLAB_TOKEN to an access token with the scope `api`.
    """
    text = read_text(file, f"Write it with `docgen diff ... --write markdown={file}`.")
    click.echo(post(text, thread_of(os.environ)))


def thread_of(environment: Mapping[str, str]) -> Thread:
    """Return where the comments of the job's pull request are.

    Parameters:
        environment: The variables that the platform sets for a job.

    Raises:
        SettingError: The job does not run for a pull request, or a variable is missing.
    """
    if environment.get("GITHUB_ACTIONS"):
        return _github(environment)
    if environment.get("GITLAB_CI"):
        return _gitlab(environment)
    raise SettingError("comment: this is not a job of GitHub Actions or GitLab CI. Run the command in one.")


def _github(environment: Mapping[str, str]) -> Thread:
    import json

    token = _needed(environment, "GITHUB_TOKEN", "Pass it in `env:` of the step.")
    path = _needed(environment, "GITHUB_EVENT_PATH", "GitHub Actions sets it.")
    text = read_text(path, "GitHub Actions writes it.")
    try:
        number = (json.loads(text).get("pull_request") or {}).get("number")
    except (ValueError, AttributeError, RecursionError) as error:
        raise SettingError(f"{path}: not the JSON of an event: {error}. GitHub Actions writes it.") from error
    if number is None:
        raise SettingError("this job does not run for a pull request. Run the step for events `pull_request` only.")
    address, repository = (
        _needed(environment, name, "GitHub Actions sets it.") for name in ("GITHUB_API_URL", "GITHUB_REPOSITORY")
    )
    base = f"{address}/repos/{repository}/issues"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
    return Thread(comments=f"{base}/{number}/comments", edited=f"{base}/comments/{{}}", method="PATCH", headers=headers)


def _gitlab(environment: Mapping[str, str]) -> Thread:
    token = _needed(environment, "GITLAB_TOKEN", "Add a masked variable with an access token of the scope `api`.")
    number = _needed(environment, "CI_MERGE_REQUEST_IID", "Run the job in pipelines of merge requests only.")
    address, identifier = (
        _needed(environment, name, "GitLab CI sets it.") for name in ("CI_API_V4_URL", "CI_PROJECT_ID")
    )
    project = f"{address}/projects/{identifier}"
    notes = f"{project}/merge_requests/{number}/notes"
    return Thread(comments=notes, edited=f"{notes}/{{}}", method="PUT", headers={"PRIVATE-TOKEN": token})


def _needed(environment: Mapping[str, str], name: str, advice: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise SettingError(f"the variable {name} is not set. {advice}")
    return value


def post(text: str, thread: Thread) -> str:
    """Post a comment, or replace the earlier one, and return what was done, as a phrase.

    Parameters:
        text: The comment; its first line identifies it.
        thread: Where to post it.

    Raises:
        SettingError: The first line is not an HTML comment.
        CommentError: The platform refuses the request, or cannot be reached.
    """
    mark, _, rest = text.replace("\r\n", "\n").partition("\n")
    if not (mark.startswith("<!--") and mark.endswith("-->")):
        raise SettingError("the first line is not an HTML comment. The next run needs one to find the comment again.")
    earlier = next((each for each in _comments(thread) if each["body"].startswith(mark)), None)
    body = f"{mark}\n{rest}"[:LONGEST_COMMENT]
    if earlier is None:
        _call("POST", thread.comments, thread, {"body": body})
        return "comment posted"
    if earlier["body"].rstrip() == body.rstrip():
        return "comment is up to date"
    _call(thread.method, thread.edited.format(earlier["id"]), thread, {"body": body})
    return "comment updated"


def _comments(thread: Thread) -> Iterator[Mapping[str, Any]]:
    """Yield the existing comments, page by page."""
    for page in range(1, _MOST_PAGES + 1):
        found = _call("GET", f"{thread.comments}?per_page={_PER_PAGE}&page={page}", thread)
        yield from found
        if len(found) < _PER_PAGE:
            return


def _call(method: str, address: str, thread: Thread, content: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON that the platform answers with."""
    import json
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    data = None if content is None else json.dumps(content).encode()
    headers = {**thread.headers, "Content-Type": "application/json", "User-Agent": "assay"}
    request = Request(address, data=data, headers=headers, method=method)  # noqa: S310 - the platform's own address
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - the same
            return json.load(answer)
    except HTTPError as error:
        advice = "May the token write comments?" if error.code in (401, 403, 404) else "Try again later."
        raise CommentError(f"{method} {address}: status {error.code} {error.reason}. {advice}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise CommentError(f"{method} {address}: {error}. Is the platform reachable from this job?") from error
