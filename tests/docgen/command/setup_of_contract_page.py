"""Definitions that the examples of the contract page assume."""

from reference_impl import TaskEnvironment

env = TaskEnvironment(name="example")
