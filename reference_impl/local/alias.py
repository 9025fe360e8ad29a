"""Makes this package importable under another name, for code that is written for the package of that name."""

from __future__ import annotations

import importlib
import pkgutil
import sys

from reference_impl.errors import InvalidValueError

_PACKAGE = __name__.partition(".")[0]


def install(name: str) -> None:
    """Make `import NAME` and `import NAME.submodule` import this package and its modules, in this process.

    The modules are not loaded twice, so `except NAME.errors.X` catches the errors of this package. A second call has no
    effect.

    Parameters:
        name: The name of the other package.

    Raises:
        InvalidValueError: Another package of that name is loaded already.
    """
    package = importlib.import_module(_PACKAGE)
    if sys.modules.get(name, package) is not package:
        raise InvalidValueError(
            f"install({name!r}): a package of that name is loaded already. Call install() before it is imported."
        )
    for found in pkgutil.walk_packages(package.__path__, f"{_PACKAGE}."):
        sys.modules[name + found.name.removeprefix(_PACKAGE)] = importlib.import_module(found.name)
    sys.modules[name] = package
