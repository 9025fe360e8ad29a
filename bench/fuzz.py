"""Feed docgen broken input, and look for tracebacks, hangs and files written outside the output.

    python -m bench.fuzz --reader NAME ... [--seconds N] [--seed S]

It breaks real input of the reader at random: modules of the standard library and of the packages that are installed
here, statement by statement and line by line; their docstrings; pages, dumps and baselines made from them;
configurations; archives. Then it runs the command that reads it. Each attempt has a number, and `--only NUMBER` with
the same seed repeats one. Prints one line for each attempt that fails, and a line with the figures; exit code 1 if one
failed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import io
import json
import os
import random
import shutil
import signal
import sys
import sysconfig
import tarfile
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from click.testing import CliRunner

from bench.docstrings import KINDS as AWKWARD
from bench.docstrings import docstrings_of
from docgen.command.cli import docgen
from docgen.compare.sides.baseline import to_baseline
from docgen.config import ReferenceConfig
from docgen.dump import from_json
from docgen.job import Job
from docgen.sources.cache import VARIABLE

LONGEST_SECONDS = 20
"""CPU seconds after which an attempt counts as a hang."""
LARGEST_MODULE = 40_000
"""Size limit of the modules to break, in bytes, because small ones allow many attempts."""

DIALECTS = ("material", "flyte-2.6", "flyte-2.1")

PIECES = (
    *("'''", '"""', "`", "``", "```", "~~~", "*", "**", "_", "[", "]", "(", ")", "<", ">", "{", "}", "{{", "{%", "|"),
    *("\\", "\n\n", "\n    ", "\n\t", "\t", "\r", "\x0c", "\0", "\ufeff", "\u2028", "\ud800", "é", "#", "::", ":"),
    *(
        "Args:",
        "Returns:",
        "Parameters\n----------\n",
        ":param x: ",
        "@param x: ",
        ".. note::",
        ".. _a: b",
        ">>> ",
        "- ",
    ),
    *("<script>", "](javascript:x)", "!!! note", "=== ===", "+---+", "| a | b |\n|-|-|", "---", "***", "<!--", "-->"),
    *(
        "__all__",
        "import *",
        "class ",
        "def ",
        "lambda: ",
        "yield ",
        "await ",
        "async ",
        "@",
        "->",
        ":=",
        "...",
        "if 1:\n",
    ),
    *("0x" + "f" * 5_000, "9" * 4_000, "1e999", "'x' * 10**9", "(" * 150, "[" * 90 + "]" * 90, "a" + ".b" * 400),
)
"""Pieces that are inserted into texts."""


class HangError(BaseException):
    """An attempt takes too long. It is not an `Exception`, so that docgen does not handle it."""


@dataclass(kw_only=True)
class Attempt:
    """One broken input."""

    random: random.Random
    folder: Path
    """Folder of the input, and of the output in `out`; nothing may be written elsewhere."""
    outside: list[str] = field(default_factory=list)
    """Paths written elsewhere."""

    def run(self, *arguments: str) -> None:
        """Run the command, and raise an error if it does not end normally."""
        answer = CliRunner().invoke(docgen, list(arguments))
        if answer.exception is not None and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        if answer.exit_code not in range(6):
            raise AssertionError(f"exit code {answer.exit_code}")

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the input, and return its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        return path


# -- breaking texts, bytes and trees


def broken_text(text: str, choice: random.Random, count: int = 3) -> str:
    """Return the string with some lines left out, repeated, moved, cut, indented, or with odd pieces in them."""
    lines = text.split("\n")
    for _ in range(choice.randint(1, count)):
        place = choice.randrange(len(lines))
        line = lines[place]
        at = choice.randint(0, len(line))
        match choice.randrange(9):
            case 0:
                del lines[place : place + choice.randint(1, 3)]
            case 1:
                lines[place:place] = lines[place : place + choice.randint(1, 5)] * choice.choice([1, 2, 50])
            case 2:
                lines.insert(choice.randrange(len(lines)), lines.pop(place))
            case 3:
                lines[place] = line[:at]
            case 4:
                lines[place] = " " * choice.randint(0, 12) + line.lstrip()
            case 5:
                lines[place] = line[:at] + choice.choice(PIECES) + line[at:]
            case 6:
                lines[place] = line[:at] + choice.choice(PIECES) * choice.choice([2, 30, 1000]) + line[at:]
            case 7:
                lines[place] = line.replace(choice.choice(line or " "), choice.choice(PIECES), choice.randint(1, 3))
            case _:
                lines[place] = line + choice.choice(lines).lstrip()
        lines = lines or [""]
    return "\n".join(lines)


def broken_bytes(data: bytes, choice: random.Random, count: int = 6) -> bytes:
    """Return bytes some of which are flipped, left out, repeated or cut off."""
    broken = bytearray(data)
    for _ in range(choice.randint(1, count)):
        place = choice.randrange(len(broken) + 1)
        match choice.randrange(5):
            case 0:
                broken[place : place + 1] = bytes([choice.randrange(256)])
            case 1:
                del broken[place : place + choice.choice([1, 4, 100])]
            case 2:
                broken[place:place] = broken[place : place + choice.choice([1, 16, 600])]
            case 3:
                broken[place : place + 4] = choice.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"])
            case _:
                del broken[choice.randint(place, len(broken)) :]
    return bytes(broken)


def broken_tree(text: str, choice: random.Random) -> str:
    """Return a module with some statements and expressions left out, repeated, exchanged or nested."""
    tree = ast.parse(text)
    expressions = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    for _ in range(choice.randint(1, 5)):
        parent = choice.choice([node for node in ast.walk(tree) if any(_lists(node))])
        items = choice.choice(list(_lists(parent)))
        place = choice.randrange(len(items))
        match choice.randrange(4):
            case 0 if len(items) > 1:
                del items[place]
            case 1:
                items.insert(choice.randrange(len(items) + 1), copy.deepcopy(items[place]))
            case 2:
                items[place], items[-1] = items[-1], items[place]
            case _:
                _exchange(choice, tree, expressions)
    return ast.unparse(ast.fix_missing_locations(tree))


def _lists(node: ast.AST) -> Iterator[list[ast.AST]]:
    """Yield the lists of nodes that a node has: statements, arguments, items."""
    for _, value in ast.iter_fields(node):
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt | ast.expr | ast.arg | ast.keyword):
            yield value


def _exchange(choice: random.Random, tree: ast.AST, expressions: Sequence[ast.expr]) -> None:
    """Replace an expression of a tree by another one, as it is or nested many times."""
    holders = [
        (node, name) for node in ast.walk(tree) for name, value in ast.iter_fields(node) if isinstance(value, ast.expr)
    ]
    if not holders or not expressions:
        return
    node, name = choice.choice(holders)
    broken = copy.deepcopy(choice.choice(expressions))
    for _ in range(choice.choice([0, 0, 0, 3, 100])):
        match choice.randrange(5):
            case 0:
                broken = ast.List(elts=[broken], ctx=ast.Load())
            case 1:
                broken = ast.BinOp(left=broken, op=ast.Add(), right=broken)
                break
            case 2:
                broken = ast.Subscript(value=ast.Name(id="list", ctx=ast.Load()), slice=broken, ctx=ast.Load())
            case 3:
                broken = ast.Call(func=broken, args=[], keywords=[])
            case _:
                broken = ast.Attribute(value=broken, attr="x", ctx=ast.Load())
    setattr(node, name, broken)


def break_json(value: Any, choice: random.Random) -> None:  # noqa: ANN401 - any JSON
    """Replace one part of a value of JSON, leave it out, or repeat it."""
    places = [place for place in _places(value) if place[1] != "schema_version"]
    if not places:  # an earlier step has left nothing else
        return
    container, key = choice.choice(places)
    odd: list[Any] = [None, True, 0, -1, 2**70, 1e308, "", "x" * 1000, "a.b", [], {}, [[]], {"name": "x"}]
    chance = choice.random()
    if chance < 0.05:
        container[key] = choice.choice(odd)
    elif chance < 0.1:
        del container[key]
    elif isinstance(container, list) and chance < 0.3:
        container.insert(choice.randrange(len(container) + 1), copy.deepcopy(container[key]))
    else:
        container[key] = _other(container[key], choice)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - any JSON
    """Yield the container of each part of a JSON value, and its position."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def _other(value: Any, choice: random.Random) -> Any:  # noqa: ANN401 - any JSON
    """Return another value of the same type."""
    if isinstance(value, str):
        broken = broken_text(value, choice, 1) if choice.random() < 0.8 else choice.choice(["", "x", "a.b", value * 2])
        return broken.encode("utf-8", "replace").decode()
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return choice.choice([0, 1, -1, value + 1, 10**9])
    if isinstance(value, list):
        return choice.sample(value, len(value))
    return value


# -- input to break


@cache
def modules() -> tuple[Path, ...]:
    """Return modules of the standard library and of the packages that are installed here, without tests."""
    roots = [Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))]
    found = (path for root in roots for path in sorted(root.rglob("*.py")))
    small = (path for path in found if 0 < path.stat().st_size <= LARGEST_MODULE)
    return tuple(path for path in small if not {"test", "tests", "idlelib", "lib2to3"} & set(path.parts))


@cache
def docstrings() -> tuple[str, ...]:
    """Return docstrings of them."""
    return tuple(text for path in random.Random(0).sample(modules(), 200) for text in docstrings_of(path))


@cache
def small_package() -> Path:
    """Return a package with a bit of everything, which is created once."""
    folder = Path(tempfile.mkdtemp()) / "small"
    folder.mkdir()
    (folder / "__init__.py").write_text(SMALL, encoding="utf-8")
    (folder / "other.py").write_text(
        '"""Other."""\nfrom . import Client\nclass Sub(Client):\n    y = 1\n', encoding="utf-8"
    )
    return folder


SMALL = '''"""Small package.

See `Client`.
"""
from __future__ import annotations
import enum
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar, overload

T = TypeVar("T")
LIMIT: int = 3
"""Most of it."""

class Color(enum.Enum):
    """A color."""
    RED = 1
    GREEN = "g"

@dataclass(frozen=True)
class Point(Generic[T]):
    """A point.

    Attributes:
        x: Across.
    """
    x: T
    y: int = 0

class Client:
    """A client.

    Args:
        base: Where it leads.

    !!! note
        Text with `code`, [a link](https://example.org) and a table.

    | a | b |
    |---|---|
    | 1 | 2 |
    """
    def __init__(self, base: str = "x", *args: int, mode: Literal["a", "b"] = "a", **options: object) -> None:
        self.base = base

    @property
    def name(self) -> str:
        """Return the name."""
        return ""

    @classmethod
    async def get(cls, url: str, /, *, retries: int | None = None) -> dict[str, list[int]]:
        """Get it.

        >>> 1 + 1
        2

        Raises:
            OSError: It is gone.
        """
        raise OSError

@overload
def use(x: int) -> int: ...
@overload
def use(x: str) -> str: ...
def use(x):
    """Use it."""
    return x
'''


@cache
def pages(dialect: str) -> tuple[tuple[str, str], ...]:
    """Return the pages of the small package: path and text."""
    out = Path(tempfile.mkdtemp())
    CliRunner().invoke(docgen, ["build", str(small_package()), "--dialect", dialect, "--out", str(out)])
    found = sorted(out.rglob("*.md"))
    return tuple((path.relative_to(out).as_posix(), path.read_text("utf-8")) for path in found)


@cache
def dump() -> str:
    """Return the dump of the small package."""
    return CliRunner().invoke(docgen, ["dump", str(small_package())]).stdout


@cache
def baseline() -> str:
    """Return the baseline of the small package."""
    return to_baseline(from_json(dump(), "small"))


def prepare() -> None:
    """Create everything that all attempts share, so that none of them writes it."""
    dump()
    baseline()
    for dialect in DIALECTS:
        pages(dialect)


# -- the readers


def sources(attempt: Attempt) -> None:
    """Build a package of broken modules."""
    choice = attempt.random
    for number in range(choice.randint(1, 2)):
        text = choice.choice(modules()).read_text("utf-8", errors="surrogateescape")
        with contextlib.suppress(SyntaxError, ValueError, IndexError, RecursionError):
            text = broken_tree(text, choice) if choice.random() < 0.6 else text
        if choice.random() < 0.5:
            text = broken_text(text, choice, 4)
        name = choice.choice(["__init__.py", "m.py", "sub/__init__.py", "m.pyi"]) if number else "__init__.py"
        attempt.write(f"pkg/{name}", text.encode("utf-8", "surrogatepass" if choice.random() < 0.5 else "replace"))
    dialect = choice.choice(["material", "material", "material", "flyte-2.6"])
    attempt.run("build", str(attempt.folder / "pkg"), "--dialect", dialect, "--out", str(attempt.folder / "out"))


def docstrings_reader(attempt: Attempt) -> None:
    """Build a module of broken docstrings, in one of the styles."""
    choice = attempt.random
    texts = []
    for _ in range(8):
        text = choice.choice(docstrings())
        if choice.random() < 0.2:
            text += choice.choice(list(AWKWARD.values()))(choice.choice([200, 3_000]))
        if choice.random() < 0.3:
            text = f"{choice.choice(docstrings())}\n{text}"
        texts.append(broken_text(text, choice, 6))
    functions = (f"def f{number}(x, *, y=1):\n    {text!r}\n" for number, text in enumerate(texts))
    attempt.write("pkg/__init__.py", f"{texts[0]!r}\n" + "".join(functions))
    style = choice.choice(["auto", "google", "numpy", "sphinx", "epytext", "plain"])
    given = ("--set", f"docstrings={style}", "--out", str(attempt.folder / "out"))
    attempt.run("build", str(attempt.folder / "pkg"), *given)


def pages_reader(attempt: Attempt) -> None:
    """Parse broken pages, one or a folder of them."""
    choice = attempt.random
    dialect = choice.choice(DIALECTS)
    found = dict(pages(dialect)) or dict(pages("material"))
    for path in choice.sample(sorted(found), k=min(2, len(found))):
        found[path] = broken_text(found[path], choice, 5)
    for path, text in found.items():
        attempt.write(f"pages/{path}", text)
    place = choice.choice(["", *found])
    named = choice.choice([(), ("--dialect", dialect)])
    attempt.run("parse", str(attempt.folder / "pages" / place), *named)


def dumps(attempt: Attempt) -> None:
    """Compare a broken dump with the whole one."""
    choice = attempt.random
    value: Any = json.loads(dump())
    for _ in range(choice.randint(1, 4)):
        break_json(value, choice)
    text = json.dumps(value, ensure_ascii=choice.random() < 0.5)
    data = text.encode("utf-8", "surrogatepass")
    broken = attempt.write("broken.json", broken_bytes(data, choice) if choice.random() < 0.2 else data)
    whole = attempt.write("whole.json", dump())
    sides = [str(broken), str(whole)]
    choice.shuffle(sides)
    given = ("--format", choice.choice(["text", "json", "markdown", "github"]))
    attempt.run("diff", *sides, *given)


def baselines(attempt: Attempt) -> None:
    """Compare a broken baseline with the dump that it was made of."""
    choice = attempt.random
    rows = [line.split("\t") for line in baseline().split("\n")]
    for _ in range(choice.randint(0, 3)):
        cells = choice.choice(rows)
        place = choice.randrange(len(cells))
        cells[place] = choice.choice([*ODD_CELLS, choice.choice(choice.choice(rows))])
    text = "\n".join(map("\t".join, rows))
    broken = attempt.write("broken.api", broken_text(text, choice, 3) if choice.random() < 0.6 else text)
    sides = [str(broken), str(attempt.write("whole.json", dump()))]
    choice.shuffle(sides)
    attempt.run("diff", *sides)


ODD_CELLS = (
    *("", "[]", "{}", "null", "1", "[[]]", '{"a": []}', "(" * 300, "[" * 5_000, "9" * 5_000, "\t", ".", "..", ".x"),
    *("class", "base", "alias", "property", "method", "function", "module", "package", "class of small.Client"),
    *("()", "(x)", "(*)", "(/, x)", "(x=..., *, y=...)", ": int", "= 1", "= Value('x')", "= Value()", ": unsaid()"),
    *('{"overloads": [1]}', '{"function": 1}', '{"signature": "("}', '{"mro": ["small.Point"]}', '{"path": "x"}'),
)
"""Odd cells of a baseline."""


def configuration(attempt: Attempt) -> None:
    """Build with a broken configuration, given as a file, as options, or as a project's own."""
    choice = attempt.random
    named = [each.name for each in (*fields(ReferenceConfig), *fields(Job))]
    keys = [each for each in named if each not in {"dependencies", "out", "lock", "stdlib"}]
    odd = [*keys, "x", "html", "links.a", "layout", '"']
    lines = [f"{choice.choice(odd)} = {_toml(choice, 0)}" for _ in range(choice.randint(0, 2))]
    lines += choice.sample(PLAUSIBLE, k=choice.randint(0, 5))
    lines.append(
        choice.choice(["", "[overrides]\n'small.LIMIT' = '4'", "[[since]]\nversion = '1'", "[links]\na = 'b'"])
    )
    text = "\n".join(lines)
    if choice.random() < 0.3:
        text = broken_text(text, choice)
    out = ("--out", str(attempt.folder / "out"))
    match choice.randrange(3):
        case 0:
            attempt.run("build", str(small_package()), "--config", str(attempt.write("c.toml", text)), *out)
        case 1:
            given = [part for line in lines for part in ("--set", line.replace("\n", " ").replace(" = ", "=", 1))]
            attempt.run("build", str(small_package()), *given, *out)
        case _:
            table = f"[[tool.docgen.reference]]\ntarget = {str(small_package())!r}\nout = 'out'\n{text}\n"
            attempt.write("pyproject.toml", table)
            with contextlib.chdir(attempt.folder):
                attempt.run("build")


PLAUSIBLE = [
    "title = 'T {{ x }} <b>'",
    "packages = ['small']",
    "python = '3.13'",
    "docstrings = 'numpy'",
    "callables = ['small.use']",
    "effects = { 'functools.wraps' = 'same' }",
    "include = 'nothing.md'",
    "layout = 'page'",
    "version = '1.0\"<script>'",
    "rename = 'other'",
    "symbol = 'small.Client'",
    "strict = true",
]
"""Lines of a configuration that are, or may be, valid."""


def _toml(choice: random.Random, depth: int) -> str:
    """Return a random value as TOML writes it."""
    plain = ["''", "'material'", "'small.LIMIT'", "'../..'", "'numpy'", "'3.12'", "'3.x'", "1", "-1", "1.5", "true"]
    odd = [
        "nan",
        "1979-05-27",
        "'" + "x" * 5_000 + "'",
        '"\\u0000"',
        '"\\ud7ff"',
        "[]",
        "{}",
        "'{{ 7 * 7 }}'",
        "'a\\0'",
    ]
    if depth < 3 and choice.random() < 0.3:
        inner = [_toml(choice, depth + 1) for _ in range(choice.randint(0, 3))]
        pairs = (
            f"{choice.choice(['a', 'path', 'since', 'x-y'])}{number} = {each}" for number, each in enumerate(inner)
        )
        return f"[{', '.join(inner)}]" if choice.random() < 0.5 else f"{{ {', '.join(pairs)} }}"
    return choice.choice([*plain, *odd])


def archives(attempt: Attempt) -> None:
    """Build a broken archive: odd members, then odd bytes."""
    choice = attempt.random
    root = choice.choice(["", "small-1.0/", "small-1.0/src/"])
    members = {f"{root}small/{path.name}": path.read_bytes() for path in sorted(small_package().glob("*.py"))}
    members |= {f"{root}PKG-INFO": b"Name: small\nVersion: 1.0\n"} if root else {}
    for _ in range(choice.choice([0, 0, 1, 4])):
        members[_member_name(choice, list(members))] = choice.choice([b"", b"x = 1\n", b"\0" * 100_000])
    suffix = choice.choice([".tar.gz", ".tar.bz2", ".tar.xz", ".tar", ".zip", "-py3-none-any.whl"])
    path = attempt.folder / f"small-1.0{suffix}"
    (_write_zip if suffix.endswith(("zip", "whl")) else _write_tar)(path, members, choice)
    if choice.random() < 0.7:
        path.write_bytes(broken_bytes(path.read_bytes(), choice))
    attempt.run("build", str(path), "--out", str(attempt.folder / "out"))


def _member_name(choice: random.Random, names: Sequence[str]) -> str:
    odd = [
        "../x.py",
        "/x.py",
        "a/../../x.py",
        "a\\b.py",
        "C:x.py",
        "x" * 300,
        "x/" * 300,
        ".",
        "",
        "a//b",
        "con",
        "\x01",
    ]
    return choice.choice([*odd, *names, f"{choice.choice(names)}/x", choice.choice(names).upper(), "é.py", "a\nb.py"])


def _write_zip(path: Path, members: dict[str, bytes], choice: random.Random) -> None:
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in members.items():
            info = zipfile.ZipInfo(name or "x")
            info.compress_type = choice.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
            info.external_attr = choice.choice([0, 0o644, 0o120777, 0o40755, 0o10644]) << 16
            opened.writestr(info, data)


def _write_tar(path: Path, members: dict[str, bytes], choice: random.Random) -> None:
    mode = {".gz": "w:gz", ".bz2": "w:bz2", ".xz": "w:xz"}.get(path.suffix, "w")
    with tarfile.open(path, mode, format=choice.choice([0, 1, 2])) as opened:  # type: ignore[call-overload] # a mode it knows
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.type = choice.choice([*[tarfile.REGTYPE] * 9, *tarfile.SUPPORTED_TYPES])
            info.linkname = (
                choice.choice([*members, "../x", "/etc/passwd"]) if info.type in tarfile.SUPPORTED_TYPES else ""
            )
            info.size = len(data) if info.type == tarfile.REGTYPE else 0
            with contextlib.suppress(ValueError):  # a name that this format cannot store
                opened.addfile(info, io.BytesIO(data) if info.size else None)


READERS: dict[str, Callable[[Attempt], None]] = {
    "sources": sources,
    "docstrings": docstrings_reader,
    "pages": pages_reader,
    "dumps": dumps,
    "baselines": baselines,
    "configuration": configuration,
    "archives": archives,
}


# -- the harness


class Watch:
    """Records files that are opened for writing, created, moved or removed outside the folder of the attempt."""

    def __init__(self) -> None:
        self.attempt: Attempt | None = None
        sys.addaudithook(self._see)

    def _see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.attempt is None:
            return
        if event == "open":
            path, mode, flags = arguments
            is_write = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) or any(each in str(mode) for each in "wax+")
            names = [path] if is_write else []
        elif event in {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.chmod"}:
            names = [each for each in arguments[:2] if isinstance(each, str | bytes | os.PathLike)]
            if event in {"os.remove", "os.mkdir", "os.rmdir"} and isinstance(arguments[-1], int) and arguments[-1] >= 0:
                return  # inside of a folder that is open, as `shutil.rmtree` does it
        else:
            return
        for name in names:
            if isinstance(name, int):
                continue
            folder, last = os.path.split(os.path.abspath(os.fsdecode(name)))  # noqa: PTH100 - any kind of name
            place = os.path.join(os.path.realpath(folder), last)  # noqa: PTH118 - the same
            if not f"{place}/".startswith((f"{self.attempt.folder}/", "/dev/")) and "__pycache__" not in place:
                self.attempt.outside.append(f"{event} {os.fsdecode(name)}")


def fault(reader: str, seed: int, number: int, folder: Path, watch: Watch) -> str:
    """Return what went wrong in one attempt, empty if nothing did."""
    place = folder / "attempt"
    place.mkdir(parents=True)
    os.environ[VARIABLE] = str(place / "cache")
    attempt = Attempt(random=random.Random(f"{reader} {seed} {number}"), folder=place.resolve())
    before = signal.signal(signal.SIGVTALRM, _ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_SECONDS)
    watch.attempt = attempt
    try:
        READERS[reader](attempt)
    except HangError:
        return f"hangs: {_place(sys.exc_info()[1])}"
    except Exception as error:  # noqa: BLE001 - it is what is looked for
        return f"{type(error).__name__}: {str(error)[:200]!r} {_place(error)}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        watch.attempt = None
        shutil.rmtree(place, ignore_errors=True)
    return f"writes outside: {attempt.outside[:3]}" if attempt.outside else ""


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise HangError


def _place(error: BaseException | None) -> str:
    """Return the last line of docgen in the traceback of an error."""
    frames = traceback.extract_tb(error.__traceback__ if error else None)
    own = [frame for frame in frames if f"{os.sep}docgen{os.sep}" in frame.filename]
    return (
        f"{own[-1].filename}:{own[-1].lineno}"
        if own
        else f"{frames[-1].filename}:{frames[-1].lineno}"
        if frames
        else ""
    )


def main() -> None:
    """Break input until the time is over."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--reader", choices=READERS, nargs="+", required=True)
    options.add_argument("--seconds", type=float, default=60, help="of CPU time for each reader; default: %(default)s")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--only", type=int, help="number of the one attempt to repeat")
    asked = options.parse_args()
    is_right = True
    with tempfile.TemporaryDirectory() as temporary:
        folder, watch = Path(temporary).resolve(), Watch()
        prepare()
        if asked.only is not None:
            print(fault(asked.reader[0], asked.seed, asked.only, folder, watch) or "no fault")
            return
        for reader in asked.reader:
            is_right &= run(reader, asked.seconds, asked.seed, folder, watch)
    sys.exit(0 if is_right else 1)


def run(reader: str, seconds: float, seed: int, folder: Path, watch: Watch) -> bool:
    """Break the input of a reader until the time is over, and print what fails; return True if nothing did."""
    failed: Counter[str] = Counter()
    number, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        if wrong := fault(reader, seed, number, folder, watch):
            failed[wrong] += 1
            if failed[wrong] == 1:
                print(f"{reader}, seed {seed}, number {number}: {wrong}", flush=True)
        number += 1
    spent = time.process_time() - start
    print(f"{reader}: {number} attempts in {spent:.0f} CPU seconds, {failed.total()} failed in {len(failed)} ways")
    return not failed


if __name__ == "__main__":
    main()
