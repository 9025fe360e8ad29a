"""The entry point of the command, which exits at once if the last build in the folder is still up to date."""

from __future__ import annotations

import gc
import os
import sys

from docgen.incremental.unchanged import repeat


def main() -> None:
    """Run the command and exit with its code."""
    arguments = sys.argv[1:]
    code = repeat(arguments) if arguments[:1] == ["build"] else None
    if code is not None:
        sys.exit(code)
    # A command builds trees, prints and exits: collecting garbage would take up to half of the time and free nothing.
    gc.disable()
    # Imported only now, because importing click and jinja2 takes longer than checking a manifest.
    from docgen.command.cli import docgen  # noqa: PLC0415 - see above

    try:
        docgen.main(arguments, prog_name="docgen")
    except SystemExit as ended:
        _leave(ended)


def _leave(ended: SystemExit) -> None:
    """End the process with the code of an exit, without freeing its objects: freeing a large tree takes time.

    Raises:
        SystemExit: The given one, if its code is not a number or the output cannot be flushed.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        raise ended from None
    if not isinstance(ended.code, int):
        raise ended
    os._exit(ended.code)


if __name__ == "__main__":
    main()
