"""A long list of releases is bisected: each change is found, and few releases are judged."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from conformance.campaign.search import Search

RULES = ["A", "B", "C"]


def walked(truth: list[dict[str, str] | None], *, is_bisected: bool = True) -> tuple[Search, int]:
    """Return a finished search, and how many verdicts it took.

    Parameters:
        truth: The verdicts of each release; None: it cannot be run.
        is_bisected: Whether it is bisected.
    """
    search = Search(length=len(truth), rules=RULES, is_bisected=is_bisected)
    verdicts = 0
    while wanted := search.wanted():
        for at, rules in wanted.items():
            there = truth[at]
            if there is None:
                search.broken.add(at)
                continue
            assert not set(rules) & set(search.known.get(at, {})), "nothing is judged twice"
            search.known.setdefault(at, {}).update({rule: there[rule] for rule in rules})
            verdicts += len(rules)
    return search, verdicts


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[dict[str, str] | None], dict[str, int]]:
    """Return the verdicts of up to 60 releases in which each rule changes at most once, and the release of each change.

    Some releases cannot be run.
    """
    length = draw(st.integers(1, 60))
    changes = {rule: draw(st.integers(0, length)) for rule in RULES}
    broken = draw(st.sets(st.integers(0, length - 1), max_size=length // 4))
    truth = [
        None if at in broken else {rule: "holds" if at < change else "deviates" for rule, change in changes.items()}
        for at in range(length)
    ]
    return truth, changes


@given(history=histories())
def test_each_change_is_found(history: tuple[list[dict[str, str] | None], dict[str, int]]) -> None:
    """The first release that can be run and has the new verdict, and the last one that has the old verdict."""
    truth, changes = history

    search, _ = walked(truth)

    runnable = [at for at, verdicts in enumerate(truth) if verdicts is not None]
    expected = {
        (max(old), min(new), rule)
        for rule, change in changes.items()
        if (old := [at for at in runnable if at < change]) and (new := [at for at in runnable if at >= change])
    }
    assert set(search.changes()) == expected
    # A release that was not tried has the verdicts of those around it, whether it runs or not.
    for at, verdicts in enumerate(truth):
        verdicts_here = {rule: search.verdict(at, rule)[0] for rule in RULES}
        assert verdicts is None or verdicts_here == verdicts
        assert at not in search.broken or set(verdicts_here.values()) == {""}


def test_few_releases_are_judged() -> None:
    """A change among a hundred releases takes both ends and a logarithm of releases, per rule that changes alone."""
    truth: list[dict[str, str] | None] = [
        {"A": "holds", "B": "holds" if at < 37 else "gap", "C": "deviates"} for at in range(100)
    ]

    search, verdicts = walked(truth)

    assert search.changes() == [(36, 37, "B")]
    assert len(search.known) <= 2 + math.ceil(math.log2(100))
    assert verdicts == 2 * len(RULES) + len(search.known) - 2


def test_a_short_list_is_judged_release_by_release() -> None:
    """This also finds a verdict that changed and changed back."""
    truth: list[dict[str, str] | None] = [
        {"A": "deviates" if at == 2 else "holds", "B": "holds", "C": "holds"} for at in range(5)
    ]

    search, verdicts = walked(truth, is_bisected=False)

    assert search.changes() == [(1, 2, "A"), (2, 3, "A")]
    assert verdicts == 15


def test_nothing_that_runs_has_no_changes() -> None:
    """The search ends."""
    search, verdicts = walked([None, None, None])

    assert (search.changes(), verdicts) == ([], 0)


def test_the_newest_release_that_runs_is_judged_first() -> None:
    """Only its deviations are reproduced, so it has to be known which one it is."""
    search = Search(length=4, rules=RULES, is_bisected=False)

    assert list(search.wanted()) == [3]
    search.broken.add(3)
    assert list(search.wanted()) == [2]
    search.known[2] = dict.fromkeys(RULES, "holds")
    assert list(search.wanted()) == [0, 1]
