"""Wrong in what was observed of the SDK: images in steps, triggers, devices, errors, records of a run, packing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.mutants.form import mutant
from reference_impl import errors
from reference_impl.extend import AsyncFunctionTaskTemplate
from reference_impl.local.records import ActionID, PathRewrite, TaskContext
from reference_impl.schema import classes as schema_classes
from reference_impl.schema import rules as schema_rules
from reference_impl.schema.docstrings import Docstring
from reference_impl.schema.interface import NativeInterface
from reference_impl.task import function_task
from reference_impl.task.resolver import DefaultTaskResolver
from reference_impl.values import checks, resources
from reference_impl.values.bundle import CodeBundle, SerializationContext
from reference_impl.values.caching import Cache, FunctionBodyPolicy
from reference_impl.values.image import Image
from reference_impl.values.policies import PodTemplate
from reference_impl.values.resources import Resources
from reference_impl.values.trigger import Cron, FixedRate, Trigger
from tests.mutants.wrong_schema import each_property

# ---- fields ----


@mutant(PodTemplate, "__post_init__", "VAL-15")
def container_of_a_pod_is_main(check: Any) -> Any:
    """The primary container of a pod template is called main by default."""

    def broken(self: Any) -> None:
        check(self)
        if self.primary_container_name == "primary":
            object.__setattr__(self, "primary_container_name", "main")

    return broken


@mutant(ActionID, "__post_init__", "VAL-15")
def actions_name_no_run(_: Any) -> Any:
    """An action without a run belongs to none."""
    return lambda _: None


# ---- images ----


@mutant(Image, "_with", "VAL-16")
def options_of_steps_are_dropped(take: Any) -> Any:
    """A step of an image forgets its options."""
    return lambda self, kind, arguments=(), options=None: take(self, kind, arguments)


@mutant(Image, "_with", "VAL-16")
def steps_change_the_image(take: Any) -> Any:
    """A step changes the image that it is added to."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        object.__setattr__(self, "layers", take(self, *args, **kwargs).layers)
        return self

    return broken


@mutant(Image, "_with", "VAL-16")
def steps_are_sorted(take: Any) -> Any:
    """The order of the steps of an image is lost."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        found = take(self, *args, **kwargs)
        return replace(found, layers=tuple(sorted(found.layers, key=repr)))

    return broken


@mutant(Image, "with_apt_packages", "VAL-16")
def first_package_alone_is_installed(take: Any) -> Any:
    """Of several Debian packages only the first is taken."""
    return lambda self, *packages, **options: take(self, *packages[:1], **options)


@mutant(Image, "with_env_vars", "VAL-16")
def values_of_variables_are_dropped(take: Any) -> Any:
    """An image has the names of its variables, but not their values."""
    return lambda self, env_vars: take(self, dict.fromkeys(env_vars, ""))


@mutant(Image, "from_dockerfile", "VAL-16")
def files_are_for_all_platforms(make: Any) -> Any:
    """An image of a Dockerfile is built for the platforms of the default image."""
    return lambda cls, *args, **kwargs: replace(make(cls, *args, **kwargs), platform=("linux/amd64", "linux/arm64"))


@mutant(Image, "uri", "VAL-16")
def address_leaves_out_the_steps(_: Any) -> Any:
    """The address of an image that is built is made of its name alone."""
    return lambda self: f"{self.registry}/{self.name}" if self.name else self.base_image


# ---- triggers ----


@mutant(Trigger, "_cron", "VAL-17")
def inputs_of_triggers_win_over_the_time(make: Any) -> Any:
    """A trigger with inputs of its own does not hand on the time."""

    def broken(cls: Any, expression: Any, time_input: Any, fields: Any) -> Any:
        return make(cls, expression, None if fields.get("inputs") else time_input, fields)

    return broken


@mutant(Trigger, "weekly", "VAL-17")
def weekly_trigger_is_called_daily(make: Any) -> Any:
    """The weekly trigger has the name of the daily one."""
    return lambda cls, key=None, *, name="daily", **fields: make(cls, key, name=name, **fields)


@mutant(Cron, "timezone_expression", "VAL-17")
def zone_of_schedules_is_dropped(_: Any) -> Any:
    """A schedule leaves out a time zone other than UTC."""
    return lambda self: f"CRON_TZ=UTC {self.expression}"


@mutant(FixedRate, "__str__", "VAL-17")
def rates_are_told_in_hours(_: Any) -> Any:
    """A rate prints itself in hours."""
    return lambda self: f"FixedRate Trigger: every {self.interval_minutes // 60} hours"


# ---- devices ----


@mutant(Resources, "get_device", "VAL-18")
def devices_are_one(read: Any) -> Any:
    """Of several accelerators only one is reported."""

    def broken(self: Any) -> Any:
        found = read(self)
        return found and replace(found, quantity=1)

    return broken


@mutant(Resources, "get_shared_memory", "VAL-18")
def automatic_memory_is_none(_: Any) -> Any:
    """Automatic shared memory is not requested."""
    return lambda self: None if self.shm == "auto" else self.shm


@mutant(resources, "_device", "VAL-18")
def parts_of_devices_are_dropped(make: Any) -> Any:
    """A part of a device is reported as the whole."""

    def broken(*args: Any, **kwargs: Any) -> Any:
        return replace(make(*args, **kwargs), partition=None)

    return broken


# ---- errors ----


@mutant(errors.BaseRuntimeError, "__init__", "VAL-19")
def errors_forget_the_worker(make: Any) -> Any:
    """An error does not know where it happened."""

    def broken(self: Any, code: Any, kind: Any, root_cause_message: Any, worker: Any = None) -> None:
        make(self, code, kind, root_cause_message)

    return broken


@mutant(errors.RuntimeUnknownError, "__init__", "VAL-19")
def unknown_fault_is_the_systems(make: Any) -> Any:
    """An error that is nobody's fault counts as the system's."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        self.kind = "system"

    return broken


@mutant(errors.CustomError, "from_exception", "VAL-19")
def cause_of_custom_errors_is_lost(make: Any) -> Any:
    """An error that was made from an exception does not store it."""

    def broken(cls: Any, e: Exception) -> Any:
        error = make(cls, e)
        error.__cause__ = None
        return error

    return broken


# ---- records of a run ----


@mutant(ActionID, "new_sub_action", "VAL-20")
def sub_actions_start_a_run(make: Any) -> Any:
    """A further action starts a run of its own."""

    def broken(self: Any, name: Any = None) -> Any:
        found = make(self, name)
        return replace(found, run_name=found.name)

    return broken


@mutant(PathRewrite, "from_str", "VAL-20")
def rewrites_are_read_backwards(make: Any) -> Any:
    """A rewrite that is read from text goes the other way."""

    def broken(cls: Any, pattern: str) -> Any:
        found = make(cls, pattern)
        return cls(found.new_prefix, found.old_prefix)

    return broken


@mutant(TaskContext, "replace", "VAL-20", "EXE-07", "EXE-19")
def data_of_a_context_is_replaced(_: Any) -> Any:
    """A changed copy of a context has only the new data."""
    return replace


@mutant(TaskContext, "is_in_cluster", "VAL-20")
def hybrid_runs_are_in_a_cluster(_: Any) -> Any:
    """A hybrid run says that it is in a cluster."""
    return lambda self: self.mode != "local"


@mutant(TaskContext, "__getitem__", "VAL-20")
def unknown_data_is_refused(_: Any) -> Any:
    """A key that the data of a context lack raises KeyError."""
    return lambda self, key: self.data[key]


@mutant(CodeBundle, "with_downloaded_path", "VAL-20")
def bundles_forget_where_they_are(_: Any) -> Any:
    """A bundle does not note where it was unpacked."""
    return lambda self, path: replace(self)


@mutant(SerializationContext, "get_entrypoint_path", "VAL-20")
def entry_point_ignores_the_interpreter(read: Any) -> Any:
    """The entry point is next to the interpreter of the context, whichever interpreter is given."""
    return lambda self, interpreter_path=None: read(self)


# ---- packing ----


@mutant(AsyncFunctionTaskTemplate, "container_args", "ARG-08")
def name_of_the_action_is_that_of_the_run(args: Any) -> Any:
    """The action is started under the name of its run."""

    def broken(self: Any, *given: Any, **named: Any) -> Any:
        return ["{{.runName}}" if one == "{{.actionName}}" else one for one in args(self, *given, **named)]

    return broken


@mutant(DefaultTaskResolver, "loader_args", "ARG-09")
def modules_are_named_without_their_package(original: Any) -> Any:
    """The default resolver gets the last part of the module's name."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        mod, module, instance, name = original(self, *args, **kwargs)
        return [mod, module.rpartition(".")[2], instance, name]

    return broken


@mutant(DefaultTaskResolver, "load_task", "ARG-09")
def resolver_loads_the_function(load: Any) -> Any:
    """The default resolver gives the function of the task."""
    return lambda self, loader_args: load(self, loader_args).func


@mutant(function_task, "_is_shadowed", "PKL-06")
def main_script_is_pickled_by_name(_: Any) -> Any:
    """A function of the main script is stored by its name."""
    return lambda func: func.__module__ == "__main__"


@mutant(function_task, "_is_shadowed", "PKL-06")
def inner_functions_are_pickled_by_name(_: Any) -> Any:
    """A function within another one is stored by its name."""
    return lambda func: "<locals>" in func.__qualname__


# ---- docstrings and schemas ----


@mutant(Docstring, "long_description", "NIF-15")
def long_descriptions_are_one_line(read: Any) -> Any:
    """Only the first line of a long description is stored."""
    return lambda self: (read(self) or "").partition("\n")[0] or None


@mutant(NativeInterface, "json_schema", "JSN-13")
def bounds_are_inclusive(read: Any) -> Any:
    """A bound that excludes its value includes it."""

    def include(schema: dict[str, Any]) -> None:
        for exclusive, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if exclusive in schema:
                schema[inclusive] = schema.pop(exclusive)

    return each_property(include)(read)


@mutant(NativeInterface, "json_schema", "JSN-13")
def patterns_are_dropped(read: Any) -> Any:
    """The pattern of a string is not in its schema."""
    return each_property(lambda schema: schema.pop("pattern", None))(read)


@mutant(schema_rules.CONSTRAINTS, "max_length", "JSN-13")
def longest_list_is_not_told(keywords: Any) -> Any:
    """The schema of a list leaves out how long it may be."""
    return {kind: keyword for kind, keyword in keywords.items() if kind != "array"}


@mutant(NativeInterface, "json_schema", "JSN-14")
def formats_are_dropped(read: Any) -> Any:
    """No format of a string is in the schema."""
    return each_property(lambda schema: schema.pop("format", None))(read)


@mutant(NativeInterface, "json_schema", "JSN-14")
def keys_may_be_any_text(read: Any) -> Any:
    """The schema of a dictionary lacks the type of its keys."""
    return each_property(lambda schema: schema.pop("propertyNames", None))(read)


@mutant(schema_classes, "_pydantic_model", "JSN-15")
def definitions_of_models_are_lost(_: Any) -> Any:
    """The definitions in the schema of a model stay where no reference points to."""
    return lambda kind, document: kind.model_json_schema()


@mutant(schema_rules, "to_json", "JSN-15")
def models_have_no_default(show: Any) -> Any:
    """A default that is a model is left out."""
    return lambda value: schema_rules.NOT_JSON if hasattr(value, "model_dump") else show(value)


# ---- messages ----


@mutant(checks, "need_int", "CON-21")
def numbers_are_refused_without_a_name(check: Any) -> Any:
    """The error of a number that is refused does not say which field it is."""
    return lambda name, value, **least: check("value", value, **least)


@mutant(checks, "need", "CON-21")
def values_are_refused_unseen(check: Any) -> Any:
    """The error of a value of another type does not show the value."""

    def broken(name: str, value: object, kinds: Any, expected: str) -> None:
        if not isinstance(value, kinds):
            check(name, None, (int,), expected)

    return broken


@mutant(errors.FrozenFieldError, "__init__", "CON-21")
def assignments_are_refused_without_the_field(make: Any) -> Any:
    """The error of an assignment does not name the field."""
    return lambda self, task, field: make(self, task, "")


# ---- cache, and what goes with a task ----


@mutant(FunctionBodyPolicy, "get_version", "VAL-21")
def salt_of_versions_is_dropped(read: Any) -> Any:
    """The version of a function does not depend on the salt."""
    return lambda self, salt, params: read(self, "", params)


@mutant(Cache, "get_version", "VAL-21")
def disabled_caches_have_versions(read: Any) -> Any:
    """A cache that is disabled has a version."""

    def broken(self: Any, params: Any) -> Any:
        return read(self, params) or FunctionBodyPolicy().get_version(self.salt, params)

    return broken


@mutant(resources.PARTITIONS, "H200", "VAL-18")
def last_part_of_a_device_is_unknown(parts: Any) -> Any:
    """The largest part of a device cannot be asked for."""
    return parts[:-1]


@mutant(AsyncFunctionTaskTemplate, "container_args", "ARG-08")
def image_cache_travels_in_one_form(args: Any) -> Any:
    """The image cache travels in the form for transport where it has a serialized one, too."""

    def broken(self: Any, serialize_context: Any) -> Any:
        found, images = args(self, serialize_context), serialize_context.image_cache
        return [images.to_transport if images and one == images.serialized_form else one for one in found]

    return broken


@mutant(NativeInterface, "json_schema", "JSN-14")
def items_of_tuples_are_not_told(read: Any) -> Any:
    """The schema of a tuple lacks its items."""
    return each_property(lambda schema: schema.pop("prefixItems", None))(read)
