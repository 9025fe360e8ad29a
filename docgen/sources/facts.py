"""Facts of a module besides the names that it binds, which are read before function bodies are dropped.

These are: whether a body yields, what methods assign to their receiver, which keywords a function reads from its
`**kwargs`, under which condition a statement runs, and the comment on an assignment. They follow from the syntax alone;
nothing is evaluated.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from docgen.findings import writable
from docgen.sources.actions import actions_of
from docgen.sources.askers import Asker, asker_of
from docgen.sources.outcomes import Outcome, outcome_of
from docgen.sources.trees import blocks, code_of, is_name, last_name, positional

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
"""Nodes with a body of their own: a `yield` in it does not belong to the enclosing function."""
_ASSIGNMENTS = ast.Assign | ast.AnnAssign
_COMMENT = "#:"
_INNER_IMPORT = re.compile(r"^[ \t]+(?:import|from)[ \t]+(\w+)", re.MULTILINE)


class Note(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The description of an assignment: the string below it, or the `#:` comments above or beside it."""

    text: str
    """The text without indentation and comment signs."""
    line: int


class AttributeAssignment(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The first assignment of one attribute in a method: `self.name: annotation = value`."""

    name: str
    annotation: ast.expr | None
    value: ast.expr | None
    """None if it is one of several targets, or the target of a loop."""
    node: ast.stmt
    note: Note | None = None
    is_rebound: bool = False
    """The value is a name that the method also assigns to."""


class Keyword(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A keyword that a function reads from its `**kwargs`."""

    name: str
    default: ast.expr | None
    """The default of `pop` or `get`; None if there is none, or the keyword is required."""
    is_required: bool
    """`kwargs["name"]` or `kwargs.pop("name")`, and no other access."""
    is_taken_out: bool
    """`kwargs.pop("name")`, so it is not passed on with the other keywords."""
    line: int


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of a function body."""

    is_generator: bool = False
    """It contains a `yield` of its own; such a coroutine function is an asynchronous generator."""
    assigned: tuple[AttributeAssignment, ...] = ()
    """Assignments to attributes of its first parameter, in order, each once."""
    keywords: tuple[Keyword, ...] = ()
    """Keywords that it reads from its `**kwargs`, in order, each once."""
    passes_keywords: bool = False
    """It passes its `**kwargs` on."""
    listed: tuple[ast.expr, ...] = ()
    """The names that it adds to the `__all__` of its module, in terms of its parameters."""
    lists_argument: bool = False
    """It adds the name of its first argument (as a decorator, the decorated object) to the `__all__` of its module."""
    changes_class: bool = False
    """It assigns another class to an object: `module.__class__ = Lazy`."""
    outcome: Outcome = Outcome()
    """How its calls end."""
    actions: frozenset[str] = frozenset()
    """Effects that users may notice, as words."""
    asker: Asker | None = None
    """How it treats the requested name; None if it is not a module `__getattr__`."""


_NOTHING = Body()


class Facts(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The facts of one module, by node."""

    bodies: Mapping[ast.AST, Body] = msgspec.field(default_factory=dict)
    conditions: Mapping[ast.AST, str] = msgspec.field(default_factory=dict)
    notes: Mapping[ast.AST, Note] = msgspec.field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    """Distributions apart from the standard library that the module cannot be imported without, by their modules."""
    tried: frozenset[str] = frozenset()
    """Modules that it imports in functions, or in a `try` or `if`."""
    registered: tuple[tuple[ast.expr, ast.expr | str], ...] = ()
    """(abstract class, class) for each `Base.register(Class)`; for a decorator, the name of the decorated class."""

    def body(self, function: ast.AST) -> Body:
        """Return the facts of the body of a function."""
        return self.bodies.get(function, _NOTHING)

    def condition(self, statement: ast.AST) -> str:
        """Return the condition under which a statement of a module or class body runs; empty for always.

        As written, branches inside each other joined by `and`: `sys.platform == 'win32'`, `not (A)`,
        `ImportError: import fast` for a substitute for something that cannot be imported.
        """
        return self.conditions.get(statement, "")

    def note(self, statement: ast.AST) -> Note | None:
        """Return the description of an assignment in a module or class body."""
        return self.notes.get(statement)


def facts_of(tree: ast.Module, text: str, *, has_outcomes: bool = True) -> Facts:
    """Return the facts of a module.

    Parameters:
        tree: The parsed tree, still with function bodies.
        text: The source, which shows at a glance that most functions need no analysis.
        has_outcomes: Find out how calls end, which takes half of the time.
    """
    reader = _Reader(text, has_outcomes=has_outcomes)
    reader.block(tree.body, "")
    registered = tuple(_registered(tree.body)) if ".register" in text else ()
    return Facts(
        bodies=reader.bodies,
        conditions=reader.conditions,
        notes=reader.notes,
        needed=frozenset(_needed(tree.body)),
        tried=frozenset(_INNER_IMPORT.findall(text)) - sys.stdlib_module_names,
        registered=registered,
    )


def _needed(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the top-level modules that the statements of a module itself import."""
    for node in body:
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        yield from {name.partition(".")[0] for name in names} - sys.stdlib_module_names


def _registered(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.expr, ast.expr | str]]:
    """Yield the classes that a module registers with abstract classes."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            for each in node.decorator_list:
                if isinstance(each, ast.Attribute) and each.attr == "register":
                    yield each.value, node.name
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and len(node.value.args) == 1:
            called = node.value.func
            if isinstance(called, ast.Attribute) and called.attr == "register":
                yield called.value, node.value.args[0]


def lines_of(node: ast.AST) -> tuple[int, int]:
    """Return the first and the last line of a definition or statement, decorators included.

    Source: `inspect.getsourcelines`.
    """
    first: int = getattr(node, "lineno", 1)
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([first, *(each.lineno for each in decorators)]), getattr(node, "end_lineno", None) or first


class _Reader:
    def __init__(self, text: str, *, has_outcomes: bool) -> None:
        self.lines = text.split("\n")
        self.has_outcomes = has_outcomes
        self.has_comments = _COMMENT in text
        self.bodies: dict[ast.AST, Body] = {}
        self.conditions: dict[ast.AST, str] = {}
        self.notes: dict[ast.AST, Note] = {}

    def block(self, body: Sequence[ast.stmt], condition: str, *, is_class: bool = False) -> None:
        """Read the statements of a module or class body, and of the blocks in it."""
        for index, node in enumerate(body):
            if condition:
                self.conditions[node] = condition
            if isinstance(node, ast.ClassDef):
                self.block(node.body, "", is_class=True)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.function(node, is_method=is_class)
            elif isinstance(node, _ASSIGNMENTS) or type(node).__name__ == "TypeAlias":
                note = self.note(body, index)
                if note is not None:
                    self.notes[node] = note
            elif isinstance(node, ast.If):
                self.branches(node, condition, is_class=is_class)
            elif isinstance(node, ast.Try | ast.TryStar):
                self.tries(node, condition, is_class=is_class)
            else:
                for inner in blocks(node):
                    self.block(inner, condition, is_class=is_class)

    def branches(self, node: ast.If, condition: str, *, is_class: bool) -> None:
        """Read the branches of an `if`, with a loop over `elif` branches because there may be hundreds."""
        before = condition
        rest: list[ast.stmt] = [node]
        bodies: list[Sequence[ast.stmt]] = []
        while len(rest) == 1 and isinstance(rest[0], ast.If):
            test = _condition(rest[0].test)
            self.block(rest[0].body, _both(before, test), is_class=is_class)
            # Only the last of the false conditions, because hundreds of them would not tell a reader more.
            before = _both(condition, f"not ({test})")
            bodies.append(rest[0].body)
            rest = rest[0].orelse
        self.block(rest, before, is_class=is_class)
        self.in_every_branch([*bodies, rest], condition)

    def in_every_branch(self, bodies: Sequence[Sequence[ast.stmt]], condition: str) -> None:
        """Record that a name which every branch defines does not depend on the conditions of the branches."""
        names = [{name for each in body for name in _defined(each)} for body in bodies]
        everywhere = set.intersection(*names)
        for node in (each for body in bodies for each in body if everywhere.intersection(_defined(each))):
            if node in self.bodies:
                # The condition decides which of them runs, so the effect of one is not the effect of the name.
                self.bodies[node] = msgspec.structs.replace(self.bodies[node], actions=frozenset())
            if condition:
                self.conditions[node] = condition
            else:
                self.conditions.pop(node, None)

    def tries(self, node: ast.Try | ast.TryStar, condition: str, *, is_class: bool) -> None:
        """Read a `try`: a substitute for a failed import is defined under that condition."""
        self.block([*node.body, *node.orelse, *node.finalbody], condition, is_class=is_class)
        imports = [each for each in node.body if isinstance(each, ast.Import | ast.ImportFrom)]
        for handler in node.handlers:
            self.block(handler.body, _both(condition, _failure(handler, imports)), is_class=is_class)

    def note(self, body: Sequence[ast.stmt], index: int) -> Note | None:
        """Return the description of the assignment at an index of a body."""
        below = body[index + 1] if index + 1 < len(body) else None
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
            return Note(text=inspect.cleandoc(writable(below.value.value)), line=below.lineno)
        return self.comment(body[index]) if self.has_comments else None

    def comment(self, node: ast.stmt) -> Note | None:
        """Return the `#:` comment beside an assignment, or those directly above it."""
        last = self.lines[(node.end_lineno or node.lineno) - 1]
        beside = last.encode()[node.end_col_offset :].decode(errors="replace").strip()
        if beside.startswith(_COMMENT):
            return Note(text=beside.removeprefix(_COMMENT).strip(), line=node.end_lineno or node.lineno)
        first = node.lineno - 1
        while first > 0 and self.lines[first - 1].lstrip().startswith(_COMMENT):
            first -= 1
        above = [line.strip().removeprefix(_COMMENT) for line in self.lines[first : node.lineno - 1]]
        return Note(text=inspect.cleandoc("\n".join(above)), line=first + 1) if above else None

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, *, is_method: bool) -> None:
        """Read the body of a function, and those of nested functions; the text shows what to look for."""
        text = "\n".join(self.lines[node.lineno - 1 : node.end_lineno])
        arguments = node.args
        taken = arguments.kwarg.arg if arguments.kwarg else ""
        first = next((each.arg for each in positional(arguments)), "")
        # Other functions may return a class that they add members to.
        is_giver = is_method or f"return {first}" in text
        receiver = _made_in(node.body) if is_method and node.name == "__new__" else first
        yields = "yield" in text and any(isinstance(each, ast.Yield | ast.YieldFrom) for each in _own(node.body))
        found = Body(
            is_generator=yields,
            outcome=outcome_of(node, yields=yields) if self.has_outcomes else Outcome(),
            actions=actions_of(node, is_method=is_method) if self.has_outcomes else frozenset(),
            assigned=tuple(self.assigned(node.body, receiver))
            if receiver and f"{receiver}." in text and is_giver
            else (),
            keywords=tuple(_keywords(node.body, taken)) if taken and _takes(text, taken) else (),
            changes_class=".__class__ = " in text and any(map(changes_class, _own(node.body))),
            passes_keywords=bool(taken) and f"**{taken}" in text and _passes_on(node.body, taken),
        )
        if "__all__" in text:
            found = msgspec.structs.replace(
                found, listed=tuple(_listed(node.body)), lists_argument=_lists_argument(node.body, first)
            )
        if node.name == "__getattr__" and not is_method:
            found = msgspec.structs.replace(found, asker=asker_of(node))
        if found != _NOTHING:
            self.bodies[node] = found
        if text.count("def ") + text.count("class ") > 1:
            for each in _definitions(node.body):
                if isinstance(each, ast.ClassDef):
                    self.block(each.body, "", is_class=True)
                else:
                    self.function(each, is_method=False)

    def assigned(self, body: Sequence[ast.stmt], receiver: str) -> Iterator[AttributeAssignment]:
        """Yield the first assignment of each attribute of a receiver."""
        found: dict[str, AttributeAssignment] = {}
        inside = list(_all_blocks(body))
        assigned = (
            target for block in inside for node in block if isinstance(node, ast.Assign) for target in node.targets
        )
        rebound = frozenset(target.id for target in assigned if isinstance(target, ast.Name))
        for block in inside:
            for index, node in enumerate(block):
                for name, annotation, value in _attributes(node, receiver):
                    known = found.get(name)
                    if known is not None and (known.annotation is not None or annotation is None):
                        continue
                    note = self.note(block, index) or (known.note if known else None)
                    found[name] = AttributeAssignment(
                        name=name,
                        annotation=annotation,
                        value=value,
                        node=node,
                        note=note,
                        is_rebound=isinstance(value, ast.Name) and value.id in rebound,
                    )
        yield from found.values()


def _takes(text: str, taken: str) -> bool:
    """Return True if a text may access the mapping of that name; the tree decides."""
    # The pattern begins with the name itself, because searching for a fixed string is many times faster.
    return f"in {taken}" in text or bool(re.search(rf"{taken}(?:\.(?:pop|get|setdefault)\b|\[)", text))


def _all_blocks(body: Sequence[ast.stmt]) -> Iterator[Sequence[ast.stmt]]:
    """Yield a body and the blocks in it, in order, without those of nested definitions."""
    pending: list[Sequence[ast.stmt]] = [body]
    while pending:
        block = pending.pop()
        yield block
        inner = [each for node in block if not isinstance(node, _NESTED) for each in blocks(node)]
        pending += reversed(inner)


def _definitions(
    body: Sequence[ast.stmt],
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield the definitions in a function body."""
    for block in _all_blocks(body):
        for node in block:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield node


def _own(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes of a function body, without those of nested functions and classes."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if not isinstance(node, _NESTED):
            yield node
            pending += ast.iter_child_nodes(node)


def _attributes(node: ast.stmt, receiver: str) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    """Yield name, annotation and value of each attribute of the receiver that a statement assigns."""
    annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
    value = node.value if isinstance(node, _ASSIGNMENTS) else None
    for target in _targets(node):
        if name := _attribute(target, receiver):
            yield name, annotation, value
        elif isinstance(target, ast.Tuple | ast.List):
            names = (_attribute(part, receiver) for part in target.elts)
            yield from ((name, None, None) for name in names if name)


def _targets(node: ast.stmt) -> list[ast.expr]:
    """Return the targets of a statement."""
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, ast.AnnAssign | ast.For | ast.AsyncFor):
        return [node.target]
    if isinstance(node, ast.With | ast.AsyncWith):
        return [each.optional_vars for each in node.items if each.optional_vars]
    return []


def _attribute(target: ast.expr, receiver: str) -> str:
    """Return the name of an attribute of the receiver, empty for any other expression."""
    is_own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == receiver
    return target.attr if isinstance(target, ast.Attribute) and is_own else ""


def _keywords(body: Sequence[ast.stmt], taken: str) -> Iterator[Keyword]:
    """Yield the keywords that a body reads from a parameter `**taken`, in the order of their lines."""
    nodes = [node for node in _own(body) if isinstance(node, ast.expr)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    found: dict[str, Keyword] = {}
    for use in filter(None, (_use(node, taken) for node in nodes)):
        known = found.get(use.name, use)
        found[use.name] = Keyword(
            name=use.name,
            default=known.default or use.default,
            is_required=known.is_required and use.is_required,
            is_taken_out=known.is_taken_out or use.is_taken_out,
            line=known.line,
        )
    yield from found.values()


def _use(node: ast.expr, taken: str) -> Keyword | None:
    """Return the keyword that an expression reads from `**taken`, None if it reads none."""
    if isinstance(node, ast.Subscript) and is_name(node.value, taken) and isinstance(node.ctx, ast.Load):
        key, default, is_required = node.slice, None, True
    elif isinstance(node, ast.Compare) and is_name(node.comparators[0], taken):
        if not isinstance(node.ops[0], ast.In | ast.NotIn):
            return None
        key, default, is_required = node.left, None, False
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_name(node.func.value, taken):
        if node.func.attr not in {"pop", "get", "setdefault"} or not node.args:
            return None
        key, default = node.args[0], node.args[1] if len(node.args) > 1 else None
        is_required = node.func.attr == "pop" and default is None
    else:
        return None
    if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
        return None
    is_taken_out = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "pop"
    return Keyword(
        name=writable(key.value), default=default, is_required=is_required, is_taken_out=is_taken_out, line=node.lineno
    )


def changes_class(node: ast.AST) -> bool:
    """Return True for the assignment of another class to an object."""
    targets = node.targets if isinstance(node, ast.Assign) else ()
    return any(isinstance(each, ast.Attribute) and each.attr == "__class__" for each in targets)


def _passes_on(body: Sequence[ast.stmt], taken: str) -> bool:
    """Return True if a body calls something with all of `**taken`."""
    calls = (node for node in _own(body) if isinstance(node, ast.Call))
    return any(word.arg is None and is_name(word.value, taken) for call in calls for word in call.keywords)


def _listed(body: Sequence[ast.stmt]) -> Iterator[ast.expr]:
    """Yield the names that a function body adds to `__all__`: in a loop, by `append` or `extend`, or by `+=`."""
    followed: set[str] = set()
    for block in _all_blocks(body):
        for node in block:
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
                if any(is_name(each, node.target.id) for each in _added(node)):
                    followed.add(node.target.id)
                    yield node.iter
            elif isinstance(node, ast.AugAssign) and is_name(node.target, "__all__"):
                yield node.value
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                yield from _added(node, "extend")
                items = (each for each in _added(node) if not (isinstance(each, ast.Name) and each.id in followed))
                yield from (ast.List(elts=[each], ctx=ast.Load()) for each in items)


def _lists_argument(body: Sequence[ast.stmt], first: str) -> bool:
    added = (each for node in body for each in _added(node))
    return any(code_of(each) == f"{first}.__name__" for each in added)


def _added(node: ast.stmt, method: str = "append") -> Iterator[ast.expr]:
    """Yield the arguments of the calls of a method of `__all__` in a statement."""
    for each in ast.walk(node):
        if not (isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and len(each.args) == 1):
            continue
        if each.func.attr == method and last_name(each.func.value) == "__all__":
            yield each.args[0]


def _defined(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a definition or a plain assignment binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    yield from (each.id for each in targets if isinstance(each, ast.Name))


def _made_in(body: Sequence[ast.stmt]) -> str:
    """Return the name of the instance that `__new__` creates and returns, empty if it returns something else."""
    last = body[-1]
    return last.value.id if isinstance(last, ast.Return) and isinstance(last.value, ast.Name) else ""


def _both(one: str, other: str) -> str:
    return f"{one} and {other}" if one and other else one or other


def _condition(test: ast.expr) -> str:
    return re.sub(r"\s+", " ", code_of(test))


def _failure(handler: ast.ExceptHandler, imports: Sequence[ast.stmt]) -> str:
    """Return the condition of a handler: which imports failed, or what was raised."""
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type] if handler.type else []
    names = [last_name(each) for each in caught]
    if imports and (not names or _IMPORT_ERRORS.intersection(names)):
        return f"{' or '.join(names) or 'ImportError'}: {'; '.join(map(code_of, imports))}"
    return f"except {' or '.join(names)}" if names else "except"
