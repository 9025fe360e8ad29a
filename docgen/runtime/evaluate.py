"""Evaluates expressions without running anything: looks up names, computes constants, keeps calls as calls.

Unknown values become `Opaque`; unusual input raises no errors.
"""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Protocol

from docgen.findings import writable
from docgen.runtime import forms, scopes
from docgen.runtime.budget import Budget, OverBudgetError, most, written
from docgen.runtime.plain import (
    NotPlainError,
    collected,
    dict_of,
    distinct,
    identity,
    is_none,
    joined,
    lift,
    plain,
    result_of,
    sum_of_collections,
    truth_of,
    view_of,
)
from docgen.runtime.values import (
    Collection,
    Constant,
    Form,
    FormKind,
    Function,
    Instance,
    Native,
    Opaque,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docgen.runtime.values import Scope

_BINARY: Mapping[type[ast.operator], Callable[[object, object], object]] = {
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

_COMPARE: Mapping[type[ast.cmpop], Callable[[object, object], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item] # any object: it may raise, which is caught
    ast.LtE: operator.le,  # type: ignore[dict-item] # the same
    ast.Gt: operator.gt,  # type: ignore[dict-item] # the same
    ast.GtE: operator.ge,  # type: ignore[dict-item] # the same
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: operator.contains(right, left),  # type: ignore[arg-type] # any object: it may raise, which is caught
    ast.NotIn: lambda left, right: not operator.contains(right, left),  # type: ignore[arg-type] # the same
}

_UNARY: Mapping[type[ast.unaryop], Callable[[object], object]] = {
    ast.USub: operator.neg,  # type: ignore[dict-item] # any object: it may raise, which is caught
    ast.UAdd: operator.pos,  # type: ignore[dict-item] # the same
    ast.Invert: operator.invert,  # type: ignore[dict-item] # the same
}

_COLLECTIONS: Mapping[type[ast.expr], str] = {ast.Tuple: "tuple", ast.List: "list", ast.Set: "set"}

_KINDS: Mapping[type[ast.expr], str] = {
    ast.Compare: "bool",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.JoinedStr: "str",
    ast.List: "list",
    ast.ListComp: "list",
    ast.Set: "set",
    ast.SetComp: "set",
    ast.Tuple: "tuple",
}
"""The type of an expression, for any parts. A comparison could give anything, but hardly ever does."""

_PURE_CALLS = frozenset(
    {"bool", "enumerate", "float", "frozenset", "int", "len", "list", "max", "min", "reversed", "set", "sorted"}
    | {"str", "sum", "tuple", "zip"}
)
"""Builtins that are called when their arguments are known."""

_ITERATORS = frozenset({"enumerate", "reversed", "zip"})
"""Those whose result is iterable; it counts as a list."""


_PURE_METHODS = frozenset(
    {"endswith", "format", "items", "join", "keys", "lower", "lstrip", "partition", "removeprefix", "removesuffix"}
    | {"replace", "rpartition", "rsplit", "rstrip", "split", "startswith", "strip", "title", "upper", "values"}
)
"""Methods of strings and dicts that are called if all their arguments are known."""


class Names(Protocol):
    """The source of names, members and call results for the evaluator."""

    def lookup(self, name: str, scope: Scope, line: int | None) -> Value | None:
        """Return the value of a name at the place of its use, None if it is not bound."""

    def attribute(self, owner: Value, name: str) -> Value | None:
        """Return `owner.name`, None if it is unknown."""

    def call(self, callee: Value, call: Call) -> Value | None:
        """Return the result of a call of anything but a pure builtin, None if it is unknown."""

    def is_typing_generic(self, origin: Value) -> bool:
        """Return True if a class was made generic by `typing.Generic`."""

    def note_limit(self, node: ast.AST, scope: Scope, over: OverBudgetError) -> None:
        """Add a finding for a value that exceeds the budget."""


class Call:
    """A call and the values of its arguments, each evaluated once, or a chain of calls would double the work each time.

    Parameters:
        node: The call.
        scope: The scope that contains it.
        evaluator: Evaluates arguments.
    """

    def __init__(self, node: ast.Call, scope: Scope, evaluator: Evaluator) -> None:
        self.node = node
        self.scope = scope
        self._evaluator = evaluator
        self._known: dict[ast.expr, Value] = {}

    def value(self, node: ast.expr) -> Value:
        """Return the value of one of the arguments."""
        if node not in self._known:
            self._known[node] = self._evaluator.evaluate(node, self.scope)
        return self._known[node]

    @property
    def arguments(self) -> tuple[Value, ...] | None:
        """The positional arguments, including those of `*others`; None if the latter are unknown."""
        found: list[Value] = []
        for node in self.node.args:
            if not isinstance(node, ast.Starred):
                found.append(self.value(node))
                continue
            inner = self.value(node.value)
            if not isinstance(inner, Collection):
                return None
            found += inner.iterated
        return tuple(found)

    @property
    def words(self) -> tuple[tuple[str, Value], ...] | None:
        """The arguments by keyword, those of `**others` included; None if the latter are not known."""
        found: list[tuple[str, Value]] = []
        for word in self.node.keywords:
            value = self.value(word.value)
            if word.arg is not None:
                found.append((word.arg, value))
                continue
            if not isinstance(value, Collection) or value.kind != "dict":
                return None
            for key, each in value.pairs:
                if not isinstance(key, Constant) or not isinstance(key.value, str):
                    return None
                found.append((key.value, each))
        return tuple(found)

    def plain_arguments(self) -> list[object] | None:
        """Return the positional arguments as Python's own objects, None if one of them is not a constant."""
        try:
            return None if self.arguments is None else [plain(each) for each in self.arguments]
        except (NotPlainError, TypeError):
            return None


class Evaluator:
    """Evaluates expressions in scopes.

    Parameters:
        names: Looks up names.
        budget: The limits of evaluation.
    """

    def __init__(self, names: Names, budget: Budget) -> None:
        self.names = names
        self.budget = budget
        self._past = ""
        """The limit that a part of the current expression exceeds."""

    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """Return the value of an expression at its place in the source; it is unknown if it exceeds the budget."""
        return self._bounded(node, scope, self._value, node)

    def _bounded(self, node: ast.expr, scope: Scope, find: Callable[[ast.expr, Scope], Value], at: ast.AST) -> Value:
        """Return the result of `find`, or an unknown value and a finding at a node if it exceeds the budget."""
        depth, meter = self.budget.depth, scope.meter
        floor = meter.floor if depth else meter.begin()
        outer, self._past = self._past, ""
        try:
            found = find(node, scope)
        except OverBudgetError as error:
            over = error
        except RecursionError:
            over = OverBudgetError("more nested calls than Python allows", depends_on_order=True)
        else:
            if not depth:
                meter.end(floor)
            return found
        finally:
            self._past = outer
        self.budget.depth = depth
        if not self._is_reported(node, scope):
            self.names.note_limit(at, scope, over)
        if not depth:
            meter.end(floor)
        return Opaque(text=written(node, scope.source.path), kind=_KINDS.get(type(node), ""), limit=over.limit)

    def _is_reported(self, node: ast.expr, scope: Scope) -> bool:
        """Return True if an expression uses a name that itself exceeds the budget, which has its own finding."""
        names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
        values = (self.names.lookup(each.id, scope, getattr(each, "lineno", None)) for each in names)
        return any(value is not None and value.limit for value in values)

    def _value(self, node: ast.expr, scope: Scope) -> Value:
        """Return the value of an expression; every expression is evaluated through this method.

        Raises:
            OverBudgetError: A limit was reached.
        """
        self.budget.enter()
        handler = self._HANDLERS.get(type(node))
        found = handler(self, node, scope) if handler else None
        if found is None:
            found = Opaque(text=node, kind=_KINDS.get(type(node), ""), limit=self._past)
        elif type(found) is Opaque and found.limit:
            self._past = found.limit
        self.budget.leave(scope.meter, found.size, found.depth)
        return found

    def computed(
        self, function: Callable[..., object], name: str, operands: list[object], scope: Scope
    ) -> Value | None:
        """Return the result of a function of Python for constants; every computation is done by this method.

        Parameters:
            function: The function to call.
            name: Its name, by which the budget estimates the size of its result.
            operands: Its arguments, the receiver of a method first.
            scope: The scope of the expression.

        Returns:
            None if the function raises, because running the module would raise too.

        Raises:
            OverBudgetError: The result could be too large, and was not computed.
        """
        self.budget.refuse(scope.meter, most(name, operands))
        return result_of(function, operands)

    def text(self, text: str, scope: Scope, at: ast.AST | None = None) -> Value:
        """Return the value of an annotation that was written as a string; findings name the line of the node `at`."""
        try:
            node = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return Opaque(text=writable(text))
        except (RecursionError, MemoryError):
            over = OverBudgetError("more nested expressions than Python can parse")
            self.names.note_limit(at or scope.source.tree, scope, over)
            return Opaque(text=writable(text), limit=over.limit)
        for child in ast.walk(node):
            vars(child).pop("lineno", None)
        return self._bounded(node, scope, self._value, at or scope.source.tree)

    def _constant(self, node: ast.Constant, _scope: Scope) -> Value:
        return Constant(value=node.value)

    def _name(self, node: ast.Name, scope: Scope) -> Value | None:
        return self.names.lookup(node.id, scope, getattr(node, "lineno", None))

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Value | None:
        return self.names.attribute(self._value(node.value, scope), node.attr)

    def _collection(self, node: ast.Tuple | ast.List | ast.Set, scope: Scope) -> Value | None:
        items = self._items(node.elts, scope)
        if items is None:
            return None
        return Collection(kind=_COLLECTIONS[type(node)], items=distinct(items) if isinstance(node, ast.Set) else items)

    def _items(self, nodes: list[ast.expr], scope: Scope) -> tuple[Value, ...] | None:
        """Return the items of a display, including those of `*others`; None if those are unknown."""
        items: list[Value] = []
        for node in nodes:
            if not isinstance(node, ast.Starred):
                items.append(self._value(node, scope))
                continue
            inner = self._value(node.value, scope)
            if isinstance(inner, Collection):
                items += inner.iterated
            elif forms.is_type(inner):
                items.append(Form(kind=FormKind.UNPACKED, args=(inner,)))
            else:
                return None
        return tuple(items)

    def items(self, nodes: list[ast.expr], scope: Scope) -> list[Value]:
        """Return the values of several expressions, including the items of `*others` if they are known."""
        found: list[Value] = []
        for node in nodes:
            value = self.evaluate(node.value if isinstance(node, ast.Starred) else node, scope)
            if not isinstance(node, ast.Starred):
                found.append(value)
            elif isinstance(value, Collection):
                found += value.iterated
            else:
                is_type = forms.is_type(value)
                found.append(Form(kind=FormKind.UNPACKED, args=(value,)) if is_type else Opaque(text=written(node)))
        return found

    def _dict(self, node: ast.Dict, scope: Scope) -> Value | None:
        pairs: list[tuple[Value, Value]] = []
        for key, value in zip(node.keys, node.values, strict=True):
            inner = self._value(value, scope)
            if key is not None:
                pairs.append((self._value(key, scope), inner))
            elif isinstance(inner, Collection) and inner.kind == "dict":
                pairs += inner.pairs
            else:
                return None
        return dict_of(pairs)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Value | None:
        origin = self._value(node.value, scope)
        if isinstance(origin, Constant | Collection):
            return self._plain_item(origin, node.slice, scope)
        # A slice is no argument of a type: `sys.argv[1:]` is a part of a list.
        if not forms.is_type(origin) or isinstance(node.slice, ast.Slice):
            return None
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) and node.slice.elts else [node.slice]
        if isinstance(node.slice, ast.Tuple) and not node.slice.elts:
            parts = []
        args = self._items(parts, scope)
        return None if args is None else forms.subscript(origin, args, self.names.is_typing_generic)

    def _plain_item(self, owner: Value, index: ast.expr, scope: Scope) -> Value | None:
        if isinstance(owner, Collection) and owner.kind == "dict":
            key = identity(self._value(index, scope))
            return next((value for known, value in owner.pairs if identity(known) == key), None)
        try:
            if isinstance(index, ast.Slice):
                bounds = [
                    plain(self._value(part, scope)) if part else None for part in (index.lower, index.upper, index.step)
                ]
                return lift(plain(owner)[slice(*bounds)])  # type: ignore[index] # may raise, which is caught
            position = plain(self._value(index, scope))
            if isinstance(owner, Collection) and isinstance(position, int):
                return owner.items[position]
            return lift(plain(owner)[position])  # type: ignore[index] # may raise, which is caught
        except (NotPlainError, TypeError, LookupError, ValueError):
            return None

    def _binary(self, node: ast.BinOp, scope: Scope) -> Value | None:
        """Return the value of a chain of operators, in a loop from the left because there may be hundreds."""
        chain = [node]
        while isinstance(chain[-1].left, ast.BinOp):
            chain.append(chain[-1].left)
        found: Value | None = self._value(chain[-1].left, scope)
        for each in reversed(chain):
            found = None if found is None else self._combined(found, each.op, self._value(each.right, scope), scope)
            if found is not None:
                self.budget.charge(scope.meter, found.size, found.depth)
        return found

    def _combined(self, left: Value, operation: ast.operator, right: Value, scope: Scope) -> Value | None:
        """Return `left operation right`; None if it is unknown."""
        if isinstance(operation, ast.BitOr) and (both := forms.either(left, right)) is not None:
            return both
        if isinstance(left, Collection) and isinstance(right, Collection):
            return joined(left, operation, right)
        try:
            operands = [plain(left), plain(right)]
        except (NotPlainError, TypeError):
            return None
        function = _BINARY.get(type(operation))
        return None if function is None else self.computed(function, function.__name__, operands, scope)

    def augment(self, before: Value, operation: ast.operator, node: ast.expr, scope: Scope) -> Value | None:
        """Return the value of a name after `name operation= expression`; None if it is unknown.

        A list takes the items of any collection; `-` means its `remove`.
        """
        right = self.evaluate(node, scope)
        unknown = Opaque(text="")

        def find(_: ast.expr, scope: Scope) -> Value:
            found = self._augmented(before, operation, right, scope) or unknown
            self.budget.charge(scope.meter, found.size, found.depth)
            return found

        found = self._bounded(node, scope, find, node)
        return None if found is unknown else found

    def _augmented(self, left: Value, operation: ast.operator, right: Value, scope: Scope) -> Value | None:
        if isinstance(left, Collection) and left.kind == "list" and isinstance(right, Collection):
            if isinstance(operation, ast.Add):
                return Collection(kind="list", items=(*left.items, *right.iterated))
            if isinstance(operation, ast.Sub):
                removed = frozenset(right.iterated)
                return Collection(kind="list", items=tuple(each for each in left.items if each not in removed))
        return self._combined(left, operation, right, scope)

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Value | None:
        if isinstance(node.op, ast.Not):
            truth = truth_of(self._value(node.operand, scope))
            return None if truth is None else Constant(value=not truth)
        try:
            operand = plain(self._value(node.operand, scope))
        except (NotPlainError, TypeError):
            return None
        function = _UNARY[type(node.op)]
        return self.computed(function, function.__name__, [operand], scope)

    def _compare(self, node: ast.Compare, scope: Scope) -> Value | None:
        if isinstance(node.ops[0], ast.Is | ast.IsNot) and _is_none_written(node.comparators):
            truth = is_none(self._value(node.left, scope))
            return None if truth is None else Constant(value=truth is isinstance(node.ops[0], ast.Is))
        try:
            left = plain(self._value(node.left, scope))
            for operation, other in zip(node.ops, node.comparators, strict=True):
                right = plain(self._value(other, scope))
                found = result_of(_COMPARE[type(operation)], [left, right])
                if found != Constant(value=True):
                    return found
                left = right
        except (NotPlainError, TypeError):
            return None
        return Constant(value=True)

    def _boolean(self, node: ast.BoolOp, scope: Scope) -> Value | None:
        last: Value | None = None
        for part in node.values:
            last = self._value(part, scope)
            truth = truth_of(last)
            if truth is None:
                return None
            if truth is isinstance(node.op, ast.Or):
                return last
        return last

    def _conditional(self, node: ast.IfExp, scope: Scope) -> Value | None:
        truth = truth_of(self._value(node.test, scope))
        return None if truth is None else self._value(node.body if truth else node.orelse, scope)

    def _joined_text(self, node: ast.JoinedStr, scope: Scope) -> Value | None:
        texts: list[str] = []
        size = 0
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            is_formatted = isinstance(part, ast.FormattedValue) and (part.format_spec or part.conversion != -1)
            value = self._value(inner, scope)
            if is_formatted or not isinstance(value, Constant):
                return None
            size += value.size
            self.budget.refuse(scope.meter, size)
            texts.append(str(value.value))
        return Constant(value="".join(texts))

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Value:
        return Function(
            name="...",
            module=scope.module_name,
            qualname="<lambda>",
            node=node,
            home=scope,
            path=f"{scope.module_name}.<lambda>",
        )

    def _call(self, node: ast.Call, scope: Scope) -> Value | None:
        call = Call(node, scope, self)
        if isinstance(node.func, ast.Attribute):
            owner = self._value(node.func.value, scope)
            found = self._method_call(owner, node.func.attr, call)
            if found is not None:
                return found
            callee = self.names.attribute(owner, node.func.attr) or Opaque(text=written(node.func))
        else:
            callee = self._value(node.func, scope)
        if isinstance(callee, Native) and getattr(callee.value, "__name__", "") in _PURE_CALLS:
            found = self._pure_call(callee, call)
            if found is not None:
                return found
        return self.names.call(callee, call)

    def _method_call(self, owner: Value, name: str, call: Call) -> Value | None:
        """Return the result of a method of a string or a dict, if it only computes and its arguments are known."""
        if call.node.keywords or name not in _PURE_METHODS:
            return None
        if isinstance(owner, Collection) and owner.kind == "dict" and not call.node.args:
            return view_of(owner, name)
        if not (isinstance(owner, Constant) and isinstance(owner.value, str) and hasattr(str, name)):
            return None
        operands = call.plain_arguments()
        if operands is None:
            return None
        return self.computed(getattr(str, name), name, [owner.value, *operands], call.scope)

    def _pure_call(self, callee: Native, call: Call) -> Value | None:
        args = call.arguments
        if args is None or call.node.keywords or not callable(callee.value):
            return None
        kind = getattr(callee.value, "__name__", "")
        found = sum_of_collections(args) if kind == "sum" else collected(kind, args)
        if found is not None:
            return found
        operands = call.plain_arguments()
        if operands is None:
            return None
        made: Callable[..., object] = callee.value
        function = (lambda *given: list(made(*given))) if kind in _ITERATORS else made  # type: ignore[call-overload] # an iterator
        return self.computed(function, kind, operands, call.scope)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, scope: Scope
    ) -> Value | None:
        """Return the result of a comprehension over one known collection; a generator counts as a list."""
        first = node.generators[0]
        items = self._iterated(first.iter, scope)
        if len(node.generators) > 1 or first.is_async or items is None:
            return None
        made: list[tuple[Value, ...]] = []
        size = 0
        for item in items:
            inner = scopes.nested(scope, first.target, item)
            truths = [truth_of(self._value(test, inner)) for test in first.ifs]
            if None in truths:
                return None
            if all(truths):
                parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
                found = tuple(self._value(part, inner) for part in parts)
                size += sum(each.size for each in found)
                self.budget.refuse(scope.meter, size)
                made.append(found)
        if isinstance(node, ast.DictComp):
            return dict_of((key, value) for key, value in made)
        values = tuple(value for (value,) in made)
        if isinstance(node, ast.SetComp):
            return Collection(kind="set", items=distinct(values))
        return Collection(kind="list", items=values)

    def iterated(self, node: ast.expr, scope: Scope) -> tuple[Value, ...] | None:
        """Return the values that a loop over an expression iterates over; None if unknown or too large."""
        unknown = Opaque(text="")

        def find(node: ast.expr, scope: Scope) -> Value:
            items = self._iterated(node, scope)
            return unknown if items is None else Collection(kind="tuple", items=items)

        found = self._bounded(node, scope, find, node)
        return found.items if isinstance(found, Collection) else None

    def _iterated(self, node: ast.expr, scope: Scope) -> tuple[Value, ...] | None:
        """Return the values that a loop over an expression iterates over; None if they are unknown."""
        value = self._value(node, scope)
        if isinstance(value, Instance) and value.of == Native(value=range):
            return self._range(value, scope)
        return value.iterated if isinstance(value, Collection) else None

    def _range(self, value: Instance, scope: Scope) -> tuple[Value, ...] | None:
        """Return the numbers of a range whose bounds are known, None for any other."""
        bounds = [each.value for each in value.args if isinstance(each, Constant) and isinstance(each.value, int)]
        if len(bounds) != len(value.args) or value.keywords:
            return None
        try:
            numbers = range(*bounds)
        except (TypeError, ValueError):  # no bounds or too many of them, a step of zero
            return None
        self.budget.refuse(scope.meter, abs(numbers.stop - numbers.start) // abs(numbers.step))
        return tuple(Constant(value=each) for each in numbers)

    def _walrus(self, node: ast.NamedExpr, scope: Scope) -> Value:
        return self._value(node.value, scope)

    _HANDLERS: Mapping[type[ast.expr], Callable[..., Value | None]] = {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Tuple: _collection,
        ast.List: _collection,
        ast.Set: _collection,
        ast.Dict: _dict,
        ast.Subscript: _subscript,
        ast.BinOp: _binary,
        ast.UnaryOp: _unary,
        ast.Compare: _compare,
        ast.BoolOp: _boolean,
        ast.IfExp: _conditional,
        ast.JoinedStr: _joined_text,
        ast.Lambda: _lambda,
        ast.Call: _call,
        ast.NamedExpr: _walrus,
        ast.ListComp: _comprehension,
        ast.SetComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.DictComp: _comprehension,
    }


def _is_none_written(comparators: list[ast.expr]) -> bool:
    only = comparators[0] if len(comparators) == 1 else None
    return isinstance(only, ast.Constant) and only.value is None
