"""Objects whose fields can be set during construction, and not afterwards.

`dataclass(frozen=True)` does not work here: a dataclass that is not frozen cannot inherit from one that is, and the
template classes of plugins are not frozen and set fields in their constructors.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar

from reference_impl.errors import FrozenFieldError


def constructs(step: Callable[..., None]) -> Callable[..., None]:
    """Return the constructor method with sealing added: when the outermost of them returns, the object is sealed.

    The methods of a subclass call those of its base, so fields can be set until the outermost one returns.

    Parameters:
        step: `__init__` or `__post_init__` of a class.
    """

    @functools.wraps(step)
    def construct(self: Sealed, *args: Any, **kwargs: Any) -> None:
        state = vars(self)
        is_outermost = "_sealed" not in state
        state.setdefault("_sealed", False)
        step(self, *args, **kwargs)
        if is_outermost:
            state["_sealed"] = True

    return construct


class Sealed:
    """The base of dataclasses whose fields can be set during construction only, by the class and its subclasses.

    Attributes that are not fields can be set at any time, so that a subclass can have state. The constructor methods of
    a subclass are wrapped in `constructs` here.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    name: str
    """The name of the object, for the error message."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in ("__init__", "__post_init__"):
            if name in cls.__dict__:
                setattr(cls, name, constructs(cls.__dict__[name]))

    def __setattr__(self, name: str, value: object) -> None:
        self._check(name)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        self._check(name)
        super().__delattr__(name)

    def _check(self, name: str) -> None:
        """Raise FrozenFieldError if the object is sealed and the name is one of its fields."""
        if name in self.__dataclass_fields__ and self.__dict__.get("_sealed"):
            raise FrozenFieldError(self.name, name)
