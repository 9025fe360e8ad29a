"""The judge, and the forks that mutants are judged in: how time is shared, and where a work ends."""

from __future__ import annotations

import runpy
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.adapters.reference import ReferenceAdapter
from conformance.contracts.task_template.child.subject import TemplateSubject
from conformance.contracts.task_template.strategies.recipes import look_alike
from conformance.contracts.task_template.suite.doubles import outcome_of
from conformance.engine.child.blame import call_of, file_and_line
from conformance.engine.child.judge import Judge, Judgement
from conformance.engine.child.surroundings import Surroundings
from conformance.engine.properties import check, leave_out, shown_both
from conformance.mutants.nursery import ReportVerdict, Work, judge_in_forks
from tests.conformance.planted.adapter import PlantedAdapter, RenamedAdapter

QUIET = settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@QUIET
@given(number=st.integers())
def slow(impl: object, number: int) -> None:  # noqa: ARG001 - a property
    """Need more time than a rule has."""
    time.sleep(0.2)


@QUIET
@given(number=st.integers())
@example(number=0)
@example(number=1)
def failing_late(impl: object, number: int) -> None:  # noqa: ARG001 - a property
    """Fail at the second example."""
    check(number != 1, "number 1")


def judged(properties: Sequence[Callable[..., object]], seconds: float) -> Judgement:
    """Return the judgement on a rule with these properties."""
    judge = Judge(
        make_subject=lambda: TemplateSubject(ReferenceAdapter()),
        make_control=None,
        neutral=frozenset(),
        adapter_modules=frozenset(),
        seed=0,
        properties={"RUL-01": list(properties)},
        surroundings=Surroundings.now(),
        is_swapped=False,
    )
    return judge.judge("RUL-01", seconds)


def test_slow_property_leaves_time_for_the_next() -> None:
    """A property that would use all the time of a rule is cut off, and the next one still finds its deviation."""
    found = judged([slow, failing_late], 8.0)

    assert (found.verdict, found.is_cut) == ("deviates", True)


@QUIET
@given(number=st.integers(), colour=st.sampled_from(["red", "blue"]), size=st.just(3))
@example(number=0, colour="blue", size=3)
@example(number=-1, colour="red", size=3)
def failing_for_negative_numbers(impl: object, number: int, colour: str, size: int) -> None:  # noqa: ARG001 - a property
    """Fail for some numbers, with any colour."""
    check(number >= 0, "a negative number")


def test_message_leaves_out_what_does_not_matter() -> None:
    """Only values that affect the failure are shown, and those that no other example has."""
    found = judged([failing_for_negative_numbers], 8.0)

    assert found.verdict == "deviates"
    assert found.message.splitlines() == ["a negative number", "with number = -1", "with size = 3"]


def works(*verdicts: str, ends_at_deviation: bool = False) -> list[Work]:
    """Return one work that returns these verdicts on rules called 0, 1, ..."""

    def judge(rules: Sequence[str], report: ReportVerdict) -> None:
        for rule in rules:
            if verdicts[int(rule)] == "crashed":
                raise SystemError
            report(verdicts[int(rule)])

    rules = [str(number) for number in range(len(verdicts))]
    return [Work(name="work", rules=rules, judge=judge, ends_at_deviation=ends_at_deviation)]


def verdicts_of(given_works: Sequence[Work]) -> dict[str, Any]:
    """Return the verdicts of the only work."""
    (fork,) = judge_in_forks(given_works, 1)
    return fork.verdicts


def test_work_goes_on_after_a_crash() -> None:
    """A fork that ends during a rule is no verdict on it, and another fork does the rest."""
    assert verdicts_of(works("holds", "crashed", "deviates", "holds")) == {
        "0": "holds",
        "1": "crashed",
        "2": "deviates",
        "3": "holds",
    }


def test_work_may_end_at_the_first_deviation() -> None:
    """If the work is set up so, it leaves out the rules after the first one that deviates."""
    assert verdicts_of(works("holds", "deviates", "holds", ends_at_deviation=True)) == {"0": "holds", "1": "deviates"}


def test_an_adapter_is_asked_for_its_fields_once() -> None:
    """Properties need them thousands of times, and an adapter may have to read a signature for them."""
    asked: list[str] = []

    class Counting(PlantedAdapter):
        """Counts how often its fields are read."""

        def fields(self) -> frozenset[str]:
            """Count the access."""
            asked.append("fields")
            return frozenset({"name"})

    subject = TemplateSubject(cast("Adapter", Counting()))

    assert {subject.fields() for _ in range(3)} == {frozenset({"name"})}
    assert asked == ["fields"]


def test_a_place_is_where_the_user_can_look(tmp_path: Path) -> None:
    """An exception of the standard library is located at the line that called it, a syntax error at its own line."""
    broken = {"calling.py": "import json\nvalue = json.loads('{')\n", "parsing.py": "value = 1\ndef f(:\n"}
    places = []
    for name, source in broken.items():
        (tmp_path / name).write_text(source, encoding="utf-8")
        try:
            runpy.run_path(str(tmp_path / name))
        except (ValueError, SyntaxError) as error:
            places.append(file_and_line(error))

    assert places == [f"{tmp_path / 'calling.py'}:2", f"{tmp_path / 'parsing.py'}:2"]


@QUIET
@given(number=st.integers(0, 3))
@example(number=1)
def failing_for_want_of_links(impl: object, number: int) -> None:  # noqa: ARG001 - a property
    """Fail for every number but 0, and continue without links."""
    leave_out("links are not offered")
    check(number == 0, "not 0")


@QUIET
@given(is_without=st.booleans(), number=st.integers(0, 3))
@example(is_without=True, number=1)
@example(is_without=False, number=1)
def failing_with_links_too(impl: object, is_without: bool, number: int) -> None:  # noqa: ARG001, FBT001 - a property
    """Fail for every number but 0, with and without links."""
    if is_without:
        leave_out("links are not offered")
    check(number == 0, "not 0")


@QUIET
@given(number=st.just(1))
def failing_alone_for_want_of_links(impl: object, number: int) -> None:
    """Fail always, without links."""
    failing_for_want_of_links.hypothesis.inner_test(impl, number)  # type: ignore[attr-defined]  # of hypothesis


def test_an_example_that_leaves_something_out_shows_no_fault() -> None:
    """A failing example with something left out is a gap, unless the failure is independent of that."""
    assert judged([failing_for_want_of_links], 5.0).verdict == "holds"
    alone = judged([failing_alone_for_want_of_links], 5.0)
    assert (alone.verdict, alone.message) == ("gap", "links are not offered")
    assert judged([failing_with_links_too], 5.0).verdict == "deviates"


def test_a_member_that_is_none_is_not_offered() -> None:
    """A class that sets an inherited method to None does not offer it, as with `__hash__`."""
    adapter = type("Less", (ReferenceAdapter,), {"install_controller": None})()

    assert not hasattr(TemplateSubject(adapter), "install_controller")


def test_a_claimed_field_that_no_rule_knows_is_reported() -> None:
    """It may be misspelt, which would be a gap that no one looks for."""
    assert TemplateSubject(cast("Adapter", RenamedAdapter())).remarks == (
        "fields() of the adapter claims colour, which no rule knows.",
        "fields() of the adapter claims env_var, which no rule knows (the contract has env_vars, is it that?).",
    )
    assert TemplateSubject(ReferenceAdapter()).remarks == ()


def test_an_exception_is_shown_with_the_call_that_raised_it() -> None:
    """If a property names no call, its source is shown, because a line number of the suite says little."""
    error = outcome_of(lambda: [1].index(2)).error
    assert error is not None

    assert call_of(error, frozenset({__name__})) == "[1].index(2)"
    assert call_of(error, frozenset({"another"})) == ""


def test_a_name_that_is_nearly_right_is_shown() -> None:
    """A gap shows a similar offered name, in case of a misspelling, but no other names."""
    assert look_alike("retries", {"retires", "cache"}, "fields()") == " (fields() has retires, is it that?)"
    assert look_alike("retries", {"cache", "resources"}, "fields()") == ""


def test_long_values_are_shown_where_they_differ() -> None:
    """The message shows two long values at their first difference, and short ones completely."""
    first, second = shown_both("a" * 500 + "b" + "c" * 500, "a" * 500 + "B" + "c" * 500)

    assert (len(first), len(second)) == (200, 200)
    assert first[first.index("b") :].replace("b", "B") == second[second.index("B") :]
    assert shown_both([1], [2]) == ("[1]", "[2]")
    assert "1" * 300 not in shown_both("1" * 300, "1" * 300)[0]
