"""Write the files of the site that come from the project: help of the commands, rules, kinds of differences, a schema.

    python tools/site_pages.py

They are committed, and a test holds them to their sources, the help texts and the catalogues.
"""

from __future__ import annotations

import importlib
import itertools
from pathlib import Path

import click

from conformance.contracts.task_template import NAME
from conformance.engine.contract import find_contract
from docgen.compare.catalogue import catalogue
from docgen.compare.writers.exchange import json_schema

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
    """Return the page of all rules, a section a group."""
    rules = find_contract(NAME).rules.values()
    groups = [(name, list(members)) for name, members in itertools.groupby(rules, lambda rule: rule.id.split("-")[0])]
    count = f"{len(rules)} rules in {len(groups)} groups. `conformance explain ID` says everything about one.\n"
    page = ["# Rules\n", count]
    for group, members in groups:
        page += [f"## {group}\n", "| Rule | Level | Statement |", "|-|-|-|"]
        page += [f"| `{rule.id}` | {rule.level} | {cell(rule.statement)} |" for rule in members]
        page.append("")
    return "\n".join(page)


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
        f"| `{kind.code}` | {kind.name} | {kind.level} | {', '.join(kind.breaks)} | {cell(kind.statement)} |"
        for kind in kinds
    ]
    return "\n".join((*page, ""))


def cell(text: str) -> str:
    """Return a text for a table cell: a bar would end the cell, and `<` would start a tag."""
    return text.replace("|", r"\|").replace("<", "&lt;")


def main() -> None:
    """Write the pages."""
    pages = {
        "rules.md": rules_page(),
        "commands.md": commands_page(),
        "differences.md": differences_page(),
        "differences.schema.json": json_schema(),
    }
    for name, page in pages.items():
        (SITE / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
