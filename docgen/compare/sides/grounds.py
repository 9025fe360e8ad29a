"""Runs the code of a side, for the two options that do so: `--witness` and `--runtime`.

Nothing else in docgen runs code that it compares. Each side has a child process of its own, which works in a temporary
folder and writes no `.pyc` files into the sources. A release is installed into the cache first, with its dependencies.
A folder or a git revision is imported from where it was read, with the dependencies that are installed beside docgen.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.errors import DownloadError
from docgen.files import is_file, read_kept
from docgen.sources.cache import cache_folder
from docgen.sources.installers import install_command

CHILD = Path(__file__).with_name("child.py")
INSTALL_SECONDS = 600
"""Time limit for installing a release, in seconds."""
FIRST_SECONDS, MORE_SECONDS = 60, 2
"""Time limits of a child for its first answer and for each further one, in seconds."""
_NO_ANSWER = {"error": "the process ended or took too long"}


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The data that is needed to import the packages of a side."""

    folder: Path | None = None
    """The folder that contains them; None if they have to be installed first."""
    requirement: str = ""
    """A release or an archive in the form that pip takes, if there is no folder."""
    is_installed: bool = False
    """It is a distribution and not only its sources: metadata, generated files and compiled modules are there."""

    def import_folder(self) -> str:
        """Return the folder that a child imports from first; a release is installed if it is not yet.

        Raises:
            DownloadError: It cannot be installed.
        """
        return str((self.folder or _installed(self.requirement)).resolve())


def _installed(requirement: str) -> Path:
    key = f"{sys.version.split()[0]} {requirement} {_stamp(requirement)}"
    folder = cache_folder() / "installed" / hashlib.sha256(key.encode()).hexdigest()[:16]
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    work = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    try:
        command = [*install_command(Path(sys.executable)), "--target", str(work), requirement]
        done = subprocess.run(  # noqa: S603 - our command; what is installed was asked for
            command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise DownloadError(f"{requirement}: cannot be installed, so its code cannot be run: {reason}")
        work.rename(folder)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DownloadError(f"{requirement}: cannot be installed, so its code cannot be run: {error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def _stamp(requirement: str) -> str:
    """Return a string that distinguishes archives with the same name."""
    path = Path(requirement)
    if not is_file(path):
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def ask(ground: Ground, job: str, questions: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the answers of a child process that can import a side, one per question.

    If a question kills the process or takes too long, its answer is an error, and a new child answers the rest.

    Parameters:
        ground: Of the side.
        job: The function of `child` that answers: `programs` or `signatures`.
        questions: Plain values that JSON can express.

    Raises:
        DownloadError: The side cannot be installed.
    """
    folder = ground.import_folder()
    answers: list[dict[str, Any]] = []
    while len(answers) < len(questions):
        given = _ask(folder, job, questions[len(answers) :])
        answers += given
        if len(answers) < len(questions):
            answers.append(_NO_ANSWER)
    return answers


def _ask(folder: str, job: str, questions: Sequence[Any]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="docgen-") as work:
        asked, answered = Path(work, "questions.json"), Path(work, "answers.jsonl")
        asked.write_text(json.dumps({"folder": folder, "job": job, "questions": questions}), encoding="utf-8")
        answered.touch()
        command = [sys.executable, "-I", "-B", str(CHILD), str(asked), str(answered)]
        child = subprocess.Popen(  # noqa: S603 - our child; that code of the sides runs in it was asked for
            command,
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            child.wait(timeout=FIRST_SECONDS + MORE_SECONDS * len(questions))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        lines = read_kept(answered).splitlines()  # code of the sides can write there, too
    return [_answer(line) for line in lines[: len(questions)]]


def _answer(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return _NO_ANSWER
    return answer if isinstance(answer, dict) else _NO_ANSWER
