"""An incremental build has the same result as a full build."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.build.build import build
from tests.docgen.build.conftest import inputs_of
from tests.docgen.edits import EDITS, START, write


class Project:
    """A folder of sources that is rebuilt repeatedly, and compared with a full build each time."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.files = dict(START)
        self.last: bytes | None = None

    def check(self, what: str) -> None:
        """Write the files, run an incremental and a full build, and compare them."""
        write(self.home, self.files)
        inputs = inputs_of(self.home)

        again, fresh = build(inputs, last=self.last), build(inputs)

        assert again.reference == fresh.reference, f"another result after: {what}"
        assert again.findings == fresh.findings, f"other findings after: {what}"
        assert again.units is not None
        self.last = again.units.dump()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that was built once."""
    made = Project(tmp_path)
    made.check("nothing")
    return made


@pytest.mark.parametrize("name", sorted(EDITS))
def test_each_edit_alone(name: str, project: Project) -> None:
    """Each kind of edit separately, so that a failure names it."""
    EDITS[name](project.files)

    project.check(name)


@settings(max_examples=5)
@given(names=st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=5))
def test_edits_one_after_the_other(names: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Reference and findings are the same, after any edits since the last build."""
    project = Project(tmp_path_factory.mktemp("project"))
    project.check("nothing")

    for name in names:
        EDITS[name](project.files)
        project.check(name)


def test_nothing_changed_is_taken_over_whole(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build without a change parses no file."""
    monkeypatch.setattr("docgen.sources.store.ast.parse", None)

    project_inputs = inputs_of(project.home)

    assert build(project_inputs, last=project.last).reference.modules
