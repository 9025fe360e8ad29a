"""The model as JSON, and back: for other programs, and to compare with later."""

from __future__ import annotations

import msgspec

from docgen.errors import DumpError
from docgen.formats.flyte.page_model import SCHEMA_VERSION, Class, Package, Reference


def to_json(value: Reference | Package | Class) -> str:
    """Return a value of the model as indented JSON, keys in the order of the model, a line end at its end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n"


def from_json(text: str, where: str = "dump") -> Reference:
    """Return the reference that a dump holds.

    Parameters:
        text: What `to_json` returned for a reference.
        where: Where it comes from, for messages.

    Raises:
        DumpError: It is no dump, or one of another version of the schema.
    """
    try:
        raw = msgspec.json.decode(text)
        version = raw.get("schema_version") if isinstance(raw, dict) else None
        if version != SCHEMA_VERSION:
            problem = (
                f"schema_version={version!r} came, {SCHEMA_VERSION} was due. Make the dump again with `docgen dump`."
            )
            raise DumpError(f"{where}: {problem}")
        return msgspec.convert(raw, Reference)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DumpError(f"{where}: is no dump of a reference: {error}. Make one with `docgen dump TARGET`.") from error
