"""The command-line options that a body adds to an `argparse` parser, and the environment variables that it reads.

Words are those of `docgen.sources.actions`: `option --level` and one `parses` word with how the option is read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from docgen.sources.trees import last_name

OPTION: Final = "option"
"""Option, positional argument or subcommand: `option --level`, `option source`, `option command run`."""
ANY: Final = "*"
"""Stands for an option whose name is computed."""
PARSES: Final = "parses"
"""How an option is read: its name, and `key=code` for each of `READ_BY`, separated by tabs."""
ENVIRONMENT: Final = "environment"
"""Environment variable that is read."""
READ_BY: Final = ("action", "choices", "default", "dest", "nargs", "required", "type")
"""Arguments of `add_argument` that decide what a command line means. Source: documentation of `argparse`."""

ADDING: Final = frozenset({"add_argument", "add_parser", "get", "getenv"})
"""Last names of the functions in question."""
_READERS = frozenset({"environ.get", "getenv", "os.environ.get", "os.getenv"})


def options_of(call: ast.Call) -> Iterator[str]:
    """Yield the words for a call that adds an option or a subcommand, or reads an environment variable."""
    names = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    name = last_name(call.func)
    if not names:
        yield from [f"{OPTION} {ANY}"] if name in ("add_argument", "add_parser") else []
    elif name in ("get", "getenv"):
        yield from [f"{ENVIRONMENT} {names[0]}"] if ast.unparse(call.func) in _READERS else []
    elif name == "add_parser":
        yield f"{OPTION} command {names[0]}"
    elif name == "add_argument" and len(names) == len(call.args):
        yield from (f"{OPTION} {each}" for each in names)
        yield _read_by(names, call)


def variable_of(node: ast.Subscript) -> str:
    """Return the environment variable that an index reads, empty for any other index."""
    index = node.slice.value if isinstance(node.slice, ast.Constant) else None
    is_read = last_name(node.value) == "environ" and isinstance(node.ctx, ast.Load)
    return index if is_read and isinstance(index, str) else ""


def _read_by(names: list[str], call: ast.Call) -> str:
    words = {each.arg: ast.unparse(each.value).replace("\t", " ") for each in call.keywords if each.arg in READ_BY}
    name = next((each for each in names if each.startswith("--")), names[0])
    if name.startswith("-"):
        words.setdefault("dest", repr(name.lstrip("-").replace("-", "_")))
    return "\t".join((f"{PARSES} {name}", *(f"{key}={words[key]}" for key in READ_BY if key in words)))
