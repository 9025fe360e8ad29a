"""Mutants: what one is, that each has a name of its own and is caught, and that the stored grades are up to date."""

from __future__ import annotations

import contextlib
import inspect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
import pytest
from click.testing import CliRunner

from conformance.contracts.task_template import NAME
from conformance.engine.contract import find_contract
from conformance.engine.processes import end_all
from conformance.engine.reports.model import Measure, Report, Settings, Shard
from conformance.engine.reports.pages import to_markdown
from conformance.engine.reports.text import to_text
from conformance.engine.rules import Level
from conformance.errors import UsageError
from conformance.mutants import grade
from conformance.mutants.command import as_text
from conformance.mutants.command import mutants as command
from conformance.mutants.form import Mutant, every_mutant, mutant, signed, without
from conformance.mutants.grades import Grade, Grades, Listed, merge_grades
from docgen.work import LOCAL, opened
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.schema.interface import NativeInterface
from reference_impl.task import function_task, threads
from reference_impl.task.fields import KEEP

PACKAGE = "tests.mutants"
LEAST = 150
"""How many mutants there are at least."""


def identity(x: int = 1) -> int:
    """Return the argument."""
    return x


def template() -> AsyncFunctionTaskTemplate[..., int, Callable[[int], int]]:
    """Return a template of `identity`."""
    return AsyncFunctionTaskTemplate(
        name="identity", func=identity, interface=NativeInterface.from_callable(identity), retries=3
    )


def by_name() -> dict[str, Mutant]:
    """Return the mutants by name."""
    return {one.name: one for one in every_mutant(PACKAGE)}


# ---- the form ----


def test_mutant_takes_name_and_line_from_its_function() -> None:
    """A mutant has the name of its function, and the docstring says what is wrong."""

    @mutant(TaskTemplate, "override", "OVR-01", "OVR-02")
    def broken(override: object) -> object:
        """It is broken.

        And more of it.
        """
        return override

    assert (broken.name, broken.wrong, broken.caught_by) == ("broken", "It is broken.", ("OVR-01", "OVR-02"))


def test_method_is_wrong_within_the_block_only() -> None:
    """A method is replaced inside the block and restored after it; its signature never changes."""
    signature = inspect.signature(AsyncFunctionTaskTemplate.override)
    dropping = by_name()["override_drops_retries"]

    with dropping.applied():
        inside = template().override(retries=7)
        assert inspect.signature(AsyncFunctionTaskTemplate.override) == signature
    after = template().override(retries=7)

    assert getattr(inside.retries, "count", None) == 3
    assert getattr(after.retries, "count", None) == 7


def test_inherited_attribute_leaves_nothing_behind() -> None:
    """An inherited method is replaced on the class itself, and the replacement is removed again."""
    names = set(vars(AsyncFunctionTaskTemplate))

    @mutant(AsyncFunctionTaskTemplate, "override", "OVR-01")
    def broken(override: object) -> object:
        return lambda _: override

    with broken.applied():
        assert "override" in vars(AsyncFunctionTaskTemplate)

    assert set(vars(AsyncFunctionTaskTemplate)) == names


def test_function_is_wrong_wherever_it_is_imported() -> None:
    """A function of a module is replaced in every module of the implementation that imported it."""
    before = threads.run_in_thread

    with by_name()["sync_bodies_run_on_the_loop"].applied():
        inside = {threads.run_in_thread, vars(function_task)["run_in_thread"]}

    assert before not in inside
    assert len(inside) == 1
    assert threads.run_in_thread is before
    assert vars(function_task)["run_in_thread"] is before


def test_entry_of_a_table_is_wrong_within_the_block_only() -> None:
    """An entry of a dict is replaced inside the block, also when the block raises."""
    before = KEEP["retries"]

    with contextlib.suppress(KeyError), by_name()["retries_count_attempts"].applied():
        assert KEEP["retries"] is not before
        raise KeyError

    assert KEEP["retries"] is before


def test_property_stays_a_property() -> None:
    """A property is replaced by a property."""
    with by_name()["native_interface_is_a_copy"].applied():
        device = template()
        assert device.native_interface is not device.interface

    assert template().native_interface.inputs


def test_signature_of_its_own_is_kept() -> None:
    """A replacement that has a signature of its own shows it."""

    @mutant(AsyncFunctionTaskTemplate, "override", "OVR-06")
    def broken(override: object) -> object:
        def taking_all(*args: object) -> object:
            return override, args

        return signed(taking_all, inspect.signature(lambda self: self))

    with broken.applied():
        assert list(inspect.signature(AsyncFunctionTaskTemplate.override).parameters) == ["self"]


def test_without_tells_false_from_zero() -> None:
    """Only arguments of the very value and type are left out."""
    assert without({"a": 0, "b": False, "c": 0}, a=0, b=0) == {"b": False, "c": 0}


# ---- all of them ----


def test_mutants_are_many_and_told_apart() -> None:
    """There are enough mutants, no two of one name, each with a line that says what is wrong."""
    mutants = every_mutant(PACKAGE)

    assert len(mutants) >= LEAST
    assert not [name for name, count in Counter(one.name for one in mutants).items() if count > 1]
    assert not [one.name for one in mutants if not one.wrong.endswith(".")]


def test_mutants_name_rules() -> None:
    """Each mutant names a rule, and each rule that it names exists."""
    rules = find_contract(NAME).rules.keys()

    assert not {
        one.name: one.caught_by for one in every_mutant(PACKAGE) if not one.caught_by or set(one.caught_by) - rules
    }


def test_every_rule_is_named_or_says_why_not() -> None:
    """Each MUST and SHOULD rule of the profile has a mutant that it has to catch, or says why it cannot have one."""
    named = {rule for one in every_mutant(PACKAGE) for rule in one.caught_by}

    strict = [
        one for one in find_contract(NAME).rules.values() if "strict" in one.profiles and one.level is not Level.OBS
    ]

    assert not [one.id for one in strict if one.id not in named and not one.no_mutant]


def test_every_mutant_can_be_applied() -> None:
    """Each mutant can be put in place and taken away, and the reference is what it was."""
    for one in every_mutant(PACKAGE):
        with one.applied():
            pass

    assert getattr(template().override(retries=7).retries, "count", None) == 7


# ---- grading ----

KILLED = "override_drops_retries"


def test_grading_a_mutant_kills_it_by_the_rule_it_names() -> None:
    """A mutant is killed by the rule that it names, and holds most of the others."""
    grading = grade.Grading(contract=find_contract(NAME), package=PACKAGE, examples=5)
    mutant = by_name()[KILLED]

    listed = Listed(name=KILLED, wrong=mutant.wrong, caught_by=mutant.caught_by)
    with opened(LOCAL, 1, end_processes=end_all) as pool:
        (one,) = grade.grade(grading, [listed], pool).grades

    assert one.is_killed_as_named
    assert one.kept is not None
    assert one.kept >= grade.KEPT_SHARE
    assert not one.troubles


def test_a_mutant_that_names_no_rule_is_graded_by_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its author may not know yet which rule has to catch it."""

    def judged(_: grade.Grading, asked: Mapping[str, Sequence[str]], *_more: object, **_named: object) -> object:
        verdicts = {"A": "holds", "B": "deviates"}
        return {name: {rule: verdicts[rule] for rule in rules} for name, rules in asked.items() if rules}

    monkeypatch.setattr(grade.Grading, "judged", judged)
    grading = grade.Grading(contract=find_contract(NAME), package=PACKAGE, examples=5)
    nameless = Listed(name="nameless", wrong="It is wrong.", caught_by=())

    (one,) = grade.grade_batch(grade.Batch(grading=grading, mutants=((0, nameless),), ids=("A", "B"), stride=1))

    assert one.killed_by == ("B",)


def test_an_optional_feature_counts_for_mutants_that_name_its_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without such a feature an implementation keeps the contract, whatever the model offers."""
    asked: list[str] = []

    def judged(_: grade.Grading, work: Mapping[str, Sequence[str]], *_more: object, **_named: object) -> object:
        asked.extend(rule for rules in work.values() for rule in rules)
        return {name: dict.fromkeys(rules, "holds") for name, rules in work.items() if rules}

    monkeypatch.setattr(grade.Grading, "judged", judged)
    contract = find_contract(NAME)
    offered = tuple(set[str]().union(*(rule.capabilities for rule in contract.rules.values())))
    monkeypatch.setattr(grade.Grading, "listing", lambda _: grade.Listing(mutants=(), capabilities=offered))
    mutants = [Listed(name="nameless", wrong="It is right.", caught_by=())]

    with opened(LOCAL, 1, end_processes=end_all) as pool:
        grade.grade(grade.Grading(contract=contract, package=PACKAGE, examples=5), mutants, pool)
        assert {contract.rules[rule].level for rule in asked} == {Level.MUST, Level.SHOULD}
        grade.grade(grade.Grading(contract=contract, package=PACKAGE, examples=5), [named("CON-21")], pool)
        assert "CON-21" in asked


def named(*rules: str) -> Listed:
    """Return a mutant that names rules."""
    return Listed(name="named", wrong="Its messages tell nothing.", caught_by=rules)


def test_mutant_that_nothing_catches_survives() -> None:
    """An implementation that is right after all survives, and the command says so and exits with 1."""
    found = Grades(
        examples=5, seed=0, idle_rules=("OVR-99",), grades=(a_grade(killed_by=()), a_grade(killed_by=("B",)))
    )

    lines = "\n".join(as_text(found, is_whole=True))

    assert found.kill_rate == found.named_rate + 0.5 == 0.5
    assert "survived: one (A)" in lines
    assert "killed only by others: one (A), by B" in lines
    assert "rules that kill nothing: OVR-99" in lines


def a_grade(*, killed_by: tuple[str, ...]) -> Grade:
    """Return the grade of a mutant that names rule A."""
    return Grade(mutant="one", wrong="It is wrong.", named=("A",), killed_by=killed_by, kept=1.0)


def test_shards_of_a_grading_give_the_grades_of_all() -> None:
    """In the order of the mutants; a rule kills nothing if it kills nothing in any shard."""
    every = [msgspec.structs.replace(a_grade(killed_by=("A",)), mutant=name) for name in ("a", "b", "c")]

    def part(number: int, idle: tuple[str, ...]) -> Grades:
        shard = Shard(number=number, of=2, run="x")
        return Grades(examples=5, seed=0, idle_rules=idle, grades=tuple(every[number - 1 :: 2]), shard=shard)

    merged = merge_grades([part(2, ("B", "C")), part(1, ("A", "B", "C", "D"))])

    assert merged == Grades(examples=5, seed=0, idle_rules=("B", "C"), grades=tuple(every))
    with pytest.raises(UsageError, match=r"Missing: 1/2\."):
        merge_grades([part(2, ())])


def test_reports_show_the_strength() -> None:
    """A report says how many wrong implementations the suite catches, and who made them."""
    settings = Settings(contract="task_template", profile="strict", examples=5, seed=0, limit_seconds=1.0)
    measures = (
        Measure(made_by="a tool", mutants=2, killed=1, examples=5),
        Measure(made_by="the authors", mutants=3, killed=3, examples=5),
    )

    report = Report(assay="0", created="", settings=settings, rules=(), targets=(), strength=measures)

    assert "strength: 1 of 2 wrong implementations caught (50.0%) with 5 examples, made by a tool" in to_text(report)
    assert "3 of 3 wrong implementations caught" in to_markdown(report)


def test_unknown_mutant_is_wrong_use() -> None:
    """A name that no mutant has is an error that names it."""
    result = CliRunner().invoke(command, ["--package", PACKAGE, "--mutant", "no_such_one"])

    assert getattr(result.exception, "exit_code", None) == 2
    assert "no_such_one" in str(result.exception)


def test_published_strength_counts_the_mutants_of_today() -> None:
    """The figure that reports publish last is that of these mutants."""
    own = find_contract(NAME).strength[-1]

    assert own.mutants == len(every_mutant(PACKAGE)), "run `make mutants`, then correct strength.toml"
    assert own.killed >= 0.98 * own.mutants


def test_a_property_can_still_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the mutant replaces is wrong."""

    class Holder:
        @property
        def size(self) -> int:
            return 1

        @size.setter
        def size(self, value: int) -> None:
            monkeypatch.setattr(self, "given", value, raising=False)

    @mutant(Holder, "size", "X-01")
    def broken(size: object) -> object:
        return lambda self: (size, self)

    holder = Holder()
    with broken.applied():
        holder.size = 3

    assert vars(holder) == {"given": 3}
