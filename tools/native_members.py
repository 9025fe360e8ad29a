"""Write the record of what classes written in C have in some versions of Python only: `docgen/build/natives.zlib`.

    python tools/native_members.py PYTHON ...

Each PYTHON is an interpreter of another version that can import docgen. It lists the classes of the modules of the
standard library that are written in C, and what they have; what all of them say alike is left out.
"""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Mapping

import msgspec

from docgen.build.natives import RECORD, NativeMember, Record

ASK = """
import sys, typing, warnings, msgspec
from docgen.build.natives import live_members
from docgen.runtime.natives import native_module
warnings.simplefilter("ignore")
modules = [name for name in sorted(sys.stdlib_module_names) if not name.startswith(("_test", "_xx", "_interp"))]
found = {"typing.Generic": typing.Generic}
for module in filter(None, map(native_module, modules)):
    for name, each in list(vars(module).items()):
        if isinstance(each, type) and not name.startswith("_"):
            found[f"{each.__module__}.{each.__qualname__}"] = each
members = {path: live_members(each) for path, each in sorted(found.items())}
sys.stdout.buffer.write(msgspec.json.encode(["%d.%d" % sys.version_info[:2], members]))
"""

Members = Mapping[str, Mapping[str, NativeMember]]


def asked(python: str) -> tuple[str, Members]:
    """Return the version of an interpreter, and class -> name -> member."""
    done = subprocess.run([python, "-c", ASK], check=True, capture_output=True)
    return msgspec.json.decode(done.stdout, type=tuple[str, dict[str, dict[str, NativeMember]]])


def record_of(found: Mapping[str, Members]) -> Record:
    """Return what differs between versions; a class that a version does not have is that version's own matter."""
    members: dict[NativeMember, int] = {}
    classes: dict[str, dict[str, tuple[int | None, ...]]] = {}
    for path in sorted(set().union(*found.values())):
        held = [known.get(path, {}) for known in found.values()]
        for name in sorted(set().union(*held)):
            each = [known.get(name) for known in held]
            there = [member for member, known in zip(each, held, strict=True) if known]
            if any(member != there[0] for member in there):
                places = (None if one is None else members.setdefault(one, len(members)) for one in each)
                classes.setdefault(path, {})[name] = tuple(places)
    return Record(versions=tuple(found), members=tuple(members), classes=classes)


def main() -> None:
    """Ask, and write."""
    record = record_of(dict(sorted(map(asked, sys.argv[1:]))))
    RECORD.write_bytes(zlib.compress(msgspec.json.encode(record), 9))
    count = sum(map(len, record.classes.values()))
    print(f"{RECORD}: {', '.join(record.versions)}: {count} members of {len(record.classes)} classes differ")


if __name__ == "__main__":
    main()
