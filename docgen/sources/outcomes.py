"""Determines how calls of a function end, from its statements alone: errors, results, assignments, refusals.

It follows every path through a body once. The value of an expression is a word if its syntax shows it (`[]` is a list,
`self` the receiver), and unknown otherwise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from docgen.sources.trees import code_of, last_name, positional

UNKNOWN: Final = "?"
"""Word for a result that may be anything."""
VALUE: Final = "value"
"""Word for a result that is anything but None."""
MADE: Final = "self()"
"""Word for the result of calling the receiver: for a class method, an instance."""
RETURN: Final = "return"
"""Word for a generator that returns a value (the result of `yield from`)."""
FINALLY: Final = "finally"
"""Word for a generator that cleans up after an error at its `yield`."""
WITH: Final = "with"
"""Word for a generator that yields inside a `with` statement."""
LEFT_OUT: Final = "..."
"""Word for the result of a body that does nothing: `...` or only a docstring; with `None` for `pass`."""
MEMBER: Final = "member "
"""Prefix of the word for a constant of a class, which may be an enumeration; the name of the class follows."""
QUOTIENT: Final = "number or path"
"""Word for the result of `/`, which no string or container supports."""
FUNCTION: Final = "function "
"""Prefix of the word for a function that is defined in the body; its name follows."""

_DISPLAYS: Mapping[type[ast.expr], str] = {
    **dict.fromkeys((ast.List, ast.ListComp), "list"),
    **dict.fromkeys((ast.Dict, ast.DictComp), "dict"),
    **dict.fromkeys((ast.Set, ast.SetComp), "set"),
    **dict.fromkeys((ast.BinOp, ast.Compare, ast.UnaryOp, ast.Lambda), VALUE),
    ast.GeneratorExp: "generator",
    ast.JoinedStr: "str",
}
"""Kind of expression -> word for its value, whatever it contains."""
_CLASSES = (
    *("Counter", "Decimal", "Fraction", "OrderedDict", "Path", "PurePath", "SimpleNamespace", "UUID", "defaultdict"),
    *("deque", "timedelta"),
)
"""Classes of the standard library that modules import by name."""
_RESULTS: Mapping[str, str] = {
    **{each.__name__: each.__name__ for each in (bool, bytes, dict, float, frozenset, int, list, set, str, tuple)},
    **dict.fromkeys(("all", "any", "callable", "hasattr", "isinstance", "issubclass"), "bool"),
    **dict.fromkeys(("ascii", "chr", "format", "repr"), "str"),
    **dict.fromkeys(("hash", "id", "len", "ord"), "int"),
    "sum": "number",
    **{name: name for name in _CLASSES},
    "sorted": "list",
    "open": "file",
    **dict.fromkeys(("enumerate", "filter", "iter", "map", "reversed", "zip"), "iterator"),
}
"""Builtin function -> word for its result."""
_RESULTS_OF_METHODS: Mapping[str, str] = {
    **dict.fromkeys(("items", "keys", "values"), "view"),
    "decode": "str",
    "encode": "bytes",
    **dict.fromkeys(("rsplit", "split", "splitlines"), "list"),
    **dict.fromkeys(("as_posix", "hexdigest", "isoformat", "read_text"), "str"),
    **dict.fromkeys(("digest", "read_bytes"), "bytes"),
    **dict.fromkeys(("endswith", "is_dir", "is_file", "is_absolute", "startswith", "isalnum", "isalpha"), "bool"),
    **dict.fromkeys(("isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric"), "bool"),
    **dict.fromkeys(("isprintable", "isspace", "istitle", "isupper"), "bool"),
    "timestamp": "float",
}
"""Method of a built-in class, whose name other classes hardly use -> word for its result."""
_RESULTS_OF_PATHS = frozenset(
    {"abspath", "basename", "dirname", "expanduser", "join", "normpath", "realpath", "relpath"}
)
"""Functions of `os.path` that return a string for a string."""
_RESULTS_OF_TEXT = {"format": "str", "join": "str"}
_NEVER: Mapping[str, str] = {
    "assert_never": "AssertionError",
    "typing.assert_never": "AssertionError",
    "sys.exit": "SystemExit",
    "os._exit": "SystemExit",
}
"""Function that does not return -> the error that it raises."""
_RAISING = frozenset({"raise_", "raise_from", "raise_from_cause", "raise_with_traceback", "reraise"})
"""Functions, of six, future and many packages, that raise their first argument."""
_LAST_NAMES = frozenset(name.rpartition(".")[2] for name in _NEVER)
_EMPTY = (None, False, 0, "", ())
_COLLECTIONS = frozenset({"dict", "frozenset", "list", "set", "tuple"})
"""Functions that return an empty container if called without arguments."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How calls of a function end."""

    raises: str = ""
    """Last part of the name of the error that every call raises; empty if a call can end differently."""
    tail: str = ""
    """Name of the function that every call calls last; empty if a call can end differently."""
    gives: frozenset[str] = frozenset({UNKNOWN})
    """Words for the results of calls (`None`, `self`, `list`, `tuple[2]`, `function inner`, ...); for a generator,
    those for the values that it yields, and `return` and `finally`.
    """
    errors: frozenset[str] = frozenset()
    """Last parts of the names of the errors that it raises itself."""
    refused: frozenset[str] = frozenset()
    """Parameters, including keywords of `**kwargs`, for which everything but the default is refused."""
    wanted: frozenset[str] = frozenset()
    """Parameters whose default is refused."""
    guards: tuple[tuple[str, ast.expr], ...] = ()
    """(parameter, types): an argument that is not an instance of one of them is refused."""
    handled: frozenset[str] = frozenset()
    """Last parts of the names of the types that it checks its arguments for by `isinstance`."""
    operands: frozenset[str] | None = None
    """For an operator: last parts of the names of the only types that it does not refuse; None if unknown."""
    sets: frozenset[str] = frozenset()
    """Attributes that the receiver has whenever a call ends without an error."""
    calls: frozenset[str] = frozenset()
    """Methods of the receiver that are called whenever a call ends without an error; `super().name` for a base's."""


def outcome_of(node: ast.FunctionDef | ast.AsyncFunctionDef, *, yields: bool) -> Outcome:
    """Return how calls of a function end.

    Parameters:
        node: The definition, including its body.
        yields: Whether the body yields.
    """
    if _is_left_out(node.body):
        is_run = any(isinstance(each, ast.Pass) for each in node.body)
        return Outcome(gives=frozenset({LEFT_OUT, "None"} if is_run else {LEFT_OUT}))
    flow = _Flow(node)
    body = flow.block(node.body)
    if body.end is not None:
        flow.results.append(None)
    flow.settle()
    exits = _joined(body.exits, body.end)
    refused, wanted, guards = _demands(node)
    is_operator = node.name.startswith("__") and len(node.args.args) == 2  # noqa: PLR2004 - receiver and operand
    always = exits.done if exits is not None else set()
    is_raising = exits is None and flow.raised and not yields and not flow.is_endless
    return Outcome(
        raises=flow.raised[-1] if is_raising else "",
        tail=flow.tail(node.body, is_open=body.end is not None),
        gives=frozenset(flow.of_generator(node.body) if yields else flow.words(flow.results)),
        errors=frozenset(filter(None, flow.raised)),
        refused=frozenset(refused),
        wanted=frozenset(wanted),
        guards=tuple(guards.items()),
        handled=frozenset(_handled(node.body)) if is_operator else frozenset(),
        operands=_operands(node.body) if is_operator else None,
        sets=frozenset(each for each in always if not each.endswith("()")),
        calls=frozenset(each.removesuffix("()") for each in always if each.endswith("()")),
    )


@dataclass(kw_only=True)
class _Change:
    """What is different about the receiver after a part of a body, whatever was done before it.

    Combining two changes takes time for the smaller part only, so that a body of any length is followed in linear time.
    """

    done: set[str] = field(default_factory=set)
    """Attributes that are set on every path, and methods that are called on every path, with `()`."""
    undone: set[str] = field(default_factory=set)
    """Attributes that are deleted on some path, and not set after that."""

    def append(self, later: _Change) -> None:
        """Continue with a later change."""
        self.done -= later.undone
        self.done |= later.done
        self.undone |= later.undone
        self.undone -= later.done

    def prepend(self, earlier: _Change) -> None:
        """Begin with an earlier change."""
        done, undone = earlier.done - self.undone, earlier.undone - self.done
        self.done |= done
        self.undone |= undone

    def meet(self, other: _Change) -> None:
        """Keep what the two changes, of paths that join, have in common."""
        self.done &= other.done
        self.undone |= other.undone


@dataclass(frozen=True, kw_only=True)
class _Part:
    """How a part of a body ends."""

    end: _Change | None
    """The change at its end; None if the end is never reached."""
    exits: _Change | None = None
    """What every `return` in it has in common; None if there is none."""


class _Flow:
    """Follows the paths through a body."""

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args
        taken = positional(arguments)
        self.receiver = taken[0].arg if taken else ""
        if node.name == "__new__" and isinstance(node.body[-1], ast.Return):
            made = node.body[-1].value
            self.receiver = made.id if isinstance(made, ast.Name) else self.receiver
        self.results: list[ast.expr | None] = []
        self.raised: list[str] = []
        self.is_endless = False
        """A loop ends only by a return or an error."""
        self.locals: dict[str, ast.expr | str | None] = {}
        """Local name -> the only value that is assigned to it, or the name of a function; None if there are others."""
        self.words_of_locals: dict[str, str] = {}
        """Local name -> word for its value, once the whole body has been followed."""
        for each in (*taken, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if each is not None:
                self.locals[each.arg] = None

    def block(self, body: Sequence[ast.stmt]) -> _Part:
        """Return how a block of statements ends."""
        parts: list[_Part] = []
        for node in body:
            parts.append(self.statement(node))
            if parts[-1].end is None:
                break  # The rest is never reached.
        return _in_a_row(parts)

    def statement(self, node: ast.stmt) -> _Part:  # noqa: PLR0911 - one return a sort
        """Return how a statement ends."""
        if isinstance(node, ast.Return):
            self.results.append(node.value)
            return _Part(end=None, exits=_Change(done=self.called(node.value)))
        if isinstance(node, ast.Raise):
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            self.raised.append(last_name(raised) if raised is not None else "")
            return _Part(end=None)
        if isinstance(node, ast.If):
            return _one_of([self.block(node.body), self.block(node.orelse)])
        if isinstance(node, ast.With | ast.AsyncWith):
            return self.block(node.body)
        if isinstance(node, ast.Try | ast.TryStar):
            return self.tried(node)
        if isinstance(node, ast.Match):
            parts = [self.block(each.body) for each in node.cases]
            return _one_of(parts if _is_exhaustive(node) else [_Part(end=_Change()), *parts])
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            return self.looped(node)
        return _Part(end=self.simple(node))

    def tried(self, node: ast.Try | ast.TryStar) -> _Part:
        """Return how a `try` ends: by the body or a handler, and then by `finally`."""
        body = self.block(node.body)
        body = body if body.end is None else _in_a_row([body, self.block(node.orelse)])
        handled = _one_of([body, *(self.block(each.body) for each in node.handlers)])
        return _in_a_row([handled, self.block(node.finalbody)])

    def looped(self, node: ast.For | ast.AsyncFor | ast.While) -> _Part:
        """Return how a loop ends, which may run zero times, or endlessly."""
        if not isinstance(node, ast.While):
            self.bind(node.target, None)
        body = self.block(node.body)
        is_endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
        if is_endless and not _breaks(node.body):
            self.is_endless = True
            return _Part(end=None, exits=body.exits)
        rest = self.block(node.orelse)
        end = _joined(_Change(), rest.end) if _breaks(node.body) else rest.end
        return _Part(end=end, exits=_joined(body.exits, rest.exits))

    def simple(self, node: ast.stmt) -> _Change | None:
        """Return what a statement without blocks changes; None if it raises an error."""
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self.bind(target, node.value)
            return _Change(done=self.assigned(node.targets) | self.called(node.value))
        if isinstance(node, ast.AnnAssign | ast.AugAssign):
            self.bind(node.target, node.value if isinstance(node, ast.AnnAssign) else None)
            is_done = node.value is not None
            return _Change(done=self.assigned([node.target]) | self.called(node.value) if is_done else set())
        if isinstance(node, ast.Delete):
            return _Change(undone=self.assigned(node.targets))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            known = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None
            self.locals[node.name] = None if node.name in self.locals else known
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self.locals.update((each.asname or each.name, None) for each in node.names)
        elif isinstance(node, ast.Expr):
            error = _error_of(node.value)
            if error:
                self.raised.append(error)
                return None
            return _Change(done=self.called(node.value))
        return _Change()

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        """Record the value that is assigned to a local name."""
        if isinstance(target, ast.Name):
            self.locals[target.id] = None if target.id in self.locals else value
        elif isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple) and _is_parallel(target, value) else ()
            for place, each in enumerate(target.elts):
                self.bind(each, values[place] if values else None)

    def assigned(self, targets: Sequence[ast.expr]) -> set[str]:
        """Return the attributes of the receiver among the targets of an assignment."""
        parts = [part for each in targets for part in (each.elts if isinstance(each, ast.Tuple | ast.List) else [each])]
        return {
            each.attr
            for each in parts
            if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == self.receiver
        }

    def called(self, value: ast.expr | None) -> set[str]:
        """Return the method of the receiver, or of a base, that an expression calls."""
        callee = value.func if isinstance(value, ast.Call) else None
        if not isinstance(callee, ast.Attribute):
            return set()
        if isinstance(callee.value, ast.Name) and callee.value.id == self.receiver:
            return {f"{callee.attr}()"}
        is_super = isinstance(callee.value, ast.Call) and last_name(callee.value.func) == "super"
        return {f"super().{callee.attr}()"} if is_super else set()

    def tail(self, body: Sequence[ast.stmt], *, is_open: bool) -> str:
        """Return the name of the function that every call calls last, empty if there is no such function.

        A method of the receiver is `self.name`, whatever the name of the receiver.
        """
        given = self.results[:-1] if is_open else self.results
        if is_open:
            last = body[-1]
            given = [*given, last.value if isinstance(last, ast.Expr) else None]
        names = {self.callee(each) for each in given}
        return names.pop() if len(names) == 1 else ""

    def callee(self, value: ast.expr | None) -> str:
        """Return the name of the function, or of the method of the receiver, that an expression calls."""
        match value:
            case ast.Call(func=ast.Name(id=name)):
                return name
            case ast.Call(func=ast.Attribute(value=ast.Name(id=receiver), attr=name)) if receiver == self.receiver:
                return f"self.{name}"
        return ""

    # -- values of expressions

    def of_generator(self, body: Sequence[ast.stmt]) -> Iterator[str]:
        """Yield words for the values that a generator yields, whether it returns a value, and whether it cleans up."""
        yield from self.words(_yielded(body))
        if any(each is not None for each in self.results):
            yield RETURN
        if any(_is_protected(each) for each in body):
            yield FINALLY
        if any(_is_managed(each) for each in body):
            yield WITH

    def words(self, values: Sequence[ast.expr | None]) -> Iterator[str]:
        """Yield words for the values of expressions."""
        for value in values:
            if isinstance(value, ast.IfExp):
                yield from self.words([value.body, value.orelse])
            else:
                yield self.word(value)

    def word(self, value: ast.expr | None) -> str:  # noqa: PLR0911 - one return a sort of expression
        """Return the word for the value of an expression."""
        if value is None:
            return "None"
        if isinstance(value, ast.Constant):
            return (
                repr(value.value)
                if value.value is None or isinstance(value.value, bool)
                else type(value.value).__name__
            )
        if isinstance(value, ast.Tuple):
            return "tuple" if any(isinstance(each, ast.Starred) for each in value.elts) else f"tuple[{len(value.elts)}]"
        if _is_truth(value):
            return "bool"
        if isinstance(value, ast.Name):
            return self.name(value.id)
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
            return QUOTIENT
        if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) and value.attr.isupper():
            return f"{MEMBER}{value.value.id}" if value.value.id[:1].isupper() else UNKNOWN
        if isinstance(value, ast.Call):
            is_own = isinstance(value.func, ast.Name) and value.func.id == self.receiver
            return MADE if is_own else _made(value)
        if isinstance(value, ast.BoolOp):
            parts = {self.word(each) for each in value.values}
            return UNKNOWN if parts & {UNKNOWN, "None"} else "bool" if parts <= {"bool", "True", "False"} else VALUE
        return _DISPLAYS.get(type(value), UNKNOWN)

    def settle(self) -> None:
        """Determine the words for all local names, each once and in order, so that no chain of them is followed."""
        for name, value in self.locals.items():
            if isinstance(value, str):
                self.words_of_locals[name] = f"{FUNCTION}{value}"
            elif value is not None and not isinstance(value, ast.Name | ast.IfExp):
                self.words_of_locals[name] = self.word(value)

    def name(self, name: str) -> str:
        """Return the word for the value of a name."""
        if name == self.receiver:
            return "self"
        return self.words_of_locals.get(name, name if name == "NotImplemented" else UNKNOWN)


def _is_truth(value: ast.expr) -> bool:
    """Return True if an expression always gives True or False; other comparisons may give anything."""
    if isinstance(value, ast.Compare):
        return all(isinstance(each, ast.In | ast.NotIn | ast.Is | ast.IsNot) for each in value.ops)
    return isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)


def _is_parallel(target: ast.Tuple | ast.List, value: ast.Tuple) -> bool:
    """Return True if a tuple is assigned element by element: `first, second = set(), []`."""
    starred = (each for each in (*target.elts, *value.elts) if isinstance(each, ast.Starred))
    return len(target.elts) == len(value.elts) and next(starred, None) is None


def _error_of(call: ast.expr) -> str:
    """Return the error that a call raises because its function never returns, empty for any other expression."""
    name = last_name(call.func) if isinstance(call, ast.Call) else ""
    if isinstance(call, ast.Call) and name in _RAISING and call.args:
        made = call.args[0]
        return last_name(made.func if isinstance(made, ast.Call) else made) or "Exception"
    return _NEVER.get(code_of(call.func), "") if isinstance(call, ast.Call) and name in _LAST_NAMES else ""


def _is_left_out(body: Sequence[ast.stmt]) -> bool:
    return all(
        isinstance(each, ast.Pass) or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for each in body
    )


def _made(call: ast.Call) -> str:
    """Return the word for the result of a call."""
    if isinstance(call.func, ast.Attribute) and len(call.args) < 2:  # noqa: PLR2004 - what they may take
        is_of_text = isinstance(call.func.value, ast.Constant) and isinstance(call.func.value.value, str)
        known = _RESULTS_OF_TEXT.get(call.func.attr) if is_of_text else _RESULTS_OF_METHODS.get(call.func.attr)
        if known is not None:
            return known
    match call.func:
        case ast.Name(id=name):
            return _RESULTS.get(name, UNKNOWN)
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="os"), attr="path"), attr=name):
            return "str" if name in _RESULTS_OF_PATHS else UNKNOWN
    return VALUE if last_name(call.func) == "__new__" else UNKNOWN


def _joined(*changes: _Change | None) -> _Change | None:
    """Return what changes on all of several paths that join; None if none of them reaches the join.

    The first change that is given is the one that is returned, so that it is not copied.
    """
    found = [each for each in changes if each is not None]
    for other in found[1:]:
        found[0].meet(other)
    return found[0] if found else None


def _one_of(parts: Sequence[_Part]) -> _Part:
    """Return how parts end of which one is run."""
    return _Part(end=_joined(*(each.end for each in parts)), exits=_joined(*(each.exits for each in parts)))


def _in_a_row(parts: Sequence[_Part]) -> _Part:
    """Return how parts end that are run one after the other."""
    end: _Change | None = _Change()
    exits: _Change | None = None
    for part in parts:
        if end is None or part.end is None:
            end = None
        else:
            end.append(part.end)
    for part in reversed(parts):  # From the end, so that what came before is added once and not for each exit.
        if exits is not None and part.end is not None:
            exits.prepend(part.end)
        exits = _joined(exits, part.exits)
    return _Part(end=end, exits=exits)


def _is_exhaustive(node: ast.Match) -> bool:
    last = node.cases[-1]
    return last.guard is None and isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None


def _breaks(body: Sequence[ast.stmt]) -> bool:
    """Return True if a loop may be left by `break`."""
    for node in body:
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            continue  # It has its own.
        if any(_breaks(each) for each in _inner(node)):
            return True
    return False


def _inner(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for block in ("body", "orelse", "finalbody"):
        yield getattr(node, block, [])
    for each in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield each.body


def _yielded(body: Sequence[ast.stmt]) -> list[ast.expr | None]:
    """Return the expressions that a body itself yields; `yield from` counts as an unknown expression."""
    found: list[ast.expr | None] = []
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Yield):
            found.append(node.value)
        elif isinstance(node, ast.YieldFrom):
            found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            pending += ast.iter_child_nodes(node)
    return found


def _is_managed(node: ast.stmt) -> bool:
    """Return True if a statement yields inside a `with` statement."""
    if isinstance(node, ast.With | ast.AsyncWith) and _yielded(node.body):
        return True
    return any(_is_managed(each) for block in _inner(node) for each in block)


def _is_protected(node: ast.stmt) -> bool:
    """Return True if a statement has a `yield` inside a `try` with a `finally`."""
    if isinstance(node, ast.Try) and node.finalbody and _yielded(node.body):
        return True
    return any(_is_protected(each) for block in _inner(node) for each in block)


# -- arguments that are refused


def _demands(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[set[str], set[str], dict[str, ast.expr]]:
    """Return the arguments that a body refuses by raising an error before any other use of them.

    Returns:
        Parameters that accept only their default, parameters whose default is refused, and the types that are accepted
        for a parameter.
    """
    defaults = _defaults(node.args)
    refused: set[str] = set()
    wanted: set[str] = set()
    guards: dict[str, ast.expr] = {}
    replaced: set[str] = set()
    for each in node.body:
        if isinstance(each, ast.Return):
            break
        if isinstance(each, ast.Assert):
            wanted.update({name for name in _asserted(each.test, defaults) if name not in replaced})
        if isinstance(each, ast.If) and isinstance(each.body[-1], ast.Raise) and not each.orelse:
            for name, is_default in _tested(each.test, defaults):
                (wanted if is_default else refused).update({name} - replaced)
            guards.update((name, types) for name, types in _guarded(each.test) if name not in replaced)
        names = (inner for inner in ast.walk(each) if isinstance(inner, ast.Name))
        replaced.update(name.id for name in names if isinstance(name.ctx, ast.Store))
    return refused - wanted, wanted - refused, guards


def _asserted(test: ast.expr, defaults: Mapping[str, ast.expr | None]) -> Iterator[str]:
    """Yield the parameters whose default, which is None, fails an assertion, so that callers have to give them."""
    for each in test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]:
        match each:
            case (
                ast.Call(func=ast.Name(id="isinstance" | "callable"), args=[ast.Name(id=name), *_])
                | ast.Compare(left=ast.Name(id=name), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)])
                | ast.Name(id=name)
            ) if isinstance(default := defaults.get(name), ast.Constant) and default.value is None:
                yield name


def _guarded(test: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield name and types of `not isinstance(name, types)`."""
    call = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else None
    match call:
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), types]):
            yield name, types


def _operands(body: Sequence[ast.stmt]) -> frozenset[str] | None:
    """Return the types of `if not isinstance(other, types): return NotImplemented` at the beginning of a body."""
    for each in body:
        if isinstance(each, ast.If) and isinstance(each.body[-1], ast.Return):
            value = each.body[-1].value
            if value is not None and last_name(value) == "NotImplemented":
                return frozenset(name for _, types in _guarded(each.test) for name in _last_names(types)) or None
    return None


def _handled(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the types that a body checks for by `isinstance`."""
    for node in (each for statement in body for each in ast.walk(statement)):
        if isinstance(node, ast.Call) and last_name(node.func) == "isinstance" and len(node.args) == 2:  # noqa: PLR2004 - its arguments
            yield from _last_names(node.args[1])


def _last_names(types: ast.expr) -> Iterator[str]:
    for each in types.elts if isinstance(types, ast.Tuple) else [types]:
        yield last_name(each)


def _defaults(arguments: ast.arguments) -> Mapping[str, ast.expr | None]:
    """Return the default of each parameter that has one; None for variadic ones."""
    taken = positional(arguments)
    found: dict[str, ast.expr | None] = dict(
        zip(
            (each.arg for each in taken[len(taken) - len(arguments.defaults) :]),
            arguments.defaults,
            strict=True,
        )
    )
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    found.update((each.arg, default) for each, default in pairs if default is not None)
    found.update((each.arg, None) for each in (arguments.vararg, arguments.kwarg) if each is not None)
    return found


def _tested(test: ast.expr, defaults: Mapping[str, ast.expr | None]) -> Iterator[tuple[str, bool]]:
    """Yield the parameters that alone can make a condition true, each with whether the default does."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        for each in test.values:
            yield from _tested(each, defaults)
    elif isinstance(test, ast.Name) and test.id in defaults and _is_empty(defaults[test.id]):
        yield test.id, False
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Name):
        name = test.operand.id
        if defaults.get(name) is not None and _is_empty(defaults[name]):
            yield name, True
    elif isinstance(test, ast.Compare):
        yield from _compared(test, defaults)


def _compared(test: ast.Compare, defaults: Mapping[str, ast.expr | None]) -> Iterator[tuple[str, bool]]:
    left, operator, right = test.left, test.ops[0], test.comparators[0]
    if isinstance(left, ast.Name) and isinstance(operator, ast.Is | ast.IsNot):
        default = defaults.get(left.id)
        if default is not None and code_of(default) == code_of(right):
            yield left.id, isinstance(operator, ast.Is)
    elif isinstance(left, ast.Constant) and isinstance(left.value, str) and isinstance(operator, ast.In):
        is_taken = isinstance(right, ast.Name) and right.id in defaults and defaults[right.id] is None
        yield from [(left.value, False)] if is_taken else []


def _is_empty(default: ast.expr | None) -> bool:
    """Return True if a condition on a single parameter is false for its default."""
    if default is None:
        return True
    if isinstance(default, ast.Constant):
        return default.value in _EMPTY
    if isinstance(default, ast.Call):
        return last_name(default.func) in _COLLECTIONS and not default.args and not default.keywords
    return isinstance(default, ast.Tuple | ast.List | ast.Dict) and not code_of(default)[1:-1]
