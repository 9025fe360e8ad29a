"""The command `conformance new-contract`: writes a contract to start from."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template

import click

from conformance.authoring.draft import Drafts, chosen_class, drafts_from
from conformance.errors import UsageError
from docgen import Index, files, read_side
from docgen.config import ReferenceConfig
from docgen.errors import DocgenError

SKELETON = Path(__file__).parent / "skeleton"
"""Files of a contract of three rules; `$name`, `$folder` and `$prefix` are replaced."""

PLACES = {
    "contract.toml": "contract.toml.txt",
    "catalogue/rules.toml": "rules.toml.txt",
    "suite/test_rules.py": "test_rules.py.txt",
    "adapter.py": "adapter.py.txt",
    "model.py": "model.py.txt",
    "mutants/wrong_rules.py": "wrong_rules.py.txt",
    "reproducers/rules.toml": "reproducers.toml.txt",
}
"""The destination of each file of the skeleton."""

PACKAGES = {
    "__init__.py": '"""The contract `$name`."""\n',
    "suite/__init__.py": '"""The properties."""\n',
    "mutants/__init__.py": '"""Wrong variants of the model."""\n',
}


@click.command(
    "new-contract",
    short_help="Write a new contract to start from.",
    epilog="Example: conformance new-contract stacks && conformance check-contract stacks",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="NAME")
@click.option(
    "--from",
    "origin",
    metavar="TARGET",
    help="Draft rules from the API of a class: in a folder, a .py file, NAME==VERSION, or a published page.",
)
@click.option(
    "--symbol", default="", metavar="PATH", help="The class.  [default: the only class, or the only protocol]"
)
def new_contract(folder: Path, origin: str | None, symbol: str) -> None:
    """Write a contract into the new folder NAME: rules, properties, a model, a mutant per rule, reproducers.

    You can run it right away. NAME has to be an identifier, because the folder is imported under its name. With --from,
    names, signatures, kinds of methods and named exceptions of a class become rules; rules for the prose of its
    docstrings are left to you, and marked. Sources are read, not imported.
    """
    name = folder.name
    if not name.isidentifier() or name in {*sys.stdlib_module_names, "conformance", "docgen", "hypothesis"}:
        raise UsageError(
            f"{folder}: a contract is imported under the name of its folder, and {name!r} cannot be that name. "
            "Give an identifier that is not the name of another package."
        )
    if folder.exists():
        raise UsageError(f"{folder}: exists already, and is not overwritten. Give another name, or move it away.")
    if symbol and not origin:
        raise UsageError(f"--symbol {symbol}: names a class in the target of --from. Give both options.")
    words = {"name": name, "folder": str(folder), "prefix": prefix_of(name)}
    texts = (
        files_of_example(words) if origin is None else files_of_drafts(drafted(origin, symbol, words["prefix"]), words)
    )
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(target, text.encode())
        click.echo(f"Wrote  {target}")
    click.echo(f"Next   conformance check-contract {folder}")
    click.echo(f"       conformance run --contract {folder} {name}.model:Model")


def prefix_of(name: str) -> str:
    """Return three capital letters of a name, which the ids begin with.

    >>> prefix_of("stacks"), prefix_of("a_b")
    ('STA', 'ABX')
    """
    letters = [letter for letter in name.upper() if letter.isascii() and letter.isalpha()]
    return "".join([*letters, "X", "X", "X"][:3])


def files_of_example(words: Mapping[str, str]) -> dict[str, str]:
    """Return the files of a contract of three rules, by path."""
    texts = {path: (SKELETON / source).read_text(encoding="utf-8") for path, source in PLACES.items()}
    return {path: Template(text).safe_substitute(words) for path, text in {**PACKAGES, **texts}.items()}


def drafted(origin: str, symbol: str, prefix: str) -> Drafts:
    """Return the draft for a target.

    Raises:
        UsageError: It cannot be read, or has no class to draft from.
    """
    try:
        side = read_side(origin, ReferenceConfig())
    except DocgenError as error:
        raise UsageError(f"--from {origin}: {error}") from error
    if gaps := list(side.gaps()):
        raise UsageError(f"--from {origin}: cannot be read completely: {gaps[0]}")
    index = Index(side.reference)
    try:
        return drafts_from(*chosen_class(index, symbol), index, prefix)
    except UsageError as error:
        raise UsageError(f"--from {origin}: {error}") from error


def files_of_drafts(drafts: Drafts, words: Mapping[str, str]) -> dict[str, str]:
    """Return the files of a drafted contract, by path."""
    model = Template((SKELETON / "contract.toml.txt").read_text(encoding="utf-8")).safe_substitute(words)
    packages = {path: Template(text).safe_substitute(words) for path, text in PACKAGES.items()}
    return {
        **packages,
        "contract.toml": model,
        "catalogue/api.toml": "\n".join(_catalogue(drafts)),
        "suite/test_api.py": "\n".join(_suite(drafts)),
        "model.py": "\n".join(_model(drafts)),
        "mutants/wrong_api.py": "\n".join(_mutants(drafts, words["name"])),
    }


def _catalogue(drafts: Drafts) -> Iterator[str]:
    """Yield the lines of the catalogue, with comments for rules that the author still has to write."""
    yield f"# Drafted from the API of {drafts.source}: names, signatures, kinds of methods, exceptions."
    yield ""
    for rule in drafts.rules:
        fields = {
            "name": rule.name,
            "level": rule.level,
            "statement": rule.statement,
            "hint": rule.hint,
            "authority": f"the API of {drafts.source}",
            **({"no_mutant": rule.no_mutant} if rule.no_mutant else {}),
        }
        yield f"[{rule.id}]"
        yield from (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items())
        yield ""
    for number, line in enumerate(drafts.to_write, max(100, len(drafts.rules)) + 1):
        yield f"# To be written: {line}"
        yield f"# [{drafts.rules[0].id[:3]}-{number}]"
    if drafts.to_write:
        yield ""


def _suite(drafts: Drafts) -> Iterator[str]:
    """Yield the lines of the module with the properties."""
    yield f'"""The API of {drafts.source}, as properties: nothing is called."""'
    yield from ("", "from __future__ import annotations", "", "from typing import Any", "")
    yield from ("from conformance.authoring import api", "from conformance.engine.rules import rule")
    names: Counter[str] = Counter()
    for rule in drafts.rules:
        name = rule.name.replace("-", "_")
        names[name] += 1
        yield from ("", "", f'@rule("{rule.id}")')
        yield f"def test_{name}{f'_{names[name]}' if names[name] > 1 else ''}(impl: Any) -> None:"
        yield f'    """{rule.statement}"""'
        yield f"    {rule.check}"
    yield ""


def _model(drafts: Drafts) -> Iterator[str]:
    """Yield the lines of the model: the API without an implementation."""
    yield f'"""The API of {drafts.source}. To be written: what its methods do."""'
    imports = ["from typing import Any"]
    if any("AsyncIterator" in one.code for one in drafts.members):
        imports.insert(0, "from collections.abc import AsyncIterator")
    yield from ("", "from __future__ import annotations", "", *imports, "", "")
    for exception in drafts.exceptions:
        yield from (f"class {exception}(Exception):", '    """An exception that the docstrings name."""', "", "")
    yield "class Model:"
    yield '    """An implementation that keeps the contract."""'
    for member in drafts.members:
        yield ""
        yield from (f"    {line}" for line in member.code.splitlines())
    yield ""


def _mutants(drafts: Drafts, name: str) -> Iterator[str]:
    """Yield the lines of the module with the mutants."""
    yield '"""Mutants: the model without a member, or with one of another signature or kind."""'
    yield from ("", "from __future__ import annotations", "")
    yield from ("from conformance.authoring import wrong", f"from {name}.model import Model", "")
    yield "API = ("
    yield from (f"    {rule.mutant}," for rule in drafts.rules if rule.mutant)
    yield from (")", "")
