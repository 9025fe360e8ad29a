"""Every option of every command with odd paths and values, and every key of a configuration with odd values.

    python -m bench.commands [--only WORD ...] [--every N] [--list]

Runs each command line in a process of its own, in a folder of its own. A command fails if it takes more than 10 CPU
seconds or 400 MiB, ends with a code that no command has or with a traceback, says nothing when it ends with another
code than 0, or writes more than a few lines for wrong use. Prints one line for each that fails, and a table. Exit code
1 if one failed.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import NoReturn

import click

from bench.hostile import run_and_exit
from conformance.__main__ import main as conformance_main
from conformance.command.cli import conformance
from docgen.__main__ import main as docgen_main
from docgen.command.cli import docgen
from docgen.config import ReferenceConfig
from docgen.formats.material.render import Settings

SECONDS, MEBIBYTES = 10.0, 400.0
"""What a command may cost: CPU seconds and largest resident memory."""
WALL_SECONDS = 60
"""When a command is ended that does not end by itself."""
MOST_LINES, MOST_CHARACTERS = 12, 6_000
"""Longest message for wrong use: usage, a hint, and the error, in which click repeats the value."""
SHOWN = 60
"""Longest argument in the output."""
COMMANDS: dict[str, click.Group] = {"docgen": docgen, "conformance": conformance}
MAINS: dict[str, Callable[[], None]] = {"docgen": docgen_main, "conformance": conformance_main}
SKIPPED = frozenset({"help", "version", "executor", "sandbox", "witness", "runtime", "run_", "completion"})
"""Options without a value that could be odd, or that start workers."""

NEEDED: dict[str, list[str]] = {
    "docgen build": ["pkg", "--out", "out"],
    "docgen check": ["pkg", "--out", "out"],
    "docgen diff": ["pkg", "pkg"],
    "docgen history": ["pkg", "--from", "1", "--to", "2", "--jobs", "1"],
    "docgen comment": ["text.md"],
    "docgen parse": ["text.md"],
    "docgen examples": ["pkg"],
    "docgen coverage": ["pkg"],
    "docgen lint": ["pkg"],
    "docgen dump": ["pkg"],
    "docgen inventories": ["pkg"],
    "conformance parity": ["pkg", "--against", "text.md"],
    "conformance baseline": ["pkg", "--out", "b.api"],
    "conformance run": ["nothing_here", "--rule", "OVR-02", "--jobs", "1", "--examples", "smoke"],
    "conformance campaign": ["campaign.toml", "--jobs", "1"],
    "conformance report": ["report.json"],
    "conformance merge": ["report.json"],
    "conformance diff": ["report.json", "report.json"],
    "conformance explain": ["OVR-02"],
    "conformance new-contract": ["made"],
    "conformance check-contract": ["task_template", "--quick"],
    "conformance mutants": ["--mutant", "nothing", "--jobs", "1"],
}
"""What a command line must have beside the odd value."""
PLACES = (
    *("none", "", ".", "..", "/", "-", "pkg", "pipe", "loop", "link", "/dev/zero", "/dev/full", "/dev/null", "socket"),
    *("big", "text.md/x", "pkg/", "a\nb", "x" * 5_000, "x/" * 2_000, "~nobody", "*", "binary", "broken.json"),
    *("deep.json", "list.json", "broken.toml", "deep.toml", "latin.toml", "[", "git:", "git:none", "a==", "==1"),
    *("\udcff", "\u202e", "https://[", "file:///dev/zero", "pkg==1==2", "a\x1b[31mb", "none.whl", "none.tar.gz"),
)
"""Odd values of options and arguments; most of them are paths."""
VALUES = (
    *("1", "-1", "1e999", "nan", "true", "''", "'\\u0000'", "[]", "[[]]", "[1]", "{}", "{ a = 1 }", "1979-05-27"),
    *("'none'", "'/dev/zero'", "'pipe'", "'..'", "'pkg'", "'{'", "'{x}'", "'{0.__class__}'", "['x', 'x']"),
    *("[" * 200 + "]" * 200, "'" + "x" * 100_000 + "'", "'''\n\n'''", "{ '' = '' }", "{ 'pkg.f' = '(' }"),
    *("[{ version = 'x' }]", "[{ version = '1', dialect = 1 }]", "'3.99'", "'https://['", "'git:none'", "['[']"),
)
"""Odd values of keys, as TOML writes them."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One command line."""

    command: str
    """`docgen build`."""
    arguments: tuple[str, ...]
    config: str = ""
    """Content of the project file."""

    def __str__(self) -> str:
        shown = [each if len(each) <= SHOWN else f"{each[:50]}...({len(each)})" for each in self.arguments]
        return f"{self.command} {' '.join(map(repr, shown))} {self.config[:80]!r}".rstrip(" '")


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command by its name."""
    for name, group in COMMANDS.items():
        with click.Context(group) as context:
            for each in group.list_commands(context):
                command = group.get_command(context, each)
                if command is not None:
                    yield f"{name} {each}", command


def cases() -> Iterator[Case]:
    """Yield all command lines."""
    for name, command in commands():
        needed = NEEDED.get(name, [])
        for parameter in command.params:
            yield from _odd(name, needed, parameter)
    for key in keys():
        for value in VALUES:
            yield Case(command="docgen build", arguments=("pkg", "--out", "out", "--set", f"{key}={value}"))
            table = f"[[tool.docgen.reference]]\ntarget = 'pkg'\nout = 'out'\n{key} = {value}\n"
            yield Case(command="docgen build", arguments=(), config=table)
    for table in ("tool", "tool.docgen", "tool.conformance", "tool.docgen.reference", "project"):
        for value in VALUES:
            for name in ("docgen build", "docgen check", "docgen init", "conformance rules", "conformance run"):
                yield Case(command=name, arguments=tuple(NEEDED.get(name, ()))[:1], config=f"{table} = {value}\n")


def keys() -> tuple[str, ...]:
    """Return the keys of a reference, one that does not exist among them."""
    known = [each.name for each in (*fields(ReferenceConfig), *fields(Settings))]
    return tuple(dict.fromkeys(("target", "out", *known, "unknown", "overrides.x", "a.b.c", "''")))


def _odd(name: str, needed: Sequence[str], parameter: click.Parameter) -> Iterator[Case]:
    """Yield the command lines of one option or argument."""
    if isinstance(parameter, click.Option):
        if parameter.is_flag or parameter.name in SKIPPED or isinstance(parameter.type, click.Choice):
            return
        option = max(parameter.opts, key=len)
        given = list(needed)
        if option in given:  # the odd value takes the place of the one that is needed
            at = given.index(option)
            del given[at : at + 2]
        for value in (*PLACES, *(f"json={place}" for place in PLACES if option == "--write")):
            yield Case(command=name, arguments=(*given, f"{option}={value}"))
        yield Case(command=name, arguments=(*given, option))
    else:
        own = [each for each in needed if not each.startswith("-")][:1]
        for value in PLACES:
            yield Case(
                command=name,
                arguments=("--", value, *needed[len(own) :]) if value == "-" else (value, *needed[len(own) :]),
            )


def prepare(folder: Path) -> None:
    """Write what the odd values name."""
    (folder / "pkg").mkdir()
    (folder / "pkg" / "__init__.py").write_text("def f(x: int = 1) -> int:\n    '''Do it.'''\n    return x\n")
    (folder / "text.md").write_text("<!-- m -->\n# Title\n")
    (folder / "binary").write_bytes(bytes(range(256)) * 99)
    (folder / "broken.json").write_text('{"a": ')
    (folder / "deep.json").write_text("[" * 100_000)
    (folder / "list.json").write_text("[1, null, {}]")
    (folder / "report.json").write_text("{}")
    (folder / "broken.toml").write_text("a = \n")
    (folder / "deep.toml").write_text(f"a = {'[' * 5_000}\n")
    (folder / "campaign.toml").write_text("a = 1\n")
    (folder / "latin.toml").write_bytes(b"a = '\xe9'\n")
    (folder / "loop").symlink_to("loop")
    (folder / "link").symlink_to("pkg")
    os.mkfifo(folder / "pipe")
    with (folder / "big").open("wb") as big:
        big.truncate(3 << 30)
    _socket(folder / "socket")


def _socket(path: Path) -> None:
    import socket  # noqa: PLC0415 - absent on some systems

    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(path.parent)  # a path of a socket may have some hundred characters only
        bound.bind(path.name)
        os.chdir(here)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a command did."""

    code: int
    seconds: float
    mebibytes: float
    output: str
    """Both streams, cut."""

    def faults(self) -> list[str]:
        """Return what is wrong."""
        lines = self.output.count("\n")
        wrong = {
            f"exit code {self.code}": self.code not in range(6),
            "a traceback": "Traceback (most recent call last)" in self.output,
            f"{self.seconds:.1f} CPU seconds": self.seconds > SECONDS,
            f"{self.mebibytes:.0f} MiB": self.mebibytes > MEBIBYTES,
            "prints nothing": self.code != 0 and not self.output.strip(),
            f"{lines} lines": self.code in (2, 3) and lines > MOST_LINES,
            "bare control characters": bool(re.search(r"[\x00-\x08\x0b-\x1f\x7f]", self.output)),
            f"{len(self.output)} characters": self.code in (2, 3) and len(self.output) > MOST_CHARACTERS,
        }
        return [text for text, is_wrong in wrong.items() if is_wrong]


def run(case: Case) -> Outcome:
    """Run a command line in a folder and a process of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary, tempfile.TemporaryFile() as output:
        prepare(Path(temporary))
        if case.config:
            Path(temporary, "pyproject.toml").write_text(case.config)
        sys.stdout.flush()
        child = os.fork()
        if not child:
            _run(case, Path(temporary), output.fileno())
        _, status, usage = os.wait4(child, 0)
        output.seek(0)
        text = output.read(200_000).decode(errors="replace")
    return Outcome(
        code=os.waitstatus_to_exitcode(status),
        seconds=usage.ru_utime + usage.ru_stime,
        mebibytes=usage.ru_maxrss / 1024,
        output=text,
    )


def _run(case: Case, folder: Path, output: int) -> NoReturn:
    """Run in the forked process, which ends here."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(folder)
    os.environ["ASSAY_CACHE"] = str(folder / "cache")
    os.environ["PIP_NO_INDEX"] = os.environ["UV_NO_INDEX"] = "1"
    signal.alarm(WALL_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (WALL_SECONDS, WALL_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
    program, command = case.command.split()
    sys.argv = [program, command, *case.arguments]
    run_and_exit(MAINS[program])


def main() -> None:
    """Run every command line, and print what failed and a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", nargs="+", default=[], metavar="WORD", help="commands with one of these words")
    options.add_argument("--every", type=int, default=1, metavar="N", help="run each Nth only")
    options.add_argument("--list", action="store_true", help="print the command lines, and run none")
    asked = options.parse_args()
    chosen = [each for each in cases() if not asked.only or any(word in str(each) for word in asked.only)][
        :: asked.every
    ]
    tried, failed = Counter[str](), Counter[str]()
    for case in chosen:
        if asked.list:
            print(case)
            continue
        outcome = run(case)
        tried[case.command] += 1
        if faults := outcome.faults():
            failed[case.command] += 1
            last = outcome.output.strip().splitlines()[-1:]
            print(f"{case}: {', '.join(faults)} {last}"[:600], flush=True)
    for command, count in tried.items():
        print(f"{command:28} {count:5} tried {failed[command]:4} failed")
    print(f"{'all':28} {tried.total():5} tried {failed.total():4} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
