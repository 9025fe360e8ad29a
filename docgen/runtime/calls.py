"""Finds the results of calls, as far as they can be known without running them: instances, type variables.

Decorated functions, declared results.
"""

from __future__ import annotations

import ast
import datetime as dt
import decimal
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from docgen.runtime import effects, scopes
from docgen.runtime.binder import Surroundings, bind
from docgen.runtime.budget import written
from docgen.runtime.classes import Bindings, Classes
from docgen.runtime.evaluate import Call, Evaluator
from docgen.runtime.factories import class_statement
from docgen.runtime.natives import MARGINS
from docgen.runtime.plain import NotPlainError, dict_of, plain
from docgen.runtime.shapes import (
    applied_function,
    argument_of,
    decorator_called,
    given_back,
    gives_back,
    gives_function,
    nested_functions,
    results,
    returned_function,
    returns_itself,
    wrapped_name,
)
from docgen.runtime.values import (
    NONE,
    Class,
    Collection,
    Constant,
    External,
    Form,
    FormKind,
    Function,
    Instance,
    Module,
    Native,
    Opaque,
    Patch,
    Scope,
    TypeParameter,
    Value,
    Wrapped,
    Wrapping,
    function_in,
)
from docgen.sources.trees import PROPERTIES, last_name, positional

PURE_CLASSES: frozenset[Any] = frozenset(
    {
        dt.timedelta,
        dt.date,
        dt.time,
        dt.datetime,
        dt.timezone,
        uuid.UUID,
        decimal.Decimal,
    }
)
"""Classes of the standard library whose instances are values and whose constructors do nothing else."""

_NAMESPACES = frozenset({"dir", "globals", "locals", "vars"})
_TYPE_PARAMETERS = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple", "NewType"})


class Definitions(Protocol):
    """Makes classes and functions from their definitions."""

    def define_class(self, node: ast.ClassDef, home: Scope) -> Value:
        """Return the class of a definition."""

    def define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, home: Scope) -> Function:
        """Return the function of a definition, without its decorators."""

    def decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef, home: Scope) -> Value:
        """Return the value that a function definition binds its name to."""


class Calls:
    """Finds the results of calls.

    Parameters:
        evaluator: Evaluates arguments.
        classes: Answers questions about classes.
        effects: Effects of decorators, by dotted path.
        names: Looks up values and attributes.
        definitions: Makes classes and functions.
        surroundings: What binding the body of a function needs.
    """

    def __init__(  # noqa: PLR0913 - each part it works with, and nothing that finds the others
        self,
        *,
        evaluator: Evaluator,
        classes: Classes,
        effects: Mapping[str, str],
        names: Bindings,
        definitions: Definitions,
        surroundings: Surroundings,
    ) -> None:
        self.evaluator = evaluator
        self.classes = classes
        self.effects = effects
        self.names = names
        self.definitions = definitions
        self.surroundings = surroundings

    def call(self, callee: Value, call: Call) -> Value | None:
        """Return the result of a call, None if it is unknown."""
        path = effects.path_of(callee) or ""
        for known in (
            self._special(path, call),
            self._pure_instance(callee, call),
            self._synthetic_class(path, call),
            self._decorating(path, call),
        ):
            if known is not None:
                return known
        if isinstance(callee, Class | External) or (isinstance(callee, Native) and isinstance(callee.value, type)):
            return self._instance(callee, call)
        return self._result(callee, call)

    def _special(self, path: str, call: Call) -> Value | None:
        """Return the result of a function with a built-in meaning."""
        module, _, name = path.rpartition(".")
        if module in {"typing", "typing_extensions"}:
            return self._of_typing(name, call)
        given = call.node.args
        if path in _NAMESPACES and not given and not call.node.keywords:
            return self._names_above(path, call)
        if path == "getattr" and len(given) > 1:
            return self._attribute(call)
        if path == "type" and len(given) == 1:
            return _type_of(call.value(given[0]))
        if path in MARGINS and len(given) == 1:
            return _with_margin(path, call)
        return _mapping(call) if path == "dict" else None

    def _of_typing(self, name: str, call: Call) -> Value | None:
        given = call.node.args
        if name in _TYPE_PARAMETERS:
            return self._type_parameter(name, call)
        if name == "cast" and len(given) > 1:
            return call.value(given[1])
        form = call.value(given[0]) if name == "get_args" and len(given) == 1 else None
        return Collection(kind="tuple", items=form.args) if isinstance(form, Form) else None

    def _decorating(self, path: str, call: Call) -> Value | None:
        """Return the result of calling a known decorator with a function (`x = property(get, set)`)."""
        node, effect = call.node, self.effects.get(path)
        is_property = effect == Wrapping.PROPERTY
        is_alone = len(node.args) == 1 and not node.keywords
        if effect is None or not (is_alone or is_property):
            return None
        # The decorated function comes first, also in `property(getter, setter)`.
        getters = (word.value for word in node.keywords if word.arg == "fget")
        decorated = node.args[0] if node.args else next(getters, None)
        inner = None if decorated is None else call.value(decorated)
        if not isinstance(inner, Function | Wrapped):
            return None
        made = effects.apply(effect, inner)
        return self._with_accessors(made, call) if is_property and isinstance(made, Wrapped) else made

    def decorated(self, decorator: Value, inner: Value, *, is_factory: bool) -> Value | None:
        """Return the result of a decorator for a function, None if its effect is unknown.

        Parameters:
            decorator: The decorator, or the callee of a decorator that is called first.
            inner: The decorated function.
            is_factory: It is called first (`@decorator(...)`).
        """
        if isinstance(decorator, Instance) and effects.path_of(decorator.of) == "functools.partial" and decorator.args:
            return self.decorated(decorator.args[0], inner, is_factory=is_factory)
        path = effects.path_of(decorator) or ""
        effect = effects.known(self.effects, path)
        if effect is None and isinstance(decorator, External):
            effect = effects.by_name(self.effects, path)
        if effect is not None:
            return effects.apply(effect, inner)
        function = function_in(decorator)
        if function is not None:
            return self._by_body(function, inner, is_factory=is_factory)
        if isinstance(decorator, Class):
            return self._by_object(Instance(of=decorator), inner) if is_factory else self._by_class(decorator, inner)
        return self._by_object(decorator, inner) if isinstance(decorator, Instance) and not is_factory else None

    def _by_class(self, decorator: Class, inner: Value) -> Value | None:
        """Return the result of a class used as a decorator: a property, if reading it calls the function."""
        classes = self.classes
        if classes.is_subclass(decorator, property):
            return effects.apply("property", inner)
        if classes.find(decorator, "__call__") is not None:
            return effects.apply("cached", inner)
        getter = classes.find(decorator, "__get__")
        if getter is None:
            return None
        function = function_in(self.names.value(getter[1]))
        # Reading it gives a function that calls the decorated one, so it is a method of another kind.
        is_method = function is not None and gives_function(function.node)
        return effects.apply("marks descriptor" if is_method else "cached_property", inner)

    def added_by_decorators(self, owner: Class) -> Iterator[Patch]:
        """Yield the members that the decorators of a class add: `cls.name = value` in their bodies."""
        for callee, decorator in self.classes.decorator_calls(owner):
            function = function_in(callee)
            node = function.node if function else None
            if function is None or not isinstance(node, ast.FunctionDef):
                continue
            if isinstance(decorator, ast.Call):
                node = returned_function(node) or node
            taken = positional(node.args)
            assigned = function.home.source.facts.body(node).assigned if taken else ()
            if not assigned:
                continue
            scope = scopes.nested(function.home, ast.Name(id=taken[0].arg, ctx=ast.Store()), owner)
            bind(scope, [each for each in node.body if isinstance(each, ast.FunctionDef)], self.surroundings)
            for each in assigned:
                if each.value is not None:
                    yield Patch(name=each.name, expression=each.value, scope=scope, node=each.node)

    def instance_attribute(self, owner: Instance, name: str) -> Value | None:
        """Return an attribute of an instance: a method as it is, a property by its declared type."""
        if not isinstance(owner.of, Class):
            return External(path=f"{owner.of.path}.{name}") if isinstance(owner.of, External) else None
        found = self.classes.attribute(owner.of, name) or self._native_method(owner.of, name)
        if isinstance(found, Wrapped) and found.wrapping in {Wrapping.PROPERTY, Wrapping.CACHED_PROPERTY}:
            function = function_in(found)
            return None if function is None else self._declared(function)
        return found

    def _native_method(self, owner: Class, name: str) -> Value | None:
        """Return a method that a class inherits from a class written in C."""
        for each in self.classes.mro(owner):
            found = vars(each.value).get(name) if isinstance(each, Native) and isinstance(each.value, type) else None
            if callable(found):
                return Native(value=found)
        return None

    def value_on_class(self, value: Value) -> Value:
        """Return the value of reading an attribute from the class.

        For a descriptor, it is the function that it returns for no instance.
        """
        if not isinstance(value, Instance):
            return value
        getter = self.classes.find(value.of, "__get__") if isinstance(value.of, Class) else None
        function = function_in(self.names.value(getter[1])) if getter else None
        if function is not None and isinstance(function.node, ast.FunctionDef):
            nested = returned_function(function.node)
            if nested is not None:
                return self.definitions.define_function(nested, function.home)
        return value

    def _pure_instance(self, callee: Value, call: Call) -> Value | None:
        """Return a real instance of a plain value class of the standard library."""
        if not isinstance(callee, Native) or callee.value not in PURE_CLASSES:
            return None
        operands, words = call.plain_arguments(), call.words
        if operands is None or words is None:
            return None
        try:
            given = [plain(value) for _, value in words]
        except (NotPlainError, TypeError):
            return None
        make: Any = callee.value  # one of the classes above
        split, names = len(operands), [name for name, _ in words]

        def made(*values: object) -> object:
            found = make(*values[:split], **dict(zip(names, values[split:], strict=True)))
            hash(found)  # a signaling NaN raises here, and wherever it is compared
            return found

        return self.evaluator.computed(made, make.__name__, [*operands, *given], call.scope)

    def _attribute(self, call: Call) -> Value | None:
        """Return the result of `getattr(owner, name)`."""
        name = call.value(call.node.args[1])
        is_known = isinstance(name, Constant) and isinstance(name.value, str)
        return self.names.attribute(call.value(call.node.args[0]), str(name.value)) if is_known else None  # type: ignore[union-attr] # a constant

    @staticmethod
    def _names_above(path: str, call: Call) -> Value | None:
        """Return the names that a module binds above a line, as `dir()` lists them, or with unknown values."""
        scope = call.scope.module
        line = getattr(call.node, "lineno", 0)
        names = sorted(name for name, binding in scope.names.items() if binding.end < line)
        if path == "dir":
            return Collection(kind="list", items=tuple(Constant(value=name) for name in names))
        pairs = ((Constant(value=name), Opaque(text=name)) for name in names)
        return Collection(kind="dict", items=tuple(part for pair in pairs for part in pair))

    @staticmethod
    def _with_accessors(made: Wrapped, call: Call) -> Wrapped:
        """Return a property with the setter and the deleter in its call."""
        words = {word.arg: word.value for word in call.node.keywords}
        given = [*call.node.args[1:3], None, None]
        setter, deleter = words.get("fset", given[0]), words.get("fdel", given[1])
        found = [None if each is None else call.value(each) for each in (setter, deleter)]
        return replace(made, setter=_none_left_out(found[0]), deleter=_none_left_out(found[1]))

    @staticmethod
    def _instance(callee: Value, call: Call) -> Instance:
        args, words = call.arguments, call.words
        if args is None:
            args = tuple(call.value(arg) for arg in call.node.args)
        if words is None:
            words = tuple((word.arg or "**", call.value(word.value)) for word in call.node.keywords)
        return Instance(of=callee, args=args, keywords=words)

    @staticmethod
    def _type_parameter(kind: str, call: Call) -> Value | None:
        node, scope = call.node, call.scope
        if not (node.args and isinstance(node.args[0], ast.Constant)):
            return None
        flags = {
            word.arg for word in node.keywords if isinstance(word.value, ast.Constant) and word.value.value is True
        }
        mark = "+" if "covariant" in flags else "-" if "contravariant" in flags else "~"
        bounds = [word.value for word in node.keywords if word.arg == "bound"]
        bound = call.value(bounds[0]) if bounds and not isinstance(bounds[0], ast.Constant) else None
        return TypeParameter(kind=kind, name=str(node.args[0].value), module=scope.module_name, mark=mark, bound=bound)

    def _synthetic_class(self, path: str, call: Call) -> Value | None:
        """Return the class that `namedtuple`, `NamedTuple`, `TypedDict` or `Enum` makes when called with names."""
        found = class_statement(path, call.node)
        if found is None:
            return None
        definition, module = found
        home = scopes.nested(call.scope.module, ast.Name(id=module, ctx=ast.Store()), Module(name=module))
        return self.definitions.define_class(definition, home)

    def _result(self, callee: Value, call: Call) -> Value | None:
        node = call.node
        function = function_in(callee)
        if function is None or isinstance(function.node, ast.AsyncFunctionDef | ast.Lambda):
            return None
        nested = returned_function(function.node)
        if nested is None:
            given = given_back(function.node, node, is_bound=_is_bound(callee, function, call))
            if given is not None:
                return call.value(given)
            return self._made_property(function) or self._declared(function) or self._made(function)
        taken = argument_of(function.node, node, wrapped_name(nested)) or (node.args[0] if node.args else None)
        inner = None if taken is None else call.value(taken)
        if isinstance(inner, Function | Wrapped):
            return self._wrapped_by(function, nested, inner)
        return self.definitions.decorated(nested, function.home)

    def _made_property(self, function: Function) -> Value | None:
        """Return the property that a function makes of one of its own: `return property(lambda self: ...)`."""
        given = results(function.node) if isinstance(function.node, ast.FunctionDef) else []
        if len(given) != 1 or not isinstance(given[0], ast.Call) or last_name(given[0].func) not in PROPERTIES:
            return None
        home = scopes.nested(function.home, ast.Name(id="", ctx=ast.Store()), NONE)
        bind(home, [each for each in function.node.body if isinstance(each, ast.FunctionDef)], self.surroundings)  # type: ignore[union-attr] # no lambda
        made = self.evaluator.evaluate(given[0], home)
        return made if isinstance(made, Wrapped) else None

    def _declared(self, function: Function) -> Value | None:
        """Return some instance of the class that a function declares to return."""
        annotation = None if isinstance(function.node, ast.Lambda) else function.node.returns
        if annotation is None or isinstance(function.node, ast.AsyncFunctionDef):
            return None
        found = self.evaluator.evaluate(annotation, function.home)
        if isinstance(found, Constant) and isinstance(found.value, str):
            found = self.evaluator.text(found.value, function.home, annotation)
        if isinstance(found, Form) and found.kind in {FormKind.BUILTIN, FormKind.TYPING} and found.origin is not None:
            found = found.origin
        if isinstance(found, Class | External) or (isinstance(found, Native) and isinstance(found.value, type)):
            return Instance(of=found, is_complete=False)
        return None

    def _made(self, function: Function) -> Value | None:
        """Return some instance of the class that a function calls for each of its results, None if there is none."""
        body = function.home.source.facts.body(function.node)
        tail = body.outcome.tail
        taken = {each.arg for each in ast.walk(function.node.args) if isinstance(each, ast.arg)}
        if not tail or "." in tail or tail in taken or body.is_generator or "None" in body.outcome.gives:
            return None
        made = self.evaluator.evaluate(ast.Name(id=tail, ctx=ast.Load()), function.home)
        return Instance(of=made, is_complete=False) if isinstance(made, Class) else None

    def _by_body(self, decorator: Function, inner: Value, *, is_factory: bool) -> Value | None:
        """Return the result of a decorator for a function, according to its body."""
        node = decorator.node
        if isinstance(node, ast.Lambda):
            return None
        if is_factory and not returns_itself(node):
            nested = returned_function(node)
            return self._by_result(decorator, inner) if nested is None else self._by_node(decorator, nested, inner)
        return self._by_node(decorator, node, inner)

    def _by_result(self, factory: Function, inner: Value) -> Value | None:
        """Return what a decorator makes that a function returns: a lambda that calls a class, or an object."""
        given = results(factory.node) if isinstance(factory.node, ast.FunctionDef) else []
        made = given[0].body if len(given) == 1 and isinstance(given[0], ast.Lambda) else None
        if isinstance(made, ast.Call):
            owner = self.evaluator.evaluate(made.func, factory.home)
            return self._by_class(owner, inner) if isinstance(owner, Class) else None
        found = self._made(factory)
        return self._by_object(found, inner) if isinstance(found, Instance) else None

    def _by_object(self, decorator: Instance, inner: Value) -> Value | None:
        """Return what an object makes of a function as a decorator: what its `__call__` returns."""
        owner = decorator.of
        called = function_in(self.classes.attribute(owner, "__call__")) if isinstance(owner, Class) else None
        if called is None or not isinstance(called.node, ast.FunctionDef):
            return None
        return self._by_node(called, called.node, inner, is_method=True)

    def _by_node(
        self,
        decorator: Function,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        inner: Value,
        *,
        is_method: bool = False,
    ) -> Value | None:
        arguments = [*node.args.posonlyargs, *node.args.args][is_method:]
        taken = arguments[0].arg if arguments else ""
        if taken and any(gives_back(result, taken) for result in results(node)):
            return inner
        further = decorator_called(node, taken)
        if further is not None:
            return self.decorated(self.evaluator.evaluate(further, decorator.home), inner, is_factory=True)
        applied = applied_function(node)
        if applied is not None:
            return self._by_node(decorator, applied, inner)
        nested = returned_function(node)
        if nested is None:
            return self._property_by(decorator, node, taken, inner) or self._by_tail(decorator, node, inner)
        return self._wrapped_by(decorator, nested, inner)

    def _by_tail(self, decorator: Function, node: ast.FunctionDef | ast.AsyncFunctionDef, inner: Value) -> Value | None:
        """Return what a decorator makes that leaves the wrapping to another function: `return wrapped(function, 3)`."""
        tail = decorator.home.source.facts.body(node).outcome.tail
        callee = self.evaluator.evaluate(ast.Name(id=tail, ctx=ast.Load()), decorator.home) if tail else None
        helper = function_in(callee)
        if helper is None or not isinstance(helper.node, ast.FunctionDef) or not helper.node.args.args:
            return None
        nested = returned_function(helper.node)
        if nested is None or wrapped_name(nested) != helper.node.args.args[0].arg:
            return None
        return self._wrapped_by(helper, nested, inner)

    def _property_by(
        self, decorator: Function, node: ast.FunctionDef | ast.AsyncFunctionDef, taken: str, inner: Value
    ) -> Value | None:
        """Return the property that a decorator makes of what it decorates, or of a function in it that calls that."""
        given = results(node)
        call = given[0] if len(given) == 1 else None
        if not isinstance(call, ast.Call) or len(call.args) != 1 or last_name(call.func) not in PROPERTIES:
            return None
        callee = self.evaluator.evaluate(call.func, decorator.home)
        effect = effects.known(self.effects, effects.path_of(callee) or "")
        name = last_name(call.args[0])
        nested = nested_functions(node).get(name)
        if effect is None or (nested is None and name != taken):
            return None
        return effects.apply(effect, inner if nested is None else self._wrapped_by(decorator, nested, inner))

    def _wrapped_by(self, decorator: Function, nested: ast.FunctionDef | ast.AsyncFunctionDef, inner: Value) -> Value:
        """Return the function that replaces another.

        It is the old one if a decorator of the new one is given the old one (`wraps`).
        """
        for each in nested.decorator_list:
            if isinstance(each, ast.Call) and any(isinstance(arg, ast.Name) for arg in each.args):
                return self._redescribed(decorator, nested, inner)
        made = self.definitions.define_function(nested, decorator.home)
        return replace(made, replaces=function_in(inner))

    def _redescribed(self, decorator: Function, nested: ast.FunctionDef | ast.AsyncFunctionDef, inner: Value) -> Value:
        """Return a function with the docstring that its decorator assigns to the new function, if it does.

        This is the effect of `wrapper.__doc__ = ...` in the body of the decorator.
        """
        node = decorator.node
        if not isinstance(inner, Function) or isinstance(node, ast.Lambda) or nested not in node.body:
            return inner
        taken = positional(node.args)
        if not taken:
            return inner
        scope = scopes.nested(decorator.home, ast.Name(id=taken[0].arg, ctx=ast.Store()), inner)
        bind(scope, node.body, self.surroundings)
        for patch in scope.patches.get(nested, []):
            expression = patch.expression if patch.name == "__doc__" else None
            value = None if expression is None else self.evaluator.evaluate(expression, scope)
            if isinstance(value, Constant) and isinstance(value.value, str):
                return replace(inner, doc=value.value)
        return inner


def _is_bound(callee: Value, function: Function, call: Call) -> bool:
    """Return True if a call is one of a method, whose first parameter receives the object that it is called on."""
    owner = call.node.func.value if isinstance(call.node.func, ast.Attribute) else None
    class_ = function.qualname.rpartition(".")[0]
    wrapping = callee.wrapping if isinstance(callee, Wrapped) else None
    if owner is None or not class_ or class_.endswith("<locals>") or wrapping is Wrapping.STATICMETHOD:
        return False
    # `Class.method(instance)`: only a name is looked up, because the result of a chain of calls is an instance.
    is_class = isinstance(owner, ast.Name) and isinstance(call.value(owner), Class)
    return wrapping is Wrapping.CLASSMETHOD or not is_class


def _with_margin(path: str, call: Call) -> Value:
    text = call.value(call.node.args[0])
    if isinstance(text, Constant) and isinstance(text.value, str):
        return Constant(value=MARGINS[path](text.value))
    return Opaque(text=written(call.node))


def _mapping(call: Call) -> Value | None:
    """Return the result of `dict(...)` for another dict, or pairs, and keywords; None if it is unknown."""
    words = call.words
    if words is None or len(call.node.args) > 1:
        return None
    given = call.value(call.node.args[0]) if call.node.args else Collection(kind="dict", items=())
    if not isinstance(given, Collection):
        return None
    pairs = list(given.pairs) if given.kind == "dict" else []
    for each in given.items if given.kind != "dict" else ():
        if not isinstance(each, Collection) or len(each.iterated) != 2:  # noqa: PLR2004 - key and value
            return None
        pairs.append((each.iterated[0], each.iterated[1]))
    return dict_of((*pairs, *((Constant(value=name), each) for name, each in words)))


def _none_left_out(value: Value | None) -> Value | None:
    return None if value == NONE else value


def _type_of(value: Value) -> Value | None:
    """Return the result of `type(value)`."""
    if isinstance(value, Instance):
        return value.of
    return Native(value=type(value.value)) if isinstance(value, Constant) else None
