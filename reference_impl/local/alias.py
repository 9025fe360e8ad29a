"""The reference under another package's name, for user code that is written for that package."""

from __future__ import annotations

import importlib
import pkgutil
import sys

from reference_impl.errors import InvalidValueError

_PACKAGE = __name__.partition(".")[0]


def install(name: str) -> None:
    """Make `import NAME` and `import NAME.submodule` give this package and its modules, in this process.

    Each module stays the one module that it is: no class exists twice, so `except NAME.errors.X` hits. A second call
    does nothing.

    Raises:
        InvalidValueError: Another package of that name is loaded already.
    """
    package = importlib.import_module(_PACKAGE)
    if sys.modules.get(name, package) is not package:
        raise InvalidValueError(
            f"install({name!r}): another package of that name is loaded. Call install() before it is imported."
        )
    for found in pkgutil.walk_packages(package.__path__, f"{_PACKAGE}."):
        sys.modules[name + found.name.removeprefix(_PACKAGE)] = importlib.import_module(found.name)
    sys.modules[name] = package
