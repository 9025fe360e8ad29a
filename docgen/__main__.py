"""The entry of the command: ends at once where the last build in the same folder still stands."""

from __future__ import annotations

import gc
import sys

from docgen.unchanged import repeat


def main() -> None:
    """Run the command and exit with its code."""
    arguments = sys.argv[1:]
    code = repeat(arguments) if arguments[:1] == ["build"] else None
    if code is None:
        # A command grows trees, prints and ends: looking for garbage would cost up to half of the time and find none.
        gc.disable()
        # Only now: click and jinja2 take longer to import than looking at a manifest takes.
        from docgen.cli import docgen  # noqa: PLC0415 - see above

        docgen.main(arguments, prog_name="docgen")
    sys.exit(code)


if __name__ == "__main__":
    main()
