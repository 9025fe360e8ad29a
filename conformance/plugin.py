"""The pytest plugin: options and items of the conformance suite."""
