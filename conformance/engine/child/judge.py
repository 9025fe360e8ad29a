"""Runs the properties of one rule against one implementation, and finds the verdict.

What counts is the last example that failed, seen here rather than in what hypothesis raises at the end: a failure that
does not show a second time is a failure all the same.
"""

from __future__ import annotations

import contextlib
import contextvars
import hashlib
import importlib
import inspect
import pkgutil
import re
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import hypothesis
from hypothesis.errors import HypothesisException

from conformance.engine.child.binding import ScriptsFor
from conformance.engine.child.blame import (
    declining,
    implementation_frames,
    innermost_place,
    is_adapter_fault,
    is_alike,
    is_source_lost,
    missing_package,
    missing_service,
    refusal,
)
from conformance.engine.child.subject import Subject
from conformance.engine.child.surroundings import Surroundings
from conformance.engine.deadline import Deadline
from conformance.engine.properties import CONTROL, described, shown
from conformance.engine.rules import RULE_ATTRIBUTE
from conformance.errors import Deviation, Gap

Property = Callable[..., object]


_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


WORN_THREADS = 100
"""With more threads alive than this, left behind by the implementation, a child is replaced: they are not to spoil the
rules that come after."""


def is_worn() -> bool:
    """Return whether the implementation has left so many threads behind that this process is to be replaced."""
    return threading.active_count() > WORN_THREADS


class OutOfTime(KeyboardInterrupt):
    """The time of a rule is used up between two examples. hypothesis lets this class of exception through at once."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An example on which a property failed."""

    error: BaseException
    example: Mapping[str, str]
    """What hypothesis drew, printed."""
    drawn: Mapping[str, Any]
    """The same, as it was drawn."""
    is_of_adapter: bool
    """Whether it is known to be the adapter's fault."""
    is_blamed: bool
    """Whether it is known to be the implementation's fault: a deviation, or raised on the way through it."""

    def message(self) -> str:
        """Return what came and what was due, and the example: some lines."""
        lines = [str(self.error) if isinstance(self.error, Deviation) else f"raised {described(self.error)}"]
        if not isinstance(self.error, Deviation):
            lines.append(f"at {innermost_place(self.error)}")
        lines += [f"with {name} = {value}" for name, value in self.example.items()]
        # Addresses differ from run to run, and tell nobody anything.
        return _ADDRESS.sub("", "\n".join(lines))


@dataclass(kw_only=True)
class Trial:
    """One run of one property: what is seen of it from example to example."""

    neutral: frozenset[str]
    adapter_modules: frozenset[str]
    deadline: Deadline
    surroundings: Surroundings
    is_swapped: bool
    """Whether another class than the adapter's own is under test: it may decline what it is not made for."""
    hooks: tuple[str, ...]
    """Methods in which a class may wait for a service."""
    examples: int = 0
    judged: int = 0
    failure: Failure | None = None
    gap: str | None = None
    is_cut: bool = False

    def run_example(self, property_: Property, impl: Subject, drawn: Mapping[str, Any]) -> None:
        """Run one example in a copy of the context, so that no example sees what another left behind."""
        if self.examples and not self.deadline.seconds_left():
            raise OutOfTime
        self.examples += 1
        try:
            contextvars.copy_context().run(property_, impl, **drawn)
        except CONTROL:
            raise
        except Gap as gap:
            self.gap = str(gap)
            return
        except BaseException as error:
            # Whatever replaced a function that Python itself is written with: what follows needs it.
            self.surroundings.restore()
            if (why := self._why_none_is_to_blame(error, impl)) is not None:
                self.gap = why
                return
            is_blamed = isinstance(error, Deviation | MemoryError) or bool(implementation_frames(error, self.neutral))
            example = {name: shown(value, limit=400) for name, value in drawn.items() if not name.startswith("_")}
            self.failure = Failure(
                error=error,
                example=example,
                drawn=drawn,
                is_of_adapter=is_adapter_fault(error, self.adapter_modules, self.neutral),
                is_blamed=is_blamed,
            )
            if isinstance(error, Exception):
                raise
            # hypothesis shrinks exceptions only; CancelledError and its like are none.
            raise Deviation(described(error)) from error
        self.judged += 1

    def _why_none_is_to_blame(self, error: BaseException, impl: Subject) -> str | None:
        """Return what the example lacked, None if somebody is to blame for its failure."""
        if (package := missing_package(error)) is not None:
            return f"needs the package {package}, which is not installed"
        if is_source_lost(error):
            return "needs the source of its function, where there is none"
        tested = impl.under_test
        return self._why_class_is_not_to_blame(error, tested) if self.is_swapped and tested is not None else None

    def _why_class_is_not_to_blame(self, error: BaseException, tested: type[Any]) -> str | None:
        """Return what a class that is swapped in is not made for, None if it is to blame."""
        if (word := declining(error, self.neutral)) is not None:
            return f"declined: {described(word)}"
        if (refused := refusal(error, tested)) is not None:
            return f"{tested.__name__} refuses it: {described(refused)}"
        if (package := missing_service(error, tested, self.hooks)) is not None:
            return f"needs what {package} brings up, which failed: {described(error.__cause__ or error)}"
        return None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The verdict on one rule, before anything is known of expectations."""

    verdict: str
    message: str = ""
    examples: int = 0
    is_cut: bool = False
    """Whether the time was used up before all examples were run."""
    reproducers: tuple[str, ...] = ()
    """Scripts that may show a deviation with the implementation alone, the most readable first; not run yet."""


def load_properties(package: str) -> Mapping[str, list[Property]]:
    """Return the properties of a suite by the rules that they check, in the order of modules and of lines.

    Parameters:
        package: Dotted name of the package whose modules `test_*` hold them.
    """
    suite = importlib.import_module(package)
    found: dict[str, list[Property]] = defaultdict(list)
    for module in sorted(pkgutil.iter_modules(suite.__path__), key=lambda one: one.name):
        if module.name.startswith("test_"):
            members = vars(importlib.import_module(f"{suite.__name__}.{module.name}"))
            for property_ in filter(inspect.isfunction, members.values()):
                for rule_id in getattr(property_, RULE_ATTRIBUTE, ()):
                    found[rule_id].append(property_)
    return found


@dataclass(kw_only=True)
class Judge:
    """Holds the properties, and runs those of one rule at a time."""

    make_subject: Callable[[], Subject]
    """Gives the implementation under test anew for each property, so that none sees names or state of another."""
    make_control: Callable[[], Subject] | None
    """Gives the model implementation, None where it is the one under test."""
    neutral: frozenset[str]
    """Modules whose frames say nothing of whose fault an exception is."""
    adapter_modules: frozenset[str]
    """The modules of the adapter, without one in which the implementation is defined too."""
    seed: int
    properties: Mapping[str, list[Property]]
    surroundings: Surroundings
    """The process as each rule is to find it."""
    is_swapped: bool
    """Whether another class than the adapter's own is under test."""
    hooks: tuple[str, ...] = ()
    """Methods in which such a class may wait for a service."""
    scripts_for: ScriptsFor = lambda *_: ()

    def judge(self, rule_id: str, seconds: float) -> Judgement:
        """Return the verdict on one rule: the worst that one of its properties gives.

        Parameters:
            rule_id: Id of a rule; one without properties is a breakdown.
            seconds: After this time no further example is started. Each property has its share of what is left when
                its turn comes, so that a slow one leaves the others some.
        """
        self.surroundings.restore()
        deadline = Deadline(seconds)
        judgements, left = [], deque(self.properties.get(rule_id, ()))
        while left:
            share = Deadline(deadline.seconds_left() / len(left))
            judgements.append(self._judge_property(left.popleft(), rule_id, share))
        if not judgements:
            return Judgement(verdict="breakdown", message="the suite has no property for this rule")
        worst = min(judgements, key=lambda one: _GRAVITY.index(one.verdict))
        return Judgement(
            verdict=worst.verdict,
            reproducers=worst.reproducers,
            message=worst.message,
            examples=sum(one.examples for one in judgements),
            is_cut=any(one.is_cut for one in judgements),
        )

    def _judge_property(self, property_: Property, rule_id: str, deadline: Deadline) -> Judgement:
        trial = self._try(property_, rule_id, self.make_subject(), deadline)
        verdict, message = self._verdict(trial, property_, rule_id, deadline)
        drawn = trial.failure.drawn if trial.failure is not None and verdict == "deviates" else None
        return Judgement(
            verdict=verdict,
            message=message,
            examples=trial.examples,
            is_cut=trial.is_cut,
            reproducers=() if drawn is None else self._scripts(rule_id, drawn),
        )

    def _scripts(self, rule_id: str, drawn: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the scripts that show a deviation; that there are none changes no verdict."""
        for _ in range(2):
            # CPython 3.11 cannot parse while a warning of a collected coroutine is printed (gh-106905): once more.
            with contextlib.suppress(Exception):
                return self.scripts_for(rule_id, self.make_subject(), drawn)
        return ()

    def _verdict(self, trial: Trial, property_: Property, rule_id: str, deadline: Deadline) -> tuple[str, str]:
        if trial.failure is None:
            return ("holds", "") if trial.judged or trial.gap is None else ("gap", trial.gap)
        message = trial.failure.message()
        # What hypothesis itself complains of (no example found, say) is the suite's own, as is what an adapter raises.
        is_of_suite = trial.failure.is_of_adapter or isinstance(trial.failure.error, HypothesisException)
        is_blamed = not is_of_suite and (
            trial.failure.is_blamed or self._is_fine_on_model(trial.failure, property_, rule_id, deadline)
        )
        return ("deviates" if is_blamed else "breakdown"), message

    def _try(self, property_: Property, rule_id: str, subject: Subject, deadline: Deadline) -> Trial:
        trial = Trial(
            neutral=self.neutral,
            adapter_modules=self.adapter_modules,
            deadline=deadline,
            surroundings=self.surroundings,
            is_swapped=self.is_swapped,
            hooks=self.hooks,
        )
        seed = int.from_bytes(hashlib.sha256(f"{self.seed}:{rule_id}".encode()).digest()[:8])
        try:
            run_property(property_, subject, seed, trial)
        except OutOfTime:
            trial.is_cut = True
        except BaseException as error:  # noqa: BLE001 - whatever hypothesis says of an example is in the trial already
            if trial.failure is None:
                trial.failure = Failure(error=error, example={}, drawn={}, is_of_adapter=False, is_blamed=False)
        finally:
            self.surroundings.restore()
        return trial

    def _is_fine_on_model(self, failure: Failure, property_: Property, rule_id: str, deadline: Deadline) -> bool:
        """Return whether the property does not fail in this way on the model: then the suite is not to blame."""
        if is_worn():
            # Nothing would run any more, the model neither.
            return True
        if self.make_control is None:
            return False
        self.surroundings.restore()
        try:
            model = self.make_control()
        except Exception:  # noqa: BLE001 - a model that cannot be loaded tells nothing
            return False
        control = self._try(property_, rule_id, model, deadline).failure
        return control is None or not is_alike(control.error, failure.error)


_GRAVITY = ("deviates", "breakdown", "holds", "gap")


def run_property(property_: Property, subject: Subject, seed: int, trial: Trial) -> None:
    """Run one property to its end, every example through `trial`."""
    handle = getattr(property_, "hypothesis", None)
    if handle is None:
        trial.run_example(property_, subject, {})
        return
    inner = handle.inner_test
    handle.inner_test = lambda impl, **drawn: trial.run_example(inner, impl, drawn)
    try:
        hypothesis.seed(seed)(property_)(subject)
    finally:
        handle.inner_test = inner
