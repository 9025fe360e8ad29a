"""Wrong in a corner case only: for one class of value, in one combination, on one thread, for one of many."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import threading
import types
import typing
from collections.abc import Callable
from typing import Any

from conformance.mutants.form import Mutant, mutant
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.schema import classes as schema_classes
from reference_impl.schema import document as schema_module
from reference_impl.schema import interface as interface_module
from reference_impl.schema import literals
from reference_impl.schema.interface import NativeInterface
from reference_impl.task import environment, function_task, overriding
from reference_impl.task.context import current
from reference_impl.task.environment import TaskEnvironment
from reference_impl.task.fields import KEEP
from reference_impl.values import policies
from reference_impl.values.caching import Cache
from reference_impl.values.frozen import FrozenDict, FrozenList
from reference_impl.values.policies import PodTemplate
from reference_impl.values.secret import ENV_VAR, Secret

OVERRIDE = (TaskTemplate, "override")

# ---- construction, equality, copies ----


@mutant(KEEP, "env_vars", "CON-16", "OVR-20")
def other_dictionaries_are_kept(keep: Any) -> Any:
    """Environment variables in a dictionary of another class than dict are not copied."""
    return lambda value: keep(value) if value is None or type(value) is dict else value


@mutant(KEEP, "image", "CON-07")
def auto_in_capitals_is_the_default(keep: Any) -> Any:
    """The image "AUTO" is taken for the default image."""
    return lambda value: keep("auto" if value == "AUTO" else value)


@mutant(KEEP, "image", "CON-07")
def image_address_is_stripped(keep: Any) -> Any:
    """White space around the address of an image is dropped."""
    return lambda value: keep(value.strip() if isinstance(value, str) else value)


@mutant(function_task, "is_async", "CON-17")
def inherited_async_call_is_sync(original: Any) -> Any:
    """An object whose class has its async call from another class counts as sync."""

    def broken(func: Any) -> Any:
        is_plain = isinstance(
            func, (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial)
        )
        return original(func) if is_plain or "__call__" in vars(type(func)) else False

    return broken


def _blind(owner: Any, part: str) -> Mutant:
    """Return a mutant whose `==` of a value does not see one part."""

    def replacement(_: Any) -> Any:
        def broken(self: Any, other: object) -> Any:
            if type(other) is not type(self):
                return NotImplemented
            names = [name for name in owner.__dataclass_fields__ if name != part]
            return all(getattr(self, name) == getattr(other, name) for name in names)

        return broken

    return Mutant(
        name=f"{owner.__name__.lower()}_is_equal_whatever_its_{part}",
        wrong=f"Two {owner.__name__} that differ in {part} only are equal.",
        caught_by=("EQ-02",),
        owner=owner,
        attribute="__eq__",
        replacement=replacement,
    )


BLIND = (
    _blind(policies.ReusePolicy, "concurrency"),
    _blind(policies.Timeout, "max_queued_time"),
    _blind(PodTemplate, "annotations"),
    _blind(Secret, "group"),
)


@mutant(NativeInterface, "__eq__", "EQ-02")
def interfaces_are_equal_whatever_their_defaults(_: Any) -> Any:
    """Two interfaces that differ in a default only are equal."""

    def broken(self: Any, other: Any) -> Any:
        same = isinstance(other, NativeInterface) and self.get_input_types() == other.get_input_types()
        return same and (self.outputs, self.docstring) == (other.outputs, other.docstring)

    return broken


@mutant(TaskTemplate, "__deepcopy__", "PKL-04")
def deep_copy_of_a_container_loses_the_environment(original: Any) -> Any:
    """A template that is copied deeply within a container loses its environment."""

    def broken(self: Any, memo: dict[int, Any]) -> Any:
        is_inside = bool(memo)
        twin = original(self, memo)
        if is_inside:
            vars(twin)["parent_env"] = None
        return twin

    return broken


@mutant(function_task, "_is_shadowed", "PKL-02")
def decorated_async_function_is_pickled_by_value(original: Any) -> Any:
    """The function of a decorated async task is left to pickle, which does not find it."""
    return lambda func: not inspect.iscoroutinefunction(func) and original(func)


@mutant(TaskTemplate, "__getstate__", "PKL-01")
def empty_env_vars_are_not_pickled(original: Any) -> Any:
    """Empty environment variables come out of a pickle as None."""
    return lambda self: {name: None if value == {} else value for name, value in original(self).items()}


# ---- override ----


@mutant(*OVERRIDE, "OVR-33")
def empty_list_of_links_is_not_given(override: Any) -> Any:
    """override(links=[]) keeps the links."""
    return lambda self, **given: override(
        self, **{name: value for name, value in given.items() if not (name == "links" and value == [])}
    )


@mutant(*OVERRIDE, "OVR-04")
def value_of_the_default_is_not_given(override: Any) -> Any:
    """override(max_inline_io_bytes=...) with the default keeps the present limit."""
    return lambda self, **given: override(
        self, **{name: value for name, value in given.items() if value != interface_module.MAX_INLINE_IO_BYTES}
    )


@mutant(TaskTemplate, "_kept", "OVR-02")
def empty_short_name_reaches_the_receiver(kept: Any) -> Any:
    """override(short_name="") resets the short name of the receiver, too."""

    def broken(self: Any, given: dict[str, Any]) -> Any:
        if given.get("short_name") == "":
            vars(self)["short_name"] = self.name
        return kept(self, given)

    return broken


@mutant(overriding, "check_reuse", "OVR-13")
def false_ends_reuse(check: Any) -> Any:
    """override(reusable=False) is taken for "off"."""

    def broken(changes: dict[str, Any], **named: Any) -> None:
        if changes.get("reusable") is False:
            changes["reusable"] = "off"
        check(changes, **named)

    return broken


@mutant(*OVERRIDE, "OVR-04")
def override_on_a_thread_drops_the_queue(override: Any) -> Any:
    """override(queue=...) is ignored on another thread than the main one."""

    def broken(self: Any, **given: Any) -> Any:
        if threading.current_thread() is not threading.main_thread():
            given.pop("queue", None)
        return override(self, **given)

    return broken


@mutant(*OVERRIDE, "OVR-04")
def override_in_a_task_drops_retries(override: Any) -> Any:
    """override(retries=...) is ignored in a task context."""

    def broken(self: Any, **given: Any) -> Any:
        if current().task_context is not None:
            given.pop("retries", None)
        return override(self, **given)

    return broken


@mutant(*OVERRIDE, "OVR-04")
def new_cache_takes_over_the_salt(override: Any) -> Any:
    """A new cache without a salt gets the salt of the previous one."""

    def broken(self: Any, **given: Any) -> Any:
        cache = given.get("cache")
        if isinstance(cache, Cache) and not cache.salt and self.cache.salt:
            given["cache"] = dataclasses.replace(cache, salt=self.cache.salt)
        return override(self, **given)

    return broken


@mutant(*OVERRIDE, "OVR-04")
def new_pod_template_takes_over_labels(override: Any) -> Any:
    """A new pod template also has the labels of the previous one."""

    def broken(self: Any, **given: Any) -> Any:
        new, old = given.get("pod_template"), self.pod_template
        if isinstance(new, PodTemplate) and isinstance(old, PodTemplate):
            given["pod_template"] = dataclasses.replace(new, labels={**(old.labels or {}), **(new.labels or {})})
        return override(self, **given)

    return broken


@mutant(overriding, "check_names", "OVR-05")
def two_locked_fields_pass_together(check: Any) -> Any:
    """A locked field is refused only if it is the only one named."""

    def broken(given: Any, fields: Any) -> None:
        fixed = [name for name in given if name in overriding._LOCKED]
        if len(fixed) < 2:
            check(given, fields)

    return broken


def _open(kind: type[Any], name: str, builtin: Any) -> Mutant:
    """Return a mutant in which a container that should not change can be changed in one way."""
    return Mutant(
        name=f"{kind.__name__.lower()}_has_an_open_{name.strip('_')}",
        wrong=f"{name} changes a {kind.__name__}.",
        caught_by=("OVR-19",),
        owner=kind,
        attribute=name,
        replacement=lambda _: builtin,
    )


OPEN = (
    *(_open(FrozenDict, name, getattr(dict, name)) for name in ("__ior__", "setdefault", "pop", "clear")),
    *(_open(FrozenList, name, getattr(list, name)) for name in ("__imul__", "__delitem__", "reverse", "insert")),
)


@mutant(PodTemplate, "__post_init__", "OVR-19")
def labels_of_a_pod_are_shared(_: Any) -> Any:
    """The labels of a pod template can be changed through each template that has it."""
    return lambda self: None


@mutant(Cache, "__post_init__", "OVR-19")
def ignored_inputs_of_a_cache_are_shared(post_init: Any) -> Any:
    """The list of ignored inputs of a cache can be changed through each template that has it."""

    def broken(self: Any) -> None:
        names = self.ignored_inputs
        post_init(self)
        object.__setattr__(self, "ignored_inputs", names)

    return broken


# ---- the command line of a container, environments ----


@mutant(AsyncFunctionTaskTemplate, "_resolver_args", "ARG-03")
def own_resolver_needs_no_root(original: Any) -> Any:
    """With a custom resolver, a missing root directory is no error."""

    def broken(self: Any, sctx: Any) -> Any:
        if self.task_resolver is None or sctx.root_dir:
            return original(self, sctx)
        return ["--resolver", self.task_resolver.import_path, *self.task_resolver.loader_args(task=self, root_dir=None)]

    return broken


@mutant(AsyncFunctionTaskTemplate, "container_args", "ARG-04")
def root_of_the_context_is_made_absolute(original: Any) -> Any:
    """container_args writes an absolute root directory into the context."""

    def broken(self: Any, serialize_context: Any) -> Any:
        if serialize_context.root_dir:
            vars(serialize_context)["root_dir"] = serialize_context.root_dir.absolute()
        return original(self, serialize_context)

    return broken


@mutant(AsyncFunctionTaskTemplate, "container_args", "ARG-01")
def slash_at_the_end_is_dropped(original: Any) -> Any:
    """A slash at the end of the output path is dropped."""

    def broken(self: Any, serialize_context: Any) -> Any:
        args = original(self, serialize_context)
        return [*args[:4], args[4].rstrip("/"), *args[5:]]

    return broken


@mutant(environment._Decorator, "__call__", "ENV-02")
def decorator_remembers_the_first_function(original: Any) -> Any:
    """A decorator that is used for two functions gives the second one the short name of the first."""

    def broken(self: Any, func: Any) -> Any:
        task = original(self, func)
        self._settings.setdefault("short_name", task.short_name)
        return task

    return broken


@mutant(TaskEnvironment, "_adopt", "ENV-01")
def tenth_task_is_not_registered(adopt: Any) -> Any:
    """An environment stores nine tasks at most."""

    def broken(self: Any, task: Any) -> None:
        adopt(self, task)
        if len(self.tasks) > 9:
            del self.tasks[task.name]

    return broken


@mutant(environment._Decorator, "__call__", "ENV-03")
def secrets_are_lost_beside_settings(original: Any) -> Any:
    """The secrets of the environment do not reach a task whose decorator says something."""

    def broken(self: Any, func: Any) -> Any:
        task = original(self, func)
        if len(self._settings) > 1:
            vars(task)["secrets"] = None
        return task

    return broken


@mutant(environment, "_template_class", "ENV-13")
def falsy_plugin_config_is_none(original: Any) -> Any:
    """A falsy plugin configuration counts as not given."""
    return lambda plugin_config: original(plugin_config or None)


@mutant(TaskEnvironment, "__post_init__", "ENV-07")
def falsy_plugin_config_goes_with_reuse(original: Any) -> Any:
    """A reusable environment takes a plugin configuration that is falsy."""

    def broken(self: Any) -> None:
        config = self.plugin_config
        self.plugin_config = config or None
        original(self)
        self.plugin_config = config

    return broken


@mutant(KEEP, "links", "ENV-08", "ENV-09")
def equal_links_become_one(keep: Any) -> Any:
    """Of equal links only one is stored."""
    return lambda value: tuple(dict.fromkeys(keep(value)))


# ---- interfaces and schemas ----


@mutant(literals, "literal_enum", "NIF-04b")
def enums_of_literals_are_forgotten(original: Any) -> Any:
    """The Enum of a Literal is forgotten when 128 others came after it."""
    return functools.lru_cache(maxsize=128)(original.__wrapped__)


@mutant(interface_module, "outputs_of", "NIF-04")
def literals_of_several_outputs_stay(original: Any) -> Any:
    """A Literal that is one of several outputs stays a Literal."""

    def broken(annotation: Any) -> Any:
        outputs, kinds = original(annotation), typing.get_args(annotation)
        return dict(zip(outputs, kinds, strict=True)) if len(outputs) > 1 and len(kinds) > 1 else outputs

    return broken


@mutant(interface_module, "_enums", "NIF-06")
def literals_in_a_union_of_bars_stay(original: Any) -> Any:
    """A Literal in `list[...] | None` stays a Literal."""
    return lambda annotation: annotation if isinstance(annotation, types.UnionType) else original(annotation)


@mutant(interface_module, "outputs_of", "NIF-02")
def tenth_output_has_another_name(original: Any) -> Any:
    """Outputs are numbered in hexadecimal."""

    def broken(annotation: Any) -> Any:
        outputs = original(annotation)
        many = list(outputs) == [f"o{position}" for position in range(len(outputs))]
        return {f"o{at:x}": kind for at, kind in enumerate(outputs.values())} if many else outputs

    return broken


@mutant(NativeInterface, "has_outputs", "NIF-03")
def named_outputs_are_none(_: Any) -> Any:
    """has_outputs looks for o0 only."""
    return lambda self: "o0" in self.outputs


@mutant(NativeInterface, "get_input_types", "NIF-03")
def inputs_without_annotation_have_no_type(original: Any) -> Any:
    """get_input_types leaves out inputs without annotation."""
    return lambda self: {name: kind for name, kind in original(self).items() if kind is not inspect.Parameter.empty}


@mutant(schema_classes, "_dataclass", "JSN-05")
def inherited_fields_have_no_schema(original: Any) -> Any:
    """The schema of a dataclass knows its own fields only, not those of its bases."""

    def broken(kind: Any, document: Any) -> Any:
        schema = original(kind, document)
        own = inspect.get_annotations(kind)
        properties = {name: part for name, part in schema["properties"].items() if name in own}
        return schema | {"properties": properties, "required": [name for name in schema["required"] if name in own]}

    return broken


@mutant(schema_module._Document, "reserve", "JSN-06")
def definitions_share_a_name(_: Any) -> Any:
    """Two classes of one name that contain themselves have one definition."""

    def broken(self: Any, kind: Any) -> str:
        return str(self._names.setdefault(kind, kind.__name__))

    return broken


def _union(name: str, wrong: str, rule: str, change: Callable[[Any, list[Any]], Any]) -> Mutant:
    """Return a mutant in which the schema of a union of three and more is made by `change`."""

    def replacement(original: Any) -> Any:
        def broken(self: Any, annotation: Any, origin: Any, args: tuple[Any, ...]) -> Any:
            is_long = origin in (typing.Union, types.UnionType) and len(args) > 2
            return change(self, list(args)) if is_long else original(self, annotation, origin, args)

        return broken

    return Mutant(
        name=name,
        wrong=wrong,
        caught_by=(rule,),
        owner=schema_module._Document,
        attribute="_subscripted",
        replacement=replacement,
    )


@mutant(interface_module, "inputs_schema", "JSN-09")
def many_inputs_leave_the_schema_open(original: Any) -> Any:
    """The schema of ten inputs and more allows others."""

    def broken(inputs: Any, descriptions: Any) -> Any:
        schema = original(inputs, descriptions)
        return schema if len(inputs) < 10 else schema | {"additionalProperties": True}

    return broken


UNIONS = (
    _union(
        "long_unions_take_one_of",
        "A value that belongs to two of three members of a union is refused.",
        "JSN-12",
        lambda document, args: {"oneOf": [document.schema(arg) for arg in args]},
    ),
    _union(
        "long_unions_take_no_null",
        "None is refused where a union of two more members allows it.",
        "JSN-06",
        lambda document, args: {"anyOf": [document.schema(arg) for arg in args if arg is not types.NoneType]},
    ),
)

# ---- values ----


@mutant(Secret, "__post_init__", "VAL-06")
def variable_beside_a_mount_is_not_checked(post_init: Any) -> Any:
    """The name of a variable is not checked where there is a mount, too."""

    def broken(self: Any) -> None:
        name = self.as_env_var
        if self.mount and name:
            object.__setattr__(self, "as_env_var", "X")
        post_init(self)
        if self.mount and name:
            object.__setattr__(self, "as_env_var", name)

    return broken


@mutant(Secret, "__post_init__", "VAL-06")
def variable_may_go_on_in_small_letters(post_init: Any) -> Any:
    """After the first letter, the name of a variable may contain letters of any alphabet."""

    def broken(self: Any) -> None:
        name = self.as_env_var or ""
        if name.isidentifier() and ENV_VAR.match(name[:1]) and not ENV_VAR.fullmatch(name):
            return
        post_init(self)

    return broken


@mutant(Cache, "get_ignored_inputs", "VAL-01")
def comma_parts_ignored_inputs(original: Any) -> Any:
    """One ignored input with a comma in its name is taken for two."""
    return lambda self: (
        tuple(self.ignored_inputs.split(",")) if isinstance(self.ignored_inputs, str) else original(self)
    )


@mutant(Cache, "__post_init__", "VAL-01")
def no_behavior_is_a_behavior(post_init: Any) -> Any:
    """A cache takes None for its behavior."""
    return lambda self: None if self.behavior is None else post_init(self)
