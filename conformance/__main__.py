"""`python -m conformance`, and the command of that name."""

from __future__ import annotations

import sys

from conformance.cli import conformance
from conformance.errors import ConformanceError


def main() -> None:
    """Run the command; every expected error is one clear line and an exit code."""
    try:
        conformance.main(standalone_mode=True)
    except ConformanceError as error:
        sys.stderr.write(f"conformance: {error}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
