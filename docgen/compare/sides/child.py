"""The half of `grounds` that runs in a child process: runs programs and calls `inspect`. Standard library only.

    python -I child.py QUESTIONS ANSWERS

It is run by its path, and never imported by docgen.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

Answer = dict[str, object]


def programs(text: str) -> Answer:
    """Run a program; the answer has no error if it ends without one."""
    exec(compile(text, "<program>", "exec"), {"__name__": "__program__"})  # noqa: S102 - that is what was asked for
    return {}


def signatures(path: str) -> Answer:
    """Return the parameters of the object at a dotted path, according to `inspect.signature`.

    Each is (name, kind, whether it has a default). A member of a class is not bound to an instance.
    """
    value = _found(path)
    if not callable(value):
        return {"error": "cannot be called"}
    found = inspect.signature(value).parameters.values()
    return {"parameters": [[each.name, each.kind.description, each.default is not each.empty] for each in found]}


def _found(path: str) -> object:
    names = path.split(".")
    for end in range(len(names), 0, -1):
        try:
            value: object = importlib.import_module(".".join(names[:end]))
        except ModuleNotFoundError:
            if end == 1:
                raise
            continue
        for name in names[end:]:
            value = getattr(value, name)
        return value
    return None


JOBS: dict[str, Callable[[str], Answer]] = {"programs": programs, "signatures": signatures}


def main() -> None:
    """Answer each question with a line of JSON, written as soon as it is known."""
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if asked["folder"]:
        sys.path.insert(0, asked["folder"])
    warnings.simplefilter("ignore")
    answer_to = JOBS[asked["job"]]
    with Path(sys.argv[2]).open("a", encoding="utf-8") as answered:
        for question in asked["questions"]:
            try:
                answer = answer_to(question)
            except BaseException as error:  # noqa: BLE001 - code from outside: it may raise anything
                answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0].removesuffix(": ")}
            answered.write(json.dumps(answer) + "\n")
            answered.flush()
    # Threads that a package started would keep the process alive.
    os._exit(0)


if __name__ == "__main__":
    main()
