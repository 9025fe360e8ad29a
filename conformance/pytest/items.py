"""Rules as pytest items: judged by the same child processes as in the command, one test per rule and implementation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.choice import budget, choose
from conformance.engine.confirm import with_reproducers
from conformance.engine.contract import Contract, contract_in
from conformance.engine.expectations import Expectation, expectation_for, read_expectations
from conformance.engine.reports.model import rule_entry
from conformance.engine.reports.text import detail_of
from conformance.engine.rules import Profile, Rule, ids_in
from conformance.engine.targets import Target, target_from
from conformance.engine.verdicts import Result, Verdict
from conformance.engine.worker import Worker, launch_of
from conformance.errors import ConformanceError

_WORKERS: pytest.StashKey[dict[str, Worker]] = pytest.StashKey()


class NotHeldError(AssertionError):
    """The test of a rule failed; the message is what the report says of it."""


class RuleModule(pytest.File):
    """A module of the suite: gives an item per implementation and per rule that has a property in it."""

    def collect(self) -> Iterator[pytest.Item]:
        """Give the items, in the order of the catalogue.

        Raises:
            pytest.UsageError: No implementation is named, or an option cannot be understood.
        """
        options = self.config.option
        if not options.impl:
            raise pytest.UsageError("the conformance suite tests an implementation: name one with --impl TARGET")
        here = ids_in(self.path)
        try:
            contract = contract_in(self.path.parent.parent)
            profile = contract.profile(options.impl_profile)
            rules = choose(contract.rules.values(), profile=profile.name)
            targets = [target_from(text, contract) for text in options.impl]
            expectations = read_expectations(options.impl_expect, contract.rules)
        except ConformanceError as error:
            raise pytest.UsageError(str(error)) from error
        for target in targets:
            for rule in rules:
                if rule.id in here:
                    name = f"{rule.id}[{target.text}]"
                    yield RuleItem.from_parent(
                        self,
                        name=name,
                        contract=contract,
                        rule=rule,
                        target=target,
                        profile=profile,
                        expectations=expectations,
                    )


class RuleItem(pytest.Item):
    """One rule of one implementation: holds passes, deviates fails, a gap skips, a breakdown fails as what it is."""

    def __init__(
        self,
        *,
        contract: Contract,
        rule: Rule,
        target: Target,
        profile: Profile,
        expectations: tuple[Expectation, ...],
        **more: Any,  # noqa: ANN401 - what pytest gives every item
    ) -> None:
        super().__init__(**more)
        self.contract = contract
        self.rule = rule
        self.target = target
        self.profile = profile
        self.expectations = expectations
        self.add_marker(pytest.mark.rule(rule.id))
        self.add_marker(rule.level.value)

    def runtest(self) -> None:
        """Judge the rule.

        Raises:
            NotHeldError: It deviates where no expectation says so, an expectation is stale, or the suite broke down.
        """
        worker = worker_of(self.config, self.target, self.contract)
        (result,) = with_reproducers([worker.judge(self.rule)], worker.candidates, worker.launch)
        expected = expectation_for(self.expectations, self.target.text, self.rule.id, dt.datetime.now(dt.UTC).date())
        settle(self.rule, result, self.target.text, self.profile, expected.reason if expected else None)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401 - pytest's signature
        """Return the finding alone, without the traceback of this module."""
        if isinstance(excinfo.value, ConformanceError | NotHeldError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what stands in the head of a failure."""
        return self.path, None, f"{self.target.text}: {self.rule.id} {self.rule.name}"


def settle(rule: Rule, result: Result, target: str, profile: Profile, expected: str | None) -> None:
    """Turn a result into what pytest understands: return, skip, expected failure or failure.

    Parameters:
        rule: The rule that was judged.
        result: What was found.
        target: Name of the implementation.
        profile: Under which a deviation decides or not.
        expected: The reason for which the rule is known to deviate, None if it is not.

    Raises:
        NotHeldError: It deviates unexpectedly, holds in spite of the expectation, or the suite broke down.
    """
    detail = detail_of(rule_entry(rule, profile), result, target)
    if result.verdict is Verdict.GAP:
        pytest.skip(f"gap: {result.message}")
    if result.verdict is Verdict.HOLDS and expected is not None:
        raise NotHeldError(f"{target}: {rule.id} holds, and is expected to deviate ({expected}). Take it off the list.")
    if result.verdict is Verdict.DEVIATES and (expected is not None or not rule.decides(profile)):
        pytest.xfail(expected or f"does not decide under profile {profile.name}")
    if result.verdict is not Verdict.HOLDS:
        raise NotHeldError(detail)


def worker_of(config: pytest.Config, target: Target, contract: Contract) -> Worker:
    """Return the worker of a target, the same one through the whole session."""
    workers = config.stash.setdefault(_WORKERS, {})
    key = f"{contract.folder} {target.text}"
    if key not in workers:
        options = config.option
        launch = launch_of(target, contract, examples=budget(options.impl_examples), seed=options.impl_seed)
        workers[key] = Worker(launch)
    return workers[key]


def close_workers(config: pytest.Config) -> None:
    """End all child processes of the session."""
    for worker in config.stash.get(_WORKERS, {}).values():
        worker.close()
