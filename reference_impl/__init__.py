"""A small implementation of the task-template contract: standard library only, one process, no cluster.

A name is loaded on first use, so that `import reference_impl` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reference_impl.about import __version__, version
    from reference_impl.local.alias import install
    from reference_impl.local.mapping import map  # noqa: A004 - the name is the SDK's
    from reference_impl.local.records import ctx, custom_context, get_custom_context, group
    from reference_impl.local.runs import (
        current_domain,
        current_project,
        init,
        init_from_config,
        logger,
        run,
        with_runcontext,
    )
    from reference_impl.local.tracing import trace
    from reference_impl.task.environment import Environment, TaskEnvironment
    from reference_impl.values.caching import Cache, CachePolicy, CacheRequest
    from reference_impl.values.image import Image
    from reference_impl.values.policies import Link, PodTemplate, RetryStrategy, ReusePolicy, Timeout, TimeoutType
    from reference_impl.values.resources import AMD_GPU, GPU, HABANA_GAUDI, TPU, Device, DeviceClass, Neuron, Resources
    from reference_impl.values.secret import Secret, SecretRequest
    from reference_impl.values.trigger import Cron, FixedRate, Trigger, TriggerTime

__all__ = [
    "AMD_GPU",
    "GPU",
    "HABANA_GAUDI",
    "TPU",
    "Cache",
    "CachePolicy",
    "CacheRequest",
    "Cron",
    "Device",
    "DeviceClass",
    "Environment",
    "FixedRate",
    "Image",
    "Link",
    "Neuron",
    "PodTemplate",
    "Resources",
    "RetryStrategy",
    "ReusePolicy",
    "Secret",
    "SecretRequest",
    "TaskEnvironment",
    "Timeout",
    "TimeoutType",
    "Trigger",
    "TriggerTime",
    "__version__",
    "ctx",
    "current_domain",
    "current_project",
    "custom_context",
    "get_custom_context",
    "group",
    "init",
    "init_from_config",
    "install",
    "logger",
    "map",
    "run",
    "trace",
    "version",
    "with_runcontext",
]

_HOMES = {
    "about": ("__version__", "version"),
    "values.caching": ("Cache", "CachePolicy", "CacheRequest"),
    "local.records": ("ctx", "custom_context", "get_custom_context", "group"),
    "task.environment": ("Environment", "TaskEnvironment"),
    "values.image": ("Image",),
    "local.alias": ("install",),
    "local.mapping": ("map",),
    "values.policies": ("Link", "PodTemplate", "RetryStrategy", "ReusePolicy", "Timeout", "TimeoutType"),
    "values.resources": ("AMD_GPU", "GPU", "HABANA_GAUDI", "TPU", "Device", "DeviceClass", "Neuron", "Resources"),
    "local.runs": ("current_domain", "current_project", "init", "init_from_config", "logger", "run", "with_runcontext"),
    "values.secret": ("Secret", "SecretRequest"),
    "local.tracing": ("trace",),
    "values.trigger": ("Cron", "FixedRate", "Trigger", "TriggerTime"),
}
"""The public names that each module provides, which repeat the imports above for use at run time."""

_HOME_OF = {name: f"{__name__}.{module}" for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Return a public name, and store it as an attribute of the module. Source: PEP 562."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return all names, including those that have not been loaded."""
    return sorted({*globals(), *__all__})
