"""Write the files of the site that come from the project: help of the commands, rules, kinds of differences, a schema.

    python tools/site_pages.py

They are committed, and a test compares them with their sources, the help texts and the catalogues.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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
    """Return the page of all rules, with a section per group and a heading per rule for the search."""
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
        "The differences between two versions of an API that `docgen diff` and `conformance parity` report, how",
        "severe they are, and who notices them. `major`: a program that works with the old version fails or behaves",
        "differently with the new one, or a type checker refuses it. `minor`: something new can be used. `patch`: the",
        "same can be used.\n",
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
        "Findings are problems that docgen has in reading, evaluating or showing a package, and that `docgen lint` and",
        "`docgen examples` look for: one line each, with file, line and code, most with a hint below. Codes never",
        "change. With `--strict` a command exits with 1 if there are any. Codes DG6xx are [kinds of",
        "differences](differences.md).\n",
        "| Code | Meaning |",
        "|-|-|",
    ]
    page += [f"| {anchored(code)} | {cell(text)} |" for code, text in CODES.items()]
    return "\n".join((*page, ""))


TABLES = (
    ("A reference", "docgen.job", "Job", "In `[[tool.docgen.reference]]` of `pyproject.toml`, one table each."),
    ("Its configuration", "docgen.config", "ReferenceConfig", "In the same table, or in the file that `config` names."),
    ("The format `material`", "docgen.formats.material.format", "Keys", "In addition to those of every reference."),
    ("The plugin of mkdocs", "docgen.plugin.plugin", "Options", "Below `- docgen:` in `mkdocs.yml`."),
    ("A contract", "conformance.engine.contract", "ContractFile", "In `contract.toml` of a folder."),
    (
        "An expected deviation",
        "conformance.engine.expectations",
        "Expectation",
        "In `[[expect]]` of a file for `--expect`.",
    ),
)
"""Tables of keys: title, module, class whose attributes are the keys, and where the keys are written."""
INTERNAL = frozenset({"keys"})
"""Attributes that are not keys of a file."""


def keys_page() -> str:
    """Return the page of all keys of configuration files."""
    page = ["# Keys of configurations\n", "Unknown keys are refused, with the nearest known one.\n"]
    for title, module, name, where in TABLES:
        page += [f"## {title}\n", f"{where}\n", "| Key | Type | Default | Meaning |", "|-|-|-|-|"]
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


TYPES = """\
# Types of the task template

The names that an adapter of [an implementation of your own](guide/own-implementation.md) may have in `types`, and the
names of the fields that the suite constructs values with; both are read from the source of the suite. If an adapter
leaves out a type, that causes gaps. Values are made by keyword, and by position if the type refuses keywords; if the
adapter has `construct(type_name, **named)`, it makes them. Most calls give only some of the fields. Rules that get a
value of the type within other values are not listed.

| Type | Fields that the suite gives | Members that it uses | Rules that name the type |
|-|-|-|-|
"""

MAKERS = frozenset({"Recipe", "_maker", "check_refused", "construct", "constructed", "recipe", "type_of"})
"""Functions of the suite that make a value of a public type, or look it up. They take its name first or second."""


@dataclass
class TypeUse:
    """How the suite uses a public type."""

    fields: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)


def types_page() -> str:
    """Return the page of the public types that the suite uses."""
    folder = find_contract(NAME).folder
    paths = sorted([*folder.glob("suite/*.py"), *folder.glob("strategies/*.py")])
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    names = {name for tree in trees for node in ast.walk(tree) for name, _ in named_by_call(node)}
    # If each row of a table could begin with the name of a type, and one does, all rows are for types.
    tables = [first_of_rows(node) for tree in trees for node in ast.walk(tree)]
    names |= {name for keys in tables if keys & names and all(key[0].isupper() for key in keys) for name in keys}
    uses = {name: TypeUse() for name in names}
    for tree in trees:
        for scope in tree.body:
            for node in ast.walk(scope):
                note_use(node, scope, uses)
    rows = [
        f"| `{name}` | {codes(use.fields)} | {codes(use.members)} | {', '.join(sorted(use.rules))} |\n"
        for name, use in sorted(uses.items())
    ]
    return TYPES + "".join(rows)


def codes(names: Iterable[str]) -> str:
    """Return names as code, in order."""
    return ", ".join(f"`{name}`" for name in sorted(names))


def text_of(node: ast.AST | None) -> str:
    """Return the string of a node, empty if it is not a string."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def named_by_call(node: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of the type that a node makes or looks up, and the names of the fields in it."""
    name, fields = "", set()
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "types":
        name = text_of(node.slice)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
        name = next(filter(None, map(text_of, node.args[:2])), "")
        if node.func.id != "Recipe":  # which names a method in place of fields
            fields = {each.arg for each in node.keywords if each.arg}.union(*map(keys_of, node.args))
    if name:
        yield name, fields


def first_of_rows(node: ast.AST) -> set[str]:
    """Return the first strings of the rows of a table, which is a dictionary or a tuple of tuples."""
    if isinstance(node, ast.Tuple) and all(isinstance(row, ast.Tuple) and row.elts for row in node.elts):
        return set(filter(None, (text_of(row.elts[0]) for row in node.elts if isinstance(row, ast.Tuple))))
    return keys_of(node) if isinstance(node, ast.Dict) else set()


def keys_of(node: ast.AST) -> set[str]:
    """Return the names of fields in a dictionary or a sequence."""
    if isinstance(node, ast.Dict):
        inner = (keys_of(value) for key, value in zip(node.keys, node.values, strict=True) if key is None)
        return set(filter(None, map(text_of, node.keys))).union(*inner)
    if isinstance(node, ast.Tuple | ast.List):
        return set(filter(None, map(text_of, node.elts)))
    return keys_of(node.args[0]) if isinstance(node, ast.Call) and ast.unparse(node.func) == "dict.fromkeys" else set()


def note_use(node: ast.AST, scope: ast.stmt, uses: Mapping[str, TypeUse]) -> None:
    """Record what a node of the suite shows about types: a call, a row of a table, a member that is read.

    Parameters:
        node: Any node.
        scope: The statement of the module that it is part of.
        uses: The known uses, by names of types.
    """
    found = [*named_by_call(node)]
    if isinstance(node, ast.Dict):
        found += [(text_of(key), keys_of(value)) for key, value in zip(node.keys, node.values, strict=True)]
    elif isinstance(node, ast.Tuple) and len(node.elts) > 1:
        found += [(text_of(node.elts[0]), keys_of(node.elts[1]))]
    elif isinstance(node, ast.Attribute):
        for name, _ in named_by_call(node.value):
            uses[name].members.add(node.attr)
    for name, member in ((name, member) for name, _ in named_by_call(node) for member in factories_of(node)):
        uses[name].members.add(member)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "_maker":
        # Strategies collect the fields first, and make one type each.
        found += [(name, keys_of(one)) for name, _ in found for one in ast.walk(scope) if isinstance(one, ast.Dict)]
    for name, fields in found:
        if name in uses:
            uses[name].fields |= {one for one in fields if one.isidentifier() and one.islower()}
            uses[name].rules |= rules_of(scope)


def factories_of(node: ast.AST) -> list[str]:
    """Return the class method by which a recipe makes its value, if it is not the type itself."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return [text_of(each.value) for each in keywords if each.arg == "factory"]


def rules_of(scope: ast.stmt) -> set[str]:
    """Return the rules that a function is a property of."""
    calls = scope.decorator_list if isinstance(scope, ast.FunctionDef) else []
    return {
        text_of(argument)
        for call in calls
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "rule"
        for argument in call.args
    }


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
        "types.md": types_page(),
    }


def main() -> None:
    """Write the files."""
    for name, text in made().items():
        (SITE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
