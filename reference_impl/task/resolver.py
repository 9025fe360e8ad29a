"""How the machine that runs a task finds its function again."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from reference_impl.errors import ModuleLoadError


class DefaultTaskResolver:
    """Finds a task by its module, named from the root folder, and its name in that module."""

    import_path = f"{__name__}.DefaultTaskResolver"
    """Where the class is found."""

    def loader_args(self, task: Any, root_dir: Path | None = None) -> list[str]:
        """Return `mod MODULE instance NAME`, what `load_task` takes."""
        module = task.func.__module__
        file = getattr(sys.modules.get(module), "__file__", None)
        if root_dir is not None and file and Path(file).is_relative_to(root_dir):
            module = ".".join(Path(file).relative_to(root_dir).with_suffix("").parts)
        return ["mod", module, "instance", task.func.__name__]

    def load_task(self, loader_args: list[str]) -> Any:
        """Return the task that the arguments of `loader_args` name.

        Raises:
            ModuleLoadError: There is no such module, or no such name in it.
        """
        _, module, _, name = loader_args
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise ModuleLoadError(f"task {name!r} of module {module!r} cannot be loaded: {error}") from error
