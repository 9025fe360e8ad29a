"""The entry of the command: ends at once where the last build in the same folder still stands."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main() -> None:
    """Run the command and exit with its code."""
    arguments = sys.argv[1:]
    code = _unchanged(arguments) if arguments[:1] == ["build"] and "--out" in arguments else None
    if code is None:
        # Only now: click, griffe and jinja2 take longer to import than looking at a manifest takes.
        from docgen.cli import docgen  # noqa: PLC0415

        docgen.main(arguments, prog_name="docgen")
    sys.exit(code)


def _unchanged(arguments: Sequence[str]) -> int | None:
    """Return the exit code of the last build if the same command would only repeat it, None if it must run.

    What the last build noticed is said again.
    """
    from docgen.manifest import is_up_to_date, output_folder, read_manifest, this_command  # noqa: PLC0415 - a test measures

    folder = output_folder(arguments)
    manifest = read_manifest(folder) if folder else None
    if manifest is None or not is_up_to_date(manifest, this_command(arguments)):
        return None
    for finding in manifest.findings:
        print(finding, file=sys.stderr)  # noqa: T201 - click is not imported here
    print(f"{folder}: nothing changed, {len(manifest.files)} files left as they are", file=sys.stderr)  # noqa: T201
    return manifest.exit_code


if __name__ == "__main__":
    main()
