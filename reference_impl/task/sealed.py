"""Objects whose fields can be set while they are made, and not afterwards.

`dataclass(frozen=True)` would not do: a dataclass that is not frozen cannot inherit from one that is. The subclasses
that plugins write are not, and set fields in constructors of their own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar

from reference_impl.errors import FrozenFieldError


def constructs(step: Callable[..., None]) -> Callable[..., None]:
    """Return a constructor step (`__init__`, `__post_init__`) that finishes the object if it is the outermost one.

    Steps of subclasses run around those of their bases; fields stay assignable until the outermost is through.
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
    """The base of dataclasses whose fields can be set while they are made, by them and their subclasses.

    What is no field can be set at any time: subclasses keep state of their own. A base with a `__post_init__` marks it
    with `constructs`; for subclasses that is done here.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    name: str

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
        """Raise if the object is finished and the name is one of its fields."""
        if name in self.__dataclass_fields__ and self.__dict__.get("_sealed"):
            raise FrozenFieldError(self.name, name)
