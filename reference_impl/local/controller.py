"""The controller of this process, which runs each task as soon as it is called."""

from __future__ import annotations

import concurrent.futures
import itertools
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from reference_impl.errors import NonRecoverableError, NotInTaskContextError, as_reported
from reference_impl.local.convert import copied, inputs_of, outputs_of_run
from reference_impl.local.loops import background
from reference_impl.local.records import TaskContext, ctx
from reference_impl.local.tabs import Report
from reference_impl.task.context import current, inside
from reference_impl.task.controller import set_controller
from reference_impl.task.template import TaskTemplate
from reference_impl.values.caching import Cache, VersionParameters
from reference_impl.values.policies import RetryStrategy

Task = TaskTemplate[Any, Any, Any]


class LocalController:
    """Runs tasks in this process.

    Inputs and outputs are checked and copied, failed tasks are tried again at once, and results are cached. Cached
    results (of tasks whose cache behavior is "auto") are kept as long as the controller exists.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._results: dict[str, tuple[dict[str, Any], Any]] = {}
        self._lock = threading.Lock()

    async def submit(self, _task: Task, *args: Any, **kwargs: Any) -> Any:
        """Run a task and return its result: one value, a tuple of several outputs, or None.

        Parameters:
            _task: The task.
            args: Its positional arguments.
            kwargs: Its keyword arguments.

        Raises:
            RuntimeUserError: The task failed in its last attempt; the code is the class name of the exception.
            InvalidTypeError: An argument does not have the declared type.
            InvalidValueError: There are too many or too few arguments, or a name is unknown.
        """
        outputs = await self.outputs(_task, *args, **kwargs)
        return outputs if len(outputs) > 1 else outputs[0] if outputs else None

    def submit_sync(self, _task: Task, *args: Any, **kwargs: Any) -> concurrent.futures.Future[Any]:
        """Run a task on the background loop and return a future of its result.

        Parameters:
            _task: The task.
            args: Its positional arguments.
            kwargs: Its keyword arguments.
        """
        return background().submit(self.submit(_task, *args, **kwargs))

    async def outputs(self, task: Task, /, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Run a task and return its outputs in order.

        Parameters:
            task: The task.
            args: Its positional arguments.
            kwargs: Its keyword arguments.

        Raises:
            NotInTaskContextError: No task is running; code "BadContext".
            RuntimeUserError: As in `submit`.
            InvalidTypeError: As in `submit`.
            InvalidValueError: As in `submit`.
        """
        context = ctx()
        if context is None:
            raise NotInTaskContextError(
                "BadContext", f"task {task.name!r} was submitted outside a running task. Use run(task, ...)."
            )
        inputs = inputs_of(task.native_interface, args, kwargs)
        cache = cast("Cache", task.cache)  # the template has converted it
        version = cache.get_version(VersionParameters(func=getattr(task, "func", None), image=task.image))
        counting = {name: copied(value) for name, value in inputs.items() if name not in cache.get_ignored_inputs()}
        is_kept = cache.is_enabled() and not context.disable_run_cache
        key = repr((task.name, version, counting))
        known_inputs, known = self._results.get(key, (None, ()))
        # The key is built from reprs, and two values that differ may have the same one.
        if is_kept and cache.behavior == "auto" and known_inputs == counting:
            return copied(known)  # the caller must not change the cached result
        found = await self._attempts(task, inputs, replace(context, version=version))
        if is_kept:
            self._results[key] = (counting, copied(found))
        return found

    async def _attempts(self, task: Task, inputs: dict[str, Any], context: TaskContext) -> tuple[Any, ...]:
        """Run the task until an attempt succeeds or none is left, and return its outputs."""
        retries = cast("RetryStrategy", task.retries).count  # the template has converted them
        for left in range(retries, -1, -1):
            try:
                with inside(replace(current(), task_context=self._sub_action(context), in_trace=False)):
                    # A body may change its inputs; the next attempt needs the original ones.
                    value = await task.execute(**(copied(inputs) if left else inputs))
                return outputs_of_run(task.native_interface, value, task.name)
            except Exception as error:
                if not left or isinstance(error, NonRecoverableError):
                    raise as_reported(error) from error
        raise AssertionError("there is always a last attempt")

    def _sub_action(self, context: TaskContext) -> TaskContext:
        """Return the context of a new action of the same run, which has its own report and folders and no data."""
        with self._lock:
            name = f"a{next(self._numbers)}"
        action = context.action.new_sub_action(name)
        output = Path(context.run_base_dir, name)
        for folder in (output, Path(context.raw_data_path.path)):
            folder.mkdir(parents=True, exist_ok=True)  # the task may write to them
        report = Report(name)
        return replace(context, action=action, output_path=str(output), report=report, data={}, group_data=None)


_LOCAL = LocalController()


def local_controller() -> LocalController:
    """Set this process's controller to the one LocalController, and return it."""
    set_controller(_LOCAL)
    return _LOCAL
