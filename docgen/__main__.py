"""The entry of the command: ends at once where the last build in the same folder still stands."""

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
    # A command grows trees, prints and ends: looking for garbage would cost up to half of the time and find none.
    gc.disable()
    # Only now: click and jinja2 take longer to import than looking at a manifest takes.
    from docgen.command.cli import docgen  # noqa: PLC0415 - see above

    try:
        docgen.main(arguments, prog_name="docgen")
    except SystemExit as ended:
        _leave(ended)


def _leave(ended: SystemExit) -> None:
    """End the process with the code of an exit, and leave to the system what was read: to free a large tree takes time.

    Raises:
        SystemExit: The one given, if the code is not a number or what was printed cannot be delivered.
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
