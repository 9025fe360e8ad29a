"""Evaluates the expressions of a trial: what an expression gives, with the variables of a frame."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol

from docgen.trials import natives
from docgen.trials.things import BeyondError, Coroutine, Frame, Ignored, Klass, RaisedError, Super

_BINARY: Mapping[type[ast.operator], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
IN_PLACE: Mapping[type[ast.operator], Callable[..., Any]] = {
    ast.Add: operator.iadd,
    ast.Sub: operator.isub,
    ast.Mult: operator.imul,
    ast.BitOr: operator.ior,
    ast.BitAnd: operator.iand,
    ast.BitXor: operator.ixor,
}
_UNARY: Mapping[type[ast.unaryop], Callable[..., Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
}
_COMPARED: Mapping[type[ast.cmpop], Callable[..., Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_CONVERSIONS: Mapping[int, Callable[[object], str]] = {ord("s"): str, ord("r"): repr, ord("a"): ascii}


class Machine(Protocol):
    """What the evaluation of expressions needs from the rest of a trial."""

    def step(self) -> None:
        """Count a step."""

    def lookup(self, name: str, frame: Frame) -> Any:  # noqa: ANN401 - any value
        """Return the value of a name."""

    def attribute(self, owner: Any, name: str) -> Any:  # noqa: ANN401 - any value
        """Return an attribute of a value."""

    def call(self, function: Any, args: tuple[Any, ...], keywords: dict[str, Any], frame: Frame) -> Any:  # noqa: ANN401 - any
        """Return the result of a call."""

    def closure(self, node: ast.Lambda, frame: Frame) -> Any:  # noqa: ANN401 - a function
        """Return the function that a lambda expression creates."""


class Expressions:
    """Evaluates expressions.

    Parameters:
        machine: The rest of the trial.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.by_type: Mapping[type[ast.expr], Callable[[Any, Frame], Any]] = {
            ast.Constant: lambda node, _: node.value,
            ast.Name: lambda node, frame: machine.lookup(node.id, frame),
            ast.Attribute: lambda node, frame: machine.attribute(self(node.value, frame), node.attr),
            ast.List: lambda node, frame: self.items(node.elts, frame),
            ast.Tuple: lambda node, frame: tuple(self.items(node.elts, frame)),
            ast.Set: lambda node, frame: natives.called(set, (self.items(node.elts, frame),), {}),
            ast.IfExp: lambda node, frame: self(node.body if self.truth(node.test, frame) else node.orelse, frame),
            ast.Lambda: machine.closure,
            ast.Call: self._call,
            ast.Dict: self._dict,
            ast.Subscript: self._subscript,
            ast.Slice: self._slice,
            ast.BinOp: self._binary,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._boolean,
            ast.Compare: self._compare,
            ast.JoinedStr: self._joined,
            ast.FormattedValue: self._formatted,
            ast.NamedExpr: self._walrus,
            ast.ListComp: lambda node, frame: list(self._produced(node, frame)),
            ast.SetComp: lambda node, frame: natives.called(set, (list(self._produced(node, frame)),), {}),
            ast.GeneratorExp: lambda node, frame: iter(list(self._produced(node, frame))),
            ast.DictComp: self._dict_comprehension,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield_from,
            ast.Await: self._await,
        }

    def __call__(self, node: ast.expr, frame: Frame) -> Any:  # noqa: ANN401 - any value
        """Return the value of an expression.

        Raises:
            BeyondError: The expression does something that a trial does not follow.
            RaisedError: It raises an error.
        """
        self.machine.step()
        evaluate = self.by_type.get(type(node))
        if evaluate is None:
            raise BeyondError
        return evaluate(node, frame)

    def truth(self, node: ast.expr, frame: Frame) -> bool:
        """Return whether the value of an expression counts as true."""
        return truth_of(self(node, frame))

    def items(self, nodes: list[ast.expr], frame: Frame) -> list[Any]:
        """Return the values of the elements of a display or of arguments, `*values` unpacked."""
        found: list[Any] = []
        for each in nodes:
            if isinstance(each, ast.Starred):
                found += natives.iterated(self(each.value, frame))
            else:
                found.append(self(each, frame))
        return found

    def _call(self, node: ast.Call, frame: Frame) -> Any:  # noqa: ANN401 - any value
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return self._super(node, frame)
        function = self(node.func, frame)
        args = tuple(self.items(node.args, frame))
        keywords: dict[str, Any] = {}
        for each in node.keywords:
            value = self(each.value, frame)
            if each.arg is not None:
                keywords[each.arg] = value
            elif isinstance(value, dict) and all(isinstance(name, str) for name in value):
                keywords.update(value)
            else:
                raise BeyondError
        return self.machine.call(function, args, keywords, frame)

    def _super(self, node: ast.Call, frame: Frame) -> Super:
        if not node.args:
            found: Super = self.machine.lookup("super", frame)
            return found
        given = self.items(node.args, frame)
        if len(given) != 2 or not isinstance(given[0], Klass):  # noqa: PLR2004 - class and receiver
            raise BeyondError
        return Super(given[0], given[1])

    def _dict(self, node: ast.Dict, frame: Frame) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                more = self(value, frame)
                if not isinstance(more, dict):
                    raise BeyondError
                found.update(more)
            else:
                natives.called(found.__setitem__, (self(key, frame), self(value, frame)), {})
        return found

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Any:  # noqa: ANN401 - any value
        owner, index = self(node.value, frame), self(node.slice, frame)
        if isinstance(owner, type | Ignored):
            raise BeyondError  # A type with arguments.
        return natives.limited(lambda: owner[index])

    def _slice(self, node: ast.Slice, frame: Frame) -> slice:
        return slice(*(None if each is None else self(each, frame) for each in (node.lower, node.upper, node.step)))

    def _binary(self, node: ast.BinOp, frame: Frame) -> Any:  # noqa: ANN401 - any value
        left, right = self(node.left, frame), self(node.right, frame)
        operation = _BINARY.get(type(node.op))
        if operation is None or isinstance(left, type | Ignored):
            raise BeyondError
        return natives.operated(operation, left, right)

    def _unary(self, node: ast.UnaryOp, frame: Frame) -> Any:  # noqa: ANN401 - any value
        value = self(node.operand, frame)
        if isinstance(node.op, ast.Not):
            return not truth_of(value)
        return natives.called(_UNARY[type(node.op)], (value,), {})

    def _boolean(self, node: ast.BoolOp, frame: Frame) -> Any:  # noqa: ANN401 - any value
        value = None
        for each in node.values:
            value = self(each, frame)
            if truth_of(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _compare(self, node: ast.Compare, frame: Frame) -> Any:  # noqa: ANN401 - any value
        left, result = self(node.left, frame), True
        for operation, right_node in zip(node.ops, node.comparators, strict=True):
            right = self(right_node, frame)
            if isinstance(left, Ignored) or isinstance(right, Ignored):
                raise BeyondError
            natives.check_parts(left, right)
            result = natives.limited(partial(_COMPARED[type(operation)], left, right))
            if not truth_of(result):
                return result
            left = right
        return result

    def _joined(self, node: ast.JoinedStr, frame: Frame) -> str:
        return str(natives.checked("".join(str(self(each, frame)) for each in node.values)))

    def _formatted(self, node: ast.FormattedValue, frame: Frame) -> str:
        value = self(node.value, frame)
        if node.conversion in _CONVERSIONS:
            value = natives.called(_CONVERSIONS[node.conversion], (printable(value),), {})
        spec = self(node.format_spec, frame) if node.format_spec else ""
        if len(spec) > 8:  # noqa: PLR2004 - a width of millions
            raise BeyondError
        return str(natives.called(format, (printable(value), spec), {}))

    def _walrus(self, node: ast.NamedExpr, frame: Frame) -> Any:  # noqa: ANN401 - any value
        frame.names[node.target.id] = value = self(node.value, frame)
        return value

    def _produced(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame) -> Iterator[Any]:
        for inner in self._loops(node.generators, _inner(frame)):
            yield self(node.elt, inner)

    def _dict_comprehension(self, node: ast.DictComp, frame: Frame) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for inner in self._loops(node.generators, _inner(frame)):
            natives.called(found.__setitem__, (self(node.key, inner), self(node.value, inner)), {})
        return found

    def _loops(self, generators: list[ast.comprehension], frame: Frame) -> Iterator[Frame]:
        first, *others = generators
        if first.is_async:
            raise BeyondError
        for item in natives.iterated(self(first.iter, frame)):
            self.machine.step()
            bind(first.target, item, frame)
            if all(self.truth(each, frame) for each in first.ifs):
                yield from self._loops(others, frame) if others else (frame,)

    def _yield(self, node: ast.Yield, frame: Frame) -> None:
        _yielded(frame).append(None if node.value is None else self(node.value, frame))

    def _yield_from(self, node: ast.YieldFrom, frame: Frame) -> None:
        _yielded(frame).extend(natives.iterated(self(node.value, frame)))

    def _await(self, node: ast.Await, frame: Frame) -> Any:  # noqa: ANN401 - any value
        value = self(node.value, frame)
        if isinstance(value, Ignored):
            raise BeyondError
        if not isinstance(value, Coroutine):
            raise RaisedError(TypeError("it cannot be awaited"), is_stated=True)
        return value.run()


def _inner(frame: Frame) -> Frame:
    """Return the frame of a comprehension."""
    return Frame(frame.module, frame, owner=frame.owner, receiver=frame.receiver)


def _yielded(frame: Frame) -> list[Any]:
    """Return the values that the running generator has yielded; a comprehension has no own ones."""
    if frame.yielded is None:
        raise BeyondError
    natives.checked(frame.yielded)
    return frame.yielded


def truth_of(value: Any) -> bool:  # noqa: ANN401 - any value
    """Return whether a value counts as true."""
    if isinstance(value, Ignored):
        raise BeyondError
    return bool(natives.limited(lambda: bool(value)))


def printable(value: Any) -> Any:  # noqa: ANN401 - any value
    """Return a value whose text does not depend on the run, such as an address in memory."""
    is_shown = natives.is_plain(value) or isinstance(value, BaseException) or hasattr(type(value), "special")
    if not is_shown:
        raise BeyondError
    return value


def bind(target: ast.expr, value: Any, frame: Frame) -> None:  # noqa: ANN401 - any value
    """Bind names of a target to a value, or to its items.

    Raises:
        BeyondError: The target is no name.
        RaisedError: The value does not have as many items.
    """
    if isinstance(target, ast.Name):
        frame.names[target.id] = value
        return
    if not isinstance(target, ast.Tuple | ast.List):
        raise BeyondError
    items = list(natives.iterated(value))
    starred = [place for place, each in enumerate(target.elts) if isinstance(each, ast.Starred)]
    if starred:
        (place,) = starred
        after = len(target.elts) - place - 1
        items[place : len(items) - after] = [items[place : len(items) - after]]
    if len(items) != len(target.elts):
        raise RaisedError(ValueError("another number of values"))
    for each, item in zip(target.elts, items, strict=True):
        bind(each.value if isinstance(each, ast.Starred) else each, item, frame)
