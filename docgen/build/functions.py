"""Functions and methods, seen through their decorators: signatures, overloads, what a call of them gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from docgen.build.annotations import Annotations
from docgen.build.docs import Docs, described, descriptions
from docgen.build.places import Places, bound_path
from docgen.build.values import Values
from docgen.model import Decorator, Function, Overload, Parameter, ParameterKind, Receiver, Signature, TypeParameter
from docgen.runtime import signatures, values
from docgen.runtime.budget import written
from docgen.runtime.values import Binding, Class, Constant, Scope, Wrapped, Wrapping
from docgen.runtime.world import World
from docgen.sources.library import RawParameter
from docgen.sources.trees import raw_docstring

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

OVERLOAD = frozenset({"typing.overload", "typing_extensions.overload"})
FINAL = frozenset({"typing.final", "typing_extensions.final"})
OVERRIDE = frozenset({"typing.override", "typing_extensions.override"})
DEPRECATED = frozenset({"warnings.deprecated", "typing_extensions.deprecated", "_py_warnings.deprecated"})
ABSTRACT = frozenset(
    f"abc.{name}" for name in ("abstractmethod", "abstractproperty", "abstractclassmethod", "abstractstaticmethod")
)
CONTEXT_MANAGER = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
DISPATCH = frozenset({"functools.singledispatch", "functools.singledispatchmethod"})

_EFFECTS = {Wrapping.CACHED: "cached", Wrapping.SYNCIFIED: "syncified", Wrapping.OBJECT: "object"}
"""What decorators make of a function beside the kind of a method, and the word for it."""


class Functions:
    """Describes functions.

    Parameters:
        world: Where names are looked up.
        annotations: How annotations are read.
        values_: How defaults are read.
        docs: How docstrings are read.
    """

    def __init__(self, world: World, annotations: Annotations, values_: Values, docs: Docs) -> None:
        self.world = world
        self.annotations = annotations
        self.values = values_
        self.docs = docs
        self.places = Places(world)

    def of(self, name: str, value: values.Value, function: values.Function, binding: Binding | None) -> Function:
        """Return a function of a module.

        Parameters:
            name: Under which the module offers it.
            value: What the name is bound to.
            function: The function inside of it.
            binding: Of the name, where it is defined.
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
        signature, receiver_name = self.signature(function, drops_first=receiver is not Receiver.NONE)
        docstring = self.docs.of_function(function, name, owner)
        definition = binding.how if binding and isinstance(binding.how, FunctionNode) else function.node
        home = binding.scope if binding and definition is binding.how else function.home
        decorators = self.places.decorators(definition, home)
        paths = {each.path for each in decorators}
        if docstring is None and definition is not function.node:
            docstring = self.docs.of(raw_docstring(definition), definition)
        return Function(
            name=name,
            path=function.path if definition is function.node else bound_path(binding) if binding else function.path,
            location=self.places.location(definition, home),
            signature=described(signature, descriptions(docstring)),
            overloads=self._overloads(binding, drops_first=receiver is not Receiver.NONE),
            receiver=receiver,
            receiver_name=receiver_name,
            is_async=isinstance(function.node, ast.AsyncFunctionDef),
            is_context_manager=bool(paths & CONTEXT_MANAGER),
            is_abstract=bool(paths & ABSTRACT),
            is_final=bool(paths & FINAL),
            is_override=bool(paths & OVERRIDE),
            is_signature_known=self.is_known(definition, home),
            effects=self._effects(value, paths),
            decorators=decorators,
            deprecation=self.deprecation(definition, home, decorators),
            docstring=docstring,
        )

    def _effects(self, value: values.Value, paths: set[str]) -> tuple[str, ...]:
        found = [_EFFECTS[each] for each in wrappings_of(value) if each in _EFFECTS]
        return (*found, *(["dispatched"] if paths & DISPATCH else ()))

    def is_known(self, definition: ast.AST, home: Scope) -> bool:
        """Return False if a decorator of a definition is unknown, and so may have changed its signature."""
        if not isinstance(definition, FunctionNode):
            return True
        inner = self.world.define_function(definition, home) if definition.decorator_list else None
        for node in definition.decorator_list:
            decorator = node.func if isinstance(node, ast.Call) else node
            callee = self.world.evaluator.evaluate(decorator, home)
            if isinstance(decorator, ast.Attribute) and decorator.attr in {"setter", "deleter", "getter", "register"}:
                continue
            if inner and self.world.calls.decorated(callee, inner, is_factory=isinstance(node, ast.Call)) is None:
                return False
        return True

    def deprecation(self, node: ast.AST, home: Scope, decorators: tuple[Decorator, ...]) -> str | None:
        """Return the message that a definition is deprecated with, None if it is not. Source: PEP 702."""
        nodes: list[ast.expr] = getattr(node, "decorator_list", [])
        for call, decorator in zip(nodes, decorators, strict=True):
            if decorator.path in DEPRECATED and isinstance(call, ast.Call) and call.args:
                message = self.world.evaluator.evaluate(call.args[0], home)
                is_text = isinstance(message, Constant) and isinstance(message.value, str)
                return str(message.value) if is_text and isinstance(message, Constant) else written(call.args[0])
        return None

    # -- signatures

    def signature(self, function: values.Function, *, drops_first: bool) -> tuple[Signature, str]:
        """Return a signature and the name of the receiver, empty if it takes none.

        Parameters:
            function: Seen through its decorators.
            drops_first: The first parameter takes the receiver.
        """
        node, home = function.node, function.home
        raws = signatures.raw_parameters(function)
        receiver_name = ""
        if drops_first and raws and "variadic" not in raws[0].kind.value:
            receiver_name, raws = raws[0].name, raws[1:]
        returns = None if isinstance(node, ast.Lambda) or node.returns is None else node.returns
        found = Signature(
            parameters=tuple(self._parameter(each, home) for each in raws),
            returns=None if returns is None else self.annotations.of(returns, home),
            type_parameters=self.type_parameters(node, home),
        )
        return found, receiver_name

    def _parameter(self, raw: RawParameter, home: Scope) -> Parameter:
        annotation = None if raw.annotation is None else self.annotations.of(raw.annotation, home)
        is_variadic = "variadic" in raw.kind.value
        return Parameter(
            name=raw.name,
            kind=raw.kind,
            annotation=annotation,
            default=None if raw.default is None or is_variadic else self.values.at(raw.default, home),
            description=annotation.doc if annotation else "",
        )

    def of_fields(self, parameters: tuple[signatures.Parameter, ...], home: Scope) -> Signature:
        """Return the signature of a constructor that is made of fields."""
        return Signature(parameters=tuple(self._of_field(each, home) for each in parameters))

    def _of_field(self, field: signatures.Parameter, home: Scope) -> Parameter:
        annotation = None
        if field.annotated is not None:
            source = field.annotated
            annotation = self.annotations.of(source.node, source.home, resolves=source.is_resolved)
        default = None
        if field.factory is not None:
            default = self.values.factory(field.given.node if field.given else None)
        elif field.value is not None:
            given = field.given
            default = self.values.of(field.value, given.node if given else None, given.home if given else home)
        elif field.default is not None:
            default = self.values.text(field.default)
        doc = annotation.doc if annotation else ""
        return Parameter(
            name=field.name,
            kind=ParameterKind(field.kind),
            annotation=annotation,
            default=default,
            description=field.description or doc,
        )

    def type_parameters(self, node: ast.AST, home: Scope) -> tuple[TypeParameter, ...]:
        """Return the type parameters that a definition declares in brackets (PEP 695)."""
        return tuple(self._declared(each, home) for each in getattr(node, "type_params", ()))

    def _declared(self, node: ast.AST, home: Scope) -> TypeParameter:
        bound: ast.expr | None = getattr(node, "bound", None)
        default: ast.expr | None = getattr(node, "default_value", None)
        constraints = bound.elts if isinstance(bound, ast.Tuple) else []
        return TypeParameter(
            name=str(getattr(node, "name", "")),
            kind=type(node).__name__,
            bound=self.annotations.of(bound, home) if bound is not None and not constraints else None,
            constraints=tuple(self.annotations.of(each, home) for each in constraints),
            default=None if default is None else self.annotations.of(default, home),
            variance="inferred" if type(node).__name__ == "TypeVar" else "",
        )

    # -- overloads

    def _overloads(self, binding: Binding | None, *, drops_first: bool) -> tuple[Overload, ...]:
        """Return the declared signatures of a function, in the order written."""
        found: list[Overload] = []
        for each in history(binding):
            node = each.how
            if not isinstance(node, FunctionNode) or not node.decorator_list:
                continue
            decorators = self.places.decorators(node, each.scope)
            if not any(decorator.path in OVERLOAD for decorator in decorators):
                continue
            function = self.world.define_function(node, each.scope)
            docstring = self.docs.of(raw_docstring(node), node)
            signature, _ = self.signature(function, drops_first=drops_first)
            found.append(
                Overload(
                    signature=described(signature, descriptions(docstring)),
                    docstring=docstring,
                    deprecation=self.deprecation(node, each.scope, decorators),
                    location=self.places.location(node, each.scope),
                )
            )
        return tuple(reversed(found))


def history(binding: Binding | None) -> Iterator[Binding]:
    """Yield a binding and what its name was bound to before, latest first."""
    while binding is not None:
        yield binding
        binding = binding.previous


def wrappings_of(value: values.Value) -> Iterator[Wrapping]:
    """Yield what stands around a function, outermost first."""
    while isinstance(value, Wrapped):
        yield value.wrapping
        value = value.inner


def _receiver(wrappings: frozenset[Wrapping], owner: Class | None) -> Receiver:
    if owner is None or Wrapping.STATICMETHOD in wrappings:
        return Receiver.NONE
    return Receiver.CLASS if Wrapping.CLASSMETHOD in wrappings else Receiver.INSTANCE
