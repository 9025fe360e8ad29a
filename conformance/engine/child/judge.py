"""Runs the properties of one rule on one implementation, and returns the verdict.

The last failing example counts, even if hypothesis cannot make it fail a second time. So failures are recorded here,
and not taken from the exception that hypothesis raises at the end.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import hashlib
import importlib
import inspect
import os
import pkgutil
import re
import resource
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import hypothesis
from hypothesis.errors import HypothesisException

from conformance.engine.child.binding import ScriptsFor
from conformance.engine.child.blame import (
    call_of,
    cause_of,
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
from conformance.engine.properties import CONTROL, LEFT_OUT, check, described, shown
from conformance.engine.rules import RULE_ATTRIBUTE
from conformance.errors import Deviation, Gap

Property = Callable[..., object]


_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


WORN_THREADS = 100
"""If the implementation has left more threads than this running, the child is replaced before the next rule."""
WORN_DESCRIPTORS = 200
"""The same for open file descriptors."""
WORN_SHARE = 0.5
"""The same for the share of the memory limit that is in use. Source: proc(5), /proc/PID/statm, the sixth field."""


def is_worn() -> bool:
    """Return whether the implementation has left so much behind that this process has to be replaced."""
    return threading.active_count() > WORN_THREADS or is_short_of_room()


def is_short_of_room() -> bool:
    """Return whether file descriptors or memory are running out. False on systems without `/proc`."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - asked for after each rule
            bytes_used = int(file.read().split()[5]) * resource.getpagesize()
        limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
        return len(os.listdir("/proc/self/fd")) > WORN_DESCRIPTORS or 0 < WORN_SHARE * limit < bytes_used  # noqa: PTH208
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True


class OutOfTime(KeyboardInterrupt):
    """The time of a rule ran out between two examples. hypothesis passes this class of exception on at once."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An example on which a property failed."""

    error: BaseException
    example: Mapping[str, str]
    """The values that hypothesis drew, as strings."""
    drawn: Mapping[str, Any]
    """The values that hypothesis drew."""
    is_of_adapter: bool
    """Whether it is known to be the adapter's fault."""
    is_blamed: bool
    """Whether it is known to be the implementation's fault: a deviation, or an exception that went through it."""
    cause: str = ""
    """The exception that the implementation raised, and where; empty if it raised none."""
    call: str = ""
    """The source of what raised the exception in the property; empty if it is unknown."""
    replaced: tuple[str, ...] = ()
    """Functions that everything relies on and that the implementation had replaced; see `Surroundings.restore`."""

    @property
    def tried(self) -> Mapping[str, Any]:
        """The values with which the property failed, if it tries several in one example; see `trying`."""
        return self.error.tried if isinstance(self.error, Deviation) else {}

    def message(self, unrelated: Collection[str] = ()) -> str:
        """Return what was expected, what it got, and the example: some lines.

        Parameters:
            unrelated: Names of drawn values that do not matter.
        """
        lines = [str(self.error) if isinstance(self.error, Deviation) else f"raised {described(self.error)}"]
        if not isinstance(self.error, Deviation):
            lines.append(f"at {innermost_place(self.error)}")
            lines += [f"in {self.call}"] if self.call else []
        if self.replaced:
            lines.append(f"after the implementation had replaced {', '.join(self.replaced[:5])}")
        lines += [f"with {name} = {value}" for name, value in self.example.items() if name not in unrelated]
        # Addresses differ from run to run.
        return _ADDRESS.sub("", "\n".join(lines))


@dataclass(kw_only=True)
class Trial:
    """One run of one property, observed from example to example."""

    neutral: frozenset[str]
    adapter_modules: frozenset[str]
    deadline: Deadline
    surroundings: Surroundings
    is_swapped: bool
    """Whether a class other than the adapter's own is under test. Such a class may refuse uses it was not made for."""
    hooks: tuple[str, ...]
    """Methods in which a class may wait for a service."""
    examples: int = 0
    judged: int = 0
    failure: Failure | None = None
    gap: str | None = None
    is_cut: bool = False

    def run_example(self, property_: Property, impl: Subject, drawn: Mapping[str, Any]) -> None:
        """Run one example in a copy of the context, so that it does not see what an earlier one set there."""
        if self.examples and not self.deadline.seconds_left():
            raise OutOfTime
        self.examples += 1
        context = contextvars.copy_context()
        left_out: list[str] = []
        context.run(LEFT_OUT.set, left_out)
        try:
            context.run(property_, impl, **drawn)
        except CONTROL:
            raise
        except Gap as gap:
            self.gap = str(gap)
            return
        except BaseException as error:
            # The example may have replaced functions of the standard library that the following code needs.
            replaced = self.surroundings.restore()
            why = left_out[0] if left_out else self._why_none_is_to_blame(error, impl)
            if why is not None:
                self.gap = why
                return
            is_blamed = (
                isinstance(error, Deviation | MemoryError)
                # Once functions of the standard library are replaced, any failure may be due to that.
                or bool(replaced)
                or bool(implementation_frames(error, self.neutral))
            )
            example = {name: shown(value, limit=400) for name, value in drawn.items() if not name.startswith("_")}
            self.failure = Failure(
                error=error,
                example=example,
                drawn=drawn,
                is_of_adapter=is_adapter_fault(error, self.adapter_modules, self.neutral),
                is_blamed=is_blamed,
                # Determined now, because hypothesis adds frames of its own to the traceback later.
                cause=cause_of(error, self.neutral),
                call=call_of(error, self.neutral),
                replaced=tuple(replaced),
            )
            if isinstance(error, Exception):
                raise
            # hypothesis only shrinks an `Exception`, and CancelledError is not one.
            raise Deviation(described(error)) from error
        self.judged += 1

    def _why_none_is_to_blame(self, error: BaseException, impl: Subject) -> str | None:
        """Return what the example lacked, None if the implementation or the suite is to blame."""
        if (package := missing_package(error)) is not None:
            return f"needs the package {package}, which is not installed"
        if is_source_lost(error):
            return "needs the source code of its function, which does not exist"
        tested = impl.under_test
        return self._why_class_is_not_to_blame(error, tested) if self.is_swapped and tested is not None else None

    def _why_class_is_not_to_blame(self, error: BaseException, tested: type[Any]) -> str | None:
        """Return the use that a swapped class was not made for, None if the failure is its fault."""
        if (word := declining(error, self.neutral)) is not None:
            return f"declined: {described(word)}"
        if (refused := refusal(error, tested)) is not None:
            return f"{tested.__name__} refuses it: {described(refused)}"
        if (package := missing_service(error, tested, self.hooks)) is not None:
            return f"needs a service that {package} starts, which failed: {described(error.__cause__ or error)}"
        return None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The verdict on one rule, before expectations are applied."""

    verdict: str
    message: str = ""
    examples: int = 0
    is_cut: bool = False
    """Whether the time ran out before all examples were run."""
    reproducers: tuple[str, ...] = ()
    """Scripts that may show a deviation, the most readable first. None has been run yet."""
    cause: str = ""
    """The exception that the implementation raised, and where; empty if it raised none."""


def load_properties(package: str) -> Mapping[str, list[Property]]:
    """Return the properties of a suite by the rules that they check, in the order of modules and of lines.

    Parameters:
        package: Dotted name of the package whose modules `test_*` contain them.
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
    """Runs the properties of one rule at a time."""

    make_subject: Callable[[], Subject]
    """Returns a new subject for each property, so that no property sees the state that another one left."""
    make_control: Callable[[], Subject] | None
    """Returns the model of the contract. None if there is no model, or if the model itself is under test."""
    neutral: frozenset[str]
    """Modules whose frames do not show whose fault an exception is."""
    adapter_modules: frozenset[str]
    """The modules of the adapter, except one that also defines the implementation."""
    seed: int
    properties: Mapping[str, list[Property]]
    surroundings: Surroundings
    """The state of the process that each rule starts from."""
    is_swapped: bool
    """Whether a class other than the adapter's own is under test."""
    hooks: tuple[str, ...] = ()
    """Methods in which such a class may wait for a service."""
    scripts_for: ScriptsFor = lambda *_: ()
    suite: str = "suite"
    """The package of the properties."""

    def judge(self, rule_id: str, seconds: float, *, is_controlled: bool = False) -> Judgement:
        """Return the verdict on one rule: the worst verdict of its properties.

        Parameters:
            rule_id: Id of a rule. A rule without properties is a breakdown.
            seconds: After this time no further example is started. Each property gets an equal share of the time that
                is left when it starts, so that a slow one does not use up the time of the others.
            is_controlled: Whether a rule that holds returns a control script: one that would show a deviation, and
                passes here. The parent runs it with the implementation alone, where it must pass too.
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
        scripts = (script for one in (worst, *judgements) if one.verdict == worst.verdict for script in one.reproducers)
        is_control = is_controlled and worst.verdict == "holds"
        return Judgement(
            verdict=worst.verdict,
            reproducers=self._passing_script(rule_id) if is_control else tuple(dict.fromkeys(scripts)),
            message=worst.message,
            cause=worst.cause,
            examples=sum(one.examples for one in judgements),
            is_cut=any(one.is_cut for one in judgements),
        )

    def _judge_property(self, property_: Property, rule_id: str, deadline: Deadline) -> Judgement:
        trial = self._try(property_, rule_id, self.make_subject(), deadline)
        verdict, message = self._verdict(trial, property_, rule_id, deadline)
        failure = trial.failure if verdict == "deviates" else None
        return Judgement(
            verdict=verdict,
            message=message if failure is None else failure.message(self._unrelated(failure, property_, rule_id)),
            examples=trial.examples,
            is_cut=trial.is_cut,
            reproducers=() if failure is None else self._scripts(rule_id, {**failure.drawn, **failure.tried}),
            cause="" if failure is None else failure.cause,
        )

    def _unrelated(self, failure: Failure, property_: Property, rule_id: str) -> frozenset[str]:
        """Return the names of drawn values that do not matter: with another value the property fails in the same way.

        A value that is the same in all examples is assumed to matter; if a call hangs, all values are.
        """
        if not isinstance(failure.error, Deviation) or "hang" in str(failure.error):
            return frozenset()
        inner = property_.hypothesis.inner_test if failure.drawn else property_  # type: ignore[attr-defined]  # of hypothesis
        others: dict[str, Any] = {}
        for one in getattr(property_, "hypothesis_explicit_examples", ()):
            for name, value in one.kwargs.items():
                if shown(value, limit=400) != failure.example.get(name):
                    others.setdefault(name, value)

        def is_unrelated(name: str) -> bool:
            drawn = {**failure.drawn, name: others[name]}
            trial = self._try(lambda impl: inner(impl, **drawn), rule_id, self.make_subject(), Deadline(1))
            return trial.failure is not None and str(trial.failure.error) == str(failure.error)

        return frozenset(name for name in failure.example if name in others and is_unrelated(name))

    def _scripts(self, rule_id: str, drawn: Mapping[str, Any]) -> tuple[str, ...]:
        """Return scripts that may show a deviation. If composing them fails, the verdict has none."""
        for _ in range(2):
            # CPython 3.11 may fail to parse while it prints a warning about a coroutine (gh-106905): try again.
            with contextlib.suppress(Exception):
                return self.scripts_for(rule_id, self.make_subject(), drawn)
        return ()

    def _passing_script(self, rule_id: str) -> tuple[str, ...]:
        """Return the control script of a rule; nothing if it fails in the process of the suite, too."""
        scripts = self._scripts(rule_id, {})[:1]
        if not scripts:
            return ()
        trial = self._try(lambda _impl: run_script(scripts[0], self.suite), rule_id, self.make_subject(), Deadline(1))
        return scripts if trial.failure is None and trial.gap is None else ()

    def _verdict(self, trial: Trial, property_: Property, rule_id: str, deadline: Deadline) -> tuple[str, str]:
        if trial.failure is None:
            return ("holds", "") if trial.judged or trial.gap is None else ("gap", trial.gap)
        message = trial.failure.message()
        # An error of hypothesis itself (it found no example, say) is the suite's fault, an adapter's is the adapter's,
        # unless it was deprived of what it needs.
        is_of_adapter = trial.failure.is_of_adapter and not trial.failure.replaced
        is_of_suite = is_of_adapter or isinstance(trial.failure.error, HypothesisException)
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
        except BaseException as error:  # noqa: BLE001 - the trial has already recorded what an example raised
            if trial.failure is None:
                trial.failure = Failure(error=error, example={}, drawn={}, is_of_adapter=False, is_blamed=False)
        finally:
            self.surroundings.restore()
        return trial

    def _is_fine_on_model(self, failure: Failure, property_: Property, rule_id: str, deadline: Deadline) -> bool:
        """Return whether the property does not fail in this way on the model, so that the suite is not at fault."""
        if is_worn():
            # With so many threads the model could not run either.
            return True
        if self.make_control is None:
            return False
        self.surroundings.restore()
        try:
            model = self.make_control()
        except Exception:  # noqa: BLE001 - a model that cannot be loaded proves nothing
            return False
        control = self._try(property_, rule_id, model, deadline).failure
        return control is None or not is_alike(control.error, failure.error)


_GRAVITY = ("deviates", "breakdown", "holds", "gap")


def run_property(property_: Property, subject: Subject, seed: int, trial: Trial) -> None:
    """Run one property to its end, with every example recorded by `trial`."""
    handle = getattr(property_, "hypothesis", None)
    if handle is None:
        trial.run_example(property_, subject, {})
        return
    inner = handle.inner_test

    # A database recognises the examples of a property by its name and source, which wraps() copies.
    @functools.wraps(inner)
    def observed(impl: Subject, **drawn: Any) -> None:
        trial.run_example(inner, impl, drawn)

    handle.inner_test = observed
    try:
        _seeded(property_, seed)(subject)
    finally:
        handle.inner_test = inner


def _seeded(property_: Property, seed: int) -> Property:
    """Return a property with a seed, and with the database of the profile."""
    seeded = hypothesis.seed(seed)(property_)
    database = hypothesis.settings().database
    if database is not None:
        # The seed has turned the database off; there is no public way to have both.
        own = hypothesis.settings(getattr(seeded, _OWN_SETTINGS), database=database)
        setattr(seeded, _OWN_SETTINGS, own)
    return seeded


_OWN_SETTINGS = "_hypothesis_internal_use_settings"


def run_script(source: str, suite: str) -> None:
    """Run a script as if it were a module of the suite."""
    try:
        # Without `dont_inherit` this module's own import from __future__ would postpone the script's annotations.
        code = compile(source, "<reproducer>", "exec", dont_inherit=True)
        exec(code, {"__name__": f"{suite}.script"})  # noqa: S102 - our own script
    except SystemExit as error:
        check(not error.code, "the script failed")
