"""The task-template contract in its smallest honest form: standard library only, one process, no cluster."""

from __future__ import annotations

from reference_impl.about import __version__, version
from reference_impl.caching import Cache, CachePolicy, CacheRequest
from reference_impl.context import ctx, custom_context, get_custom_context, group
from reference_impl.environment import Environment, TaskEnvironment
from reference_impl.image import Image
from reference_impl.install import install
from reference_impl.mapping import map  # noqa: A004 - the name is the SDK's
from reference_impl.policies import Link, PodTemplate, RetryStrategy, ReusePolicy, Timeout, TimeoutType
from reference_impl.resources import AMD_GPU, GPU, HABANA_GAUDI, TPU, Device, DeviceClass, Neuron, Resources
from reference_impl.runs import (
    current_domain,
    current_project,
    init,
    init_from_config,
    logger,
    run,
    with_runcontext,
)
from reference_impl.secret import Secret, SecretRequest
from reference_impl.tracing import trace
from reference_impl.trigger import Cron, FixedRate, Trigger, TriggerTime

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
