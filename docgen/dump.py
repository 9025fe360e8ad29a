"""Converts the model to JSON and back: for other programs, and for later comparisons."""

from __future__ import annotations

import msgspec

from docgen.errors import DumpError
from docgen.model import SCHEMA_VERSION, Dump, Reference


def to_json(reference: Reference) -> str:
    """Return a reference as indented JSON (`Dump`), with keys in the order of the model and a final newline."""
    dump = Dump(schema_version=SCHEMA_VERSION, reference=reference)
    return msgspec.json.format(msgspec.json.encode(dump), indent=1).decode() + "\n"


def from_json(data: str | bytes, where: str) -> Reference:
    """Return the reference in a dump.

    Parameters:
        data: The result of `to_json`.
        where: Its origin, for messages.

    Raises:
        DumpError: It is not a dump, or has another version of the schema.
    """
    try:
        version = msgspec.json.decode(data, type=_Version).schema_version
        if version != SCHEMA_VERSION:
            raise DumpError(
                f"{where}: the dump has schema version {version}, this docgen reads {SCHEMA_VERSION}. "
                "Write it again with `docgen dump TARGET`."
            )
        return msgspec.json.decode(data, type=Dump).reference
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise DumpError(f"{where}: not a dump of a reference: {error}. Write one with `docgen dump TARGET`.") from error


def json_schema() -> str:
    """Return the JSON Schema of a dump, as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Dump)), indent=1).decode() + "\n"


class _Version(msgspec.Struct):
    schema_version: int = 1
    """In the first version, not every dump contained it."""
