"""The interface of a task: names and types of its inputs and outputs, read from a function."""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from reference_impl.errors import InvalidTypeError, InvalidValueError
from reference_impl.schema.docstrings import Docstring
from reference_impl.schema.document import inputs_schema
from reference_impl.schema.literals import literal_enum
from reference_impl.values.frozen import freeze, frozen_dict

MAX_INLINE_IO_BYTES = 10 * 1024 * 1024
"""Default of `max_inline_io_bytes`: 10 MiB, inputs and outputs of one call together. Source: the contract, CON-04."""

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class _HasDefault:
    """Stands for a default that exists but is known elsewhere only."""


@dataclass(frozen=True)
class NativeInterface:
    """Inputs and outputs of a task, in order; neither dict can be changed.

    `inputs` holds per name the type and the default (`inspect.Parameter.empty` where there is none, `has_default` where
    it is known elsewhere only); `outputs` holds per name the type, and is empty for a task that returns nothing.
    """

    inputs: Mapping[str, tuple[Any, Any]]
    outputs: Mapping[str, Any]
    docstring: Docstring | None = None
    _remote_defaults: Mapping[str, Any] | None = field(default=None, repr=False)

    has_default: ClassVar[type[_HasDefault]] = _HasDefault
    """In place of a default: there is one, but its value is known elsewhere only."""

    def __post_init__(self) -> None:
        freeze(self, inputs=frozen_dict(self.inputs), outputs=frozen_dict(self.outputs))

    @classmethod
    def from_types(
        cls,
        inputs: Mapping[str, tuple[Any, Any]],
        outputs: Mapping[str, Any],
        default_inputs: Mapping[str, Any] | None = None,
    ) -> NativeInterface:
        """Return the interface of a task that is known by its types only.

        Raises:
            InvalidValueError: An input has a default known elsewhere, and `default_inputs` does not hold it.
        """
        for name, (_, default) in inputs.items():
            if default is cls.has_default and name not in (default_inputs or {}):
                raise InvalidValueError(
                    f"input {name!r} has a default, but default_inputs has no value for it. Add one."
                )
        return cls(inputs=inputs, outputs=outputs, _remote_defaults=default_inputs)

    @classmethod
    def from_callable(cls, func: Callable[..., Any]) -> NativeInterface:
        """Return the interface of a function; annotations written as text are evaluated.

        Raises:
            InvalidValueError: The function takes `*args` or `**kwargs`.
            InvalidTypeError: A tuple of one or of any length is returned.
            NameError: An annotation names something that is not there.
        """
        hints = typing.get_type_hints(_annotated_part(func), include_extras=True)
        inputs: dict[str, tuple[Any, Any]] = {}
        for name, parameter in inspect.signature(func).parameters.items():
            if parameter.kind in _VARIADIC:
                raise InvalidValueError(
                    f"function {getattr(func, '__name__', func)!s} takes {parameter}: a task needs named inputs. "
                    "Take a list or a dict as one input."
                )
            inputs[name] = (_enums(hints.get(name, parameter.annotation)), parameter.default)
        docstring = Docstring(callable_=func) if func.__doc__ else None
        return cls(inputs=inputs, outputs=outputs_of(hints.get("return")), docstring=docstring)

    def has_outputs(self) -> bool:
        """Return whether the task returns anything."""
        return bool(self.outputs)

    def required_inputs(self) -> list[str]:
        """Return the names of the inputs without default, in order."""
        return [name for name, (_, default) in self.inputs.items() if default is inspect.Parameter.empty]

    def num_required_inputs(self) -> int:
        """Return how many inputs have no default."""
        return len(self.required_inputs())

    def get_input_types(self) -> dict[str, Any]:
        """Return the type of each input, in order."""
        return {name: annotation for name, (annotation, _) in self.inputs.items()}

    def convert_to_kwargs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the arguments of a call by name.

        Raises:
            InvalidValueError: Too many, an unknown name, or a value given twice.
        """
        names = list(self.inputs)
        if len(args) > len(names):
            raise InvalidValueError(
                f"{len(args)} positional arguments came, at most {len(names)} are due: {', '.join(names)}."
            )
        by_position = dict(zip(names, args, strict=False))
        if twice := by_position.keys() & kwargs.keys():
            raise InvalidValueError(f"{', '.join(sorted(twice))}: given by position and by name. Give each value once.")
        if unknown := kwargs.keys() - self.inputs.keys():
            raise InvalidValueError(
                f"{', '.join(sorted(unknown))}: no such input. There are: {', '.join(names) or 'none'}."
            )
        return kwargs | by_position

    @property
    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema (draft 2020-12) of an object that holds the inputs by name; a new one each time."""
        return inputs_schema(self.inputs, self.docstring.input_descriptions if self.docstring else {})

    def __repr__(self) -> str:
        inputs = ", ".join(
            f"{name}: {_name(kind)}{self._default(default)}" for name, (kind, default) in self.inputs.items()
        )
        outputs = ", ".join(f"{name}: {_name(kind)}" for name, kind in self.outputs.items())
        arrow = f" -> ({outputs})" if len(self.outputs) > 1 else f" -> {outputs}" if outputs else ""
        return f"({inputs}){arrow}:"

    def _default(self, default: object) -> str:
        """Return a default as a signature shows it."""
        if default is inspect.Parameter.empty:
            return ""
        return " = ..." if default is self.has_default else f" = {default}"


def _annotated_part(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return what carries the annotations: the function inside a partial, the `__call__` of a callable object."""
    while isinstance(func, functools.partial):
        func = func.func
    is_object = not isinstance(func, (type, types.FunctionType, types.MethodType, types.BuiltinFunctionType))
    return type(func).__call__ if is_object and not hasattr(func, "__wrapped__") else func


def outputs_of(annotation: Any) -> dict[str, Any]:
    """Return the types of the outputs by name: the fields of a NamedTuple, else o0, o1, ...; empty for None.

    Raises:
        InvalidTypeError: A tuple of one type, or of any length.
    """
    if annotation in (None, type(None), inspect.Signature.empty):
        return {}
    if isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields"):
        return {name: _enums(kind) for name, kind in typing.get_type_hints(annotation, include_extras=True).items()}
    kinds = typing.get_args(annotation) if typing.get_origin(annotation) is tuple else annotation
    if not isinstance(kinds, tuple):
        return {"o0": _enums(kinds)}
    if len(kinds) == 1 or Ellipsis in kinds:
        raise InvalidTypeError(
            f"return annotation {annotation}: a tuple stands for several outputs, two or more, one type each. "
            "Return a list, or the one value itself."
        )
    return {f"o{position}": _enums(kind) for position, kind in enumerate(kinds)}


def _enums(annotation: Any) -> Any:
    """Return an annotation in which each Literal of strings, however deep, is its Enum."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return literal_enum(args) if all(isinstance(value, str) for value in args) else annotation
    if origin is typing.Annotated:
        inner = _enums(args[0])
        return annotation if inner is args[0] else typing.Annotated[(inner, *annotation.__metadata__)]
    converted = tuple(_enums(arg) for arg in args)
    if all(new is old for new, old in zip(converted, args, strict=True)):
        return annotation
    # Subscription takes a tuple at run time; statically it is one type each.
    generic: Any = typing.Union if origin is types.UnionType else origin
    return generic[converted]


def _name(kind: object) -> str:
    """Return a type as a signature shows it: a class by its bare name."""
    is_class = isinstance(kind, type) and not hasattr(kind, "__origin__")
    return str(getattr(kind, "__name__", kind)) if is_class else kind if isinstance(kind, str) else repr(kind)
