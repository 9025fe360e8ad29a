"""The task-template contract in its smallest honest form: standard library only, one process, no cluster."""

from __future__ import annotations

from reference_impl.caching import Cache, CachePolicy, CacheRequest
from reference_impl.context import ctx, custom_context, get_custom_context, group
from reference_impl.environment import Environment, TaskEnvironment
from reference_impl.image import Image
from reference_impl.policies import Link, PodTemplate, RetryStrategy, ReusePolicy, Timeout, TimeoutType
from reference_impl.resources import AMD_GPU, GPU, HABANA_GAUDI, TPU, Device, DeviceClass, Neuron, Resources
from reference_impl.secret import Secret, SecretRequest
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
    "ctx",
    "custom_context",
    "get_custom_context",
    "group",
]
