"""The contract of the task template: catalogue, suite, strategies, adapters, reproducers."""
