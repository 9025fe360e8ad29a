"""The records of tasks and their runs."""

from __future__ import annotations

from reference_impl.bundle import CodeBundle, SerializationContext
from reference_impl.context import (
    ActionID,
    Checkpoints,
    GroupData,
    PathRewrite,
    RawDataPath,
    TaskContext,
    generate_random_name,
)
from reference_impl.interface import MAX_INLINE_IO_BYTES, NativeInterface

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
