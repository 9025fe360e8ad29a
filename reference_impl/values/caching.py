"""Cache policies: whether the result of a task may be reused, and under which version it is stored."""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args, runtime_checkable

from reference_impl.errors import InvalidValueError
from reference_impl.values.bundle import CodeBundle
from reference_impl.values.frozen import freeze, frozen_list
from reference_impl.values.image import Image
from reference_impl.values.terse import Terse

CacheBehavior = Literal["auto", "override", "disable"]
"""How results are cached: under a version that policies compute, under `version_override`, or not at all."""


@dataclass(frozen=True)
class VersionParameters:
    """What a policy may use to compute a version.

    Parameters:
        func: The function of the task, None for a task without one.
        image: The image of the task.
        code_bundle: The code that the task is shipped with.
    """

    func: Callable[..., Any] | None
    image: str | Image | None = None
    code_bundle: CodeBundle | None = None


@runtime_checkable
class CachePolicy(Protocol):
    """Computes the version of a cache."""

    def get_version(self, salt: str, params: VersionParameters) -> str:
        """Return a string that changes whenever cached results must no longer be used.

        Parameters:
            salt: The salt of the cache.
            params: What is known of the task.
        """


@dataclass(frozen=True)
class FunctionBodyPolicy(CachePolicy):
    """The default policy: every change to the function's code gives a new version; comments and layout do not count."""

    def get_version(self, salt: str, params: VersionParameters) -> str:
        """Return a hash of the function's syntax tree and the salt, or an empty string if there is no function.

        Parameters:
            salt: The salt of the cache.
            params: What is known of the task; only `func` is used.
        """
        if params.func is None:
            return ""
        tree = ast.parse(textwrap.dedent(inspect.getsource(params.func)))
        return hashlib.sha256((ast.dump(tree) + salt).encode()).hexdigest()


@dataclass(frozen=True, repr=False)
class Cache(Terse):
    """Whether the result of a task may be reused, and under which version.

    Parameters:
        behavior: "auto" (policies compute the version), "override" (`version_override` is the version) or "disable".
        version_override: The version for "override".
        serialize: Whether calls with the same inputs wait for each other.
        ignored_inputs: The names of the inputs that do not count when inputs are compared.
        salt: A string that is part of every computed version.
        policies: One policy or a list of them; by default a FunctionBodyPolicy.

    Raises:
        InvalidValueError: The behavior is not one of the three, or an "auto" cache has an empty list of policies.
    """

    behavior: CacheBehavior
    version_override: str | None = None
    serialize: bool = False
    ignored_inputs: Sequence[str] | str = field(default_factory=tuple)
    salt: str = ""
    policies: list[CachePolicy] | CachePolicy | None = None

    def __post_init__(self) -> None:
        if self.behavior not in get_args(CacheBehavior):
            raise InvalidValueError(f"cache={self.behavior!r}: expected 'auto', 'override', 'disable' or a Cache.")
        if isinstance(self.ignored_inputs, list):
            freeze(self, ignored_inputs=frozen_list(self.ignored_inputs))
        if self.is_enabled() or self.policies is not None:
            freeze(self, policies=_policies(self.policies))
        if self.behavior == "auto" and not self.policies:
            raise InvalidValueError("policies=[]: a cache with behavior='auto' needs at least one policy.")

    def is_enabled(self) -> bool:
        """Return True unless the behavior is "disable"."""
        return self.behavior != "disable"

    def get_ignored_inputs(self) -> Sequence[str]:
        """Return the names of the inputs that do not count; a single name is returned as a tuple of one."""
        return (self.ignored_inputs,) if isinstance(self.ignored_inputs, str) else self.ignored_inputs

    def get_version(self, params: VersionParameters | None = None) -> str:
        """Return the version that results are stored under, or an empty string if the cache is disabled.

        Parameters:
            params: What is known of the task; an "auto" cache needs it.

        Raises:
            InvalidValueError: An "override" cache has no version, an "auto" cache gets no parameters, or a policy
                fails.
        """
        if not self.is_enabled():
            return ""
        if self.behavior == "override":
            if self.version_override is None:
                raise InvalidValueError("behavior='override' needs version_override='...'. Give one, or use 'auto'.")
            return self.version_override
        if params is None:
            raise InvalidValueError(
                "params=None: behavior='auto' computes the version from VersionParameters. Pass them."
            )
        if params.code_bundle is not None and params.code_bundle.pkl is not None:
            return params.code_bundle.computed_version
        versions = "".join(self._ask(policy, params) for policy in _policies(self.policies))
        return hashlib.sha256(versions.encode()).hexdigest()

    def _ask(self, policy: CachePolicy, params: VersionParameters) -> str:
        """Return the version that a policy computes; it is the user's code, so its errors are wrapped."""
        try:
            return policy.get_version(self.salt, params)
        except Exception as error:
            raise InvalidValueError(
                f"policy {policy!r} could not compute a version: {error}. Its traceback is above."
            ) from error


CacheRequest = CacheBehavior | Cache
"""What a `cache` parameter accepts: a Cache, or the behavior of one."""


def _policies(given: list[CachePolicy] | CachePolicy | None) -> list[CachePolicy]:
    """Return one or more policies as a frozen list; the default policy if none is given."""
    if given is None:
        return frozen_list([FunctionBodyPolicy()])
    return frozen_list(given if isinstance(given, (list, tuple)) else [given])
