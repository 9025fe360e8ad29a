"""The contract of the task template: catalogue, suite, strategies, adapters, reproducers."""

NAME = "task_template"
"""What `--contract` calls it."""
