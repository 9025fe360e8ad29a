"""Functions and methods, seen through their decorators: overloads, results of calls, deprecation."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

import msgspec

from docgen.build.context import Context, Describer
from docgen.build.docs import described, descriptions
from docgen.build.renames import is_coroutine, old_names
from docgen.build.signatures import FunctionNode, Signatures
from docgen.model import (
    BY_POSITION,
    UNKNOWN,
    Annotation,
    Decorator,
    Docstring,
    Function,
    Outcome,
    Overload,
    Parameter,
    ParameterKind,
    Receiver,
    Signature,
    Type,
    TypeKind,
)
from docgen.prose.sections import SectionKind
from docgen.runtime import effects, values
from docgen.runtime.facts import Marks, overloads
from docgen.runtime.fields import annotation_head
from docgen.runtime.shapes import returned_function
from docgen.runtime.values import (
    Assignment,
    Binding,
    Class,
    Instance,
    Scope,
    Wrapping,
    function_in,
    wrappings_of,
)
from docgen.sources import outcomes, store
from docgen.sources.actions import HOLDS, PASSES, USES
from docgen.sources.trees import last_name, positional, raw_docstring

NO_MARKS = Marks()
"""The facts of a definition that has no decorators."""

_POSITIONAL = frozenset({ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD})
_PARTIALS = frozenset({"functools.partial", "functools.partialmethod"})

_PART_FIRST = re.compile(r"\*\w+\*(?!\*)|`__\w+__`")
"""An emphasised name, which is how docstrings mark parameters, or the name of a special method."""
_MARKED_NAME = re.compile(r"(?<![\w*.])(?:\*|`)(\w+)(?:\*|`)(?![\w*])")

_EFFECTS = {Wrapping.CACHED: "cached", Wrapping.SYNC_OR_ASYNC: "sync or async", Wrapping.OBJECT: "object"}
"""The objects that decorators make of a function, apart from the kinds of methods, with a word for each."""


class Functions(Describer):
    """Describes functions.

    Parameters:
        context: The readers of their parts.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.signatures = Signatures(context)

    def of(self, name: str, value: values.Value, function: values.Function, binding: Binding | None) -> Function:
        """Return a function of a module.

        Parameters:
            name: The name under which the module offers it.
            value: What the name is bound to.
            function: The function inside of it.
            binding: The binding of the name at its definition.
        """
        return self._function(name, value, function, binding, None)

    def method(
        self, name: str, value: values.Value, function: values.Function, binding: Binding | None, owner: Class
    ) -> Function:
        """Return a method of the class that defines it."""
        return self._function(name, value, function, binding, owner)

    def _function(
        self,
        name: str,
        value: values.Value,
        function: values.Function,
        binding: Binding | None,
        owner: Class | None,
    ) -> Function:
        wrappings = frozenset(wrappings_of(value))
        receiver = _receiver(wrappings, owner)
        drops_first = receiver is not Receiver.NONE or self._is_bound(binding, wrappings)
        signature, receiver_name = self.signatures.of(function, drops_first=drops_first)
        docstring = self.docs.of_function(function, name, owner)
        written = self._written(function, binding)
        is_decorated = bool(getattr(written.node, "decorator_list", ()))
        marks = self.described.marks(written) if is_decorated else NO_MARKS
        decorators = self.decorators(written) if is_decorated else ()
        is_marked = is_decorated and is_coroutine(decorators)
        outcome = self.body(function)
        if outcome.refused or outcome.wanted or outcome.guards:
            signature = self._demanding(signature, outcome, function.home)
        if docstring is None and written.node is not function.node:
            docstring = self.docs.of(raw_docstring(written.node), written.node, written.home)
        return Function(
            name=name,
            path=written.path,
            location=self.places.location(written.node, written.home),
            signature=described(signature, descriptions(docstring)),
            overloads=self._overloads(binding, drops_first=receiver is not Receiver.NONE),
            receiver=receiver,
            receiver_name=receiver_name,
            is_async=is_marked or isinstance(function.node, ast.AsyncFunctionDef),
            is_generator=not is_marked and function.home.source.facts.body(function.node).is_generator,
            is_context_manager=marks.is_context_manager,
            is_abstract=marks.is_abstract,
            is_final=marks.is_final,
            is_override=marks.is_override,
            is_signature_known=effects.UNKNOWN not in function.marks,
            outcome=self.outcome(function, is_open=marks.is_abstract or "dispatched" in marks.others),
            returned=None if isinstance(function.node, ast.Lambda) else self._returned(function, function.node),
            attributes=_attributes(binding, written),
            registered=tuple(self._registered(name, binding, owner)) if "dispatched" in marks.others else (),
            effects=(*self._effects(value, marks), *(self._supplied(written, signature) if is_decorated else ())),
            decorators=decorators,
            old_names=old_names(decorators, signature) if decorators else (),
            deprecation=self.deprecation(marks, docstring, signature),
            condition=self.condition(binding),
            docstring=docstring,
        )

    def partial(self, value: Instance, inner: values.Function, binding: Binding, owner: Class | None) -> Function:
        """Return a function as `functools.partial` leaves it.

        Given positional arguments are gone, and parameters from a given keyword on are keyword-only.

        Source: `inspect.signature` of a partial object.

        Parameters:
            value: The partial object.
            inner: The function that it calls.
            binding: The binding of its name.
            owner: The class that it is a method of, if it is a method.
        """
        if not self.signatures.shows(len(store.parameters(inner.node)), binding.node, binding.scope):
            return Function(name=binding.name, path=inner.path, signature=Signature(parameters=UNKNOWN))
        function = self._function(binding.name, inner, inner, binding, owner)
        taken = function.signature.parameters
        if not isinstance(taken, tuple):
            return function
        given = len(value.args) - 1
        keywords = {name: self.values.of(each, None, binding.scope) for name, each in value.keywords}
        left: list[Parameter] = []
        is_by_keyword = False
        for each in taken:
            is_positional = each.kind in _POSITIONAL
            if is_positional and given > 0:
                given -= 1
                continue
            is_by_keyword = is_by_keyword or (is_positional and each.name in keywords)
            if is_by_keyword and each.kind is ParameterKind.VAR_POSITIONAL:
                continue
            kind = ParameterKind.KEYWORD_ONLY if is_by_keyword and is_positional else each.kind
            left.append(msgspec.structs.replace(each, kind=kind, default=keywords.get(each.name, each.default)))
        signature = msgspec.structs.replace(function.signature, parameters=tuple(left))
        return msgspec.structs.replace(function, signature=signature)

    @staticmethod
    def body(function: values.Function) -> outcomes.Outcome:
        """Return how calls of a function end by its own statements."""
        return function.home.source.facts.body(function.node).outcome

    def raises(self, function: values.Function) -> str:
        """Return the error that every call of a function raises, itself or through the function that it calls last."""
        body = self.body(function)
        # What a method calls is for subclasses to replace.
        last = None if body.tail.startswith("self.") else self._last(function)
        return body.raises or (self.body(last).raises if last else "")

    def _last(self, function: values.Function) -> values.Function | None:
        """Return the function of its module or class that every call of a function ends in a call of, else None."""
        tail = self.body(function).tail
        names = function.home.names if tail.startswith("self.") else function.home.module.names
        binding = names.get(tail.removeprefix("self.")) if tail else None
        if binding is None or not isinstance(binding.how, FunctionNode) or binding.how.decorator_list:
            return None
        return self.world.define_function(binding.how, binding.scope)

    def outcome(self, function: values.Function, *, is_open: bool) -> Outcome:
        """Return how calls of a function end.

        Parameters:
            function: Seen through its decorators.
            is_open: Others may replace a body that only raises: subclasses, registered variants.
        """
        found, last = self.body(function), self._last(function)
        if last is not None and not function.home.source.facts.body(function.node).is_generator:
            is_async = isinstance(last.node, ast.AsyncFunctionDef)
            is_generator = last.home.source.facts.body(last.node).is_generator
            if is_async != is_generator:
                return Outcome(gives=("coroutine" if is_async else "generator",))
        actions = function.home.source.facts.body(function.node).actions
        return _outcome(found, "" if is_open else self.raises(function), actions)

    def _returned(self, function: values.Function, within: FunctionNode, depth: int = 0) -> Function | None:
        """Return the inner function that every call of a function returns, None if there is none.

        Parameters:
            function: The function of a module or class.
            within: It, or a function that it returns.
            depth: Number of functions around that one.
        """
        outcome = function.home.source.facts.body(within).outcome
        names = {each.removeprefix(outcomes.FUNCTION) for each in outcome.gives}
        node = None if len(names) > 1 or depth > _MOST_RETURNED else returned_function(within)
        if node is None or node.name not in names:
            return None
        body = function.home.source.facts.body(node)
        taken = (
            Parameter(
                name=each.name,
                kind=each.kind,
                default=None if each.default is None else self.values.inside(each.default),
            )
            for each in store.parameters(node)
        )
        return Function(
            name=node.name,
            path=f"{function.path}.<locals>.{node.name}",
            location=self.places.location(node, function.home),
            signature=Signature(parameters=tuple(taken)),
            is_async=isinstance(node, ast.AsyncFunctionDef),
            is_generator=body.is_generator,
            is_signature_known=not node.decorator_list,
            effects=("wrapping",) if any(map(_is_wraps, node.decorator_list)) else (),
            outcome=_outcome(body.outcome, body.outcome.raises, body.actions),
            returned=self._returned(function, node, depth + 1),
        )

    def _demanding(self, signature: Signature, outcome: outcomes.Outcome, home: Scope) -> Signature:
        """Return a signature with the arguments that the body raises errors for."""
        demands = {**dict.fromkeys(outcome.refused, "refused"), **dict.fromkeys(outcome.wanted, "wanted")}
        guards = {name: self.annotations.of(_union(types), home, resolves=True) for name, types in outcome.guards}
        taken = signature.parameters if isinstance(signature.parameters, tuple) else ()
        demanding = tuple(
            msgspec.structs.replace(each, demand=demands.get(each.name, each.demand), accepted=guards.get(each.name))
            for each in taken
        )
        return msgspec.structs.replace(signature, parameters=demanding)

    def guard(self, function: values.Function) -> Annotation | None:
        """Return the types of which the last argument of a setter must be an instance, None if it may be anything."""
        guards = function.home.source.facts.body(function.node).outcome.guards
        return self.annotations.of(_union(guards[0][1]), function.home, resolves=True) if guards else None

    def _registered(self, name: str, binding: Binding | None, owner: Class | None) -> Iterator[Type]:
        """Yield the types for which `@name.register` adds a variant, in the module or class body around a function."""
        if binding is None:
            return
        body = owner.node.body if owner else binding.scope.source.tree.body
        for each in body:
            for node in _registered_types(each, name):
                type_ = self.annotations.of(node, binding.scope, resolves=True).type
                if isinstance(type_, Type):
                    yield from type_.args if type_.kind is TypeKind.UNION else (type_,)

    def _supplied(self, written: values.Function, signature: Signature) -> Iterator[str]:
        """Yield how calls differ from the signature that `functools.wraps` shows, because of decorators.

        Callers leave out the parameters that a decorator supplies according to its `Concatenate`. Source: PEP 612. And
        they pass none by keyword if its wrapper takes `*args` alone.
        """
        taken = signature.parameters if isinstance(signature.parameters, tuple) else ()
        for each in getattr(written.node, "decorator_list", ()):
            decorator = self.world.evaluator.evaluate(each, written.home)
            node = decorator.node if isinstance(decorator, values.Function) else None
            if isinstance(node, FunctionNode) and node.args.args:
                given = _concatenated(node.args.args[0].annotation) - _concatenated(node.returns)
                names = [parameter.name for parameter in taken[: max(given, 0)]]
                yield from [f"called without {', '.join(names)}"] if names else []
                wrapper = returned_function(node)
                if wrapper is not None and any(map(_is_wraps, wrapper.decorator_list)) and _is_by_position(wrapper):
                    yield BY_POSITION

    def _written(self, function: values.Function, binding: Binding | None) -> values.Function:
        """Return the function that the definition of a name creates; a decorator may have replaced it."""
        if binding is None or not isinstance(binding.how, FunctionNode) or binding.how is function.node:
            return function
        return self.world.define_function(binding.how, binding.scope)

    def _is_bound(self, binding: Binding | None, wrappings: Collection[Wrapping]) -> bool:
        """Return True if the value of a name is a bound method: `acquire = _LOCK.acquire`, `of = Point.of`."""
        expression = binding.how.expression if binding and isinstance(binding.how, Assignment) else None
        if binding is None or not isinstance(expression, ast.Attribute) or Wrapping.STATICMETHOD in wrappings:
            return False
        return Wrapping.CLASSMETHOD in wrappings or isinstance(
            self.world.evaluator.evaluate(expression.value, binding.scope), values.Instance
        )

    def decorators(self, definition: values.Function | Class) -> tuple[Decorator, ...]:
        """Return the decorators of a definition, outermost first."""
        found = self.described.decorators(definition)
        return tuple(Decorator(path=each.path, written=each.written) for each in found)

    def condition(self, binding: Binding | None) -> str:
        """Return the condition under which a name is bound, empty for always."""
        return "" if binding is None else binding.scope.source.facts.condition(binding.node)

    def deprecation(self, marks: Marks, docstring: Docstring | None, signature: Signature | None = None) -> str | None:
        """Return the deprecation note of a decorator, else that of the docstring; None if it is not deprecated.

        Parameters:
            marks: The facts of its decorators.
            docstring: Its own.
            signature: Its signature; a note about a parameter does not deprecate the function.
        """
        if marks.deprecation is not None or docstring is None:
            return marks.deprecation
        known = signature.parameters if signature else ()
        names = {each.name for each in known} if isinstance(known, tuple) else set()
        notes = (each for each in docstring.sections if each.kind is SectionKind.DEPRECATED)
        return next((each.text or each.title for each in notes if not _is_about_part(each.text, names)), None)

    @staticmethod
    def _effects(value: values.Value, marks: Marks) -> tuple[str, ...]:
        found = (_EFFECTS[each] for each in wrappings_of(value) if each in _EFFECTS)
        return (*found, *reversed(marks.others))

    # -- overloads

    def _overloads(self, binding: Binding | None, *, drops_first: bool) -> tuple[Overload, ...]:
        """Return the overloads of a function in source order, or those in the stub beside its module."""
        found = () if binding is None else overloads(binding, self.world.value)
        stub = None
        if binding is not None and not found and isinstance(binding.how, FunctionNode):
            stub = self.world.in_stub(binding.scope.source, _qualname(binding))
        if stub is not None:
            found = overloads(stub, self.world.value)
        return tuple(self._overload(each, drops_first=drops_first) for each in found)

    def _overload(self, function: values.Function, *, drops_first: bool) -> Overload:
        docstring = self.docs.of(raw_docstring(function.node), function.node, function.home)
        signature, _ = self.signatures.of(function, drops_first=drops_first)
        return Overload(
            signature=described(signature, descriptions(docstring)),
            docstring=docstring,
            deprecation=self.deprecation(self.described.marks(function), docstring, signature),
            location=self.places.location(function.node, function.home),
        )


def _union(types: ast.expr) -> ast.expr:
    """Return the types that `isinstance` is given as one type."""
    if not isinstance(types, ast.Tuple) or not types.elts:
        return types
    found, *others = types.elts
    for each in others:
        found = ast.copy_location(ast.BinOp(left=found, op=ast.BitOr(), right=each), types)
    return found


_MOST_RETURNED = 3
"""Maximum depth of functions that return each other: a decorator with arguments has two."""
_OF_CLASSES = (f"{HOLDS} ", f"{PASSES} ", f"{USES} _")
"""Effects that are recorded for the class as a whole."""


def _outcome(found: outcomes.Outcome, raises: str, actions: frozenset[str]) -> Outcome:
    return Outcome(
        raises=raises,
        errors=tuple(sorted(found.errors)),
        gives=() if found.gives == {outcomes.UNKNOWN} else tuple(sorted(found.gives)),
        handled=tuple(sorted(found.handled)),
        operands=None if found.operands is None else tuple(sorted(found.operands)),
        actions=tuple(sorted(each for each in actions if not each.startswith(_OF_CLASSES))),
    )


def _is_by_position(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return True if a function takes arbitrary positional arguments, and none by keyword."""
    taken = node.args
    return taken.vararg is not None and taken.kwarg is None and not taken.kwonlyargs


def _is_wraps(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and last_name(decorator.func) == "wraps"


def _attributes(binding: Binding | None, written: values.Function) -> tuple[str, ...]:
    patches = binding.scope.patches if binding is not None else {}
    node = written.node
    set_below = patches.get(node, ()) if patches and isinstance(node, FunctionNode) else ()
    is_set = {each.name: each.expression is not None for each in set_below}
    return tuple(name for name, there in is_set.items() if there and not name.startswith("_"))


def _registered_types(node: ast.stmt, name: str) -> Iterator[ast.expr]:
    """Yield the types for which a statement registers a variant of a dispatched function."""
    if isinstance(node, FunctionNode):
        for each in node.decorator_list:
            if _is_register(each.func if isinstance(each, ast.Call) else each, name):
                taken = positional(node.args)
                dispatched = next((one.annotation for one in taken if one.annotation is not None), None)
                given = each.args[0] if isinstance(each, ast.Call) and each.args else dispatched
                yield from () if given is None else (given,)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value.func if isinstance(node.value.func, ast.Call) else node.value
        if _is_register(call.func, name) and call.args:
            yield call.args[0]


def _is_register(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "register" and last_name(node.value) == name


def _concatenated(annotation: ast.expr | None) -> int:
    """Return how many parameters `Callable[Concatenate[X, P], R]` puts before those of `P`; 0 for any other type."""
    if annotation_head(annotation) != "Callable" or not isinstance(annotation, ast.Subscript):
        return 0
    takes = annotation.slice.elts[0] if isinstance(annotation.slice, ast.Tuple) else None
    if annotation_head(takes) != "Concatenate" or not isinstance(takes, ast.Subscript):
        return 0
    return len(takes.slice.elts) - 1 if isinstance(takes.slice, ast.Tuple) else 0


def _qualname(binding: Binding) -> str:
    return f"{binding.scope.qualname}.{binding.name}" if binding.scope.qualname else binding.name


def partial_of(value: Instance) -> values.Function | None:
    """Return the function that an object of `functools.partial` or `partialmethod` calls, None for any other object."""
    is_partial = effects.path_of(value.of) in _PARTIALS and value.args
    return function_in(value.args[0]) if is_partial else None


def _receiver(wrappings: frozenset[Wrapping], owner: Class | None) -> Receiver:
    if owner is None or Wrapping.STATICMETHOD in wrappings:
        return Receiver.NONE
    return Receiver.CLASS if Wrapping.CLASSMETHOD in wrappings else Receiver.INSTANCE


def _is_about_part(text: str, parameters: Collection[str]) -> bool:
    """Return True if a deprecation note is about a part of a symbol: it begins with a part, or names a parameter."""
    opening = _PART_FIRST.match(text)
    return opening is not None or any(name in parameters for name in _MARKED_NAME.findall(text))
