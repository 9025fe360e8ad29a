"""A second opinion on the strength of the suite: mutants that a public tool makes from the reference implementation.

The authors of the suite wrote the mutants in `tests/mutants`. Here mutmut makes them, from a copy of the modules that
implement the contract. A random sample is drawn, and each mutant is judged by the rules that the original keeps: first
with budget smoke, and with budget default if no rule deviates. A mutant is killed if the verdict of a rule is
`deviates`. A mutant is judged only by rules that run the changed function, or that read the name whose value it
changes. Other code that runs on import is judged by the rules that run any function of the module.

    pip install mutmut coverage    # mutmut 3.8, in an environment that has assay[conformance]
    python -m tools.second_opinion [--sample 300] [--seed 0] [--jobs 2] [--out FILE] [--mutant NAME...]

It writes copies to a temporary folder, and one line of JSON per mutant to the file named by --out. If that file exists,
the run continues: mutants that were killed before are not judged again. A person has to read the survivors to
distinguish equivalent mutants from gaps of the suite. `tools/second_opinion.toml` lists those that have been read, and
the printed figures use it. Mutants that change only the wording of messages (see `tests.mutants.wording`) are
recognised by rule: no rule of the contract prescribes the text of a message.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import dataclasses
import difflib
import functools
import hashlib
import importlib
import json
import os
import shutil
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from conformance.contracts.task_template import NAME
from conformance.engine.child.server import prepare
from conformance.engine.child.surroundings import Surroundings
from conformance.engine.choice import budget
from conformance.engine.contract import find_contract
from conformance.mutants.form import every_mutant
from conformance.mutants.grade import Grading
from conformance.mutants.nursery import (
    RULE_SECONDS,
    ReportVerdict,
    Work,
    config_for,
    judge_in_forks,
    judge_rules,
    use_fast_settings,
)
from tests.mutants.wording import Words

ROOT = Path(__file__).resolve().parent.parent
FINDINGS = Path(__file__).with_suffix(".toml")
"""The findings of a person about the survivors, by the names of mutants."""
ORIGINAL, COPY = "reference_impl", "reference_copy"
"""The copy has another name, because the original is the model that shows whether the suite is at fault."""
ADAPTER = "copy_adapter"
KEYS = Grading(contract=find_contract(NAME), examples=1).contract_keys()
CONTRACT_FOLDER = ROOT / "conformance" / "contracts" / "task_template"
MUTATED = ("errors.py", "task/*.py", "values/*.py", "schema/*.py")
"""The modules that implement the contract. The others are conveniences: a local run, reports, a command line."""
UNLOADABLE = "unloadable"
EQUIVALENT, WORDING, OUTSIDE, NOT_READ = "equivalent", "wording", "outside", "not_read"
"""Verdicts on surviving mutants; the other words are in the file of findings."""
FIRST_LINES = 3
"""Lines of a unified diff before the first one that differs."""

Reach = Mapping[str, frozenset[tuple[str, int]]]
"""By rule, the functions that run for it (module and first line); under the empty string, those that run on import."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """One mutant that the tool made."""

    name: str
    """`MODULE-DIGEST` of its change, which stays the same as long as the changed line does, wherever that is."""
    module: str
    """Its path within the package, without the suffix."""
    line: int
    source: str
    change: tuple[str, ...]
    """The lines that differ, as in a unified diff."""
    is_wording: bool
    """Whether it changes only words: the text of a message, or a type that is only for readers."""


def module_of(folder: Path, path: Path) -> str:
    """Return the path of a module within its package, without the suffix: `task/template`."""
    return path.relative_to(folder).with_suffix("").as_posix()


def modules() -> list[str]:
    """Return the modules that mutants are made from."""
    folder = ROOT / ORIGINAL
    found = sorted(path for pattern in MUTATED for path in folder.glob(pattern) if path.name != "__init__.py")
    return [module_of(folder, path) for path in found]


def sources(folder: Path) -> dict[str, str]:
    """Return the source text of each module of a package."""
    return {module_of(folder, path): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))}


def draw(size: int, seed: int) -> tuple[list[Made], int]:
    """Return a random sample of the mutants, and how many there are; a larger sample contains a smaller one.

    The position of each in the draw is independent, so that a changed line affects only its own mutants in the sample.
    """
    # Imported only here, because the tool reads its folder on import and is not one of our dependencies.
    mutation = importlib.import_module("mutmut.mutation.file_mutation")
    every: list[tuple[str, str, Any, Any]] = []
    for module in modules():
        original = (ROOT / ORIGINAL / f"{module}.py").read_text(encoding="utf-8")
        tree, mutations, *_ = mutation.create_mutations(f"{module}.py", original)
        alike: Counter[str] = Counter()
        for one in mutations:
            change = f"{module}: {tree.code_for_node(one.original_node)} -> {tree.code_for_node(one.mutated_node)}"
            alike[change] += 1
            every.append((place_in_draw(seed, change, alike[change]), module, tree, one))
    every.sort(key=lambda one: one[0])
    found: dict[str, Made] = {}
    words = Words(sources(ROOT / ORIGINAL))
    for _, module, tree, one in every:
        made = _made(module, tree, one, words)
        if made is not None and len(found) < size:
            found.setdefault(made.name, made)
        if len(found) >= size:
            break
    return list(found.values()), len(every)


def place_in_draw(seed: int, change: str, number: int) -> str:
    """Return the position of the `number`-th of several equal changes in the draw."""
    return hashlib.sha256(f"{seed} {number} {change}".encode()).hexdigest()


def _made(module: str, tree: Any, one: Any, words: Words) -> Made | None:  # noqa: ANN401 - of a library that is not installed
    """Return a mutant, None if its text equals the original."""
    original, source = tree.code, tree.deep_replace(one.original_node, one.mutated_node).code
    diff = [*difflib.unified_diff(original.splitlines(), source.splitlines(), lineterm="", n=0)]
    if not diff:
        return None
    change = tuple(diff[FIRST_LINES:])
    digest = hashlib.sha256("\n".join(change).encode()).hexdigest()[:8]
    line = int(diff[FIRST_LINES - 1].split()[1].lstrip("-").partition(",")[0])
    return Made(
        name=f"{Path(module).name}-{digest}",
        module=module,
        line=line,
        source=source,
        change=change,
        is_wording=words.are_all(module, source),
    )


def copy_implementation(folder: Path) -> None:
    """Copy the implementation under its other name, and its adapter, into a folder."""
    shutil.copytree(ROOT / ORIGINAL, folder / COPY, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (folder / COPY).rglob("*.py"):
        path.write_text(renamed(path.read_text(encoding="utf-8")), encoding="utf-8")
    adapter = (CONTRACT_FOLDER / "adapters" / "reference.py").read_text(encoding="utf-8")
    (folder / f"{ADAPTER}.py").write_text(renamed(adapter), encoding="utf-8")
    compileall.compile_dir(folder, quiet=1)


def renamed(source: str) -> str:
    """Return source text in which the implementation has the name of the copy."""
    return source.replace(ORIGINAL, COPY)


# ---- which rules run which functions --------------------------------------------------------------------------------


def trace(folder: Path, rules: Sequence[str], report: ReportVerdict) -> None:
    """Print for each rule which functions of the copy run for it, as JSON, beginning with those that run on import."""
    coverage = importlib.import_module("coverage")
    sys.path.insert(0, str(folder))
    judge: Any = None
    for rule in rules:
        if rule and judge is None:
            judge, _ = prepare(config_for(KEYS, f"{ADAPTER}:ReferenceAdapter", 0))
            judge.surroundings = _Kept(**vars(judge.surroundings))
        tracer = coverage.Coverage(data_file=None, source=[str(folder / COPY)])
        tracer.start()
        if rule:
            judge.judge(rule, RULE_SECONDS)
        else:
            importlib.import_module(ADAPTER).ReferenceAdapter()
        tracer.stop()
        data = tracer.get_data()
        ran = [
            (module_of(folder / COPY, Path(path)), line)
            for path in data.measured_files()
            for line in data.lines(path) or ()
        ]
        report(json.dumps(sorted({(module, function_at(folder / COPY, module, line)) for module, line in ran})))


class _Kept(Surroundings):
    """Replaces the restoring of the process, which would remove the trace function, among others."""

    def restore(self) -> list[str]:
        """Restore nothing."""
        return []


@functools.cache
def _spans(folder: Path, module: str) -> tuple[tuple[int, int, int], ...]:
    """Return for each function of a module its line, and the first and last line of its body; inner functions last."""
    tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)]
    bodies = [(one, one.body if isinstance(one.body, list) else [one.body]) for one in functions]
    return tuple(sorted((one.lineno, body[0].lineno, body[-1].end_lineno or 0) for one, body in bodies))


def function_at(folder: Path, module: str, line: int) -> int:
    """Return the line of the innermost function whose body contains a line, 0 if none does."""
    return max((head for head, first, last in _spans(folder, module) if first <= line <= last), default=0)


@functools.cache
def readers_of(folder: Path, module: str, line: int) -> frozenset[tuple[str, int]] | None:
    """Return the functions that read the name that a line of module code assigns, directly or through another name.

    None if that is unknown: the line assigns no name, or a class reads it at its definition.
    """
    trees = {name: ast.parse(source) for name, source in sources(folder).items()}
    todo, names, found = _given_at(trees[module], line), set[str](), set[tuple[str, int]]()
    if not todo:
        return None
    while todo:
        names |= todo
        uses = [(one, node.lineno) for one, tree in trees.items() for node in ast.walk(tree) if _reads(node, todo)]
        todo = set()
        for one, where in uses:
            head, given = function_at(folder, one, where), _given_at(trees[one], where)
            if head:
                found.add((one, head))
            elif given:
                todo |= given - names
            else:
                return None
    return frozenset(found)


def _given_at(tree: ast.Module, line: int) -> set[str]:
    """Return the names that the assignment at a line of module code assigns; none if there is no assignment."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.lineno <= line <= (
            statement.end_lineno or 0
        ):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return set()


def _reads(node: ast.AST, names: set[str]) -> TypeGuard[ast.expr]:
    if isinstance(node, ast.Name):
        return node.id in names and isinstance(node.ctx, ast.Load)
    return isinstance(node, ast.Attribute) and node.attr in names


def reach_of(folder: Path, rules: Sequence[str]) -> Reach:
    """Return which functions run for which rule, by a run with budget smoke in a fork."""
    use_fast_settings(budget("smoke"))
    ran_by_rule: dict[str, str] = {}
    work = Work(name="trace", rules=["", *rules], judge=functools.partial(trace, folder))
    for fork in judge_in_forks([work], 1):
        ran_by_rule = fork.verdicts
    if not any(rule and ran.startswith("[[") for rule, ran in ran_by_rule.items()):
        raise RuntimeError(f"no rule was seen to run anything: {ran_by_rule}")
    # A rule whose run was interrupted may run anything, so it judges all mutants.
    every = {place for ran in ran_by_rule.values() if ran.startswith("[") for place in map(tuple, json.loads(ran))}
    return {
        rule: frozenset(map(tuple, json.loads(ran)) if ran.startswith("[") else every)
        for rule, ran in ran_by_rule.items()
    }


def rules_for(made: Made, folder: Path, reach: Reach) -> list[str]:
    """Return the rules that run the function that a mutant changes."""
    place = (made.module, function_at(folder / COPY, made.module, made.line))
    # A name that no function reads may be read from outside, so it is judged like code that runs on import.
    if place[1] == 0 and (readers := readers_of(folder / COPY, made.module, made.line)):
        return [rule for rule, ran in reach.items() if rule and readers & ran]
    if place[1] == 0 or place in reach[""]:
        # It runs on import, so it takes effect at least wherever a function of its module runs.
        using = [rule for rule, ran in reach.items() if rule and made.module in {module for module, _ in ran}]
        return using or [rule for rule in reach if rule]
    return [rule for rule, ran in reach.items() if rule and place in ran]


def every_rule() -> list[str]:
    """Return the ids of all rules: those that most of our own mutants name first, the vendor's behaviour last."""
    named = Counter(rule for one in every_mutant("tests.mutants") for rule in one.caught_by)
    return sorted(find_contract(NAME).rules, key=lambda rule: (not is_strict(rule), -named[rule]))


def is_strict(rule: str) -> bool:
    """Return True if the original is the model for a rule."""
    return "strict" in find_contract(NAME).rules[rule].profiles


def held(right: Path, reach: Reach, seed: int) -> Reach:
    """Return the rules that the original keeps with the current budget, and the functions that they run.

    It does not keep all rules, because some of the vendor's behaviour contradicts a rule that a reader of the page
    expects.
    """
    rules = [rule for rule in reach if rule and not is_strict(rule)]
    work = Work(name=ORIGINAL, rules=rules, judge=functools.partial(judge_original, right, seed))
    verdicts: Mapping[str, str] = {}
    for fork in judge_in_forks([work], 1):
        verdicts = fork.verdicts
    return {rule: ran for rule, ran in reach.items() if verdicts.get(rule, "holds") == "holds"}


def judge_original(right: Path, seed: int, rules: Sequence[str], report: ReportVerdict) -> None:
    """Judge the unchanged copy in this process, which is a fork."""
    sys.path.insert(0, str(right))
    judge, _ = prepare(config_for(KEYS, f"{ADAPTER}:ReferenceAdapter", seed))
    judge_rules(judge, rules, report)


# ---- judging --------------------------------------------------------------------------------------------------------


def judge_copy(made: Made, right: Path, seed: int, rules: Sequence[str], report: ReportVerdict) -> None:
    """Judge one mutant in this process, which is a fork, after mutating a copy of the copy."""
    own = right.parent / f"of-{os.getpid()}"
    shutil.copytree(right, own)
    (own / COPY / f"{made.module}.py").write_text(renamed(made.source), encoding="utf-8")
    sys.path.insert(0, str(own))
    sys.dont_write_bytecode = True
    try:
        judge, _ = prepare(config_for(KEYS, f"{ADAPTER}:ReferenceAdapter", seed))
    except BaseException:  # noqa: BLE001 - what was mutated may raise anything; no run gets as far as a rule
        for _ in rules:
            report(UNLOADABLE)
        return
    finally:
        shutil.rmtree(own)
    judge_rules(judge, rules, report)


def judged(sample: Sequence[Made], right: Path, reach: Reach, seed: int, jobs: int) -> Iterator[tuple[str, Any]]:
    """Yield names of mutants with their verdicts by rule, which end at the first rule that deviates."""
    works = [
        Work(
            name=made.name,
            rules=rules_for(made, right, reach),
            judge=functools.partial(judge_copy, made, right, seed),
            ends_at_deviation=True,
        )
        for made in sample
    ]
    for done, fork in enumerate(judge_in_forks(works, jobs)):
        yield fork.work.name, fork.verdicts
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done + 1}/{len(works)}\033[K")


def killer(verdicts: Mapping[str, str]) -> str | None:
    """Return the rule that deviates, None if there is none."""
    return next((rule for rule, verdict in verdicts.items() if verdict == "deviates"), None)


def parsed() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, default=300, help="How many mutants are drawn.")
    parser.add_argument("--seed", type=int, default=0, help="Of the draw, and of the rules.")
    parser.add_argument("--jobs", type=int, default=2, help="Processes at a time.")
    parser.add_argument("--out", type=Path, default=Path(os.devnull), help="A file that gets one line per mutant.")
    parser.add_argument("--mutant", action="append", help="Only this mutant of the sample; may be repeated.")
    parser.add_argument("--budgets", default="smoke,default", help="One after the other, for what is still alive.")
    return parser.parse_args()


def main() -> None:
    """Draw, judge, print."""
    given = parsed()
    out = given.out.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chdir(folder)
        (folder / "setup.cfg").write_text(f"[mutmut]\nsource_paths={COPY}\n", encoding="utf-8")
        sample, total = draw(given.sample, given.seed)
        sample = [one for one in sample if not given.mutant or one.name in given.mutant]
        right = folder / "right"
        copy_implementation(right)
        reach = reach_of(right, every_rule())
        lines: dict[str, dict[str, Any]] = {
            one.name: {**dataclasses.asdict(one), "source": "", "rules": len(rules_for(one, right, reach)), "at": None}
            for one in sample
        }
        lines |= {name: line for name, line in earlier(out).items() if name in lines}
        for examples in given.budgets.split(","):
            use_fast_settings(budget(examples))
            prepare_parent(given.seed)
            reach = held(right, reach, given.seed)
            # Those that change only words come last, because most of them run through all their rules.
            alive = sorted((one for one in sample if lines[one.name]["at"] is None), key=lambda one: one.is_wording)
            for mutant, verdicts in judged(alive, right, reach, given.seed, given.jobs):
                rule = killer(verdicts)
                at = UNLOADABLE if UNLOADABLE in verdicts.values() else examples if rule else None
                lines[mutant] |= {"at": at, "killed_by": rule, "troubles": troubles(verdicts)}
                out.write_text("".join(json.dumps(line) + "\n" for line in lines.values()), encoding="utf-8")
    print(json.dumps(summary(list(lines.values()), total), indent=2))


def earlier(out: Path) -> dict[str, dict[str, Any]]:
    """Return the mutants that an earlier run killed, by name."""
    text = out.read_text(encoding="utf-8") if out.is_file() else ""
    lines = [json.loads(line) for line in text.splitlines()]
    return {line["name"]: line for line in lines if line["at"] is not None}


def prepare_parent(seed: int) -> None:
    """Load the suite with its budget before forking, because the budget is read on import."""
    for name in [one for one in sys.modules if one.partition(".")[0] == "conformance" and ".suite." in f"{one}."]:
        del sys.modules[name]
    prepare(config_for(KEYS, KEYS["model"], seed))


def troubles(verdicts: Mapping[str, str]) -> list[str]:
    """Return the rules that ended without a verdict."""
    return [rule for rule, verdict in verdicts.items() if verdict in {"breakdown", "crashed"}]


def summary(lines: Sequence[Mapping[str, Any]], total: int) -> dict[str, object]:
    """Return the figures.

    `rate` counts every mutant as alive that is neither killed nor known to be equivalent; `rate_without_wording` does
    so for those that change more than words, `rate_of_what_a_rule_speaks_of` for those of them that are not known to be
    outside the rules.
    """
    findings = tomllib.loads(FINDINGS.read_text(encoding="utf-8")) if FINDINGS.is_file() else {}
    kinds = {name: kind for kind, names in findings.items() for name in names}
    loaded = [line for line in lines if line["at"] != UNLOADABLE]
    alive = {line["name"]: _kind(line, kinds) for line in loaded if line["at"] is None}
    return {
        "made": total,
        "drawn": len(lines),
        "ended": Counter(str(line["at"]) for line in lines),
        "run_by_no_rule": sum(not line["rules"] for line in loaded),
        "alive": Counter(alive.values()),
        "not_read": [name for name, kind in alive.items() if kind == NOT_READ],
        "rate": _rate(loaded, alive),
        "rate_without_wording": _rate([line for line in loaded if _kind(line, kinds) != WORDING], alive),
        "rate_of_what_a_rule_speaks_of": _rate(
            [line for line in loaded if _kind(line, kinds) not in {WORDING, OUTSIDE}], alive
        ),
    }


def _kind(line: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    """Return the verdict on a surviving mutant: that of a person, or else one that the tool can determine."""
    return kinds.get(line["name"], WORDING if line["is_wording"] else NOT_READ)


def _rate(lines: Sequence[Mapping[str, Any]], alive: Mapping[str, str]) -> float:
    """Return the share of killed mutants among those that are not equivalent."""
    relevant = [line["name"] for line in lines if alive.get(line["name"]) != EQUIVALENT]
    return round(sum(name not in alive for name in relevant) / max(len(relevant), 1), 3)


if __name__ == "__main__":
    main()
