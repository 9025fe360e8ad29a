"""The first file of the child process: makes a few packages importable, and nothing else of the parent's environment.

Run as `python -P bootstrap.py FD`. The first line to read from the file descriptor FD is the configuration: JSON that
`conformance.engine.isolate.Child` writes. Until the packages are mapped it may import the standard library only.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType


class MappedPackages(importlib.abc.MetaPathFinder):
    """Finds some packages in given folders, so that their neighbours there stay out of reach."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self.folders = folders

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the signature is importlib's
        target: ModuleType | None = None,  # noqa: ARG002 - the same
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where a mapped package is, None for any other module."""
        if fullname not in self.folders:
            return None
        folder = Path(self.folders[fullname])
        if not (folder / "__init__.py").is_file():
            spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [str(folder)]
            return spec
        return importlib.util.spec_from_file_location(
            fullname, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )


def line_from(descriptor: int) -> bytes:
    """Read one line. The parent writes nothing more until it has an answer."""
    line = b""
    while not line.endswith(b"\n") and (data := os.read(descriptor, 1 << 16)):
        line += data
    return line


def main() -> None:
    """Map the packages, then answer requests until the parent has none."""
    reads = int(sys.argv.pop())
    config = {**json.loads(line_from(reads)), "reads": reads}
    sys.meta_path.insert(0, MappedPackages(config["packages"]))
    sys.path[:0] = config["paths"]
    importlib.import_module("conformance.engine.child.server").serve(config)


if __name__ == "__main__":
    main()
