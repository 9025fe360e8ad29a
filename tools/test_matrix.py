"""Run the tests against the built wheel, on every supported Python of this machine.

The wheel is what users get; only these tests notice that it lacks a template, a catalogue or a schema.
Each interpreter has an environment of its own below `build/envs`, which is created again when the requirements change.
Tests that need the package index or a browser run once, on the first interpreter.

    python tools/test_matrix.py [--only 3.12] [pytest arguments]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVS = ROOT / "build" / "envs"
DIST = ROOT / "build" / "dist"
SUPPORTED = ("3.11", "3.12", "3.13")
PROBE = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
OFFLINE = "not network and not browser"
IN_PARALLEL = ("-n", "auto", "--dist", "loadfile")
"""One process per core; the tests of a file stay together, because they share expensive fixtures."""


def candidates(version: str) -> list[Path]:
    """Return the possible places of an interpreter: on PATH, then in the folder of a version manager."""
    named = shutil.which(f"python{version}")
    managed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return [
        *([Path(sys.executable)] if sys.version.startswith(f"{version}.") else []),
        *([Path(named)] if named else []),
        *sorted(managed.glob(f"{version}.*/bin/python"), reverse=True),
    ]


def find_interpreters() -> dict[str, Path]:
    """Return version -> interpreter, for each supported version that really runs and can make environments."""
    found: dict[str, Path] = {}
    for version in SUPPORTED:
        for path in candidates(version):
            answer = subprocess.run([path, "-c", PROBE], capture_output=True, text=True, check=False)
            if answer.stdout.strip() == version:
                found[version] = path
                break
    return found


def build_wheel() -> Path:
    """Build the wheel of the working tree and return its path."""
    shutil.rmtree(DIST, ignore_errors=True)
    # Without isolation: the build backend is already in this environment, and need not be downloaded again.
    command: list[str | Path] = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", DIST, ROOT]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(DIST.glob("*.whl"))


def install(python: Path, *requirements: str) -> None:
    """Install requirements into the environment of `python`, with uv if it is available."""
    uv = shutil.which("uv")
    pip: list[str | Path] = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    subprocess.run([*pip, "-q", "-c", ROOT / "constraints.txt", *requirements], check=True)


def environment(version: str, interpreter: Path, wheel: Path) -> Path:
    """Return the Python of an environment with the wheel and what its tests need, but not the working tree."""
    inputs = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    digest = hashlib.sha256(b"".join(inputs) + str(interpreter).encode()).hexdigest()
    home = ENVS / version
    python = home / "bin" / "python"
    stamp = home / "requirements.sha256"
    if not stamp.is_file() or stamp.read_text() != digest:
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([interpreter, "-m", "venv", home], check=True)
        install(python, f"assay[dev] @ {wheel.as_uri()}")
        stamp.write_text(digest)
    install(python, "--no-deps", "--force-reinstall", str(wheel))
    return python


def run_tests(python: Path, arguments: list[str]) -> int:
    """Run pytest in an environment on the project's tests and return its exit code."""
    # `-P` keeps the working tree off sys.path: only the installed wheel can be imported.
    command: list[str | Path] = [python, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", *IN_PARALLEL, *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "ASSAY_WHEEL": "1"}, check=False).returncode


def main() -> int:
    """Test each interpreter found; the exit code is the worst one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=SUPPORTED, help="this version alone")
    options, arguments = parser.parse_known_args()
    interpreters = find_interpreters()
    wanted = [options.only] if options.only else list(interpreters)
    missing = [version for version in SUPPORTED if version not in interpreters]
    wheel = build_wheel()
    worst = 0
    for position, version in enumerate(wanted):
        print(f"-- Python {version} ({wheel.name})", flush=True)
        python = environment(version, interpreters[version], wheel)
        worst = max(worst, run_tests(python, arguments if position == 0 else ["-m", OFFLINE, *arguments]))
    print(f"Tested on Python {', '.join(wanted)}" + (f"; not on this machine: {', '.join(missing)}" if missing else ""))
    return worst


if __name__ == "__main__":
    sys.exit(main())
