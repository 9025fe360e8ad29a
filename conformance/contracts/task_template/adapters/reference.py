"""The adapter of `reference_impl`, the model of profile `strict`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from conformance.contracts.task_template.adapters.package import PackageAdapter
from reference_impl import ctx, models, report
from reference_impl.task.context import Context, inside
from reference_impl.task.controller import set_controller


class ReferenceAdapter(PackageAdapter):
    """Drives the reference implementation."""

    package: ClassVar[str] = "reference_impl"
    modules: ClassVar[tuple[str, ...]] = (
        *PackageAdapter.modules,
        "values.policies",
        "values.caching",
        "task.context",
        "task.controller",
        "report",
    )

    task_source: ClassVar[str] = (
        "from reference_impl.task.context import Context, inside\n"
        "from reference_impl.models import ActionID, TaskContext\n"
        "def in_task(trace=False, **data):\n"
        '    run = dict(action=ActionID(name="a"), version="v", raw_data_path=None, output_path="o", run_base_dir="b", '
        "report=None, data=data)\n"
        "    return inside(Context(task_context=TaskContext(**run), in_trace=trace))\n"
    )
    """How a script runs code inside a task."""

    controller_source: ClassVar[str] = "from reference_impl.task.controller import set_controller as install\n"
    """How a script puts a controller in charge."""

    @property
    def capabilities(self) -> frozenset[str]:
        """The capabilities of a package, a context, a trace, a controller, and all optional ones."""
        more = {"accelerators", "schema_constraints", "schema_forms", "schema_models", "telling_errors"}
        return super().capabilities | {"context", "trace", "controller"} | more

    @contextlib.contextmanager
    def task_context(self, data: Mapping[str, Any] | None = None, *, trace: bool = False) -> Iterator[Any]:
        """Enter a task context, and a trace within it if asked."""
        task_context = models.TaskContext(
            action=models.ActionID(name="action", run_name="run"),
            version="v1",
            raw_data_path=models.RawDataPath(path="raw"),
            output_path="out",
            run_base_dir="base",
            report=report.Report("report"),
            data=dict(data or {}),
        )
        with inside(Context(task_context=task_context, in_trace=trace)):
            yield task_context

    def context_data(self) -> Mapping[str, Any] | None:
        """Return the data of the task context, None outside one."""
        found = ctx()
        return None if found is None else found.data

    @contextlib.contextmanager
    def install_controller(self, controller: Any) -> Iterator[None]:
        """Set a controller within a block, and restore the previous one afterwards."""
        before = set_controller(controller)
        try:
            yield
        finally:
            set_controller(before)
