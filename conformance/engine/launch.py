"""How a child is started: its interpreter, the packages that it may import, its environment variables."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from conformance.engine.contract import Contract
from conformance.errors import TargetError
from docgen.sources.cache import cache_folder

STORAGE_VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"
ELSEWHERE = ("redis://", "github:")
"""How places of failing examples begin that are not folders."""


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How a child is started."""

    python: Path
    contract: Contract
    adapter: str
    """`module:attribute`."""
    swapped_class: str | None
    examples: int
    seed: int
    memory_mib: int
    is_separate: bool
    """Whether it has an environment of its own. If not, it can import whatever the command can."""
    database: tuple[str, ...] = ()
    """Where failing examples are kept, see `conformance.engine.child.examples`."""
    is_sandboxed: bool = False
    """Whether it runs in a sandbox of the system."""

    @property
    def visible(self) -> list[Path] | None:
        """The folders that a process in the sandbox needs to read; None if there is no sandbox."""
        if not self.is_sandboxed:
            return None
        environment = self.python.parent.parent
        interpreter = [environment, Path(sys.prefix), Path(sys.base_prefix)]
        return [*interpreter, *map(Path, mapped_packages(self.contract).values()), self.contract.folder]

    def create_folders(self) -> list[Path]:
        """Return the folders where failing examples are stored, after creating those that do not exist.

        Raises:
            TargetError: One cannot be created.
        """
        found = [Path(place) for place in self.database if not place.startswith(ELSEWHERE)]
        for folder in found:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise TargetError(
                    f"--database {folder}: cannot be created: {error.strerror}. Name a folder."
                ) from error
        return found


def mapped_packages(contract: Contract) -> dict[str, str]:
    """Return the folder of each package that a child may import although it is not in its environment.

    These are the engine, the contract and what the contract's model needs. None of them is imported here.
    """
    folders = folders_of(["conformance", *(contract.model.packages if contract.model is not None else ())])
    return folders if contract.is_built_in else {**folders, contract.package: str(contract.folder)}


def packages_for(database: Sequence[str]) -> list[str]:
    """Return the packages that a child needs to reach the places where examples are kept."""
    return ["redis"] if any(place.startswith("redis://") for place in database) else []


def folders_of(packages: Sequence[str]) -> dict[str, str]:
    """Return the folder of each package that is installed beside the command."""
    found = ((name, find_spec(name)) for name in packages)
    return {
        name: next(iter(spec.submodule_search_locations))
        for name, spec in found
        if spec and spec.submodule_search_locations
    }


def child_environment(*, is_separate: bool) -> dict[str, str]:
    """Return the environment variables of a child: without our paths if it has its own, and with a fixed hash seed."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONSTARTUP"} if is_separate else set()
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return {
        **kept,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1" if not is_separate else "",
        "PYTHONIOENCODING": "utf-8",
        # Otherwise hypothesis creates a folder in the working directory of the user.
        STORAGE_VARIABLE: str(cache_folder() / "hypothesis"),
    }
