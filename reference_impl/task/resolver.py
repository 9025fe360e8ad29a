"""How the container that runs a task finds the task."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from reference_impl.errors import ModuleLoadError


class DefaultTaskResolver:
    """Finds a task by its module and its name in that module."""

    import_path = f"{__name__}.DefaultTaskResolver"
    """The path that this class is imported by in the container."""

    def loader_args(self, task: Any, root_dir: Path | None = None) -> list[str]:
        """Return the arguments for `load_task`: `mod`, the module, `instance`, the name.

        Parameters:
            task: The task.
            root_dir: The folder that module names start from.
        """
        module = task.func.__module__
        file = getattr(sys.modules.get(module), "__file__", None)
        if root_dir is not None and file and Path(file).is_relative_to(root_dir):
            module = ".".join(Path(file).relative_to(root_dir).with_suffix("").parts)
        return ["mod", module, "instance", task.func.__name__]

    def load_task(self, loader_args: list[str]) -> Any:
        """Return a task.

        Parameters:
            loader_args: What `loader_args` returned for it.

        Raises:
            ModuleLoadError: The module does not exist, or the name is not in it.
        """
        _, module, _, name = loader_args
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise ModuleLoadError(f"task {name!r} of module {module!r} cannot be loaded: {error}") from error
