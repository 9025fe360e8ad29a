"""Hostile implementations, one kind each, and the script that runs them: `python -m tests.hostile`."""
