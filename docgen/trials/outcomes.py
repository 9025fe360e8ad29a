"""Runs one call on one side, and describes how it ends so that two sides can be compared."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from docgen.trials import natives
from docgen.trials.arguments import Call, Made
from docgen.trials.machine import Machine
from docgen.trials.program import Program
from docgen.trials.things import (
    Accessor,
    BeyondError,
    Bound,
    Closure,
    Coroutine,
    Frame,
    Klass,
    RaisedError,
    Recorder,
    Thing,
)

_DEEPEST = 6
_RESULT_CALLS: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (((), {}), ((1,), {}), ((1, 2), {}), ((), {"a": 1}))
"""Arguments with which a function that a call gives is called in turn."""


@dataclass(frozen=True)
class Ending:
    """How a call ends."""

    result: Any = None
    """The description of the result; for an error, the name of its class."""
    state: Any = None
    """The description of the receiver of a method that gives None."""
    kinds: frozenset[str] = frozenset()
    """Names of the classes that an error is an instance of; empty if there is no error."""
    is_stated: bool = False
    """A statement of the package raised the error."""
    again: str = ""
    """The error that a statement raises if a method that changed its receiver is called again."""
    asked: tuple[Any, ...] = ()
    """How the functions among the arguments were called: for each, the different calls."""


@dataclass(frozen=True)
class Pairs:
    """Described keys or attributes with their described values."""

    items: tuple[tuple[Any, Any], ...]


@dataclass(frozen=True)
class Target:
    """The function that a trial calls."""

    module: str
    names: tuple[str, ...]
    """Its name, after those of the classes that contain it."""
    made: Call | None = None
    """The arguments that its object is created with."""


def ending(program: Program, target: Target, call: Call) -> Ending | None:
    """Return how a call ends, None if it does something that a trial does not follow.

    Parameters:
        program: The sources of the side.
        target: The function.
        call: Its arguments.
    """
    machine = Machine(program)
    try:
        return _ending(machine, target, call)
    except BeyondError:
        return None
    except Exception:  # noqa: BLE001 - odd code (keys of `__dict__` that are no strings) must not end the comparison
        return None


def _ending(machine: Machine, target: Target, call: Call) -> Ending:
    frame = Frame(target.module)
    maker = _Maker(machine, target.module)
    try:
        args, keywords, recorders = call.arguments(maker)
        function = machine.global_(target.module, target.names[0])
        receiver: Any = None
        if target.made is not None:
            class_ = function
            given, words, _ = target.made.arguments(maker)
            receiver = machine.call(class_, tuple(given), words, frame)
    except RaisedError as raised:
        raise BeyondError from raised  # The trial cannot begin.
    try:
        for name in target.names[1:]:
            function = machine.attribute(receiver if receiver is not None else function, name)
        result = function
        if not isinstance(_accessor(receiver, target), Accessor):
            result = machine.call(function, tuple(args), keywords, frame)
        if isinstance(result, Coroutine):
            result = result.run()
        described = _Describer(machine, (*recorders, *args), receiver).described(result)
    except RaisedError as raised:
        kinds = _kinds(raised.error)
        return Ending(result=kinds[0], kinds=frozenset(kinds), is_stated=raised.is_stated, asked=_asked(recorders))
    is_changing = isinstance(receiver, Thing) and result is None
    state = _Describer(machine, (), None).described(receiver) if is_changing else None
    again = _again(machine, function, call, maker) if is_changing and call.samples else ""
    return Ending(result=described, state=state, asked=_asked(recorders), again=again)


class _Maker:
    """Creates the objects of the package among the arguments of a call."""

    def __init__(self, machine: Machine, module: str) -> None:
        self.machine = machine
        self.module = module

    def __call__(self, made: Made) -> Any:  # noqa: ANN401 - an object
        """Return a new object."""
        args, keywords, _ = made.call.arguments(self)
        return self.machine.call(self.machine.global_(self.module, made.name), tuple(args), keywords, Frame(""))


def _again(machine: Machine, function: Any, call: Call, make: Callable[[Made], Any]) -> str:  # noqa: ANN401 - a method
    """Return the error that a statement raises in a second call, empty if there is none."""
    args, keywords, _ = call.arguments(make)
    try:
        machine.call(function, tuple(args), keywords, Frame(""))
    except RaisedError as raised:
        return _kinds(raised.error)[0] if raised.is_stated else ""
    return ""


def _accessor(receiver: Any, target: Target) -> Any:  # noqa: ANN401 - any value
    found = receiver.class_.find(target.names[-1]) if isinstance(receiver, Thing) else None
    return found if isinstance(found, Accessor) and found.kind == "property" else None


def _asked(recorders: Sequence[Recorder]) -> tuple[Any, ...]:
    return tuple(tuple(sorted(set(each.calls))) for each in recorders)


def _kinds(error: Any) -> tuple[str, ...]:  # noqa: ANN401 - an exception or an object
    """Return the names of the classes of an error, its own first."""
    own = tuple(each.name for each in error.class_.order) if isinstance(error, Thing) else ()
    native = error.class_.native if isinstance(error, Thing) else type(error)
    return (*own, *(each.__name__ for each in native.__mro__))


class _Describer:
    """Describes values by what users can see of them."""

    def __init__(self, machine: Machine, given: Sequence[Any], receiver: Any) -> None:  # noqa: ANN401 - any value
        self.machine = machine
        self.given = given
        self.receiver = receiver

    def described(self, value: Any, depth: int = 0) -> Any:  # noqa: ANN401, PLR0911, C901 - any; one return a kind
        """Return a description: equal for values that users cannot tell apart."""
        if depth > _DEEPEST:
            raise BeyondError
        if isinstance(value, Recorder):
            return ("argument",)
        if value is self.receiver and value is not None:
            return ("self",)
        if isinstance(value, str | bytes | int | float | complex | bool | None | range):
            return (type(value).__name__, round(value, 9) if isinstance(value, float) else value)
        if isinstance(value, list | tuple):
            return (type(value).__name__, tuple(self.described(each, depth + 1) for each in value))
        if isinstance(value, set | frozenset):
            return (type(value).__name__, frozenset(self.described(each, depth + 1) for each in value))
        if isinstance(value, dict):
            pairs = ((self.described(key, depth + 1), self.described(each, depth + 1)) for key, each in value.items())
            return (type(value).__name__, Pairs(tuple(pairs)))
        if isinstance(value, Thing):
            return self._object(value, depth)
        if isinstance(value, Closure | Bound) and depth == 0:
            return ("function", tuple(self._called(value, args, words) for args, words in _RESULT_CALLS))
        if type(value) in natives.PLAIN:
            return ("iterator", tuple(self.described(each, depth + 1) for each in natives.iterated(value)))
        if isinstance(value, Klass):
            return ("class",)
        return self._other(value)

    def _object(self, value: Thing, depth: int) -> Any:  # noqa: ANN401 - any value
        shown = {
            name: self.described(each, depth + 1)
            for name, each in value.attributes.items()
            if not str(name).startswith("_") and not isinstance(each, Closure | Bound)
        }
        return ("object", Pairs(tuple(shown.items())), value.class_.name, value.has("__call__"))

    def _called(self, function: Any, args: tuple[Any, ...], words: dict[str, Any]) -> Any:  # noqa: ANN401 - any value
        try:
            result = self.machine.call(function, args, dict(words), Frame(""))
            return self.described(result, 1)
        except RaisedError as raised:
            return ("error", _kinds(raised.error)[0]) if raised.is_stated else ("mistake",)

    @staticmethod
    def _other(value: Any) -> Any:  # noqa: ANN401 - any value
        if value is NotImplemented or value is ...:
            return ("constant", repr(value))
        if isinstance(value, type):
            return ("class",)
        if isinstance(value, BaseException):
            return ("object", type(value).__name__)
        if isinstance(value, Closure | Bound):
            return ("function",)
        raise BeyondError


def node_of(program: Program, target: Target) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the definition of the function of a trial, None if the sources do not show it."""
    module = program.module(target.module)
    node: object = module.bindings.get(target.names[0]) if module else None
    for name in target.names[1:]:
        body = node.body if isinstance(node, ast.ClassDef) else ()
        same = [each for each in body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name == name]
        node = same[0] if same else None
    return node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None
