"""The command `docgen history`: the releases of a distribution, read in parallel, and the life of each symbol.

The code that reads and compares is imported when the command runs, against the rule that imports are at the top: see
`cli`.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import hashlib
import importlib.metadata
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from docgen.command.options import REPEATABLE
from docgen.command.working import executor_options
from docgen.errors import SettingError
from docgen.files import read_file, write_whole
from docgen.model import Reference

if TYPE_CHECKING:
    from docgen.work import Share


_MOST_NAMED = 10
"""Longest list of missing shards in a message."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A unit: one release to read."""

    name: str
    version: str
    config: str = ""
    """Path of a configuration, empty for none."""

    @property
    def key(self) -> str:
        """Identifies the unit."""
        return f"{self.name}=={self.version}"

    @property
    def file(self) -> str:
        """Name of the file that stores its reference; it depends on the version of docgen and on the configuration."""
        config = read_file(self.config) if self.config else b""
        made_by = hashlib.sha256(importlib.metadata.version("assay").encode() + config).hexdigest()[:8]
        return f"{self.name}-{self.version}-{made_by}.json"


class _Mark(msgspec.Struct, frozen=True):
    """That a part of some releases has been read."""

    of: int
    """How many parts there are."""
    releases: list[str]
    """Files of the references of all releases."""


@click.command(
    short_help="Print in which release each symbol was added or changed.",
    epilog="Example: docgen history httpx --from 0.27.0 --to 0.28.1",
)
@click.argument("name")
@click.option("--from", "first", required=True, metavar="VERSION", help="The oldest release.")
@click.option("--to", "last", required=True, metavar="VERSION", help="The newest release.")
@click.option("--only", multiple=True, metavar="PATH", help=f"Only this symbol and what is below it. {REPEATABLE}")
@click.option("--format", "form", type=click.Choice(["markdown", "json"]), default="markdown", show_default=True)
@click.option("--config", default="", metavar="FILE", help="Configuration of the reference (TOML).")
@executor_options
@click.option(
    "--keep",
    default="",
    metavar="DIR",
    help="Store what was read in this folder and do not read it again, so that an interrupted history can continue.",
)
@click.option(
    "--shard",
    metavar="K/N",
    help="Read only part K of N, into the folder of --keep. Without --shard, that folder must contain all parts.",
)
def history(name: str, first: str, last: str, **options: Any) -> None:  # noqa: ANN401 - the options above
    """Print when each symbol of NAME, and each of its parameters, was added, changed and removed.

    Every release between the two is downloaded, read and compared with the next; nothing is installed.
    """
    from docgen.compare.history import History, history_of
    from docgen.compare.writers.history import history_page
    from docgen.sources.releases import released_versions
    from docgen.work import part_of, share_from

    share = share_from(options["shard"]) if options["shard"] else None
    if share is not None and not options["keep"]:
        raise SettingError("--shard: name the folder that collects all parts with --keep.")
    readings = [
        Reading(name=name, version=version, config=options["config"])
        for version in released_versions(name, first, last)
    ]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(options["keep"] or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if share is not None:
            _read(part_of(readings, share), folder, options)
            _mark(readings, share, folder)
            return
        _check_marks(readings, folder)
        _read(readings, folder, options)
        found = history_of(_kept(readings, folder))
    wanted = {
        path: life
        for path, life in found.symbols.items()
        if not options["only"] or any(f"{path}.".startswith(f"{each}.") for each in options["only"])
    }
    shown = History(distribution=found.distribution, versions=found.versions, symbols=wanted)
    if options["form"] == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(shown), indent=1))
    else:
        click.echo(history_page(shown), nl=False)


def _read(readings: Sequence[Reading], folder: Path, options: dict[str, Any]) -> None:
    """Read the releases that are not in the folder.

    Raises:
        DocgenError: One cannot be read.
    """
    from docgen.progress import Progress
    from docgen.work import default_jobs, opened, run_units

    missing = [each for each in readings if not (folder / each.file).is_file()]
    if not missing:
        return
    progress = Progress(things="releases", total=len(missing))
    left = iter(missing)
    jobs = min(len(missing), options["jobs"] or default_jobs())
    try:
        with opened(options["executor"], jobs) as pool:
            for number, done in enumerate(run_units(lambda: next(left, None), read_release, pool), 1):
                if done.result is None:
                    raise SettingError(f"{done.unit.key}: cannot be read: {done.lost}. Choose a range without it.")
                write_whole(folder / done.unit.file, done.result)
                progress.show(done.unit.name, number)
    finally:
        progress.finish()


def _kept(readings: Sequence[Reading], folder: Path) -> Iterator[Reference]:
    """Yield the references in the folder, one at a time: all of them may not fit into memory."""
    for each in readings:
        try:
            yield msgspec.json.decode(read_file(folder / each.file), type=Reference)
        except (OSError, ValueError, RecursionError) as error:
            raise SettingError(f"{folder / each.file}: cannot be read: {error}. Remove it, and run again.") from error


def _mark(readings: Sequence[Reading], share: Share, folder: Path) -> None:
    """Record in the folder that a part of these releases has been read."""
    mark = _Mark(of=share.of, releases=[each.file for each in readings])
    write_whole(folder / f"shard-{share.number}.json", msgspec.json.encode(mark))


def _check_marks(readings: Sequence[Reading], folder: Path) -> None:
    """If the folder has parts, check that it has all of them.

    Raises:
        SettingError: A part is missing, is damaged, or is one of other releases.
    """
    marks = {_number(path): _read_mark(path) for path in sorted(folder.glob("shard-*.json"))}
    files = [each.file for each in readings]
    if strange := sorted(number for number, mark in marks.items() if mark.releases != files):
        raise SettingError(f"{folder}: shard {strange[0]} is of other releases, or of another docgen.")
    of = max((mark.of for mark in marks.values()), default=0)
    missing = islice((number for number in range(1, of + 1) if number not in marks), _MOST_NAMED)
    if names := ", ".join(f"{number}/{of}" for number in missing):
        raise SettingError(f"{folder}: missing shards: {names}. Run them with --shard, or remove shard-*.json.")


def _number(mark: Path) -> int:
    digits = mark.stem.partition("-")[2]
    if not digits.isdecimal():
        raise SettingError(f"{mark}: shards have a number, such as shard-1.json. Remove the file, and run again.")
    return int(digits)


def _read_mark(path: Path) -> _Mark:
    try:
        return msgspec.json.decode(read_file(path), type=_Mark)
    except (OSError, ValueError, RecursionError) as error:
        raise SettingError(f"{path}: cannot be read: {error}. Remove it, and read the shard again.") from error


def read_release(reading: Reading) -> bytes:
    """Return the reference of a release as JSON, so that another process can take it."""
    from docgen.compare.sides.read import read_side
    from docgen.config import load_config

    configured = load_config(Path(reading.config) if reading.config else None, (), reading.version)
    side = read_side(reading.key, configured.config)
    # The version that was asked for, because the sources may spell it differently.
    return msgspec.json.encode(msgspec.structs.replace(side.reference, version=reading.version))
