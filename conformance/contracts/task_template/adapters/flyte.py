"""The adapter of the `flyte` SDK, releases 2.0.0 and later. It detects differences between releases at run time."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from conformance.contracts.task_template.adapters.package import PackageAdapter


class FlyteAdapter(PackageAdapter):
    """Drives the SDK. Its context variable and its controller are private, and only this module refers to them."""

    package: ClassVar[str] = "flyte"
    modules: ClassVar[tuple[str, ...]] = (
        *PackageAdapter.modules,
        # Types that the page names but no public module exports.
        *("_task", "_timeout", "_task_plugins", "_link", "_cache", "_cache.cache"),
    )

    task_source: ClassVar[str] = (
        "from flyte._context import Context, internal_ctx\n"
        "from flyte.models import ActionID, TaskContext\n"
        "def in_task(trace=False, **data):\n"
        '    run = dict(action=ActionID(name="a"), version="v", raw_data_path=None, output_path="o", run_base_dir="b", '
        "report=None, data=data)\n"
        "    return Context(internal_ctx().data.replace(task_context=TaskContext(**run), in_trace=trace))\n"
    )
    """How a script runs code inside a task, with only the data that rules use."""

    controller_source: ClassVar[str] = (
        "from flyte._internal.controllers import _ControllerState\n"
        "def install(controller): _ControllerState.controller = controller\n"
    )
    """How a script puts a controller in charge."""

    @property
    def version(self) -> str:
        """The version of the installed distribution."""
        return importlib.metadata.version(self.package)

    @property
    def capabilities(self) -> frozenset[str]:
        """The capabilities of a package, and a context, a trace, a controller and the accelerators of the SDK."""
        return super().capabilities | {"accelerators", "context", "trace", "controller"}

    @property
    def elsewhere(self) -> str | None:
        """Why bodies do not run in this process, because tasks of connectors run at a service; None if they do."""
        # By name, because the module needs an extra of the distribution and must not be imported.
        is_of_connector = any(base.__name__ == "AsyncConnectorExecutorMixin" for base in self.template.__mro__)
        return "it runs at a connector's service" if is_of_connector else None

    @contextlib.contextmanager
    def task_context(self, data: Mapping[str, Any] | None = None, *, trace: bool = False) -> Iterator[Any]:
        """Enter a task context, and a trace within it if asked."""
        private = importlib.import_module("flyte._context")
        models = importlib.import_module("flyte.models")
        report = importlib.import_module("flyte.report")
        task_context = models.TaskContext(
            action=models.ActionID(name="action", run_name="run"),
            version="v1",
            raw_data_path=models.RawDataPath(path="raw"),
            output_path="out",
            run_base_dir="base",
            report=report.Report("report"),
            data=dict(data or {}),
        )
        inside = private.internal_ctx().data.replace(task_context=task_context, **({"in_trace": True} if trace else {}))
        with private.Context(inside):
            yield task_context

    def context_data(self) -> Mapping[str, Any] | None:
        """Return the data of the task context, None outside one (where later releases give a falsy context)."""
        context = self.types["ctx"]()
        data: Mapping[str, Any] | None = context.data if context else None
        return data

    @contextlib.contextmanager
    def install_controller(self, controller: object | None) -> Iterator[None]:
        """Set the SDK's controller, and remove it afterwards."""
        state = importlib.import_module("flyte._internal.controllers")._ControllerState  # noqa: SLF001 - nothing public
        before = state.controller
        state.controller = controller
        try:
            yield
        finally:
            state.controller = before
