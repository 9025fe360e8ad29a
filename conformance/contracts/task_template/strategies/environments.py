"""Describes environments before the implementation is known: their names, their fields, the decorator's options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import FunctionRecipe, made, options_of
from conformance.contracts.task_template.strategies.values import (
    CHANGES,
    SETTINGS,
    Values,
    env_vars,
    images,
    reuse_policies,
    secrets,
    subsets,
    texts,
)

NAME_PATTERN = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
"""The pattern that an environment's name has to match in full. Source: the contract, ENV-06."""

INHERITED: Mapping[str, Values] = {
    **{name: CHANGES[name] for name in ("resources", "cache", "pod_template", "queue", "interruptible")},
    "image": images(),
    "env_vars": env_vars(min_size=0),
    "secrets": secrets() | st.just([]),
}
"""Values of the environment's fields that are passed on to its tasks, except `reusable`; some are empty."""

OPTIONS: Mapping[str, Values] = {
    **{name: CHANGES[name] for name in ("cache", "queue", "pod_template", "interruptible")},
    **{name: CHANGES[name] for name in ("short_name", "retries", "timeout", "max_inline_io_bytes", "links")},
    **{name: SETTINGS[name] for name in ("docs", "report", "triggers", "task_resolver")},
}
"""Values of the decorator's options; the first four are fields of the environment as well."""


def names() -> st.SearchStrategy[str]:
    """Valid names of environments."""
    return st.from_regex(NAME_PATTERN, fullmatch=True)


NEAR_MISSES = (
    "",
    "A",
    "aB",
    "-a",
    "a-",
    "_a",
    "a_",
    "a--b",
    "a_-b",
    "a__b",
    "a b",
    " a",
    "a ",
    "a.b",
    "é",
    "a\tb",
    "\u0661",
)
"""Almost valid names: empty, upper case, separators at the ends or doubled, other characters, non-ASCII digits."""


def wrong_names() -> st.SearchStrategy[str]:
    """Strings that are not valid names, most of them nearly valid. Names that end in a newline belong to ENV-06b."""
    spoiled = st.builds(
        lambda name, odd, position: name[:position] + odd + name[position:],
        names(),
        st.sampled_from(["A", "-", "_", " ", ".", "é", "\n", "\u00b2", "日", "/", "\0"]),
        st.integers(0, 8),
    )
    wrong = (spoiled | texts()).filter(lambda name: not NAME_PATTERN.fullmatch(name.removesuffix("\n")))
    return st.sampled_from(NEAR_MISSES) | wrong


def environment_fields() -> st.SearchStrategy[dict[str, Any]]:
    """Fields of an environment that are passed on to its tasks, with reuse (then without pod template) or not."""
    guarded = {name: values for name, values in INHERITED.items() if name != "pod_template"}
    reusable = st.builds(lambda fields, policy: {**fields, "reusable": policy}, subsets(guarded), reuse_policies())
    return subsets(INHERITED) | reusable


SPELLINGS = ("@env.task", "@env.task()", "env.task(...)(f)")
"""Ways of applying the decorator; the last one with the options."""


@dataclass(frozen=True, kw_only=True)
class DecorationRecipe:
    """An environment, a function, and the options of the decorator."""

    fields: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    function: FunctionRecipe = field(default_factory=FunctionRecipe)
    spelling: str = SPELLINGS[0]

    def __repr__(self) -> str:
        """Return the recipe as source text."""
        shown = ", ".join(f"{name}={value!r}" for name, value in self.fields.items())
        options = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"TaskEnvironment({shown}).task({options}) of {self.function!r}, spelled {self.spelling}"

    def decorate(self, impl: Adapter, env: Any) -> Any:
        """Return the template that the decorator of `env` makes from the newly defined function."""
        function = self.function.define()
        if self.options:
            return env.task(**made(impl, options_of(impl, env, self.options)))(function)
        return env.task(function) if self.spelling == SPELLINGS[0] else env.task()(function)


def decorations(*, options: st.SearchStrategy[dict[str, Any]] | None = None) -> st.SearchStrategy[DecorationRecipe]:
    """Decorated functions in environments. Only one of the two has a pod template, and only one of them reuse.

    Parameters:
        options: The decorator's options; none by default.
    """

    def consistent(fields: dict[str, Any], chosen: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in chosen.items() if not (name == "pod_template" and "reusable" in fields)}

    return st.builds(
        lambda fields, chosen, is_async, name, spelling: DecorationRecipe(
            fields=fields,
            options=consistent(fields, chosen),
            function=FunctionRecipe(name=name, is_async=is_async),
            spelling=spelling,
        ),
        environment_fields(),
        st.just({}) if options is None else options,
        st.booleans(),
        st.sampled_from(["f", "work", "_private", "é", "X1"]),
        st.sampled_from(SPELLINGS[:2]),
    )
