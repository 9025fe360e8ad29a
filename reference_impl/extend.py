"""What plugins are built on: the template classes, and where plugins are registered."""

from __future__ import annotations

from reference_impl.local.runs import is_initialized
from reference_impl.schema.document import register_json_schema
from reference_impl.task.function_task import AsyncFunctionTaskTemplate
from reference_impl.task.plugins import TaskPluginRegistry
from reference_impl.task.template import TaskTemplate
from reference_impl.values.resources import PRIMARY_CONTAINER_DEFAULT_NAME

__all__ = [
    "PRIMARY_CONTAINER_DEFAULT_NAME",
    "AsyncFunctionTaskTemplate",
    "TaskPluginRegistry",
    "TaskTemplate",
    "is_initialized",
    "register_json_schema",
]
