"""Wrong in equality, pickling, copying, the extension points and the command line of the container."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

from conformance.mutants.form import Mutant, mutant, signed
from reference_impl.errors import RuntimeSystemError
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.schema.docstrings import Docstring
from reference_impl.task import function_task

# ---- equality ----

EQUAL = (AsyncFunctionTaskTemplate, "__eq__")


def _blind(field: str) -> Mutant:
    def replacement(equal: Any) -> Any:
        def broken(self: Any, other: Any) -> Any:
            if not isinstance(other, AsyncFunctionTaskTemplate) or type(self) is not type(other):
                return NotImplemented
            twin = self.__copy__()
            vars(twin)[field] = vars(other)[field]
            return equal(twin, other)

        return broken

    return Mutant(
        name=f"equality_ignores_{field}",
        wrong=f"Templates that differ in {field} are equal.",
        caught_by=("EQ-02",),
        owner=AsyncFunctionTaskTemplate,
        attribute="__eq__",
        replacement=replacement,
    )


BLIND = tuple(
    _blind(field)
    for field in (
        "short_name",
        "resources",
        "cache",
        "retries",
        "timeout",
        "env_vars",
        "secrets",
        "max_inline_io_bytes",
        "queue",
        "interruptible",
        "links",
        "pod_template",
    )
)


@mutant(*EQUAL, "EQ-01")
def templates_differ_from_themselves(_: Any) -> Any:
    """A template does not equal itself."""
    return lambda self, other: self is not other and vars(self) == vars(other)


@mutant(*EQUAL, "EQ-01")
def templates_equal_themselves_only(_: Any) -> Any:
    """A template equals itself only."""
    return lambda self, other: self is other


@mutant(*EQUAL, "EQ-02")
def templates_of_one_name_are_equal(_: Any) -> Any:
    """Templates of one name are equal."""
    return lambda self, other: isinstance(other, TaskTemplate) and self.name == other.name


@mutant(Docstring, "__eq__", "EQ-04", "EQ-05")
def docstrings_are_equal_to_themselves_only(_: Any) -> Any:
    """Docstrings of the same text differ."""
    return lambda self, other: self is other


@mutant(*EQUAL, "EQ-05")
def interfaces_are_compared_by_identity(equal: Any) -> Any:
    """Templates are equal only if they share the interface."""
    return lambda self, other: equal(self, other) is True and self.interface is other.interface


@mutant(*EQUAL, "EQ-07")
def caches_are_compared_by_identity(equal: Any) -> Any:
    """Templates are equal only if they share the cache."""
    return lambda self, other: equal(self, other) is True and self.cache is other.cache


# ---- pickling and copying ----


@mutant(AsyncFunctionTaskTemplate, "__getstate__", "PKL-01")
def pickle_drops_the_original_environment(getstate: Any) -> Any:
    """Pickling a template removes its environment."""

    def broken(self: Any) -> Any:
        state = getstate(self)
        vars(self)["parent_env"] = None
        return state

    return broken


def _forgetting(field: str, value: object) -> Mutant:
    def replacement(getstate: Any) -> Any:
        return lambda self: {**getstate(self), field: value}

    return Mutant(
        name=f"pickle_forgets_{field}",
        wrong=f"A pickled template comes back without {field}.",
        caught_by=("PKL-01",),
        owner=AsyncFunctionTaskTemplate,
        attribute="__getstate__",
        replacement=replacement,
    )


FORGOTTEN = (
    _forgetting("parent_env_name", None),
    _forgetting("env_vars", None),
    _forgetting("short_name", "task"),
    _forgetting("links", ()),
    _forgetting("triggers", ()),
    _forgetting("_call_as_synchronous", True),
)


@mutant(TaskTemplate, "__setstate__", "PKL-01")
def unpickled_has_defaults_for_falsy_values(setstate: Any) -> Any:
    """An unpickled template has the default for every field that is falsy."""

    def broken(self: Any, state: dict[str, Any]) -> None:
        setstate(self, state)
        for field in dataclasses.fields(self):
            if not state.get(field.name, True) and field.default is not dataclasses.MISSING:
                vars(self)[field.name] = field.default

    return broken


@mutant(function_task, "_is_shadowed", "PKL-02")
def decorated_function_is_not_found(_: Any) -> Any:
    """A decorated function of a module cannot be pickled."""
    return lambda func: False


@mutant(TaskTemplate, "__copy__", "PKL-03")
def copy_loses_the_environment(copy_: Any) -> Any:
    """copy.copy loses the environment."""

    def broken(self: Any) -> Any:
        twin = copy_(self)
        if inspect.stack()[1].function == "copy":
            vars(twin)["parent_env"] = None
        return twin

    return broken


@mutant(TaskTemplate, "__copy__", "PKL-03")
def copy_is_deep(copy_: Any) -> Any:
    """copy.copy makes new links."""

    def broken(self: Any) -> Any:
        twin = copy_(self)
        vars(twin)["links"] = tuple(copy.copy(link) for link in self.links)
        vars(twin)["interface"] = dataclasses.replace(self.interface)
        return twin

    return broken


@mutant(TaskTemplate, "__deepcopy__", "PKL-04")
def deepcopy_loses_the_environment(deepcopy: Any) -> Any:
    """copy.deepcopy loses the environment."""

    def broken(self: Any, memo: Any) -> Any:
        twin = deepcopy(self, memo)
        vars(twin)["parent_env"] = None
        return twin

    return broken


@mutant(TaskTemplate, "override", "PKL-05")
def override_makes_another_reference(override: Any) -> Any:
    """override makes another weak reference to the environment."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        if self.parent_env is not None:
            vars(result)["parent_env"] = type("Reference", (type(self.parent_env),), {})(self.parent_env())
        return result

    return broken


# ---- extension points ----


@mutant(TaskTemplate, "config", "EXT-01")
def config_is_shared(_: Any) -> Any:
    """config gives the same dict each time."""
    shared: dict[str, str] = {}
    return lambda self, sctx: shared


@mutant(TaskTemplate, "custom_config", "EXT-01")
def custom_config_is_none(_: Any) -> Any:
    """custom_config gives None."""
    return lambda self, sctx: None


@mutant(TaskTemplate, "config", "EXT-01")
def config_tells_the_environment(_: Any) -> Any:
    """config gives the environment variables."""
    return lambda self, sctx: dict(self.env_vars or {})


@mutant(TaskTemplate, "sql", "EXT-01")
def sql_is_empty(_: Any) -> Any:
    """sql gives an empty string."""
    return lambda self, sctx: ""


@mutant(TaskTemplate, "data_loading_config", "EXT-01")
def data_loading_is_a_dict(_: Any) -> Any:
    """data_loading_config gives a dict."""
    return lambda self, sctx: {}


@mutant(TaskTemplate, "native_interface", "EXT-02")
def native_interface_is_a_copy(_: Any) -> Any:
    """native_interface is a copy of the interface."""
    return lambda self: dataclasses.replace(self.interface)


FILE = (AsyncFunctionTaskTemplate, "source_file")


@mutant(*FILE, "EXT-03")
def source_file_is_the_name_of_the_module(_: Any) -> Any:
    """source_file is the name of the module."""
    return lambda self: getattr(self.func, "__module__", None)


@mutant(*FILE, "EXT-03")
def source_file_has_no_folder(file: Any) -> Any:
    """source_file is the name of the file without its folder."""
    return lambda self: (file(self) or "").rpartition("/")[2] or None


@mutant(*FILE, "EXT-03")
def source_file_of_objects_is_empty(file: Any) -> Any:
    """source_file of a callable without code is empty."""
    return lambda self: file(self) or ""


@mutant(*FILE, "EXT-04")
def source_file_of_the_decorator(_: Any) -> Any:
    """source_file of a decorated function is that of the decorator."""
    return lambda self: getattr(getattr(self.func, "__code__", None), "co_filename", None)


@mutant(AsyncFunctionTaskTemplate, "container_args", "EXT-05")
def context_is_called_sctx(args: Any) -> Any:
    """The parameter of container_args is called sctx."""

    def broken(self: Any, sctx: Any) -> Any:
        return args(self, sctx)

    return signed(broken, inspect.signature(broken))


# ---- the command line of the container ----


def command(change: Callable[[Any, list[str], Any], object]) -> Callable[[Any], Any]:
    """Return the replacement of container_args whose result is changed: `change(task, arguments, context)`."""

    def replacement(args: Any) -> Any:
        def broken(self: Any, serialize_context: Any) -> Any:
            found = args(self, serialize_context)
            change(self, found, serialize_context)
            return found

        return broken

    return replacement


ARGS = (AsyncFunctionTaskTemplate, "container_args")


def _set(option: str, value: Callable[[Any, Any], str]) -> Callable[[Any], Any]:
    def change(task: Any, found: list[str], context: Any) -> None:
        if option in found:
            found[found.index(option) + 1] = value(task, context)

    return command(change)


@mutant(*ARGS, "ARG-01")
def entry_point_is_missing(args: Any) -> Any:
    """The arguments do not start with the entry point."""
    return command(lambda _, found, __: found.pop(0))(args)


@mutant(*ARGS, "ARG-01")
def outputs_go_to_the_inputs(args: Any) -> Any:
    """The path of the outputs is that of the inputs."""
    return _set("--outputs-path", lambda _, context: context.input_path)(args)


@mutant(*ARGS, "ARG-01")
def version_is_missing(args: Any) -> Any:
    """The version is empty."""
    return _set("--version", lambda _, __: "")(args)


@mutant(*ARGS, "ARG-01")
def paths_are_joined(args: Any) -> Any:
    """The path of the inputs stands in the same argument as its option."""

    def change(_: Any, found: list[str], __: Any) -> None:
        where = found.index("--inputs")
        found[where : where + 2] = [f"--inputs={found[where + 1]}"]

    return command(change)(args)


@mutant(*ARGS, "ARG-01")
def run_name_is_missing(args: Any) -> Any:
    """--run-name is missing."""

    def change(_: Any, found: list[str], __: Any) -> None:
        where = found.index("--run-name")
        del found[where : where + 2]

    return command(change)(args)


@mutant(*ARGS, "ARG-01")
def arguments_are_a_tuple(args: Any) -> Any:
    """container_args gives a tuple."""
    return lambda self, serialize_context: tuple(args(self, serialize_context))


@mutant(*ARGS, "ARG-01")
def paths_are_ascii(args: Any) -> Any:
    """The path of the inputs loses characters outside ASCII."""
    return _set("--inputs", lambda _, context: context.input_path.encode("ascii", "ignore").decode())(args)


@mutant(*ARGS, "ARG-02")
def pickle_has_a_resolver(args: Any) -> Any:
    """With a pickled bundle the arguments contain a resolver, too."""

    def change(task: Any, found: list[str], context: Any) -> None:
        if "--pkl" in found and context.root_dir:
            found += task._resolver_args(context)

    return command(change)(args)


@mutant(*ARGS, "ARG-02")
def archive_is_a_pickle(args: Any) -> Any:
    """An archive is named by --pkl."""

    def change(_: Any, found: list[str], __: Any) -> None:
        if "--tgz" in found:
            found[found.index("--tgz")] = "--pkl"

    return command(change)(args)


@mutant(*ARGS, "ARG-02")
def destination_is_fixed(args: Any) -> Any:
    """--dest is the current folder."""
    return _set("--dest", lambda _, __: ".")(args)


@mutant(*ARGS, "ARG-02")
def destination_without_bundle(args: Any) -> Any:
    """--dest is present without a bundle, too."""

    def change(_: Any, found: list[str], __: Any) -> None:
        if "--dest" not in found:
            found += ["--dest", "."]

    return command(change)(args)


@mutant(*ARGS, "ARG-03")
def missing_root_is_the_present_folder(args: Any) -> Any:
    """Without root_dir the current folder is taken."""

    def broken(self: Any, serialize_context: Any) -> Any:
        if serialize_context.root_dir is None:
            serialize_context = dataclasses.replace(serialize_context, root_dir=".")
        return args(self, serialize_context)

    return broken


@mutant(*ARGS, "ARG-03")
def missing_root_has_another_code(args: Any) -> Any:
    """Without root_dir the code of the error is "BadContext"."""

    def broken(self: Any, serialize_context: Any) -> Any:
        try:
            return args(self, serialize_context)
        except RuntimeSystemError as error:
            raise RuntimeSystemError("BadContext", str(error)) from error

    return broken


@mutant(*ARGS, "ARG-03")
def missing_root_is_a_value_error(args: Any) -> Any:
    """Without root_dir ValueError is raised."""

    def broken(self: Any, serialize_context: Any) -> Any:
        try:
            return args(self, serialize_context)
        except RuntimeSystemError as error:
            raise ValueError(str(error)) from error

    return broken


@mutant(*ARGS, "ARG-04")
def arguments_are_remembered(args: Any) -> Any:
    """container_args gives the same list each time."""
    known: dict[tuple[int, int], Any] = {}

    def broken(self: Any, serialize_context: Any) -> Any:
        key = (id(self), id(serialize_context))
        if key not in known:
            known[key] = (self, serialize_context, args(self, serialize_context))
        return known[key][2]

    return broken


@mutant(*ARGS, "ARG-04")
def calls_are_counted(args: Any) -> Any:
    """The run name changes from call to call."""
    count: list[int] = []

    def value(_: Any, __: Any) -> str:
        count.append(1)
        return f"run-{len(count)}"

    return _set("--run-name", value)(args)


@mutant(*ARGS, "ARG-04")
def container_args_change_the_task(args: Any) -> Any:
    """container_args sets the report of the task."""
    return command(lambda task, _, __: vars(task).update(report=True))(args)


@mutant(AsyncFunctionTaskTemplate, "_resolver_args", "ARG-06")
def resolver_is_the_default_one(resolve: Any) -> Any:
    """The task_resolver of a template is not used."""

    def broken(self: Any, sctx: Any) -> Any:
        twin = self.__copy__()
        vars(twin)["task_resolver"] = None
        return resolve(twin, sctx)

    return broken


@mutant(AsyncFunctionTaskTemplate, "_resolver_args", "ARG-06")
def arguments_of_the_resolver_are_missing(resolve: Any) -> Any:
    """The arguments of the resolver are left out."""
    return lambda self, sctx: resolve(self, sctx)[:2]
