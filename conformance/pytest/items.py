"""Rules as pytest items, one per rule and implementation, judged in child processes as by the command."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.choice import choose
from conformance.engine.confirm import with_reproducers
from conformance.engine.contract import Contract, contract_in
from conformance.engine.expectations import Expectation, expectation_for, read_expectations
from conformance.engine.reports.model import rule_entry
from conformance.engine.reports.text import detail_of
from conformance.engine.rules import Profile, Rule, ids_in
from conformance.engine.sandbox import sandbox
from conformance.engine.targets import Target, target_from
from conformance.engine.verdicts import Result, Verdict
from conformance.engine.worker import Worker
from conformance.errors import ConformanceError
from conformance.pytest.workers import Workers

_WORKERS: pytest.StashKey[Workers] = pytest.StashKey()


class NotHeldError(AssertionError):
    """The test of a rule failed. The message is the one of the report."""


class RuleModule(pytest.File):
    """A module of a suite. It yields an item per implementation and per rule that has a property in the module."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the items, in the order of the catalogue.

        Raises:
            pytest.UsageError: No implementation is named, or an option is wrong.
        """
        options = self.config.option
        if not options.impl:
            raise pytest.UsageError("the conformance suite tests an implementation. Name one with --impl TARGET.")
        try:
            here = ids_in(self.path)
            contract = contract_in(self.path.parent.parent)
            profile = contract.profile(options.impl_profile)
            rules = choose(contract.rules.values(), profile=profile.name)
            targets = [target_from(text, contract) for text in dict.fromkeys(options.impl)]
            expectations = read_expectations(options.impl_expect, contract.rules)
            if options.impl_sandbox:
                sandbox()
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
    """One rule of one implementation. It passes if the rule holds, is skipped for a gap, and fails otherwise."""

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
            NotHeldError: The rule deviates unexpectedly, an expectation is stale, or the suite failed.
        """
        worker = worker_of(self.config, self.target, self.contract)
        (result,) = with_reproducers([worker.judge(self.rule)], worker.candidates, worker.launch)
        expected = expectation_for(self.expectations, self.target.text, self.rule.id, dt.datetime.now(dt.UTC).date())
        settle(self.rule, result, self.target.text, self.profile, expected.reason if expected else None)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401 - pytest's signature
        """Return only the finding, without the traceback of this module."""
        if isinstance(excinfo.value, ConformanceError | NotHeldError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what pytest prints above a failure."""
        return self.path, None, f"{self.target.text}: {self.rule.id} {self.rule.name}"


def settle(rule: Rule, result: Result, target: str, profile: Profile, expected: str | None) -> None:
    """Turn a result into an outcome of pytest: pass, skip, expected failure or failure.

    Parameters:
        rule: The rule that was judged.
        result: The result.
        target: Name of the implementation.
        profile: The profile, by which a deviation decides or does not.
        expected: The reason for which the rule is known to deviate, None if it is not.

    Raises:
        NotHeldError: The rule deviates unexpectedly, holds although a deviation is expected, or the suite failed.
    """
    detail = detail_of(rule_entry(rule, profile), result, target)
    if result.verdict is Verdict.GAP:
        pytest.skip(f"gap: {result.message}")
    if result.verdict is Verdict.HOLDS and expected is not None:
        raise NotHeldError(
            f"{target}: {rule.id} is expected to deviate ({expected}), but it holds. Remove it from the list."
        )
    if result.verdict is Verdict.DEVIATES and (expected is not None or not rule.decides(profile)):
        pytest.xfail(expected or f"does not decide under profile {profile.name}")
    if result.verdict is not Verdict.HOLDS:
        raise NotHeldError(detail)


def worker_of(config: pytest.Config, target: Target, contract: Contract) -> Worker:
    """Return the worker of a target, the same one for the whole session.

    Raises:
        ConformanceError: No child can be started. Later calls for the target raise the same error at once.
    """
    options = config.option
    return config.stash.setdefault(_WORKERS, Workers()).of(
        target,
        contract,
        examples=options.impl_examples,
        seed=options.impl_seed,
        is_sandboxed=options.impl_sandbox,
    )


def close_workers(config: pytest.Config) -> None:
    """End all child processes of the session."""
    config.stash.get(_WORKERS, Workers()).close()
