"""The interface of a task: the names and types of its inputs and outputs, read from a function."""

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
"""The default of `max_inline_io_bytes`: 10 MiB for the inputs and outputs of one call together. Source: rule CON-04."""

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class _HasDefault:
    """Placeholder in an interface for a default whose value is only known elsewhere."""


@dataclass(frozen=True)
class NativeInterface:
    """The inputs and outputs of a task, in order. Both dicts are copied and cannot be changed.

    Parameters:
        inputs: The type and the default of each input by name. The default is `inspect.Parameter.empty` if there is
            none, and `has_default` if its value is only known elsewhere.
        outputs: The type of each output by name; empty for a task that returns nothing.
        docstring: The docstring of the function.
    """

    inputs: Mapping[str, tuple[Any, Any]]
    outputs: Mapping[str, Any]
    docstring: Docstring | None = None
    _remote_defaults: Mapping[str, Any] | None = field(default=None, repr=False)

    has_default: ClassVar[type[_HasDefault]] = _HasDefault
    """Placeholder in `inputs` for a default whose value is only known elsewhere."""

    def __post_init__(self) -> None:
        freeze(self, inputs=frozen_dict(self.inputs), outputs=frozen_dict(self.outputs))

    @classmethod
    def from_types(
        cls,
        inputs: Mapping[str, tuple[Any, Any]],
        outputs: Mapping[str, Any],
        default_inputs: Mapping[str, Any] | None = None,
    ) -> NativeInterface:
        """Return the interface of a task, given only its types.

        Parameters:
            inputs: The type and the default of each input by name.
            outputs: The type of each output by name.
            default_inputs: The values of the defaults that are marked with `has_default`.

        Raises:
            InvalidValueError: `default_inputs` has no value for an input that is marked with `has_default`.
        """
        for name, (_, default) in inputs.items():
            if default is cls.has_default and name not in (default_inputs or {}):
                raise InvalidValueError(f"input {name!r} has a default, but default_inputs lacks it. Add its value.")
        return cls(inputs=inputs, outputs=outputs, _remote_defaults=default_inputs)

    @classmethod
    def from_callable(cls, func: Callable[..., Any]) -> NativeInterface:
        """Return the interface of a function; annotations that are strings are evaluated.

        Parameters:
            func: The function.

        Raises:
            InvalidValueError: The function takes `*args` or `**kwargs`.
            InvalidTypeError: The function returns a tuple of one item or of any length.
            NameError: An annotation contains a name that does not exist.
        """
        hints = typing.get_type_hints(_annotated_part(func), include_extras=True)
        inputs: dict[str, tuple[Any, Any]] = {}
        for name, parameter in inspect.signature(func).parameters.items():
            if parameter.kind in _VARIADIC:
                raise InvalidValueError(
                    f"function {getattr(func, '__name__', func)!s} takes {parameter}, but every input of a task needs "
                    "a name. Take a list or a dict instead."
                )
            inputs[name] = (_enums(hints.get(name, parameter.annotation)), parameter.default)
        docstring = Docstring(callable_=func) if func.__doc__ else None
        return cls(inputs=inputs, outputs=outputs_of(hints.get("return")), docstring=docstring)

    def has_outputs(self) -> bool:
        """Return True if the task has outputs."""
        return bool(self.outputs)

    def required_inputs(self) -> list[str]:
        """Return the names of the inputs that have no default, in order."""
        return [name for name, (_, default) in self.inputs.items() if default is inspect.Parameter.empty]

    def num_required_inputs(self) -> int:
        """Return the number of inputs that have no default."""
        return len(self.required_inputs())

    def get_input_types(self) -> dict[str, Any]:
        """Return the type of each input, in order."""
        return {name: annotation for name, (annotation, _) in self.inputs.items()}

    def convert_to_kwargs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the arguments of a call by name.

        Parameters:
            args: The arguments given by position.
            kwargs: The arguments given by name.

        Raises:
            InvalidValueError: There are too many arguments, a name is unknown, or an input is given twice.
        """
        names = list(self.inputs)
        if len(args) > len(names):
            raise InvalidValueError(
                f"expected at most {len(names)} positional arguments ({', '.join(names)}), got {len(args)}."
            )
        by_position = dict(zip(names, args, strict=False))
        if twice := by_position.keys() & kwargs.keys():
            raise InvalidValueError(f"{', '.join(sorted(twice))}: given by position and by name. Give each input once.")
        if unknown := kwargs.keys() - self.inputs.keys():
            inputs = ", ".join(names) or "none"
            raise InvalidValueError(f"{', '.join(sorted(unknown))}: no such input. The inputs are: {inputs}.")
        return kwargs | by_position

    @property
    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema (draft 2020-12) of an object with the inputs by name; a new dict each time."""
        return inputs_schema(self.inputs, self.docstring.input_descriptions if self.docstring else {})

    def __repr__(self) -> str:
        inputs = ", ".join(
            f"{name}: {_name(kind)}{self._default(default)}" for name, (kind, default) in self.inputs.items()
        )
        outputs = ", ".join(f"{name}: {_name(kind)}" for name, kind in self.outputs.items())
        arrow = f" -> ({outputs})" if len(self.outputs) > 1 else f" -> {outputs}" if outputs else ""
        return f"({inputs}){arrow}:"

    def _default(self, default: object) -> str:
        """Return ` = ` and a default as a signature shows it, or an empty string if there is none."""
        if default is inspect.Parameter.empty:
            return ""
        return " = ..." if default is self.has_default else f" = {default}"


def _annotated_part(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that carries the annotations of a partial or of an object with `__call__`."""
    while isinstance(func, functools.partial):
        func = func.func
    is_object = not isinstance(func, (type, types.FunctionType, types.MethodType, types.BuiltinFunctionType))
    return type(func).__call__ if is_object and not hasattr(func, "__wrapped__") else func


def outputs_of(annotation: Any) -> dict[str, Any]:
    """Return the types of the outputs by name: the fields of a NamedTuple, otherwise o0, o1 and so on.

    Parameters:
        annotation: What the function returns; None gives no outputs.

    Raises:
        InvalidTypeError: The annotation is a tuple of one item or of any length.
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
            f"return annotation {annotation}: a tuple stands for two or more outputs, with one type for each. "
            "Return a list, or the single value itself."
        )
    return {f"o{position}": _enums(kind) for position, kind in enumerate(kinds)}


def _enums(annotation: Any) -> Any:
    """Return the annotation with every Literal of strings in it, at any depth, replaced by its Enum."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return literal_enum(args) if all(isinstance(value, str) for value in args) else annotation
    if origin is typing.Annotated:
        inner = _enums(args[0])
        return annotation if inner is args[0] else typing.Annotated[(inner, *annotation.__metadata__)]
    converted = tuple(_enums(arg) for arg in args)
    if all(new is old for new, old in zip(converted, args, strict=True)):
        return annotation
    # The type checker expects one type per position here, not a tuple.
    generic: Any = typing.Union if origin is types.UnionType else origin
    return generic[converted]


def _name(kind: object) -> str:
    """Return a type as a signature shows it; a class without its module."""
    is_class = isinstance(kind, type) and not hasattr(kind, "__origin__")
    return str(getattr(kind, "__name__", kind)) if is_class else kind if isinstance(kind, str) else repr(kind)
