"""Write the files of the site that come from the project: help of the commands, rules, kinds of differences, a schema.

    python tools/site_pages.py

They are committed, and a test holds them to their sources, the help texts and the catalogues.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import click

from conformance.command.config import KEYS
from conformance.contracts.task_template import NAME
from conformance.engine.contract import Contract, find_contract
from conformance.engine.reports.model import source_of
from conformance.engine.rules import Rule
from docgen.compare.catalogue import catalogue
from docgen.compare.writers.exchange import json_schema
from docgen.findings import CODES

SITE = Path(__file__).resolve().parent.parent / "site"
COMMANDS = {"docgen": "docgen.command.cli:docgen", "conformance": "conformance.command.cli:conformance"}


def helps(command: click.Command, name: str) -> list[str]:
    """Return a section for a command and each of its subcommands: heading and help text, as a terminal shows it."""
    context = click.Context(command, info_name=name, max_content_width=100)
    level = "##" if " " not in name else "###"
    sections = [f"{level} {name}\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            sections += helps(found, f"{name} {each}") if found else []
    return sections


def commands_page() -> str:
    """Return the page of both commands."""
    sections = ["# Commands\n"]
    for name, path in COMMANDS.items():
        module, _, attribute = path.partition(":")
        sections += helps(getattr(importlib.import_module(module), attribute), name)
    return "\n".join(sections)


def rules_page() -> str:
    """Return the page of all rules: a section a group, and a heading a rule, so that a search leads to the rule."""
    contract = find_contract(NAME)
    rules = contract.rules.values()
    groups = [(name, list(members)) for name, members in itertools.groupby(rules, lambda rule: rule.group)]
    page = [
        "---\nhide: [toc]\n---\n",
        "# Rules\n",
        f"The {len(rules)} rules of the contract `{contract.name}`, in {len(groups)} groups: "
        + ", ".join(f"[{name}](#{name.lower()})" for name, _ in groups)
        + ". `conformance explain ID` says the same in a terminal.\n",
    ]
    for group, members in groups:
        page.append(f"## {group}\n")
        page += [rule_section(rule, contract) for rule in members]
    return "\n".join(page)


def rule_section(rule: Rule, contract: Contract) -> str:
    """Return the section of a rule."""
    deciding = [f"`{each.name}`" for each in contract.profiles.values() if rule.decides(each)]
    facts = [
        f"**{rule.level}**",
        f"since {rule.since}",
        f"decides in {', '.join(deciding)}" if deciding else "decides in no profile",
    ]
    needs = f" Needs {', '.join(f'`{each}`' for each in sorted(rule.capabilities))}." if rule.capabilities else ""
    return (
        f"### {rule.id}\n\n{' · '.join(facts)}\n\n{prose(rule.statement)}\n\n"
        f"Hint: {prose(rule.hint)} Source: {prose(source_of(rule))}.{needs}\n"
    )


def differences_page() -> str:
    """Return the page of all kinds of differences."""
    kinds = catalogue().values()
    page = [
        "# Differences\n",
        "What `docgen diff` and `conformance parity` call a difference between two versions of an API, how grave it is",
        "and who notices it. `major`: a program that works with the old version fails or behaves differently with the",
        "new one, or a type checker refuses it. `minor`: something new can be used. `patch`: the same can be used.\n",
        "| Code | Name | Level | Breaks | What differs |",
        "|-|-|-|-|-|",
    ]
    page += [
        f"| {anchored(kind.code)} | {kind.name} | {kind.level} | {', '.join(kind.breaks)} | {cell(kind.statement)} |"
        for kind in kinds
    ]
    return "\n".join((*page, ""))


def findings_page() -> str:
    """Return the page of all findings."""
    page = [
        "# Findings\n",
        "What docgen could not read, evaluate or show, and what `docgen lint` and `docgen examples` look for: a line",
        "each, with file, line and code, and most with a hint below. Codes never change. With `--strict` a command",
        "exits with 1 if there are any. Codes DG6xx are [kinds of differences](differences.md).\n",
        "| Code | What it says |",
        "|-|-|",
    ]
    page += [f"| {anchored(code)} | {cell(text)} |" for code, text in CODES.items()]
    return "\n".join((*page, ""))


TABLES = (
    ("A reference", "docgen.job", "Job", "In `[[tool.docgen.reference]]` of `pyproject.toml`, one table each."),
    ("Its configuration", "docgen.config", "ReferenceConfig", "In the same table, or in the file that `config` names."),
    ("The format `material`", "docgen.formats.material.format", "Keys", "Beside those of every reference."),
    ("The plugin of mkdocs", "docgen.plugin.plugin", "Options", "Below `- docgen:` in `mkdocs.yml`."),
    ("A contract", "conformance.engine.contract", "ContractFile", "In `contract.toml` of a folder."),
    (
        "An expected deviation",
        "conformance.engine.expectations",
        "Expectation",
        "In `[[expect]]` of a file for `--expect`.",
    ),
)
"""Tables of keys: title, module, class whose attributes are the keys, and where they stand."""
INTERNAL = frozenset({"keys"})
"""Attributes that are no keys of a file."""


def keys_page() -> str:
    """Return the page of all keys of configuration files."""
    page = ["# Keys of configurations\n", "Unknown keys are refused, with the nearest known one.\n"]
    for title, module, name, where in TABLES:
        page += [f"## {title}\n", f"{where}\n", "| Key | Type | Default | What it says |", "|-|-|-|-|"]
        page += [row for row in map(key_row, attributes(module, name)) if row]
        page.append("")
    page += [
        "## The command `conformance`\n",
        "In `[tool.conformance]` of `pyproject.toml`: defaults for its options.\n",
    ]
    page += ["| Key | Option |", "|-|-|", *(f"| `{key}` | `--{key}` |" for key in KEYS), ""]
    return "\n".join(page)


def attributes(module: str, name: str) -> Iterator[tuple[ast.AnnAssign | ast.Assign, str]]:
    """Yield the assignments in the body of a class, each with the string below it."""
    source = Path(importlib.import_module(module).__file__ or "").read_text(encoding="utf-8")
    (body,) = (node.body for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == name)
    for node, after in itertools.pairwise([*body, ast.Pass()]):
        if isinstance(node, ast.AnnAssign | ast.Assign):
            text = after.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else None
            yield node, inspect.cleandoc(str(text.value)) if text else ""


def key_row(found: tuple[ast.AnnAssign | ast.Assign, str]) -> str:
    """Return the row of a key; empty for an attribute that no file can set."""
    node, text = found
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    name = ast.unparse(target)
    if name in INTERNAL:
        return ""
    kind, default = (ast.unparse(node.annotation), "") if isinstance(node, ast.AnnAssign) else ("str", "")
    value = node.value
    if isinstance(value, ast.Call):
        given = {each.arg: ast.unparse(each.value) for each in value.keywords}
        default = given.get("default") or {"dict": "{}", "tuple": "()"}.get(given.get("default_factory", ""), "")
    elif value is not None:
        default = ast.unparse(value)
    shown = f"`{cell_code(default)}`" if default else "required"
    return f"| `{name}` | `{cell_code(kind)}` | {shown} | {cell(' '.join(text.split()))} |"


SCHEMAS = """\
# Schemas

| File | Schema | Made by |
|-|-|-|
| the API model of a package | [model.schema.json](schemas/model.schema.json) | `docgen dump` |
| a report of verdicts | [report.schema.json](schemas/report.schema.json) | `conformance run --out FILE` |
| a report of differences | [differences.schema.json](differences.schema.json) | `docgen diff --format json` |

JSON Schema, draft 2020-12. A file has the version of its schema, and another version is refused in one line. Beside the
pages of a reference, `symbols.json` lists `path`, `role`, `address` and `summary` of each symbol, `redirects.json` the
symbol of each page that has moved, and `objects.inv` is an inventory of version 2 of Sphinx's format.
"""


def anchored(code: str) -> str:
    """Return a code with an anchor of its own."""
    return f'<span id="{code.lower()}">`{code}`</span>'


def cell_code(text: str) -> str:
    """Return code for a code span in a table cell."""
    return text.replace("|", r"\|")


def prose(text: str) -> str:
    """Return a text in which only code spans are markup."""
    pieces = text.split("`")
    pieces[::2] = (re.sub(r"([*_\[\]<])", r"\\\1", each) for each in pieces[::2])
    return "`".join(pieces)


def cell(text: str) -> str:
    """Return a text for a table cell: a bar would end the cell, and `<` would start a tag."""
    return text.replace("|", r"\|").replace("<", "&lt;")


def made() -> dict[str, str]:
    """Return every file by its name."""
    return {
        "commands.md": commands_page(),
        "differences.md": differences_page(),
        "differences.schema.json": json_schema(),
        "findings.md": findings_page(),
        "keys.md": keys_page(),
        "rules.md": rules_page(),
        "schemas.md": SCHEMAS,
    }


def main() -> None:
    """Write the files."""
    for name, text in made().items():
        (SITE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
