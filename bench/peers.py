"""Download the test data of other generators: packages that their authors found hard to document.

    python -m bench.peers

pip downloads their source distributions, which are unpacked below `build/peers`, one folder each; nothing in them is
installed. pip may run their build backend to get their metadata, so tests do not do this, and only read them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from docgen.sources.archives import unpack

PEERS = Path("build") / "peers"
"""One folder for each source distribution."""
DISTRIBUTIONS = ("pdoc", "pydoctor", "griffe", "mkdocstrings-python")


def main() -> None:
    """Download and unpack each distribution that is not there yet."""
    PEERS.mkdir(parents=True, exist_ok=True)
    for name in DISTRIBUTIONS:
        if (PEERS / name).is_dir():
            continue
        with tempfile.TemporaryDirectory() as work:
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", name, "-d", work, name]
            subprocess.run(pip, check=True)
            for archive in Path(work).iterdir():
                unpack(archive, PEERS / name)


if __name__ == "__main__":
    main()
