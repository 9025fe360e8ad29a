"""Checks a child that reports that a rule holds: the implementation may have changed the suite there.

There are three checks: the child compares its functions with what they were (`child/seal.py`), the parent compares
their digests with those of what it compiles itself, and planted faults must be found (`child/canaries.py`). What they
cannot detect is described in `site/understand/verdicts.md`.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from conformance.engine.contract import Contract
from conformance.engine.digests import codes_below, digest_of

ENGINE = (
    *("conformance.engine.properties", "conformance.engine.deadline", "conformance.engine.child.judge"),
    *("conformance.engine.child.server", "conformance.engine.child.surroundings", "conformance.engine.child.seal"),
    *("conformance.engine.child.canaries", "conformance.engine.child.blame"),
)
"""Modules of the engine whose code is compared."""
LIBRARY = ("hypothesis.core",)
"""The same for hypothesis."""
SAMPLE = 4
"""How many modules of a suite are compared if the budget is small."""
CONTROLS = 12
"""About how many rules that hold are checked by a control script."""
ENOUGH_EXAMPLES = 100
"""With this many examples, all modules of the suite are compared."""
DEEP_EXAMPLES = 2000
"""With this many examples, every rule that holds is checked by a control script."""


def digested(contract: Contract, *, examples: int, seed: int) -> list[str]:
    """Return the modules whose code the child and the parent digest."""
    names = sorted(path.stem for path in (contract.folder / "suite").glob("test_*.py"))
    chosen = names if examples >= ENOUGH_EXAMPLES else random.Random(seed).sample(names, min(SAMPLE, len(names)))  # noqa: S311 - a sample, no secret
    return [*ENGINE, *LIBRARY, *(f"{contract.suite}.{name}" for name in chosen)]


def foreign_code(
    digests: Mapping[str, Sequence[str]], contract: Contract, names: Iterable[str], python: Path, *, is_separate: bool
) -> str:
    """Return the modules whose code in a child differs from their files; empty if there are none.

    Parameters:
        digests: What the child reported, by module.
        contract: The contract.
        names: The requested modules.
        python: Its interpreter.
        is_separate: Whether it has an environment of its own.
    """
    wrong = []
    for name in names:
        path = file_of(name, contract, python if is_separate else None)
        if path is None:
            continue
        expected, properties = compiled(path, path.stat().st_mtime_ns)
        found = frozenset(digests.get(name, ()))
        # Among the functions of a suite are those that hypothesis compiles from strings.
        is_same = properties <= found if properties else bool(found) and found <= expected
        if not is_same:
            wrong.append(name)
    return ", ".join(wrong)


@cache
def compiled(path: Path, _changed: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return the digests of all code in a file, and those of its properties if it is of a suite."""
    code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    properties = (one for one in code.co_consts if getattr(one, "co_name", "").startswith("test_"))
    return frozenset(map(digest_of, codes_below(code))), frozenset(map(digest_of, properties))


def file_of(name: str, contract: Contract, python: Path | None) -> Path | None:
    """Return the file of a module of the suite, the engine or hypothesis; None if it cannot be found from here.

    Parameters:
        name: The module.
        contract: The contract.
        python: The interpreter of an environment of its own; None for the one of the command.
    """
    top, _, rest = name.partition(".")
    if name.startswith(f"{contract.package}."):
        folder, rest = contract.folder, name.removeprefix(f"{contract.package}.")
    elif top == "hypothesis" and python is not None:
        folder = next(iter(python.parent.parent.glob("lib/python*/site-packages/hypothesis")), Path("nowhere"))
    else:
        spec = find_spec(top)
        folder = Path(next(iter(spec.submodule_search_locations or ("nowhere",)))) if spec else Path("nowhere")
    path = folder.joinpath(*rest.split(".")).with_suffix(".py")
    return path if path.is_file() else None


def is_controlled(rule_id: str, contract: Contract, *, examples: int, seed: int) -> bool:
    """Return whether a rule that holds needs a control script, which has to pass with the implementation alone too."""
    every = 1 if examples >= DEEP_EXAMPLES else max(1, len(contract.rules) // CONTROLS)
    return int.from_bytes(hashlib.sha256(f"{seed} {rule_id}".encode()).digest()[:8]) % every == 0
