"""Actions of a body that its callers or subclasses can notice, as words: `converts path Path`, `base __init__`.

A word consists of the kind of action and its subject, separated by spaces. Words come from syntax only; if it does not
show the action, there is no word. An action of a helper belongs to the helper, and `calls` names the helper.
"""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from docgen.sources.options import ADDING, ENVIRONMENT, options_of, variable_of
from docgen.sources.templates import template
from docgen.sources.trees import last_name

USES: Final = "uses"
"""Attribute of the receiver that is read; `class` for the class of the receiver, `*` if its name is computed."""
ANY: Final = "*"
"""Stands for an attribute whose name is computed."""
OPTIONAL: Final = "optional"
"""Attribute of the receiver that may be missing."""
CALLS: Final = "calls"
"""Function or method of the receiver that is called and may do something on behalf of the body."""
BASE: Final = "base"
"""The body calls the method of the next class that it overrides; `with` if it passes arguments."""
DELEGATES: Final = "delegates"
"""The body only calls the method that it overrides, with its own arguments."""
SETS: Final = "sets"
"""Attribute of the receiver that is assigned."""
HOLDS: Final = "holds"
"""Attribute of the receiver, and the kind of the assigned value: `lambda`, `generator`, `function`, `list`."""
STORES: Final = "stores"
"""Attribute of the receiver, the class that converts the argument (`-`: none), and the parameter: `root Path root`."""
RECEIVES: Final = "receives"
"""A generator uses the values sent to it."""
CHANGES: Final = "changes"
"""Parameter whose object is changed in place."""
CONVERTS: Final = "converts"
"""Parameter, and the class whose instance replaces it: `path Path`; `?` for any other replacement."""
ASKS: Final = "asks"
"""Parameter, and a type that is handled as a special case."""
REPLACES: Final = "replaces"
"""Parameter that is replaced by another value: `none` if it is None, `falsy` if it is false."""
REFUSES: Final = "refuses"
"""Condition on parameters only, for which an error is raised."""
CAUSES: Final = "causes"
"""Error that is raised from another error."""
HIDES: Final = "hides"
"""Error that is raised while another one is handled, which is not its cause."""
GIVES: Final = "arguments"
"""Error, and the number of its positional arguments."""
RISKS: Final = "risks"
"""Parameter that may already cause an error: it is tested, indexed, or passed to a builtin function."""
LENDS: Final = "lends"
"""Parameter that is passed to a method, which may change it."""
COLLECTS: Final = "collects"
"""The name of `**keywords` that are used as a mapping."""
AWAITS: Final = "awaits"
"""A variable of the body whose calls are awaited."""
RUNS: Final = "runs"
"""A variable of the body that is called without awaiting the result."""
CLOSES: Final = "closes"
"""Parameter that is closed, or entered with `with`."""
OPENS: Final = "opens"
"""Parameter that is opened as a file."""
STREAMS: Final = "streams"
"""Parameter that is read or written as an open file."""
LOOP: Final = "loop"
"""A function that needs a running event loop is called, outside a coroutine function."""
ITERATES: Final = "iterates"
"""Parameter that is iterated over."""
PASSES: Final = "passes"
"""Method of the receiver, and a keyword or the number of positional arguments of its call."""
COMPARES: Final = "compares"
"""For an operator, attribute of the other operand."""
RESULT: Final = "result"
"""The result. Its kind follows: `constant`, `key`, `keys`, `tuple`, `own`, `copy`, `item`, `got`, `text`, `view`,
`made`; `object` if every result is the value of a name, attribute or index.
"""

_MUTATORS = frozenset({
    "append", "extend", "insert", "remove", "clear", "sort", "reverse", "update", "setdefault", "popitem", "add",
    "discard", "pop", "appendleft", "popleft", "extendleft", "intersection_update", "difference_update",
})  # fmt: skip
"""Methods of the built-in containers that change them."""
_TAKERS = frozenset({"pop", "get", "setdefault"})
"""Methods of a mapping that concern one key."""
_STREAMED = frozenset({
    "read", "readline", "readlines", "write", "writelines", "seek", "tell", "truncate", "fileno", "readinto",
})  # fmt: skip
"""Methods of open files."""
_READERS = frozenset({"DictReader", "DictWriter", "TextIOWrapper", "dump", "load", "read_file", "reader", "writer"})
"""Last names of functions of the standard library that take an open file."""
_IN_LOOP = frozenset({"asyncio.create_task", "asyncio.current_task", "asyncio.get_running_loop", "asyncio.timeout"})
"""Functions that raise an error if no event loop runs. Source: documentation of `asyncio`."""
_COPIERS = frozenset({"list", "dict", "set", "tuple", "frozenset", "sorted"})
_COMPARISONS = frozenset({"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"})
_VIEWS = frozenset({"keys", "values", "items"})
_HELD: Mapping[type[ast.expr], str] = {
    ast.Lambda: "lambda",
    ast.GeneratorExp: "generator",
    **dict.fromkeys((ast.List, ast.ListComp), "list"),
    **dict.fromkeys((ast.Dict, ast.DictComp), "dict"),
    **dict.fromkeys((ast.Set, ast.SetComp), "set"),
    ast.Tuple: "tuple",
}
_HELD_CALLS: Mapping[str, str] = {
    **{each: each for each in ("list", "dict", "set", "tuple", "frozenset", "deque", "Counter", "OrderedDict")},
    "defaultdict": "defaultdict",
    "sorted": "list",
    **dict.fromkeys(("iter", "map", "filter", "zip", "enumerate", "reversed"), "iterator"),
    **dict.fromkeys(("Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "Event", "Barrier", "local"), ""),
    **dict.fromkeys(("Thread", "Timer", "open", "socket", "Popen", "Queue", "LifoQueue", "PriorityQueue"), ""),
    **dict.fromkeys(("SimpleQueue", "ThreadPoolExecutor", "ProcessPoolExecutor", "ContextVar", "ref", "proxy"), ""),
    **dict.fromkeys(("WeakValueDictionary", "WeakKeyDictionary", "WeakSet", "connect", "import_module"), ""),
}
"""Last name of the called object -> the kind of its result; empty if it depends on the module."""
_KEEPERS = frozenset({"defaultdict", "partial"})
"""Calls whose result stores the passed functions."""
_BUILTINS = frozenset(vars(builtins)) - {"hasattr", "getattr", "callable", "type", "issubclass", "super"}
"""Builtin functions that do no work for a body; the others test an argument."""
_ITERATING = frozenset({"sum", "sorted", "list", "tuple", "set", "frozenset", "any", "all", "enumerate", "map", "zip"})
"""Builtin functions that iterate over an argument."""
_SAFE = frozenset({"len", "str", "repr", "bool", "print", "isinstance", "id", "list", "tuple", "set", "dict", "super"})
_NESTED = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda})
_LEAVES: frozenset[type[ast.AST]] = frozenset({ast.Constant, ast.alias, ast.Import, ast.ImportFrom, ast.Pass})
_LONGEST = 200
"""Characters of a word: what is longer is about more than a report would show."""
_MOST = 500
"""Words of a body: of more, nothing is said."""


def actions_of(node: ast.FunctionDef | ast.AsyncFunctionDef, *, is_method: bool) -> frozenset[str]:
    """Return the actions of the body of a function.

    Parameters:
        node: The function with its body.
        is_method: It is defined in a class.
    """
    try:
        found = frozenset(each for each in _Reader(node, is_method=is_method).words() if len(each) <= _LONGEST)
    except (RecursionError, ValueError):  # Code is nested too deeply, or has more digits than Python prints.
        return frozenset()
    return found if len(found) <= _MOST else frozenset()


class _Reader:
    """Collects the actions of one body; of nested functions, only those on helpers and attributes count."""

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef, *, is_method: bool) -> None:
        arguments = node.args
        taken = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
        is_static = any(last_name(each) == "staticmethod" for each in node.decorator_list)
        self.node = node
        self.receiver = taken.pop(0) if is_method and not is_static and taken else ""
        self.operand = taken[0] if node.name in _COMPARISONS and taken else ""
        self.parameters = {*taken, *(each.arg for each in arguments.kwonlyargs)}
        self.given = self.parameters | {each.arg for each in (arguments.vararg, arguments.kwarg) if each}
        self.keywords = arguments.kwarg.arg if arguments.kwarg else ""
        self.seen_keywords = 0
        self.is_for_others = False  # Further keywords are passed on, or refused.
        self.names_of_keywords: set[str] = set()
        self.receives = 0
        self.awaiting: set[ast.expr] = set()
        self.functions: set[str] = set()
        self.found: set[str] = set()
        self.returned: list[ast.expr | None] = []
        self.visits: Mapping[type[ast.AST], Callable[..., None]] = {
            ast.Call: self.call,
            ast.Await: self.awaited,
            ast.With: self.managed,
            ast.AsyncWith: self.managed,
            ast.Attribute: self.attribute,
            ast.Assign: self.assign,
            ast.AnnAssign: self.assign,
            ast.AugAssign: self.assign,
            ast.Delete: self.delete,
            ast.If: self.branch,
            ast.IfExp: self.choice,
            ast.BoolOp: self.either,
            ast.Raise: self.error,
            ast.Match: self.match,
            ast.Expr: self.statement,
            ast.Yield: self.yielded,
            ast.Try: self.attempt,
            ast.Subscript: self.item,
            ast.Name: self.name,
            ast.Compare: self.compare,
            ast.For: self.loop,
            ast.comprehension: self.loop,
            ast.Return: self.result,
            ast.Dict: self.display,
        }

    def words(self) -> Iterable[str]:
        """Return the words."""
        own: list[ast.AST] = list(reversed(self.node.body))
        inner: list[ast.AST] = []
        passed_over = _LEAVES if self.keywords else _LEAVES | {ast.Name}
        while own:
            each = own.pop()
            if type(each) in _NESTED:
                self.functions.add(getattr(each, "name", ""))
                inner.append(each)
                continue
            visit = self.visits.get(type(each))
            if visit is not None:
                visit(each)
            own += reversed(_children(each, passed_over))
        for each in (node for one in inner for node in ast.walk(one)):
            if isinstance(each, ast.Call):
                self.helper(each)
            elif isinstance(each, ast.Attribute):
                self.attribute(each)
        if self.seen_keywords > 0 and not self.is_for_others:
            self.add(COLLECTS, self.keywords)
        if self.receives > 0:
            self.add(RECEIVES, "values")
        self.found.update(f"{RESULT} {word}" for word in self.results())
        return self.found

    def add(self, sort: str, *parts: str) -> None:
        """Add a word."""
        self.found.add(" ".join((sort, *parts)))

    # -- calls and attributes

    def call(self, node: ast.Call) -> None:
        """Read a call of the body itself."""
        self.helper(node)
        self.passed(node)
        self.used_as_file(node)
        self.run(node)
        if last_name(node.func) in ADDING:
            self.found.update(options_of(node))
        func = node.func
        if isinstance(func, ast.Name):
            self.named(func.id, node)
        if not isinstance(func, ast.Attribute):
            return
        if isinstance(func.value, ast.Name) and func.value.id in self.parameters and func.attr in _MUTATORS:
            self.add(CHANGES, func.value.id)
        if func.attr in _TAKERS:
            self.taken(func.value)
        is_super = isinstance(func.value, ast.Call) and last_name(func.value.func) == "super"
        is_named = bool(node.args) and self.is_receiver(node.args[0]) and isinstance(func.value, ast.Name)
        if func.attr == self.node.name and (is_super or (is_named and not self.is_receiver(func.value))):
            given = node.args[0 if is_super else 1 :]
            self.add(BASE, "with" if given or node.keywords else "alone")
            if self.is_only(node) and self.are_own(given, node.keywords):
                self.add(DELEGATES, "all")

    def run(self, node: ast.Call) -> None:
        """Record a call whose result nothing awaits."""
        if isinstance(node.func, ast.Name) and node not in self.awaiting:
            self.add(RUNS, node.func.id)
        if last_name(node.func) not in _BUILTINS:
            self.awaiting.update(node.args)  # It may await them: `asyncio.wait_for(load(), 3)`.

    def named(self, name: str, node: ast.Call) -> None:
        """Read a call of a function by its name."""
        if not node.args or not self.is_receiver(node.args[0]):
            return
        if name == "type" and len(node.args) == 1:
            self.add(USES, "class")
        elif name in ("getattr", "hasattr") and len(node.args) > 1:
            asked = node.args[1].value if isinstance(node.args[1], ast.Constant) else ANY
            self.add(OPTIONAL, str(asked))
            if name == "getattr":
                self.add(USES, str(asked))

    def is_only(self, call: ast.Call) -> bool:
        """Return True if a call is the whole body, apart from its docstring."""
        first, *others = self.node.body[ast.get_docstring(self.node, clean=False) is not None :]
        value = first.value if isinstance(first, ast.Return | ast.Expr) and not others else None
        return (value.value if isinstance(value, ast.Await) else value) is call

    def are_own(self, given: list[ast.expr], keywords: list[ast.keyword]) -> bool:
        """Return True if the arguments of a call are the parameters of the body."""
        taken = self.node.args
        positional = [each.arg for each in (*taken.posonlyargs, *taken.args)][1:]
        written = [ast.unparse(each) for each in given]
        named = {f"{word.arg or '**'}={ast.unparse(word.value)}" for word in keywords}
        expected = {f"{each.arg}={each.arg}" for each in taken.kwonlyargs}
        expected |= {f"**={taken.kwarg.arg}"} if taken.kwarg else set()
        return written == [*positional, *([f"*{taken.vararg.arg}"] if taken.vararg else [])] and named == expected

    def awaited(self, node: ast.Await) -> None:
        """Record a call whose result is awaited."""
        self.awaiting.add(node.value)
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
            self.add(AWAITS, node.value.func.id)

    def managed(self, node: ast.With | ast.AsyncWith) -> None:
        """Record a parameter that a `with` statement closes."""
        for each in node.items:
            if isinstance(each.context_expr, ast.Name) and each.context_expr.id in self.parameters:
                self.add(CLOSES, each.context_expr.id)

    def used_as_file(self, node: ast.Call) -> None:
        """Record whether a parameter is a path that is opened, or an open file; and the need for an event loop."""
        func = node.func
        first = node.args[0].id if node.args and isinstance(node.args[0], ast.Name) else ""
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
            owner = func.value.id
            if owner in self.parameters and func.attr in _STREAMED:
                self.add(STREAMS, owner)
            elif owner in self.parameters and func.attr == "close":
                self.add(CLOSES, owner)
            elif f"{owner}.{func.attr}" in _IN_LOOP and self.is_certain(node):
                self.add(LOOP, f"{owner}.{func.attr}")
        if last_name(func) in _READERS:
            for each in (one.id for one in node.args if isinstance(one, ast.Name) and one.id in self.parameters):
                self.add(STREAMS, each)
        elif last_name(func) in ("open", "open_text") and first in self.parameters:
            self.add(OPENS, first)

    def is_certain(self, node: ast.Call) -> bool:
        """Return True if each call of a plain function makes this call: no branch, and no `try`, is around it."""
        if isinstance(self.node, ast.AsyncFunctionDef):
            return False
        always = (
            each for each in self.node.body if isinstance(each, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return)
        )
        return any(inner is node for each in always for inner in ast.walk(each))

    def passed(self, node: ast.Call) -> None:
        """Record possible actions of a call on the parameters passed to it."""
        if any(word.arg is None and _is_name(word.value, self.keywords) for word in node.keywords):
            self.is_for_others = True
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if self.keywords and called not in _BUILTINS and any(_is_name(each, self.keywords) for each in node.args):
            self.is_for_others = True
        for each in (one.id for one in node.args if isinstance(one, ast.Name)):
            if called in _ITERATING and each in self.parameters:
                self.add(ITERATES, each)
            if not called and each in self.parameters:
                self.add(LENDS, each)
            if (not called or called in _BUILTINS - _SAFE) and each in self.given:
                self.add(RISKS, each)

    def helper(self, node: ast.Call) -> None:
        """Record the work that a call may do for the body."""
        func = node.func
        if isinstance(func, ast.Name) and func.id not in _BUILTINS:
            self.add(CALLS, func.id)
        elif isinstance(func, ast.Attribute) and self.is_receiver(func.value):
            self.add(CALLS, f"self.{func.attr}")
            if not func.attr.startswith("_") and not any(isinstance(each, ast.Starred) for each in node.args):
                self.add(PASSES, func.attr, str(len(node.args)))
                for word in node.keywords:
                    self.add(PASSES, func.attr, word.arg or "**")

    def attribute(self, node: ast.Attribute) -> None:
        """Read an attribute of the receiver, or of the other operand."""
        if not isinstance(node.value, ast.Name):
            return
        name = node.value.id
        if name == self.receiver and isinstance(node.ctx, ast.Load):
            self.add(USES, "class" if node.attr == "__class__" else node.attr)
        elif name == self.operand and name:
            self.add(COMPARES, node.attr)

    def name(self, node: ast.Name) -> None:
        """Count the uses of `**keywords`; uses of a single one are subtracted later."""
        if self.keywords and node.id == self.keywords:
            self.seen_keywords += 1

    def display(self, node: ast.Dict) -> None:
        """Note that `**keywords` are passed on within a dictionary: `{"name": value, **keywords}`."""
        spread = (value for key, value in zip(node.keys, node.values, strict=True) if key is None)
        if any(_is_name(value, self.keywords) for value in spread):
            self.is_for_others = True

    def taken(self, mapping: ast.expr) -> None:
        """Subtract a use of `**keywords` that concerns a single one."""
        if self.keywords and _is_name(mapping, self.keywords):
            self.seen_keywords -= 1

    def compare(self, node: ast.Compare) -> None:
        """Read a comparison: `"name" in keywords`."""
        if isinstance(node.left, ast.Constant) and isinstance(node.ops[0], ast.In | ast.NotIn):
            self.taken(node.comparators[0])
        if isinstance(node.left, ast.Name) and node.left.id in self.names_of_keywords:
            self.is_for_others = True  # Only certain keywords are meant.

    def statement(self, node: ast.Expr) -> None:
        """Subtract a `yield` whose value is not used."""
        self.receives -= isinstance(node.value, ast.Yield)

    def yielded(self, _: ast.Yield) -> None:
        """Count a `yield`."""
        self.receives += 1

    def loop(self, node: ast.For | ast.comprehension) -> None:
        """Record that a parameter is iterated over, and what the names of `**keywords` are called."""
        iterated = node.iter
        if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Attribute):
            iterated = iterated.func.value
        if self.keywords and _is_name(iterated, self.keywords):
            first = node.target.elts[0] if isinstance(node.target, ast.Tuple) else node.target
            self.names_of_keywords |= {first.id} if isinstance(first, ast.Name) else set()
        if isinstance(node.iter, ast.Name) and node.iter.id in self.parameters:
            self.add(ITERATES, node.iter.id)

    def is_receiver(self, node: ast.expr) -> bool:
        """Return True if an expression is the receiver."""
        return isinstance(node, ast.Name) and bool(self.receiver) and node.id == self.receiver

    # -- assignments

    def assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        """Read an assignment."""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if node.value is not None and _is_name(node.value, self.keywords):
            self.is_for_others = True  # What reads it later decides what its keywords mean.
        for target in (part for each in targets for part in (each.elts if isinstance(each, ast.Tuple) else [each])):
            if isinstance(target, ast.Attribute) and self.is_receiver(target.value):
                if node.value is not None:
                    self.add(SETS, target.attr)
                    if target in targets:
                        self.held(target.attr, node.value)
                        self.stored(target.attr, node.value)
            elif isinstance(target, ast.Subscript):
                self.changed(target)
            elif isinstance(target, ast.Name) and target.id in self.parameters:
                self.converted(target.id, node.value)
                self.parameters.discard(target.id)  # From here on, it is an object of the body.

    def held(self, name: str, value: ast.expr) -> None:
        """Record the kind of a value assigned to an attribute of the receiver."""
        for each in value.values if isinstance(value, ast.BoolOp) else [value]:
            if isinstance(each, ast.Name) and each.id in self.functions:
                self.add(HOLDS, name, "function")
            elif isinstance(each, ast.Call):
                kept = [*each.args, *(word.value for word in each.keywords)]
                if last_name(each.func) in _KEEPERS and any(isinstance(one, ast.Lambda) for one in kept):
                    self.add(HOLDS, name, "lambda")
                elif (called := last_name(each.func)) in _HELD_CALLS:
                    self.add(HOLDS, name, _HELD_CALLS[called] or f"{ast.unparse(each.func)}()")
            elif any(isinstance(one, ast.Lambda) for one in _elements(each)):
                self.add(HOLDS, name, "lambda")
            elif type(each) in _HELD:
                self.add(HOLDS, name, _HELD[type(each)])

    def stored(self, name: str, value: ast.expr) -> None:
        """Record the assignment of an argument, or of a conversion of it, to an attribute of the receiver."""
        given, maker = value, "-"
        if isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
            given, maker = value.args[0], ast.unparse(value.func)
        if isinstance(given, ast.Name) and given.id in self.parameters:
            self.add(STORES, name, maker.replace(" ", ""), given.id)

    def converted(self, name: str, value: ast.expr | None) -> None:
        """Record that a parameter is replaced by a converted value."""
        if isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
            (given,) = value.args
            if isinstance(given, ast.Name) and given.id == name:
                self.add(CONVERTS, name, ast.unparse(value.func))
                return
        self.add(CONVERTS, name, "?")

    def delete(self, node: ast.Delete) -> None:
        """Read a deletion."""
        for each in node.targets:
            if isinstance(each, ast.Subscript):
                self.changed(each)

    def changed(self, target: ast.Subscript) -> None:
        """Record that an item of a parameter is assigned or deleted."""
        if isinstance(target.value, ast.Name) and target.value.id in self.parameters:
            self.add(CHANGES, target.value.id)

    # -- conditions

    def branch(self, node: ast.If) -> None:
        """Read the condition of a statement."""
        self.replaced(node.test)
        is_refusing = isinstance(node.body[-1], ast.Raise)
        if is_refusing and any(_is_name(each, self.keywords) for each in ast.walk(node.test) if self.keywords):
            self.is_for_others = True
        if is_refusing and not node.orelse:
            self.refused(node.test)
        elif not _is_declining(node.body[-1]):
            for name, type_ in _asked(node.test):
                if name in self.given:
                    self.add(ASKS, name, type_)
        test = node.test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Name):
            name = test.operand.id
            if any(isinstance(each, ast.Assign) and _is_name(each.targets[0], name) for each in node.body):
                self.add(REPLACES, name, "falsy")

    def refused(self, test: ast.expr) -> None:
        """Record the arguments for which an error is raised, or that they are tested in some other way."""
        for each in _alternatives(test):
            if self.is_of_parameters(each):
                self.add(REFUSES, ast.unparse(each))
            else:  # Another wording of the condition is no new refusal.
                for name in {one.id for one in ast.walk(each) if isinstance(one, ast.Name)} & self.parameters:
                    self.add(RISKS, name)

    def match(self, node: ast.Match) -> None:
        """Read the classes in the cases of a `match`."""
        name = node.subject.id if isinstance(node.subject, ast.Name) else ""
        for each in (part for case in node.cases for part in ast.walk(case.pattern)):
            if isinstance(each, ast.MatchClass) and name in self.given:
                self.add(ASKS, name, last_name(each.cls))

    def attempt(self, node: ast.Try) -> None:
        """Read a `try` block, because its error may serve to test an argument."""
        if node.handlers:
            self.add(CALLS, "except")
        for each in (one for handler in node.handlers for part in handler.body for one in ast.walk(part)):
            if isinstance(each, ast.Raise) and each.exc is not None and not _is_caused(each):
                self.add(HIDES, last_name(each.exc.func if isinstance(each.exc, ast.Call) else each.exc))

    def item(self, node: ast.Subscript) -> None:
        """Record that a parameter is indexed."""
        if isinstance(node.slice, ast.Constant):
            self.taken(node.value)
            if variable := variable_of(node):
                self.add(ENVIRONMENT, variable)
        if isinstance(node.value, ast.Name) and node.value.id in self.given and isinstance(node.ctx, ast.Load):
            self.add(RISKS, node.value.id)

    def choice(self, node: ast.IfExp) -> None:
        """Read the condition of an expression."""
        self.replaced(node.test)
        for name, type_ in _asked(node.test):
            if name in self.given:
                self.add(ASKS, name, type_)

    def replaced(self, test: ast.expr) -> None:
        """Record that a condition tests whether a parameter is None."""
        match test:
            case ast.Compare(
                left=ast.Name(id=name), ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]
            ):
                self.add(REPLACES, name, "none")

    def either(self, node: ast.BoolOp) -> None:
        """Read `parameter or value`; one empty container is as good as another."""
        first, second = node.values[0], node.values[1]
        is_condition = _is_empty(second) or isinstance(second, ast.Compare | ast.BoolOp | ast.UnaryOp)
        if isinstance(node.op, ast.Or) and isinstance(first, ast.Name) and first.id in self.given and not is_condition:
            self.add(REPLACES, first.id, "falsy")

    def is_of_parameters(self, test: ast.expr) -> bool:
        """Return True if a condition depends only on parameters, and compares their order or counts them."""
        if self.node.name == "__post_init__":  # Its parameters are the fields.
            test = _Fields(self.receiver).visit(copy.deepcopy(test))
            given = {each.id for each in ast.walk(test) if isinstance(each, ast.Name)}
        else:
            given = self.given
        names = {each.id for each in ast.walk(test) if isinstance(each, ast.Name)} - _BUILTINS
        others = any(isinstance(each, ast.Attribute | ast.Subscript) for each in ast.walk(test))
        return bool(names) and names <= given and not others and _is_limit(test)

    # -- errors and results

    def error(self, node: ast.Raise) -> None:
        """Read the raising of an error."""
        if node.exc is None:
            return
        call = node.exc if isinstance(node.exc, ast.Call) else None
        name = last_name(call.func if call else node.exc)
        if _is_caused(node):
            self.add(CAUSES, name)
        if call is not None and not any(isinstance(each, ast.Starred) for each in call.args):
            self.add(GIVES, name, str(len(call.args)))

    def result(self, node: ast.Return) -> None:
        """Record a result."""
        self.returned.append(node.value)

    def results(self) -> Iterator[str]:
        """Yield words for the returned value."""
        values = [each for each in self.returned if each is not None]
        if len(values) != len(self.returned):
            return
        body = self.node.body[1:] if _is_text(self.node.body[0]) else self.node.body
        if len(values) == 1 and len(body) == 1 and isinstance(values[0], ast.Constant):
            yield f"constant {values[0].value!r}"
        if values and all(isinstance(each, ast.Dict) and _has_plain_keys(each) for each in values):
            common = set.intersection(*(set(_keys(each)) for each in values if isinstance(each, ast.Dict)))
            yield from ("keys", *(f"key {each}" for each in common))
        if len(values) == 1:
            yield from self.only_result(values[0])
        if values and all(isinstance(each, ast.Name | ast.Attribute | ast.Subscript) for each in values):
            yield "object"
        for each in values:
            yield from self.place_of(each)
        yield from self.iterated(body, values)

    def only_result(self, value: ast.expr) -> Iterator[str]:
        """Yield words for the one result of a body."""
        if isinstance(value, ast.Tuple) and len(value.elts) > 1:
            yield f"tuple {', '.join(map(ast.unparse, value.elts))}"[:_LONGEST]
        text = template(value)
        if text is not None and len(text) < _LONGEST:
            yield f"text {text}"

    def place_of(self, value: ast.expr) -> Iterator[str]:
        """Yield the origin of a result: an attribute of the receiver, a copy of it, an item, a call."""
        if (name := self.own(value)) is not None:
            yield f"own {name}"
        elif (copied := _copied(value)) is not None and (name := self.own(copied)) is not None:
            yield f"copy {name}"
        elif isinstance(value, ast.Subscript) and not isinstance(value.slice, ast.Slice):
            yield f"item {ast.unparse(value.value)}"
        elif isinstance(value, ast.Call):
            is_own = isinstance(value.func, ast.Call) or (
                isinstance(value.func, ast.Attribute) and value.func.attr == "__class__"
            )
            if isinstance(value.func, ast.Attribute) and value.func.attr == "get" and len(value.args) == 1:
                yield f"got {ast.unparse(value.func.value)}"
            elif isinstance(value.func, ast.Name):
                yield f"made {'class' if self.is_receiver(value.func) else value.func.id}"
            elif is_own and self.receiver and self.receiver in ast.unparse(value.func):
                yield "made class"

    def own(self, value: ast.expr) -> str | None:
        """Return the name of an expression that is an attribute of the receiver, None for any other."""
        is_own = isinstance(value, ast.Attribute) and self.is_receiver(value.value)
        return value.attr if is_own and isinstance(value, ast.Attribute) else None

    def iterated(self, body: Sequence[ast.stmt], values: Sequence[ast.expr]) -> Iterator[str]:
        """Yield the object that the only statement of a body iterates over, and its view."""
        last = body[-1] if body else None
        source: ast.expr | None = None
        if len(values) == 1 and isinstance(values[0], ast.Call) and last_name(values[0].func) == "iter":
            source = values[0].args[0] if values[0].args else None
        elif isinstance(last, ast.Expr) and isinstance(last.value, ast.YieldFrom):
            source = last.value.value
        elif isinstance(last, ast.For) and len(last.body) == 1 and isinstance(last.body[0], ast.Expr):
            given = last.body[0].value
            if isinstance(given, ast.Yield) and given.value is not None:
                source = last.iter if ast.unparse(given.value) == ast.unparse(last.target) else None
        if source is None:
            return
        view = "keys"
        if isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute) and source.func.attr in _VIEWS:
            view, source = source.func.attr, source.func.value
        yield f"view {view} {ast.unparse(source)}"[:_LONGEST]


class _Fields(ast.NodeTransformer):
    """Replaces attributes of a receiver by their names."""

    def __init__(self, receiver: str) -> None:
        self.receiver = receiver

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Return the name of an attribute of the receiver, any other node unchanged."""
        return ast.Name(id=node.attr) if _is_name(node.value, self.receiver) else node


def _children(node: ast.AST, passed_over: frozenset[type[ast.AST]]) -> list[ast.AST]:
    """Return the direct children of a node in order, without some types and without empty ones."""
    found: list[ast.AST] = []
    for field in node._fields:
        value = getattr(node, field, None)
        if type(value) is list:
            found += [each for each in value if isinstance(each, ast.AST) and type(each) not in passed_over]
        elif isinstance(value, ast.AST) and value._fields and type(value) not in passed_over:
            found.append(value)
    return found


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_caused(node: ast.Raise) -> bool:
    """Return True if an error is raised from another one."""
    return node.cause is not None and not (isinstance(node.cause, ast.Constant) and node.cause.value is None)


def _is_declining(node: ast.stmt) -> bool:
    """Return True if a branch ends in a refusal."""
    is_refusal = isinstance(node, ast.Return) and node.value is not None and last_name(node.value) == "NotImplemented"
    return isinstance(node, ast.Raise) or is_refusal


def _elements(value: ast.expr) -> Sequence[ast.expr]:
    if isinstance(value, ast.List | ast.Tuple | ast.Set):
        return value.elts
    return value.values if isinstance(value, ast.Dict) else ()


def _alternatives(test: ast.expr) -> Sequence[ast.expr]:
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else [test]


def _asked(test: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield the parameters whose type a condition tests, with the last name of the type."""
    for each in _alternatives(test):
        match each:
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), types]):
                for one in types.elts if isinstance(types, ast.Tuple) else [types]:
                    yield name, last_name(one)
            case ast.Call(
                func=ast.Name(id="hasattr"), args=[ast.Name(id=name), ast.Constant(value=str() as attribute)]
            ):
                yield name, f".{attribute}"


def _is_limit(test: ast.expr) -> bool:
    """Return True if a condition tests an order, a length, or emptiness."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return isinstance(test.operand, ast.Name)
    if isinstance(test, ast.Compare):
        return all(isinstance(each, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for each in test.ops)
    return False


def _is_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return not value.args and not value.keywords
    return isinstance(value, ast.List | ast.Dict | ast.Tuple | ast.Set) and not _elements(value)


def _has_plain_keys(node: ast.Dict) -> bool:
    return bool(node.keys) and all(isinstance(each, ast.Constant) for each in node.keys)


def _keys(node: ast.Dict) -> Iterator[str]:
    for each in node.keys:
        if isinstance(each, ast.Constant):
            yield repr(each.value)


def _copied(value: ast.expr) -> ast.expr | None:
    """Return the object that an expression copies, None if it is not a copy."""
    if isinstance(value, ast.Call):
        if isinstance(value.func, ast.Name) and value.func.id in _COPIERS and len(value.args) == 1:
            return value.args[0]
        if isinstance(value.func, ast.Attribute) and value.func.attr == "copy" and not value.keywords:
            return value.args[0] if value.args else value.func.value
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
        bounds = (value.slice.lower, value.slice.upper, value.slice.step)
        return value.value if bounds == (None, None, None) else None
    if isinstance(value, ast.List | ast.Set) and len(value.elts) == 1 and isinstance(value.elts[0], ast.Starred):
        return value.elts[0].value
    return value.values[0] if isinstance(value, ast.Dict) and value.keys == [None] else None
