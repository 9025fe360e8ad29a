"""Runs the statements of a trial: calls of functions, classes and objects of the package."""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from docgen.trials import natives
from docgen.trials.classes import Attributes, Classes
from docgen.trials.expressions import IN_PLACE, Expressions, bind, truth_of
from docgen.trials.program import Module, Program
from docgen.trials.things import (
    MISSING,
    BeyondError,
    Bound,
    Closure,
    Coroutine,
    Frame,
    Ignored,
    Klass,
    Library,
    Method,
    Named,
    RaisedError,
    Super,
)

MOST_STEPS = 4_000
"""Steps of one trial: expressions, statements, items of loops."""
_DEEPEST = 15
"""Calls inside each other."""
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_OWN_FUNCTIONS = frozenset({"isinstance", "issubclass", "hasattr", "getattr", "setattr", "type", "vars", "id", "print"})


class _ReturnedError(Exception):
    """A `return` statement."""

    def __init__(self, value: Any) -> None:  # noqa: ANN401 - any value
        super().__init__()
        self.value = value


class _BrokenError(Exception):
    """A `break` statement."""


class _ContinuedError(Exception):
    """A `continue` statement."""


class Machine:
    """Runs code of a package for one trial; a new one starts with unchanged modules.

    Parameters:
        program: The sources.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.steps = 0
        self.depth = 0
        self.modules: dict[str, Frame] = {}
        self.pending: set[tuple[str, str]] = set()
        self.classes = Classes(self)
        self.attributes = Attributes(self)
        self.evaluate = Expressions(self)
        self.by_type: Mapping[type[ast.stmt], Callable[[Any, Frame], Any]] = {
            ast.Expr: lambda node, frame: self.evaluate(node.value, frame),
            ast.Pass: lambda _, __: None,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Delete: self._delete,
            ast.Return: self._return,
            ast.Raise: self._raise,
            ast.Assert: self._assert,
            ast.If: lambda node, frame: self.block(
                node.body if self.evaluate.truth(node.test, frame) else node.orelse, frame
            ),
            ast.For: self._for,
            ast.While: self._while,
            ast.Break: self._break,
            ast.Continue: self._continue,
            ast.Try: self._try,
            ast.With: self._with,
            ast.Match: self._match,
            ast.FunctionDef: lambda node, frame: frame.names.update({node.name: self.function(node, frame)}),
            ast.AsyncFunctionDef: lambda node, frame: frame.names.update({node.name: self.function(node, frame)}),
            ast.ClassDef: lambda node, frame: frame.names.update({node.name: self.classes.define(node, frame)}),
            ast.Import: self._import,
            ast.ImportFrom: self._import,
            ast.Nonlocal: self._beyond,
            ast.Global: self._beyond,
        }

    # -- names

    def step(self) -> None:
        """Count a step.

        Raises:
            BeyondError: There were too many.
        """
        self.steps += 1
        self.program.steps -= 1
        if self.steps > MOST_STEPS or self.program.steps < 0:
            raise BeyondError

    def lookup(self, name: str, frame: Frame) -> Any:  # noqa: ANN401 - any value
        """Return the value of a name."""
        if name == "super":
            while frame.owner is None and frame.outer is not None:
                frame = frame.outer
            return Super(frame.owner, frame.receiver) if frame.owner else self._beyond()
        inner: Frame | None = frame
        while inner is not None:
            if name in inner.names:
                return inner.names[name]
            inner = inner.outer
        return self.global_(frame.module, name)

    def global_(self, module: str, name: str) -> Any:  # noqa: ANN401 - any value
        """Return the value of a name of a module, or of a builtin."""
        found = self.program.module(module)
        frame = self.modules.setdefault(module, Frame(module))
        if name in frame.names:
            return frame.names[name]
        binding = found.bindings.get(name) if found else None
        if found is None or binding is None:
            is_bound = found is None or name in found.all_names
            if is_bound or (name not in natives.BUILTINS and name not in _OWN_FUNCTIONS):
                raise BeyondError
            return natives.BUILTINS.get(name, getattr(builtins, name, MISSING))
        if (module, name) in self.pending:
            raise BeyondError
        self.pending.add((module, name))
        frame.names[name] = value = self._bound(binding, name, found, frame)
        self.pending.discard((module, name))
        return value

    def _bound(self, binding: ast.stmt | ast.alias, name: str, module: Module, frame: Frame) -> Any:  # noqa: ANN401 - any
        """Return the value that a statement of a module binds a name to."""
        if isinstance(binding, ast.alias):
            return self.imported(*module.imports[name])
        if isinstance(binding, _FUNCTIONS):
            return self.function(binding, frame)
        if isinstance(binding, ast.ClassDef):
            return self.classes.define(binding, frame)
        if isinstance(binding, ast.Assign | ast.AnnAssign) and binding.value is not None:
            value = self.evaluate(binding.value, frame)
            if isinstance(value, list | dict | set) and not value:
                return Ignored()  # Other code fills it.
            inner = Frame(frame.module)
            bind(binding.targets[0] if isinstance(binding, ast.Assign) else binding.target, value, inner)
            return inner.names[name]
        raise BeyondError

    def imported(self, module: str, name: str) -> Any:  # noqa: ANN401 - any value
        """Return a name of another module."""
        if self.program.has(module) and name:
            if self.program.module(f"{module}.{name}") is not None:
                raise BeyondError
            return self.global_(module, name)
        if module in natives.IGNORED:
            return Ignored()
        if not name:
            return Library(module)
        return self.of_library(module, name)

    def of_library(self, module: str, name: str) -> Any:  # noqa: ANN401 - any value
        """Return a name of the standard library."""
        if module in natives.IGNORED:
            return Ignored()
        known = natives.MODULES.get(module, {})
        if name in known:
            return known[name]
        path = f"{module}.{name}"
        if path in natives.PASSING or path in Classes.BASES or path in Attributes.ACCESSORS:
            return Named(path)
        raise BeyondError

    # -- functions

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame, owner: Klass | None = None) -> Any:  # noqa: ANN401 - any
        """Return the object that a definition binds to its name, decorators applied."""
        self.step()
        made: Any = self._closure(node.name, node.args, node.body, frame)
        made.owner = owner
        made.is_async = isinstance(node, ast.AsyncFunctionDef)
        made.is_generator = self.program.is_yielding(node)
        for each in reversed(node.decorator_list):
            made = self.decorated(each, made, frame)
        return made

    def closure(self, node: ast.Lambda, frame: Frame) -> Closure:
        """Return the function that a lambda expression creates."""
        return self._closure("<lambda>", node.args, node.body, frame)

    def _closure(self, name: str, arguments: ast.arguments, body: list[ast.stmt] | ast.expr, frame: Frame) -> Closure:
        taken = [*arguments.posonlyargs, *arguments.args]
        last = taken[len(taken) - len(arguments.defaults) :]
        pairs = [
            *zip(last, arguments.defaults, strict=True),
            *((each, value) for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value),
        ]
        defaults = {each.arg: self.evaluate(value, frame) for each, value in pairs}
        return Closure(name=name, arguments=arguments, body=body, frame=frame, defaults=defaults, run=self.run)

    def decorated(self, decorator: ast.expr, made: Any, frame: Frame) -> Any:  # noqa: ANN401 - any value
        """Return what a decorator makes of a function."""
        if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter", "getter"):
            accessor = self.evaluate(decorator.value, frame)
            return self.attributes.with_setter(accessor, made) if decorator.attr == "setter" else accessor
        name = decorator.id if isinstance(decorator, ast.Name) else ""
        if name in Attributes.ACCESSORS and name not in frame.names:
            return self.attributes.accessor(name, made)
        function = self.evaluate(decorator.func if isinstance(decorator, ast.Call) else decorator, frame)
        if isinstance(function, Named):
            if function.path in natives.PASSING:
                return made
            return self.attributes.accessor(function.path, made)
        if isinstance(decorator, ast.Call):
            function = self.evaluate(decorator, frame)
        return self.call(function, (made,), {}, frame)

    def call(self, function: Any, args: tuple[Any, ...], keywords: dict[str, Any], frame: Frame) -> Any:  # noqa: ANN401 - any
        """Return the result of a call.

        Raises:
            BeyondError: What it does is unknown.
            RaisedError: It raises an error.
        """
        self.step()
        own = MISSING if keywords else self.attributes.own(function, args)
        if own is not MISSING:
            return own
        if isinstance(function, Closure):
            return self.run(function, args, keywords)
        if isinstance(function, Bound):
            return self.call(function.function, (function.receiver, *args), keywords, frame)
        if isinstance(function, Method):
            return natives.method_called(function.owner, function.name, args, keywords)
        if isinstance(function, Named):
            return self._of_library(function, args)
        if isinstance(function, type) and not self._is_known(function):
            raise BeyondError
        if not callable(function):
            raise RaisedError(TypeError("it cannot be called")) if natives.is_plain(function) else BeyondError
        if function in (str, repr, format, ascii) and args:
            self.attributes.check_printable(args[0])
        return natives.called(function, args, keywords)

    @staticmethod
    def _is_known(type_: type) -> bool:
        return type_ in natives.PLAIN or issubclass(type_, BaseException) or type_ is object

    def _of_library(self, function: Named, args: tuple[Any, ...]) -> Any:  # noqa: ANN401 - any value
        """Return the result of a decorator of the standard library that is called like a function."""
        if function.path == "functools.wraps":
            return lambda made: made
        if function.path in natives.PASSING and len(args) == 1 and isinstance(args[0], Closure):
            return args[0]
        raise BeyondError

    def run(self, closure: Closure, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any value
        """Return the result of calling a function of the package."""
        names = _taken(closure, args, keywords)
        receiver = args[0] if args else None
        frame = Frame(closure.frame.module, closure.frame, names, owner=closure.owner, receiver=receiver)
        if closure.is_async:
            if closure.is_generator:
                raise BeyondError
            return Coroutine(lambda: self._body(closure, frame))
        return self._body(closure, frame)

    def _body(self, closure: Closure, frame: Frame) -> Any:  # noqa: ANN401 - any value
        self.depth += 1
        if self.depth > _DEEPEST:
            raise BeyondError
        try:
            if isinstance(closure.body, ast.expr):
                return self.evaluate(closure.body, frame)
            frame.yielded = [] if closure.is_generator else None
            self.block(closure.body, frame)
        except _ReturnedError as returned:
            return iter(frame.yielded) if frame.yielded is not None else returned.value
        finally:
            self.depth -= 1
        return iter(frame.yielded) if frame.yielded is not None else None

    # -- statements

    def block(self, body: Sequence[ast.stmt], frame: Frame) -> None:
        """Run statements."""
        for node in body:
            self.step()
            run = self.by_type.get(type(node))
            if run is None:
                raise BeyondError
            run(node, frame)

    def store(self, target: ast.expr, value: Any, frame: Frame) -> None:  # noqa: ANN401 - any value
        """Assign a value to a target."""
        if isinstance(target, ast.Attribute):
            self.attributes.assign(self.evaluate(target.value, frame), target.attr, value)
        elif isinstance(target, ast.Subscript):
            owner, index = self.evaluate(target.value, frame), self.evaluate(target.slice, frame)
            if not isinstance(owner, Ignored):
                natives.limited(partial(operator.setitem, owner, index, value))
        elif isinstance(target, ast.Tuple | ast.List) and any(
            isinstance(each, ast.Attribute | ast.Subscript) for each in target.elts
        ):
            items = list(natives.iterated(value))
            if len(items) != len(target.elts):
                raise RaisedError(ValueError("another number of values"))
            for each, item in zip(target.elts, items, strict=True):
                self.store(each, item, frame)
        else:
            bind(target, value, frame)

    def _assign(self, node: ast.Assign, frame: Frame) -> None:
        value = self.evaluate(node.value, frame)
        for each in node.targets:
            self.store(each, value, frame)

    def _annotated(self, node: ast.AnnAssign, frame: Frame) -> None:
        if node.value is not None:
            self.store(node.target, self.evaluate(node.value, frame), frame)

    def _augmented(self, node: ast.AugAssign, frame: Frame) -> None:
        reading = ast.copy_location(_as_read(node.target), node)
        operation = IN_PLACE.get(type(node.op))
        if operation is None:
            self.store(node.target, self.evaluate(ast.BinOp(reading, node.op, node.value), frame), frame)
            return
        value = natives.operated(operation, self.evaluate(reading, frame), self.evaluate(node.value, frame))
        self.store(node.target, value, frame)

    def _delete(self, node: ast.Delete, frame: Frame) -> None:
        for each in node.targets:
            if isinstance(each, ast.Subscript):
                owner, index = self.evaluate(each.value, frame), self.evaluate(each.slice, frame)
                natives.limited(partial(operator.delitem, owner, index))
            elif isinstance(each, ast.Name) and each.id in frame.names:
                del frame.names[each.id]
            else:
                raise BeyondError

    def _return(self, node: ast.Return, frame: Frame) -> None:
        raise _ReturnedError(None if node.value is None else self.evaluate(node.value, frame))

    def _raise(self, node: ast.Raise, frame: Frame) -> None:
        if node.exc is None:
            caught = self.lookup("<caught>", frame)
            raise RaisedError(caught, is_stated=True)
        error = self.evaluate(node.exc, frame)
        if isinstance(error, Klass) or (isinstance(error, type) and issubclass(error, BaseException)):
            error = self.call(error, (), {}, frame)
        raise RaisedError(error, is_stated=True)

    def _assert(self, node: ast.Assert, frame: Frame) -> None:
        if not self.evaluate.truth(node.test, frame):
            raise RaisedError(AssertionError(), is_stated=True)

    def _for(self, node: ast.For, frame: Frame) -> None:
        for item in natives.iterated(self.evaluate(node.iter, frame)):
            self.step()
            self.store(node.target, item, frame)
            try:
                self.block(node.body, frame)
            except _BrokenError:
                return
            except _ContinuedError:
                continue
        self.block(node.orelse, frame)

    def _while(self, node: ast.While, frame: Frame) -> None:
        while self.evaluate.truth(node.test, frame):
            try:
                self.block(node.body, frame)
            except _BrokenError:
                return
            except _ContinuedError:
                continue
        self.block(node.orelse, frame)

    def _break(self, _: ast.Break, __: Frame) -> None:
        raise _BrokenError

    def _continue(self, _: ast.Continue, __: Frame) -> None:
        raise _ContinuedError

    def _try(self, node: ast.Try, frame: Frame) -> None:
        try:
            try:
                self.block(node.body, frame)
            except RaisedError as raised:
                self._handled(node.handlers, raised, frame)
            else:
                self.block(node.orelse, frame)
        finally:
            if self.steps <= MOST_STEPS:
                self.block(node.finalbody, frame)

    def _handled(self, handlers: list[ast.ExceptHandler], raised: RaisedError, frame: Frame) -> None:
        for each in handlers:
            if each.type is None or natives.is_instance(raised.error, self.evaluate(each.type, frame)):
                before = frame.names.get("<caught>", MISSING)
                frame.names["<caught>"] = raised.error
                if each.name:
                    frame.names[each.name] = raised.error
                self.block(each.body, frame)
                frame.names["<caught>"] = before
                return
        raise raised

    def _with(self, node: ast.With, frame: Frame) -> None:
        first, *others = node.items
        manager = self.evaluate(first.context_expr, frame)
        entered = self.call(self.attribute(manager, "__enter__"), (), {}, frame)
        if first.optional_vars is not None:
            self.store(first.optional_vars, entered, frame)
        leave = self.attribute(manager, "__exit__")
        body: list[ast.stmt] = [ast.With(others, node.body)] if others else node.body
        try:
            self.block(body, frame)
        except RaisedError as raised:
            if not truth_of(self.call(leave, (None, raised.error, None), {}, frame)):
                raise
        except (_ReturnedError, _BrokenError, _ContinuedError):
            self.call(leave, (None, None, None), {}, frame)
            raise
        else:
            self.call(leave, (None, None, None), {}, frame)

    def _match(self, node: ast.Match, frame: Frame) -> None:
        subject = self.evaluate(node.subject, frame)
        for each in node.cases:
            is_match = self._matches(each.pattern, subject, frame)
            if is_match and (each.guard is None or self.evaluate.truth(each.guard, frame)):
                self.block(each.body, frame)
                return

    def _matches(self, pattern: ast.pattern, value: Any, frame: Frame) -> bool:  # noqa: ANN401 - any value
        """Return True if a value matches a pattern; binds the names in it."""
        if isinstance(pattern, ast.MatchValue):
            wanted = self.evaluate(pattern.value, frame)
            return truth_of(natives.limited(lambda: value == wanted))
        if isinstance(pattern, ast.MatchSingleton):
            return value is pattern.value
        if isinstance(pattern, ast.MatchOr):
            return any(self._matches(each, value, frame) for each in pattern.patterns)
        if isinstance(pattern, ast.MatchAs):
            if pattern.pattern is not None and not self._matches(pattern.pattern, value, frame):
                return False
            if pattern.name:
                frame.names[pattern.name] = value
            return True
        if isinstance(pattern, ast.MatchClass) and not (pattern.patterns or pattern.kwd_patterns):
            return natives.is_instance(value, self.evaluate(pattern.cls, frame))
        raise BeyondError

    def _import(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
        module = self.program.module(frame.module)
        if module is None:
            raise BeyondError
        for name, target in Module(frame.module, ast.Module([node], []), is_package=module.is_package).imports.items():
            frame.names[name] = self.imported(*target)

    # -- attributes

    def attribute(self, owner: Any, name: str) -> Any:  # noqa: ANN401 - any value
        """Return an attribute of a value."""
        if isinstance(owner, Library):
            return self.of_library(owner.name, name)
        if natives.is_plain(owner) or isinstance(owner, str | bytes):
            if name.startswith("_") or not hasattr(owner, name):
                raise BeyondError if name.startswith("_") else RaisedError(AttributeError(name))
            value = getattr(owner, name)
            return Method(owner, name, natives.method_called) if callable(value) else value
        return self.attributes.get(owner, name)

    def _beyond(self, *_: Any) -> Any:  # noqa: ANN401 - it never returns
        raise BeyondError


def _as_read(target: ast.expr) -> ast.expr:
    """Return the target of an assignment as an expression that reads it."""
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    if isinstance(target, ast.Subscript):
        return ast.Subscript(target.value, target.slice, ast.Load())
    raise BeyondError


def _taken(closure: Closure, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a function with their values.

    Raises:
        RaisedError: The function does not accept the arguments.
    """
    arguments = closure.arguments
    positional = [*arguments.posonlyargs, *arguments.args]
    names: dict[str, Any] = {each.arg: value for each, value in zip(positional, args, strict=False)}
    if len(args) > len(positional) and arguments.vararg is None:
        raise RaisedError(TypeError("too many arguments"))
    if arguments.vararg is not None:
        names[arguments.vararg.arg] = args[len(positional) :]
    by_name = {each.arg for each in (*arguments.args, *arguments.kwonlyargs)}
    others: dict[str, Any] = {}
    for name, value in keywords.items():
        if name in by_name and name not in names:
            names[name] = value
        elif arguments.kwarg is not None and name not in by_name:
            others[name] = value
        else:
            raise RaisedError(TypeError(f"unexpected {name}"))
    if arguments.kwarg is not None:
        names[arguments.kwarg.arg] = others
    for each in (*positional, *arguments.kwonlyargs):
        if each.arg not in names:
            if each.arg not in closure.defaults:
                raise RaisedError(TypeError(f"missing {each.arg}"))
            names[each.arg] = closure.defaults[each.arg]
    return names
