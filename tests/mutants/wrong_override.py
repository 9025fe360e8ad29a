"""Wrong in `override`: what it drops, keeps, merges, accepts and refuses."""

from __future__ import annotations

import dataclasses
import inspect
from datetime import timedelta
from typing import Any

from conformance.mutants.form import mutant, signed, without
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.task import fields as fields_of_template
from reference_impl.values.policies import RetryStrategy
from tests.mutants.wrong_fields import answered


@mutant(TaskTemplate, "override", "OVR-15z")
def strategy_without_retries_is_ignored(override: Any) -> Any:
    """override(retries=RetryStrategy(0)) is taken for not given."""
    return lambda self, **given: override(self, **without(given, retries=RetryStrategy(count=0)))


@mutant(TaskTemplate, "override", "OVR-05")
def locked_none_is_not_given(override: Any) -> Any:
    """override(name=None) is accepted, as if it were not given."""
    return lambda self, **given: override(self, **without(given, name=None, image=None, docs=None, interface=None))


@mutant(TaskTemplate, "override", "OVR-05")
def locked_same_value_is_accepted(override: Any) -> Any:
    """override(name=...) is accepted when it is the name that the task has."""
    return lambda self, **given: override(self, **without(given, name=self.name))


@mutant(TaskTemplate, "override", "OVR-05")
def locked_field_raises_type_error(override: Any) -> Any:
    """override(image=...) raises TypeError in place of ValueError."""

    def broken(self: Any, **given: Any) -> Any:
        if "image" in given:
            raise TypeError("image")
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-01")
def override_without_arguments_returns_receiver(override: Any) -> Any:
    """override() returns the receiver."""
    return lambda self, **given: override(self, **given) if given else self


@mutant(TaskTemplate, "override", "OVR-01")
def override_to_equal_returns_receiver(override: Any) -> Any:
    """override returns the receiver when the result is equal."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        return self if given and result == self else result

    return broken


@mutant(TaskTemplate, "override", "OVR-01")
def override_returns_last_result_again(override: Any) -> Any:
    """override with the same arguments as last time returns the last result."""
    last: dict[str, Any] = {}

    def broken(self: Any, **given: Any) -> Any:
        if last.get("call") != (id(self), repr(given)):
            last.update(call=(id(self), repr(given)), result=override(self, **given), receiver=self)
        return last["result"]

    return broken


@mutant(TaskTemplate, "override", "OVR-02")
def override_changes_receiver(override: Any) -> Any:
    """override changes the receiver and returns a copy."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        vars(self).update(vars(result))
        return result

    return broken


@mutant(TaskTemplate, "override", "OVR-02")
def override_renames_receiver(override: Any) -> Any:
    """override(short_name=...) renames the receiver too."""
    return answered(lambda self, result, given: self.__dict__.update(short_name=result["short_name"]))(override)


@mutant(TaskTemplate, "override", "OVR-02", "OVR-04")
def override_extends_env_vars_in_place(override: Any) -> Any:
    """override(env_vars=...) adds the variables to the dict that the receiver holds."""

    def broken(self: Any, **given: Any) -> Any:
        if given.get("env_vars") and self.env_vars:
            dict.update(self.env_vars, given.pop("env_vars"))
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04", "OVR-17")
def override_merges_env_vars(override: Any) -> Any:
    """override(env_vars=...) merges them over the present ones."""

    def broken(self: Any, **given: Any) -> Any:
        if given.get("env_vars"):
            given["env_vars"] = {**(self.env_vars or {}), **given["env_vars"]}
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04", "OVR-17")
def override_appends_links(override: Any) -> Any:
    """override(links=...) appends to the present links."""

    def broken(self: Any, **given: Any) -> Any:
        if isinstance(given.get("links"), tuple):
            given["links"] = (*self.links, *given["links"])
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04", "OVR-17")
def override_appends_secrets(override: Any) -> Any:
    """override(secrets=[...]) appends to a present list of secrets."""

    def broken(self: Any, **given: Any) -> Any:
        if isinstance(given.get("secrets"), list) and isinstance(self.secrets, list):
            given["secrets"] = [*self.secrets, *given["secrets"]]
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04")
def override_merges_resources(override: Any) -> Any:
    """override(resources=...) keeps the memory of the present resources where the new ones name none."""

    def broken(self: Any, **given: Any) -> Any:
        new, old = given.get("resources"), self.resources
        if new is not None and old is not None and new.memory is None:
            given["resources"] = dataclasses.replace(new, memory=old.memory)
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04")
def override_keeps_larger_retries(override: Any) -> Any:
    """override(retries=n) keeps the present retries where they are more."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        if "retries" in given and 0 < result.retries.count < self.retries.count:
            vars(result).update(retries=self.retries)
        return result

    return broken


@mutant(TaskTemplate, "override", "OVR-04")
def override_stores_retries_as_given(override: Any) -> Any:
    """override(retries=n) stores the number, not a RetryStrategy."""
    return answered(lambda _, result, given: result.update({name: given[name] for name in {"retries"} & given.keys()}))(
        override
    )


@mutant(TaskTemplate, "override", "OVR-04")
def override_stores_cache_word(override: Any) -> Any:
    """override(cache="auto") stores the string, not a Cache."""
    return answered(lambda _, result, given: result.update(cache="auto") if given.get("cache") == "auto" else None)(
        override
    )


@mutant(TaskTemplate, "override", "OVR-04")
def override_strips_short_name(override: Any) -> Any:
    """override(short_name=...) strips blanks around the name."""
    return answered(lambda _, result, given: result.update(short_name=result["short_name"].strip()))(override)


@mutant(TaskTemplate, "override", "OVR-04")
def override_makes_queue_ascii(override: Any) -> Any:
    """override(queue=...) drops letters that are not ASCII."""

    def broken(self: Any, **given: Any) -> Any:
        if isinstance(given.get("queue"), str):
            given["queue"] = given["queue"].encode("ascii", "ignore").decode()
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04")
def override_cuts_inline_limit(override: Any) -> Any:
    """override(max_inline_io_bytes=...) is cut to 32 bits."""

    def broken(self: Any, **given: Any) -> Any:
        if isinstance(given.get("max_inline_io_bytes"), int):
            given["max_inline_io_bytes"] = min(given["max_inline_io_bytes"], 2**31 - 1)
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04")
def override_cuts_retries_to_a_byte(override: Any) -> Any:
    """override(retries=n) keeps the last eight bits of n."""

    def broken(self: Any, **given: Any) -> Any:
        if type(given.get("retries")) is int:
            given["retries"] &= 255
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04")
def override_rounds_durations(override: Any) -> Any:
    """override(timeout=timedelta(...)) drops the part below a second."""

    def broken(self: Any, **given: Any) -> Any:
        if isinstance(given.get("timeout"), timedelta):
            given["timeout"] = timedelta(seconds=int(given["timeout"].total_seconds()))
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04")
def override_sorts_secrets(override: Any) -> Any:
    """override(secrets=[...]) sorts them."""

    def broken(self: Any, **given: Any) -> Any:
        if isinstance(given.get("secrets"), list):
            given["secrets"] = sorted(given["secrets"], key=str)
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04", "OVR-16")
def two_fields_lose_one(override: Any) -> Any:
    """override(retries=..., timeout=...) drops the timeout."""

    def broken(self: Any, **given: Any) -> Any:
        if given.keys() >= {"retries", "timeout"}:
            del given["timeout"]
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04", "OVR-16")
def queue_and_pod_template_lose_one(override: Any) -> Any:
    """override(queue=..., pod_template=...) drops the pod template."""

    def broken(self: Any, **given: Any) -> Any:
        if given.keys() >= {"queue", "pod_template"}:
            del given["pod_template"]
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-04", "OVR-16")
def three_fields_lose_one(override: Any) -> Any:
    """override of cache, links and interruptible together drops interruptible."""

    def broken(self: Any, **given: Any) -> Any:
        if given.keys() >= {"cache", "links", "interruptible"}:
            del given["interruptible"]
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-03", "OVR-16", "OVR-17")
def second_override_forgets_short_name(override: Any) -> Any:
    """override of an override loses the short name that was given to the first one."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        if "_overridden" in vars(self) and "short_name" not in given:
            vars(result).update(short_name=self.name)
        vars(result)["_overridden"] = True
        return result

    return broken


@mutant(TaskTemplate, "override", "OVR-03")
def override_of_async_is_sync(override: Any) -> Any:
    """The override of an async task is called as a sync one."""
    return answered(lambda _, result, given: result.update(_call_as_synchronous=True))(override)


@mutant(TaskTemplate, "override", "OVR-03")
def override_copies_env_vars(override: Any) -> Any:
    """override makes a new dict of the environment variables that are not named."""

    def touch(self: Any, result: dict[str, Any], given: dict[str, Any]) -> None:
        if self.env_vars is not None and "env_vars" not in given:
            result["env_vars"] = type(self.env_vars)(self.env_vars)

    return answered(touch)(override)


@mutant(TaskTemplate, "override", "OVR-03")
def override_remakes_interface(override: Any) -> Any:
    """override makes the interface anew from the function."""
    return answered(lambda self, result, given: result.update(interface=dataclasses.replace(self.interface)))(override)


@mutant(TaskTemplate, "override", "OVR-03")
def override_copies_cache(override: Any) -> Any:
    """override copies the cache that is not named."""
    return answered(
        lambda self, result, given: None if given.get("cache") else result.update(cache=dataclasses.replace(self.cache))
    )(override)


@mutant(TaskTemplate, "override", "OVR-29", "OVR-01")
def override_of_subclass_is_of_base(override: Any) -> Any:
    """The override of a subclass' template is of the base class."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        if type(self) is not AsyncFunctionTaskTemplate and isinstance(self, AsyncFunctionTaskTemplate):
            state = vars(result)
            result = object.__new__(AsyncFunctionTaskTemplate)
            vars(result).update(state)
        return result

    return broken


@mutant(TaskTemplate, "override", "OVR-29")
def override_resets_fields_of_subclass(override: Any) -> Any:
    """override resets the fields that a subclass adds to their defaults."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        own = {field.name for field in dataclasses.fields(AsyncFunctionTaskTemplate)}
        for field in dataclasses.fields(self):
            if field.name not in own and field.name not in given and field.default is not dataclasses.MISSING:
                vars(result)[field.name] = field.default
        return result

    return broken


@mutant(TaskTemplate, "override", "OVR-29")
def override_refuses_fields_of_subclass(override: Any) -> Any:
    """override takes no fields that a subclass adds."""

    def broken(self: Any, **given: Any) -> Any:
        own = {field.name for field in dataclasses.fields(AsyncFunctionTaskTemplate)}
        for field in dataclasses.fields(self):
            if field.name not in own and field.name in given:
                raise TypeError(field.name)
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-30")
def override_runs_post_init_again(override: Any) -> Any:
    """override runs __post_init__ on its result."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        del vars(result)["_sealed"]
        result.__post_init__()
        return result

    return broken


@mutant(TaskTemplate, "override", "OVR-06")
def override_takes_positions(override: Any) -> Any:
    """override takes its first argument by position too."""

    def broken(self: Any, short_name: Any = None, **given: Any) -> Any:
        return override(self, **({} if short_name is None else {"short_name": short_name}), **given)

    signature = inspect.signature(override)
    parameters = [
        parameter.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) if name == "short_name" else parameter
        for name, parameter in signature.parameters.items()
    ]
    return signed(broken, signature.replace(parameters=parameters))


@mutant(TaskTemplate, "override", "OVR-07")
def override_swallows_unknown(override: Any) -> Any:
    """override ignores keywords that are not fields."""
    return lambda self, **given: override(
        self, **{name: value for name, value in given.items() if name in self.__dataclass_fields__}
    )


@mutant(TaskTemplate, "override", "OVR-07")
def unknown_keyword_is_value_error(override: Any) -> Any:
    """An unknown keyword of override raises ValueError."""

    def broken(self: Any, **given: Any) -> Any:
        if given.keys() - self.__dataclass_fields__.keys():
            raise ValueError(given)
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-07")
def unknown_none_is_swallowed(override: Any) -> Any:
    """override ignores an unknown keyword whose value is None."""
    return lambda self, **given: override(
        self,
        **{name: value for name, value in given.items() if value is not None or name in self.__dataclass_fields__},
    )


@mutant(fields_of_template.KEEP, "cache", "OVR-23", "CON-09")
def unknown_cache_word_disables(keep: Any) -> Any:
    """An unknown string for cache is taken for "disable"."""
    return lambda value: keep(value if not isinstance(value, str) or value in {"auto", "override"} else "disable")


@mutant(fields_of_template.KEEP, "links", "OVR-33", "ENV-09")
def list_of_links_stays_a_list(keep: Any) -> Any:
    """A list of links is kept as a list."""
    return lambda value: list(value) if isinstance(value, list) else keep(value)


@mutant(TaskTemplate, "override", "OVR-33")
def override_refuses_single_link(override: Any) -> Any:
    """override(links=link) is refused."""

    def broken(self: Any, **given: Any) -> Any:
        if hasattr(given.get("links"), "get_link"):
            raise TypeError("links")
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-18")
def override_registers_result(override: Any) -> Any:
    """override puts its result into the tasks of the environment."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        environment = self.parent_env and self.parent_env()
        if environment is not None:
            environment.tasks[self.name] = result
        return result

    return broken


@mutant(TaskTemplate, "override", "OVR-20")
def override_aliases_env_vars(override: Any) -> Any:
    """override(env_vars=...) keeps the caller's own dict."""
    return answered(
        lambda _, result, given: result.update(env_vars=given["env_vars"]) if given.get("env_vars") else None
    )(override)


@mutant(fields_of_template.KEEP, "env_vars", "OVR-19")
def override_shares_mutable_env_vars(keep: Any) -> Any:
    """Receiver and result hold one dict of environment variables, and it can be changed."""
    return lambda value: None if keep(value) is None else dict(value)


@mutant(fields_of_template.KEEP, "secrets", "OVR-19")
def override_shares_mutable_secrets(keep: Any) -> Any:
    """Receiver and result hold one list of secrets, and it can be changed."""
    return lambda value: list(value) if isinstance(value, list) else keep(value)


@mutant(RetryStrategy, "__setattr__", "OVR-21")
def retries_can_be_changed(_: Any) -> Any:
    """The RetryStrategy that a template shares with its overrides can be changed."""
    return object.__setattr__


@mutant(AsyncFunctionTaskTemplate, "forward", "OVR-28")
def forward_of_override_drops_keywords(forward: Any) -> Any:
    """forward of a renamed override drops keyword arguments that the function has a default for."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.queue and args:
            kwargs = {}
        return forward(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "override", "OVR-34")
def docstring_allows_the_image(override: Any) -> Any:
    """The docstring of override says that the image can be changed."""

    def broken(self: Any, **given: Any) -> Any:
        """Change the image, the resources or the cache of a task."""
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "override", "OVR-34")
def override_has_no_docstring(override: Any) -> Any:
    """override has no docstring."""

    def broken(self: Any, **given: Any) -> Any:
        """."""
        return override(self, **given)

    broken.__doc__ = " "
    return broken
