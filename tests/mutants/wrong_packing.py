"""Wrong in one state only: the command line of the container and the extension points, for one field or origin."""

from __future__ import annotations

import copy
import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

from conformance.mutants.form import mutant
from reference_impl.errors import RuntimeSystemError
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.task.resolver import DefaultTaskResolver
from tests.mutants.wrong_copies import command

ARGS = (AsyncFunctionTaskTemplate, "container_args")
RESOLVER = (AsyncFunctionTaskTemplate, "_resolver_args")
FILE = (AsyncFunctionTaskTemplate, "source_file")


def _set(found: list[str], option: str, value: str) -> None:
    found[found.index(option) + 1] = value


# ---- the command line ----


@mutant(*ARGS, "ARG-01")
def outputs_of_reusable_tasks_go_to_the_inputs(args: Any) -> Any:
    """The path of the outputs of a task whose containers are reused is that of the inputs."""

    def change(task: Any, found: list[str], context: Any) -> None:
        if task.reusable is not None:
            _set(found, "--outputs-path", context.input_path)

    return command(change)(args)


@mutant(*ARGS, "ARG-01")
def version_of_decorated_tasks_is_in_small_letters(args: Any) -> Any:
    """The version of a decorated task is written in small letters."""

    def change(task: Any, found: list[str], context: Any) -> None:
        if task.parent_env is not None:
            _set(found, "--version", context.version.lower())

    return command(change)(args)


@mutant(*ARGS, "ARG-02")
def pickled_async_tasks_name_a_resolver(args: Any) -> Any:
    """An async task in a pickled bundle names a resolver, too."""

    def change(task: Any, found: list[str], context: Any) -> None:
        bundle = context.code_bundle
        if inspect.iscoroutinefunction(task.func) and bundle is not None and bundle.pkl:
            found += ["--resolver", DefaultTaskResolver.import_path, "mod", "m", "instance", task.func.__name__]

    return command(change)(args)


@mutant(*ARGS, "ARG-02")
def archives_of_queued_tasks_have_no_destination(args: Any) -> Any:
    """For a task with a queue, --dest of an archive is left out."""

    def change(task: Any, found: list[str], context: Any) -> None:
        if task.queue is not None and context.code_bundle is not None and context.code_bundle.tgz:
            where = found.index("--dest")
            del found[where : where + 2]

    return command(change)(args)


@mutant(*RESOLVER, "ARG-02")
def short_names_are_told_to_the_resolver(resolve: Any) -> Any:
    """The default resolver gets the short name of a task that has one, not the name of its function."""

    def broken(self: Any, sctx: Any) -> Any:
        found = resolve(self, sctx)
        if self.task_resolver is None and self.short_name not in (self.name, self.func.__name__):
            found[-1] = self.short_name
        return found

    return broken


@mutant(*ARGS, "ARG-03")
def missing_root_of_async_tasks_has_another_code(args: Any) -> Any:
    """Without root_dir, the code of the error of an async task is "BadContext"."""

    def broken(self: Any, serialize_context: Any) -> Any:
        try:
            return args(self, serialize_context)
        except RuntimeSystemError as error:
            if inspect.iscoroutinefunction(self.func):
                raise RuntimeSystemError("BadContext", str(error)) from error
            raise

    return broken


@mutant(*ARGS, "ARG-04")
def arguments_of_a_bundle_are_one_list(args: Any) -> Any:
    """For an interruptible task, container_args gives the same list for one code bundle each time."""
    known: dict[int, Any] = {}

    def broken(self: Any, serialize_context: Any) -> Any:
        if not self.interruptible:
            return args(self, serialize_context)
        bundle = serialize_context.code_bundle
        return known.setdefault(id(bundle), (bundle, args(self, serialize_context)))[1]

    return broken


@mutant(*RESOLVER, "ARG-06")
def falsy_resolvers_are_replaced(resolve: Any) -> Any:
    """A falsy custom resolver is ignored."""

    def broken(self: Any, sctx: Any) -> Any:
        twin = self.__copy__()
        vars(twin)["task_resolver"] = self.task_resolver or None
        return resolve(twin if not self.task_resolver else self, sctx)

    return broken


@mutant(*RESOLVER, "ARG-06")
def resolvers_are_asked_once(resolve: Any) -> Any:
    """A resolver is asked once for a task; for another context the same arguments are given."""

    def broken(self: Any, sctx: Any) -> Any:
        if "_resolved" not in vars(self):
            vars(self)["_resolved"] = resolve(self, sctx)
        return list(vars(self)["_resolved"])

    return broken


@mutant(AsyncFunctionTaskTemplate, "__setstate__", "ARG-06", "PKL-01")
def unpickled_tasks_have_the_default_resolver(setstate: Any) -> Any:
    """An unpickled task has lost its resolver."""
    return lambda self, state: setstate(self, {**state, "task_resolver": None})


# ---- the extension points ----


def _beside(point: str, applies: Callable[[Any, Any], bool], value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the replacement of an extension point that gives another value in one state."""

    def replacement(original: Any) -> Any:
        def broken(self: Any, sctx: Any) -> Any:
            return value(self) if applies(self, sctx) else original(self, sctx)

        broken.__name__ = point
        return broken

    return replacement


@mutant(TaskTemplate, "config", "EXT-01")
def config_names_the_archive(config: Any) -> Any:
    """config holds something where the code is in an archive."""
    return _beside(
        "config",
        lambda _, context: context.code_bundle is not None and context.code_bundle.tgz is not None,
        lambda _: {"code": "tgz"},
    )(config)


@mutant(TaskTemplate, "custom_config", "EXT-01")
def custom_config_of_unpickled_tasks_is_none(config: Any) -> Any:
    """custom_config of a decorated task that was unpickled is None."""
    return _beside(
        "custom_config", lambda self, _: self.parent_env is None and self.parent_env_name is not None, lambda _: None
    )(config)


@mutant(TaskTemplate, "sql", "EXT-01")
def sql_of_documented_tasks_is_their_text(sql: Any) -> Any:
    """sql gives the documentation of a task that has one."""
    return _beside("sql", lambda self, _: self.docs is not None, lambda self: self.docs.description)(sql)


@mutant(TaskTemplate, "data_loading_config", "EXT-01")
def data_loading_of_subclasses_is_empty(loading: Any) -> Any:
    """data_loading_config of a template of a subclass is an empty dictionary."""
    return _beside("data_loading_config", lambda self, _: type(self) is not AsyncFunctionTaskTemplate, lambda _: {})(
        loading
    )


@mutant(TaskTemplate, "config", "EXT-01")
def config_is_one_for_a_context(config: Any) -> Any:
    """config gives one dictionary for one project, to all tasks."""
    known: dict[object, Any] = {}
    return lambda self, sctx: (
        config(self, sctx) if sctx.project is None else known.setdefault(sctx.project, config(self, sctx))
    )


@mutant(TaskTemplate, "native_interface", "EXT-02")
def native_interface_of_decorated_tasks_is_a_copy(_: Any) -> Any:
    """native_interface of a decorated task is a copy of its interface."""
    return lambda self: copy.copy(self.interface) if self.parent_env is not None else self.interface


@mutant(*FILE, "EXT-03")
def source_file_of_decorated_tasks_is_that_of_their_module(file: Any) -> Any:
    """source_file of a decorated task is the file of the module that its function names."""

    def broken(self: Any) -> Any:
        module = sys.modules.get(self.func.__module__)
        return getattr(module, "__file__", None) if self.parent_env is not None else file(self)

    return broken


@mutant(*FILE, "EXT-03")
def source_file_of_lambdas_is_not_known(file: Any) -> Any:
    """source_file of a lambda is None."""
    return lambda self: None if getattr(self.func, "__name__", "") == "<lambda>" else file(self)


@mutant(*FILE, "EXT-04")
def source_file_looks_through_functions_only(file: Any) -> Any:
    """source_file looks through wrappers that are functions, not through objects that wrap one."""

    def broken(self: Any) -> Any:
        if isinstance(self.func, functools.partial) or not inspect.isroutine(self.func):
            return None
        return file(self)

    return broken
