"""The contract as a test class: `class TestMine(conformance.TemplateContract): target = "mine.adapter:MyAdapter"`.

The class has one standard test per rule of its profile. A subclass can neither remove nor replace one; it lists rules
that are known to deviate in `expected`, each with the reason, and those have to deviate.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Mapping
from functools import cache
from typing import ClassVar

from conformance.engine.confirm import with_reproducers
from conformance.engine.contract import Contract, find_contract
from conformance.engine.rules import Rule
from conformance.engine.targets import target_from
from conformance.engine.worker import Worker
from conformance.errors import UsageError
from conformance.pytest.items import settle
from conformance.pytest.workers import Workers


class TemplateContract:
    """Every rule as a test of one implementation. pytest collects subclasses of it by their own names.

    Raises:
        UsageError: A subclass replaces a standard test, expects an unknown rule to deviate, or gives no reason.
    """

    target: ClassVar[str] = ""
    """The implementation under test, as for `conformance run`."""
    contract: ClassVar[str] = ""
    """The contract, by name or by the path of its folder. Empty: the built-in one."""
    profile: ClassVar[str | None] = None
    """None: the default profile of the contract."""
    examples: ClassVar[str] = "default"
    """A budget: smoke, default, deep or a number, as a string."""
    seed: ClassVar[int] = 0
    is_sandboxed: ClassVar[bool] = False
    """Whether the implementation runs in a sandbox of the system, as with `conformance run --sandbox`."""
    expected: ClassVar[Mapping[str, str]] = {}
    """The rules that are known to deviate, each with the reason."""

    def __init_subclass__(cls) -> None:
        """Add the standard tests of the profile, and check the attributes."""
        super().__init_subclass__()
        names = standard_tests(cls)
        problems = [f"{name} is a standard test and cannot be replaced" for name in names if name in vars(cls)]
        problems += [
            f"expected names {one!r}, which is not a rule of the profile"
            for one in cls.expected
            if name_of_test(one) not in names
        ]
        problems += [f"expected[{one!r}] gives no reason" for one, reason in cls.expected.items() if not reason.strip()]
        if problems:
            raise UsageError(
                f"{cls.__name__}: {'; '.join(problems)}. List known deviations in `expected`, with a reason."
            )
        for name, rule in names.items():
            setattr(cls, name, standard_test(rule))


def standard_tests(case: type[TemplateContract]) -> dict[str, Rule]:
    """Return the rules of a class's profile by the names of their standard tests."""
    contract = contract_named(case.contract)
    profile = contract.profile(case.profile)
    return {standard_name(rule): rule for rule in contract.rules.values() if profile.name in rule.profiles}


@cache
def contract_named(name: str) -> Contract:
    """Return a contract, read once."""
    return find_contract(name)


def name_of_test(rule_id: str) -> str:
    """Return the name of the standard test of a rule: `test_OVR_15a` for `OVR-15a`."""
    return f"test_{rule_id.replace('-', '_')}"


def standard_name(rule: Rule) -> str:
    """Return the name of the standard test of a rule."""
    return name_of_test(rule.id)


def standard_test(rule: Rule) -> Callable[[TemplateContract], None]:
    """Return the test method of one rule."""

    def test(self: TemplateContract) -> None:
        removed = [name for name in standard_tests(type(self)) if not callable(getattr(type(self), name, None))]
        if removed:
            raise UsageError(f"{type(self).__name__}: standard tests were removed: {', '.join(removed)}.")
        worker = worker_for(self)
        (result,) = with_reproducers([worker.judge(rule)], worker.candidates, worker.launch)
        profile = contract_named(self.contract).profile(self.profile)
        settle(rule, result, self.target, profile, self.expected.get(rule.id))

    test.__name__ = standard_name(rule)
    test.__doc__ = rule.statement
    return test


_WORKERS = Workers()
atexit.register(_WORKERS.close)


def worker_for(case: TemplateContract) -> Worker:
    """Return the worker of a class, the same one for all of its tests.

    Raises:
        UsageError: The class does not name a target.
        ConformanceError: No child can be started.
    """
    if not case.target:
        raise UsageError(
            f'{type(case).__name__} does not name a target. Write `target = "mine.adapter:MyAdapter"` in it.'
        )
    contract = contract_named(case.contract)
    return _WORKERS.of(
        target_from(case.target, contract),
        contract,
        examples=case.examples,
        seed=case.seed,
        is_sandboxed=case.is_sandboxed,
    )
