"""Describes values and functions before the implementation is known, and creates them once it is.

A strategy cannot build a `Cache`, because it does not know the implementation. It draws a *recipe*, which prints as the
call that a user would write (`Cache(behavior='auto')`), compares by value, and creates a new object each time.
"""

from __future__ import annotations
import __future__

import contextlib
import dataclasses
import difflib
import functools
import hashlib
import inspect
import keyword
import linecache
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from inspect import Parameter
from types import CodeType, MappingProxyType
from typing import Any

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.made_up import required_values
from conformance.engine.properties import leave_out
from conformance.errors import Gap

NOTHING: Any = Parameter.empty
"""No annotation or no default, as in `inspect`, and in an interface for an input without a default."""

POSITIONAL_ONLY, PLAIN, KEYWORD_ONLY = "positional-only", "plain", "keyword-only"
"""The kinds of parameter that a task's function may have; `*args` and `**kwargs` are refused by the contract."""


@dataclass(frozen=True)
class Recipe:
    """A call of one of the implementation's public types: `Cache(behavior='auto')`, `Image.from_base('x')`."""

    type_name: str
    positional: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    factory: str | None = None
    """Name of the class method that is called instead of the class."""

    def __repr__(self) -> str:
        """Return the call as a user writes it."""
        arguments = [repr(value) for value in self.positional]
        arguments += [f"{name}={value!r}" for name, value in self.named.items()]
        call = self.type_name if self.factory is None else f"{self.type_name}.{self.factory}"
        return f"{call}({', '.join(arguments)})"

    def make(self, impl: Adapter) -> Any:
        """Return a new value of the implementation's type.

        Raises:
            Gap: The implementation offers no such type.
        """
        call = type_of(impl, self.type_name)
        if self.factory is not None:
            return getattr(call, self.factory)(*made(impl, self.positional), **made(impl, dict(self.named)))
        if self.positional:
            return call(*made(impl, self.positional), **made(impl, dict(self.named)))
        return constructed(impl, self.type_name, made(impl, dict(self.named)))


@dataclass(frozen=True)
class SubclassRecipe(Recipe):
    """A value of a subclass of the user's own, which an implementation may not mistake for something else."""

    def __repr__(self) -> str:
        """Return the call, marked, so that nobody takes it for source text."""
        return f"<of a subclass: {super().__repr__()}>"

    def make(self, impl: Adapter) -> Any:
        """Return a new value of a subclass, or of the class itself if it cannot be subclassed."""
        value = super().make(impl)
        # Only the adapter knows how to call the constructor.
        with contextlib.suppress(TypeError, AttributeError):
            object.__setattr__(value, "__class__", _subclass_of(type(value)))  # type: ignore[arg-type]  # a class has a hash
        return value


@functools.cache
def _subclass_of(kind: type[Any]) -> type[Any]:
    return derived_class(kind, f"Own{kind.__name__}", __slots__=())


def of_subclass(type_name: str, **named: Any) -> SubclassRecipe:
    """Return the recipe of a value of a subclass of a public type."""
    return SubclassRecipe(type_name, named=MappingProxyType(named))


def recipe(type_name: str, *positional: Any, **named: Any) -> Recipe:
    """Return the recipe of a constructor call."""
    return Recipe(type_name, positional, MappingProxyType(named))


def made(impl: Adapter, value: Any) -> Any:
    """Return `value` with every recipe in it replaced by its object; mutable containers are always new.

    A string is new as well, as one that a program reads or computes.

    Raises:
        Gap: The implementation offers no such type.
    """
    if isinstance(value, Recipe | AcceleratorRecipe):
        return value.make(impl)
    if type(value) in (list, tuple):
        return type(value)(made(impl, item) for item in value)
    if type(value) is dict:
        return {key: made(impl, item) for key, item in value.items()}
    return anew(value)


def anew(value: Any) -> Any:
    """Return an equal string that is not the same object; anything else as it is."""
    return value[:1] + value[1:] if type(value) is str else value


def constructed(impl: Adapter, type_name: str, named: Mapping[str, Any]) -> Any:
    """Return a value of a public type, or an exception of the contract, by the names of its fields.

    The contract defines neither the signatures of its types nor the spelling of all fields. So the adapter's
    `construct` creates the value, if there is one. If not, the type is called by keyword, and by position if it refuses
    that.

    Raises:
        Gap: The implementation offers no such type.
    """
    if (construct := getattr(impl, "construct", None)) is not None:
        return construct(type_name, **named)
    kind = type_of(impl, type_name) if type_name in impl.types else getattr(impl.errors, type_name)
    return called(kind, named)


def called(kind: Callable[..., Any], named: Mapping[str, Any]) -> Any:
    """Return the result of calling a type by keyword, or by position if that raises TypeError."""
    try:
        return kind(**named)
    except TypeError as by_keyword:
        try:
            return kind(*named.values())
        except TypeError:
            raise by_keyword from None


def derived_class(base: type[Any], name: str, **members: Any) -> type[Any]:
    """Return a subclass as a `class` statement creates it, including the namespace from its metaclass."""
    return types.new_class(name, (base,), exec_body=lambda namespace: namespace.update(members))


@dataclass(frozen=True)
class AcceleratorRecipe:
    """An accelerator of the implementation. The contract requires a closed list, but not its contents."""

    number: int

    def __repr__(self) -> str:
        """Return the common accelerator of that number."""
        return repr(COMMON_ACCELERATORS[self.number])

    def make(self, impl: Adapter) -> str | int:
        """Return the accelerator with that number, modulo their count; a plain count if none is known."""
        known = accelerators_of(impl)
        return known[self.number % len(known)] if known else self.number + 1


COMMON_ACCELERATORS = ("T4:1", "A100:2", "T4", "A100", "nvidia-tesla-t4", "nvidia-tesla-a100")
"""Common accelerators to try if the adapter names no `accelerators`."""


def accelerators_of(impl: Adapter) -> tuple[str, ...]:
    """Return accelerators that `Resources(gpu=...)` accepts: those that the adapter names, or the common ones."""
    named: tuple[str, ...] = tuple(getattr(impl, "accelerators", ()))
    return named or tuple(gpu for gpu in COMMON_ACCELERATORS if _takes_accelerator(impl.types["Resources"], gpu))


@functools.cache
def _takes_accelerator(kind: Callable[..., Any], gpu: str) -> bool:
    try:
        called(kind, {"gpu": gpu})
    except Exception:  # noqa: BLE001 - an unknown implementation may raise anything
        return False
    return True


def type_of(impl: Adapter, type_name: str) -> Any:
    """Return the implementation's public type of that contract name.

    Raises:
        Gap: The implementation offers no such type.
    """
    try:
        return impl.types[type_name]
    except KeyError:
        raise Gap(type_gap(impl.types, type_name)) from None


def type_gap(types: Mapping[str, Any], type_name: str) -> str:
    """Return the message of a gap for a missing public type."""
    return f"public type not offered: {type_name}{look_alike(type_name, types, 'types')}"


def look_alike(name: str, offered: Iterable[str], where: str) -> str:
    """Return a remark for a gap that a misspelled name may cause, empty if no offered name is similar.

    Parameters:
        name: The name that is not offered.
        offered: The offered names.
        where: The member of the adapter that has them.
    """
    near = difflib.get_close_matches(name, offered, n=1, cutoff=0.85)
    return f" ({where} has {near[0]}, is it that?)" if near else ""


@dataclass(frozen=True, kw_only=True)
class ParameterRecipe:
    """One parameter of a function to be defined."""

    name: str
    annotation: Any = NOTHING
    default: Any = NOTHING
    kind: str = PLAIN

    def source(self, index: int) -> str:
        """Return the parameter as source text; annotation and default are looked up in the globals by `index`."""
        annotation = "" if self.annotation is NOTHING else f": annotation_{index}"
        default = "" if self.default is NOTHING else f" = default_{index}"
        return f"{self.name}{annotation}{default}"


@dataclass(frozen=True, kw_only=True)
class FunctionRecipe:
    """A function to be defined: its name, parameters, annotations, docstring; it returns the tuple of its arguments."""

    name: str = "f"
    parameters: tuple[ParameterRecipe, ...] = ()
    returns: Any = NOTHING
    is_async: bool = False
    doc: str | None = None
    is_postponed: bool = False
    """Whether its module postpones annotations (`from __future__ import annotations`), so that all are strings."""

    def __repr__(self) -> str:
        """Return the head of the function, annotations and defaults printed."""
        shown = []
        for parameter in self.parameters:
            annotation = "" if parameter.annotation is NOTHING else f": {_shown(parameter.annotation)}"
            default = "" if parameter.default is NOTHING else f" = {parameter.default!r}"
            shown.append((parameter.kind, f"{parameter.name}{annotation}{default}"))
        returns = "" if self.returns is NOTHING else f" -> {_shown(self.returns)}"
        return f"{self._opening()}({_joined(shown)}){returns}"

    def define(self, body: Callable[..., Any] | None = None) -> Callable[..., Any]:
        """Return the function, newly defined. Two calls return two functions that are equal in every respect.

        Parameters:
            body: Called with the values of the parameters, in order, each time the function runs, and awaited if both
                are async. Without it, the function returns the tuple of its arguments.
        """
        heads = [(parameter.kind, parameter.source(index)) for index, parameter in enumerate(self.parameters)]
        returns = "" if self.returns is NOTHING else " -> returned"
        values = "".join(f"{parameter.name}, " for parameter in self.parameters)
        result = f"({values})" if body is None else f"returned_by({values})"
        if self.is_async and inspect.iscoroutinefunction(body):
            result = f"await {result}"
        source = f"{self._opening()}({_joined(heads)}){returns}:\n    return {result}\n"
        names: dict[str, Any] = {"__name__": __name__, "returned": self.returns, "returned_by": body}
        for index, parameter in enumerate(self.parameters):
            names[f"annotation_{index}"] = parameter.annotation
            names[f"default_{index}"] = parameter.default
        flags = __future__.annotations.compiler_flag if self.is_postponed else 0
        filename = f"<function recipe {hashlib.sha256(source.encode()).hexdigest()[:12]}>"
        # Some templates read the source of their function: `inspect.getsource` finds it here.
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        exec(_compiled(source, filename, flags), names)  # noqa: S102 - real kinds, defaults and annotations need real source
        function: Callable[..., Any] = names[self.name]
        function.__doc__ = self.doc
        return function

    def _opening(self) -> str:
        return f"async def {self.name}" if self.is_async else f"def {self.name}"


@functools.cache
def _compiled(source: str, filename: str, flags: int) -> CodeType:
    """Return the code of a module of functions; many examples have the same head."""
    # Without `dont_inherit`, this module's own import from __future__ would apply.
    code: CodeType = compile(source, filename, "exec", flags, dont_inherit=True)
    return code


def _joined(parameters: list[tuple[str, str]]) -> str:
    """Return the source of parameters, given as (kind, source) in order, with the `/` and the `*` they need."""
    texts: list[str] = []
    for index, (kind, text) in enumerate(parameters):
        if kind == KEYWORD_ONLY and (index == 0 or parameters[index - 1][0] != KEYWORD_ONLY):
            texts.append("*")
        texts.append(text)
        if kind == POSITIONAL_ONLY and (index + 1 == len(parameters) or parameters[index + 1][0] != POSITIONAL_ONLY):
            texts.append("/")
    return ", ".join(texts)


def _shown(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else repr(annotation)


def is_free_name(name: str) -> bool:
    """Return True if a function recipe may use the name for a parameter."""
    reserved = ("annotation_", "default_", "returned")
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith(reserved)


class CallableObject:
    """A callable object around a function, with the function's name; async when `AsyncCallableObject`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.function(*args, **kwargs)


class AsyncCallableObject(CallableObject):
    """A callable object whose `__call__` is a coroutine function."""

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Await the function."""
        return await self.function(*args, **kwargs)


class NamelessObject:
    """A callable object with no name, docstring or code; only its signature is the function's, for adapters."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__signature__ = inspect.signature(function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.function(*args, **kwargs)


class NamelessAsyncObject(NamelessObject):
    """The same whose `__call__` is a coroutine function."""

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Await the function."""
        return await self.function(*args, **kwargs)


def _as_method(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function as a bound method."""

    class Owner:
        bound = staticmethod(function)

        def method(self, *args: Any, **kwargs: Any) -> Any:
            return self.bound(*args, **kwargs)

        async def async_method(self, *args: Any, **kwargs: Any) -> Any:
            return await self.bound(*args, **kwargs)

    # The method has the function's parameters after its receiver, because an adapter may inspect the signature.
    receiver = inspect.Parameter("_receiver", inspect.Parameter.POSITIONAL_ONLY)
    signature = inspect.signature(function)
    seen = signature.replace(parameters=[receiver, *signature.parameters.values()])
    for method in (Owner.method, Owner.async_method):
        method.__annotations__ = function.__annotations__
        setattr(method, "__signature__", seen)  # noqa: B010 - inspect looks for it, and no type knows it
    return Owner().async_method if _is_async(function) else Owner().method


def as_wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function in a wrapper of its own kind, as a decorator makes it."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    @functools.wraps(function)
    async def async_wrapper(*args: Any, **kwargs: Any) -> Any:
        return await function(*args, **kwargs)

    return async_wrapper if _is_async(function) else wrapper


def _is_async(function: Callable[..., Any]) -> bool:
    return bool(function.__code__.co_flags & 0x80)  # CO_COROUTINE, without a helper of an implementation


SHAPES: Mapping[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "function": lambda function: function,
    "partial": functools.partial,
    "method": _as_method,
    "wrapped function": as_wrapped,
    "object": NamelessObject,
    "async object": NamelessAsyncObject,
}
"""Shapes of callables by name -> converter of a function."""

PLAIN_SHAPES = ("function", "partial", "method", "wrapped function")
"""Shapes of sync and async functions alike. An `object` is for sync ones; one that is async has rules of its own."""


@dataclass(frozen=True, kw_only=True)
class TemplateRecipe:
    """A template to create: its function and the named constructor parameters."""

    function: FunctionRecipe = FunctionRecipe()
    fields: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    origin: str = "constructor"
    """Its origin, one of ORIGINS; `build` uses it, `make` ignores it."""
    shape: str = "function"
    """One of SHAPES; a decorator gets the plain function, because it may ask for its name."""

    def __repr__(self) -> str:
        """Return the recipe as `<template of def f(x) with retries=3, by copy>`."""
        fields = ", ".join(f"{name}={value!r}" for name, value in self.fields.items())
        origin = "" if self.origin == "constructor" else f", by {self.origin}"
        shape = "" if self.shape == "function" else f"{self.shape} "
        return f"<template of {shape}{self.function!r} with {fields or 'defaults'}{origin}>"

    def make(self, impl: Adapter, *, as_class: type[Any] | None = None, **more: Any) -> Any:
        """Return a new template; a field that the implementation does not offer is left out.

        Parameters:
            impl: The implementation under test.
            as_class: A subclass to create instead of the template itself.
            more: Further constructor parameters, already created; they take precedence.
        """
        fields = {**made(impl, supported(impl, self.fields)), **{name: anew(value) for name, value in more.items()}}
        function = self.function.define()
        shaped = SHAPES[self._shape_for(impl)](function)
        if as_class is None and shaped is function:
            return impl.make(function, **fields)
        named = {"name": "shaped", "interface": impl.interface_of(function), **fields}
        if as_class is None:
            return impl.make(shaped, **named)
        return as_class(func=shaped, **{**needed_values(impl, as_class), **own_values(as_class), **named})

    def _shape_for(self, impl: Adapter) -> str:
        """Return the shape of the callable: a function for a plugin's class, which may read its source."""
        if not is_of_contract(impl):
            return "function"
        # An object that is async has rules of its own, and a property may have replaced the function that was drawn.
        return "partial" if self.function.is_async and self.shape == "object" else self.shape


OWN_FIELD = "of_the_subclass"
"""The field that a subclass of ours adds to a template that is a dataclass."""


def subclassed(impl: Adapter) -> type[Any]:
    """Return a subclass of the template under test. If the template is a dataclass, it is one with a field of its own.

    Raises:
        Gap: The suite cannot call the template class, see `needs_constructor`.
    """
    needs_constructor(impl)
    plain = derived_class(impl.template, "Subclass")
    parameters = getattr(impl.template, "__dataclass_params__", None)
    if parameters is None:
        return plain
    # Making it a dataclass would replace a handwritten constructor, which does more than a generated one.
    author = next(one for one in impl.template.__mro__ if "__init__" in vars(one))
    is_generated = "__dataclass_params__" in vars(author)
    if is_generated:
        plain = derived_class(impl.template, "Subclass", __annotations__={OWN_FIELD: str}, **{OWN_FIELD: "default"})
    # In Python a dataclass and its base must both be frozen, or both not.
    return dataclass(kw_only=True, frozen=parameters.frozen, init=is_generated)(plain)


def own_values(template_class: type[Any]) -> dict[str, Any]:
    """Return values of the fields that a subclass of ours adds; none of them is the default."""
    known = dataclasses.fields(template_class) if dataclasses.is_dataclass(template_class) else ()
    return {OWN_FIELD: "its own"} if any(one.name == OWN_FIELD for one in known) else {}


def needs_constructor(impl: Adapter) -> None:
    """Let the rule be a gap unless the template class is called with name, interface and func, as plugins call it.

    An implementation may create its templates by a factory that only its adapter's `make` knows.

    Raises:
        Gap: `make` returns a template, but the class refuses the call.
    """
    if not takes_function(impl):
        raise Gap(f"{impl.template.__name__} is not called with name, interface and func")


def takes_function(impl: Adapter) -> bool:
    """Return True if the template class can be called with name, interface and func, not only through `make`.

    Raises:
        Gap: `make` raises one, or the class needs arguments that cannot be made up.
    """
    function = FunctionRecipe().define()
    named = {"name": "template", "interface": impl.interface_of(function), **needed_values(impl, impl.template)}
    try:
        impl.template(func=function, **named)
    except TypeError:
        return not _can_make(impl, function)
    return True


def _can_make(impl: Adapter, function: Callable[..., Any]) -> bool:
    """Return True if the adapter makes a template from a function.

    Raises:
        Gap: It raises one.
    """
    try:
        impl.make(function)
    except Gap:
        raise
    except Exception:  # noqa: BLE001 - whatever a broken implementation raises; its rules judge it
        return False
    return True


def needs_dataclass(impl: Adapter) -> None:
    """Let the rule be a gap unless the template class is a dataclass, because only then a subclass can add fields.

    Raises:
        Gap: It is not, or the suite cannot call it.
    """
    if not dataclasses.is_dataclass(impl.template):
        raise Gap(f"{impl.template.__name__} is not a dataclass, so a subclass cannot add fields to it")
    needs_constructor(impl)


def needed_values(impl: Adapter, template_class: type[Any]) -> dict[str, Any]:
    """Return the arguments that a template class needs besides name, interface and func.

    Raises:
        Gap: It cannot be made up.
    """
    configuration = getattr(impl, "configuration", None)
    return {**required_values(template_class), **(configuration() if configuration is not None else {})}


def supported(impl: Adapter, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that the implementation claims to support and has the public types for.

    A missing type is recorded, because an example that fails without it does not show a fault.
    """
    claimed = impl.fields()
    return {name: value for name, value in fields.items() if name in claimed and can_be_made(impl, value)}


def can_be_made(impl: Adapter, value: Any) -> bool:
    """Return True if the implementation has the public types that a value consists of. A missing one is recorded."""
    if not isinstance(value, Recipe):
        return not isinstance(value, list | tuple) or all(can_be_made(impl, each) for each in value)
    if value.type_name not in impl.types:
        leave_out(type_gap(impl.types, value.type_name))
        return False
    return all(can_be_made(impl, each) for each in (*value.positional, *value.named.values()))


def is_of_contract(impl: Adapter) -> bool:
    """Return True if the class under test is the contract's own; that of a plugin may derive fields from others."""
    named = "AsyncFunctionTaskTemplate"
    return named not in impl.types or impl.template is impl.types[named]


def makes_own_class(impl: Adapter) -> bool:
    """Return True if the decorator of an environment makes templates of the class under test."""
    plain = impl.types.get("AsyncFunctionTaskTemplate")
    return impl.template is plain and "environment" in impl.capabilities


OF_BOTH_LEVELS = ("cache", "queue", "pod_template", "interruptible")
"""Fields that both the environment and the decorator can set. Source: ENV-04."""


def options_of(impl: Adapter, env: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the offered ones among the decorator's options. The contract names some of them, but has no full list."""
    parameters = inspect.signature(env.task).parameters.values()
    takes_any = any(one.kind is one.VAR_KEYWORD for one in parameters)
    taken = {one.name for one in parameters} | set(OF_BOTH_LEVELS)
    return {name: value for name, value in supported(impl, options).items() if takes_any or name in taken}
