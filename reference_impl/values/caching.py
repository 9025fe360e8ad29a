"""Cache policies: when the result of a task may be used again, and under which version."""

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
"""How a cache gets its version: from its policies, from `version_override`, not at all."""


@dataclass(frozen=True)
class VersionParameters:
    """What a policy may look at to compute a version."""

    func: Callable[..., Any] | None
    image: str | Image | None = None
    code_bundle: CodeBundle | None = None


@runtime_checkable
class CachePolicy(Protocol):
    """A way to compute the version of a cache."""

    def get_version(self, salt: str, params: VersionParameters) -> str:
        """Return a text that changes when cached results are no longer good."""


@dataclass(frozen=True)
class FunctionBodyPolicy(CachePolicy):
    """The default policy: a new version for every change of the function's code (comments and layout do not count)."""

    def get_version(self, salt: str, params: VersionParameters) -> str:
        """Return a hash of the function's syntax tree and the salt; empty where there is no function."""
        if params.func is None:
            return ""
        tree = ast.parse(textwrap.dedent(inspect.getsource(params.func)))
        return hashlib.sha256((ast.dump(tree) + salt).encode()).hexdigest()


@dataclass(frozen=True, repr=False)
class Cache(Terse):
    """When the result of a task may be used again.

    Raises:
        InvalidValueError: The behavior is none of the three, or "auto" has neither version nor policy.
    """

    behavior: CacheBehavior
    version_override: str | None = None
    serialize: bool = False
    ignored_inputs: Sequence[str] | str = field(default_factory=tuple)
    salt: str = ""
    policies: list[CachePolicy] | CachePolicy | None = None

    def __post_init__(self) -> None:
        if self.behavior not in get_args(CacheBehavior):
            raise InvalidValueError(
                f"cache={self.behavior!r}: one of {', '.join(map(repr, get_args(CacheBehavior)))} is due, or a Cache."
            )
        if isinstance(self.ignored_inputs, list):
            freeze(self, ignored_inputs=frozen_list(self.ignored_inputs))
        if self.is_enabled() or self.policies is not None:
            freeze(self, policies=_policies(self.policies))
        if self.behavior == "auto" and not self.policies:
            raise InvalidValueError("policies=[]: a cache with behavior='auto' needs at least one policy.")

    def is_enabled(self) -> bool:
        """Return whether results are kept at all."""
        return self.behavior != "disable"

    def get_ignored_inputs(self) -> Sequence[str]:
        """Return the names of the inputs that do not count."""
        return (self.ignored_inputs,) if isinstance(self.ignored_inputs, str) else self.ignored_inputs

    def get_version(self, params: VersionParameters | None = None) -> str:
        """Return the version of the cached results; empty for a disabled cache.

        Raises:
            InvalidValueError: `override` without a version, `auto` without parameters, or a policy that fails.
        """
        if not self.is_enabled():
            return ""
        if self.behavior == "override":
            if self.version_override is None:
                raise InvalidValueError("behavior='override' needs version_override='...': give one, or use 'auto'.")
            return self.version_override
        if params is None:
            raise InvalidValueError(
                "params=None: behavior='auto' computes the version from them. Give VersionParameters."
            )
        if params.code_bundle is not None and params.code_bundle.pkl is not None:
            return params.code_bundle.computed_version
        versions = "".join(self._ask(policy, params) for policy in _policies(self.policies))
        return hashlib.sha256(versions.encode()).hexdigest()

    def _ask(self, policy: CachePolicy, params: VersionParameters) -> str:
        """Return what one policy says; it is the user's code, so whatever it raises is wrapped."""
        try:
            return policy.get_version(self.salt, params)
        except Exception as error:
            raise InvalidValueError(f"policy {policy!r} gave no version: {error}. See the cause above.") from error


CacheRequest = CacheBehavior | Cache
"""What a cache parameter accepts: one of the three words, or a Cache."""


def _policies(given: list[CachePolicy] | CachePolicy | None) -> list[CachePolicy]:
    """Return one or many policies as a list that does not change; the default one where none is given."""
    if given is None:
        return frozen_list([FunctionBodyPolicy()])
    return frozen_list(given if isinstance(given, (list, tuple)) else [given])


def cache_from_request(cache: CacheRequest) -> Cache:
    """Return a Cache as it is, one of the three words as a Cache.

    Raises:
        InvalidValueError: Any other value.
    """
    return cache if isinstance(cache, Cache) else Cache(behavior=cache)
