"""What the examples of the contract page take for granted."""

from reference_impl import TaskEnvironment

env = TaskEnvironment(name="example")
