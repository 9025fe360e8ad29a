"""The interface of a task, the settings of its serialization, and the records of its runs."""

from __future__ import annotations

from reference_impl.local.records import (
    ActionID,
    Checkpoints,
    GroupData,
    PathRewrite,
    RawDataPath,
    TaskContext,
    generate_random_name,
)
from reference_impl.schema.interface import MAX_INLINE_IO_BYTES, NativeInterface
from reference_impl.values.bundle import CodeBundle, SerializationContext

__all__ = [
    "MAX_INLINE_IO_BYTES",
    "ActionID",
    "Checkpoints",
    "CodeBundle",
    "GroupData",
    "NativeInterface",
    "PathRewrite",
    "RawDataPath",
    "SerializationContext",
    "TaskContext",
    "generate_random_name",
]
