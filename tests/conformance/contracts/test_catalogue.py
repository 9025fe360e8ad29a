"""The catalogue against the contract, the published page and the suite: nothing is missing or invented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.contracts.task_template import NAME, suite
from conformance.engine.child.judge import load_properties
from conformance.engine.contract import find_contract
from tests.conformance.contracts.sentences import Sentence, sentences_of

SHARED = Path(__file__).parents[4] / "shared"
CONTRACT = SHARED / "contract.md"
PAGES = SHARED / "seed"

ROW = re.compile(r"\| (?P<id>[A-Z]{2,3}-\d+[a-z]?) \| (?P<level>MUST|SHOULD|OBS) \|")

needs_contract = pytest.mark.skipif(not CONTRACT.exists(), reason="the contract, ../shared/contract.md, is not here")
needs_page = pytest.mark.skipif(not PAGES.exists(), reason="the published page, ../shared/seed, is not here")

REPEATED = "the table of methods repeats the first sentences of the sections"
NO_PRESCRIPTION = "prescribes nothing: it says what the thing is for, or how the page is made"
NEEDS_CLUSTER = "side-loading into a raw container cannot be seen without a cluster"

ACCOUNTED = {
    ("AsyncFunctionTaskTemplate", "2ad8fe9f"): NO_PRESCRIPTION,
    ("AsyncFunctionTaskTemplate", "f53aacb9"): "CON-02 CON-13 CAL-03",
    ("Properties", "7fece1ff"): NO_PRESCRIPTION,
    ("aio()", "1be95846"): "AIO-01 AIO-05",
    ("config()", "aab16585"): "EXT-01",
    ("config()", "70a287a8"): "EXT-01",
    ("config()", "37dad6ee"): NO_PRESCRIPTION,
    ("container_args()", "2dbb52aa"): "ARG-01",
    ("container_args()", "20fd2212"): "ARG-01 ARG-02",
    ("container_args()", "37dad6ee"): NO_PRESCRIPTION,
    ("custom_config()", "01347235"): "EXT-01",
    ("custom_config()", "70a287a8"): "EXT-01",
    ("custom_config()", "20fd2212"): "EXT-01",
    ("custom_config()", "37dad6ee"): NO_PRESCRIPTION,
    ("data_loading_config()", "d3f53d9c"): "EXT-01",
    ("data_loading_config()", "52e5bd85"): NEEDS_CLUSTER,
    ("data_loading_config()", "c99a3759"): NEEDS_CLUSTER,
    ("execute()", "da3b0996"): "EXE-03 EXE-04b",
    ("execute()", "98117a3b"): "EXE-03",
    ("execute()", "fd776fb9"): "prescribes nothing: a plan of the vendor's",
    ("forward()", "2d3b0fbc"): "CAL-03",
    ("override()", "8a487bd8"): "OVR-04 OVR-14",
    ("override()", "d05257fb"): "OVR-04 OVR-15z",
    ("override()", "b8d53cee"): "OVR-04 OVR-14",
    ("post()", "fad37cbf"): "EXE-03",
    ("sql()", "bda117e0"): "EXT-01",
    ("sql()", "6b14d531"): "EXT-01",
    ("sql()", "20fd2212"): "prescribes nothing: the words of config() stand here by mistake, sql() gives one text",
    ("sql()", "37dad6ee"): NO_PRESCRIPTION,
    ("sql()", "103949a8"): NO_PRESCRIPTION,
}
"""Sentences that no rule cites, by heading and start of digest: the rules that cover them too, or why there is none."""


def page() -> tuple[Sentence, ...]:
    """Return the sentences of the contract page."""
    (path,) = PAGES.glob("*.txt")
    return sentences_of(path.read_text(encoding="utf-8"))


def rows() -> dict[str, str]:
    """Return the levels of the rules by id, from the contract's tables."""
    found = [ROW.match(line) for line in CONTRACT.read_text(encoding="utf-8").splitlines()]
    return {match["id"]: match["level"] for match in found if match}


@needs_contract
def test_every_row_has_an_entry_of_its_level() -> None:
    """The catalogue contains each rule of the contract, with the contract's level; it may contain more."""
    expected = rows()

    found = {rule.id: str(rule.level) for rule in find_contract(NAME).rules.values()}

    assert len(expected) > 200  # the tables were found
    assert {rule_id: found.get(rule_id) for rule_id in expected} == expected


def test_entries_are_complete() -> None:
    """Names are words joined by hyphens and unique; statements and hints are sentences."""
    rules = list(find_contract(NAME).rules.values())

    assert len({rule.name for rule in rules}) == len(rules)
    for rule in rules:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name), rule.id
        assert rule.statement.endswith("."), rule.id
        assert rule.hint.endswith("."), rule.id
        assert re.fullmatch(r"\d+\.\d+\.\d+", rule.since), rule.id


def test_every_rule_has_a_property() -> None:
    """Each rule has at least one property, and each property belongs to rules that exist."""
    rules = find_contract(NAME).rules

    properties = load_properties(suite.__name__)

    assert set(properties) <= set(rules)
    assert not [rule.id for rule in rules.values() if rule.id not in properties]


def test_every_property_is_documented() -> None:
    """The docstring of a property states the behaviour in a sentence."""
    for rule_id, properties in load_properties(suite.__name__).items():
        for one in properties:
            assert (one.__doc__ or "").strip().endswith("."), f"{rule_id}: {one.__name__}"


@needs_page
def test_digests_match_the_page() -> None:
    """Each sentence that a rule cites is on the page, under the heading that the rule names."""
    expected = {(sentence.heading, sentence.digest) for sentence in page()}

    for rule in find_contract(NAME).rules.values():
        if rule.source is not None:
            assert (rule.source.heading, rule.source.digest) in expected, (
                f"{rule.id} cites a sentence that is not there"
            )


@needs_page
def test_every_sentence_is_accounted_for() -> None:
    """Each sentence of the page is cited by a rule, or has a line here that names rules or a reason."""
    cited = {(rule.source.heading, rule.source.digest) for rule in find_contract(NAME).rules.values() if rule.source}

    for sentence in page():
        is_repeated = sentence.heading == "Methods"
        key = (sentence.heading, sentence.digest[:8])
        is_cited = (sentence.heading, sentence.digest) in cited
        assert is_cited or is_repeated or key in ACCOUNTED, f"no rule and no reason for {key}"


@needs_page
def test_accounts_are_needed() -> None:
    """No line of the list is about a missing or cited sentence, and its rules exist."""
    cited = {
        (rule.source.heading, rule.source.digest[:8]) for rule in find_contract(NAME).rules.values() if rule.source
    }
    present = {(sentence.heading, sentence.digest[:8]) for sentence in page()}

    assert not sorted(set(ACCOUNTED) - present)
    assert not sorted(set(ACCOUNTED) & cited)
    for key, account in ACCOUNTED.items():
        named = re.findall(r"[A-Z]{2,3}-\d+[a-z]?", account)
        assert all(one in find_contract(NAME).rules for one in named), key
