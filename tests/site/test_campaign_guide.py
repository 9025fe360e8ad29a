"""The guide of campaigns and CI matrices, word by word: each command that it shows is run, in the order of the page."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.campaign.file import Campaign, Entry, read_campaign
from tests.docgen.test_work import NEEDS_CLUSTER
from tests.site.test_shown_commands import ROOT, blocks, shown

PAGE = ROOT / "site" / "guide" / "campaigns.md"
TOML = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KEYS = re.compile(r"^\| `([a-z_]+)`(?:, `([a-z_]+)`)? \|", re.MULTILINE)


def test_the_guide_has_every_key() -> None:
    """The keys of the file of a campaign and of its targets, all of them and no others."""
    text = PAGE.read_text(encoding="utf-8").partition("## More than one machine")[0]

    named = [key for found in KEYS.findall(text) for key in found if key]

    assert sorted(named) == sorted([*Campaign.__struct_encode_fields__, *Entry.__struct_encode_fields__])


def test_the_campaign_of_the_guide_is_one(tmp_path: Path) -> None:
    """The file as it is shown."""
    (text,) = TOML.findall(PAGE.read_text(encoding="utf-8"))
    (tmp_path / "campaign.toml").write_text(text, encoding="utf-8")

    assert read_campaign(tmp_path / "campaign.toml").seeds == (0, 1)


@NEEDS_CLUSTER
@pytest.mark.network
@pytest.mark.thorough
def test_the_commands_of_the_guide_do_what_it_says(tmp_path: Path) -> None:
    """Exit codes 0 and 1 are results. The command of one shard stands for all eight."""
    (text,) = TOML.findall(PAGE.read_text(encoding="utf-8"))
    (tmp_path / "campaign.toml").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    scheduler, workers = next(lines for lines in blocks(PAGE) if lines[0].startswith("dask scheduler"))
    running = [
        subprocess.Popen(shlex.split(each), cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
        for each in (scheduler, workers)
    ]
    try:
        time.sleep(5)
        for words in shown(PAGE):
            line = shlex.join(words).replace("'>'", ">").replace("'shard-*.json'", "shard-*.json")
            numbers = range(1, 9) if "3/8" in line else (3,)
            for number in numbers:
                one = line.replace("3/8", f"{number}/8").replace("shard-3.json", f"shard-{number}.json")
                if "run" in words or "mutants" in words:
                    one += " --examples smoke"
                shell = ["sh", "-c", one]
                done = subprocess.run(shell, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
                assert done.returncode in (0, 1), f"{one}\n{done.stdout}{done.stderr}"
    finally:
        for each in running:
            each.terminate()
            each.wait()

    assert (tmp_path / "verdicts.json").is_file()
    assert "First release of each change" in (tmp_path / "build" / "campaign" / "campaign.md").read_text("utf-8")
