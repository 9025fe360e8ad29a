"""`python -m conformance`, and the command of that name."""

from __future__ import annotations

import sys

from conformance.command.cli import conformance
from conformance.errors import ConformanceError
from docgen.errors import DocgenError
from docgen.findings import message


def main() -> None:
    """Run the command; every expected error is one clear line and an exit code."""
    try:
        conformance.main(standalone_mode=True)
    except (ConformanceError, DocgenError) as error:
        sys.stderr.write(f"conformance: {message(error)}\n")
        sys.exit(error.exit_code)
    except OSError as error:
        # An error of the command's own output; other files report their errors themselves.
        sys.stderr.write(f"conformance: {message(error)}\n")
        sys.exit(3)


if __name__ == "__main__":
    main()
