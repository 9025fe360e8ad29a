"""The contract of the task template: catalogue, suite, strategies, adapters, reproducers."""

NAME = "task_template"
"""Its name for `--contract`."""
