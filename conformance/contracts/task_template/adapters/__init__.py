"""Adapters of the known implementations. Only these modules import one, and only in the child process."""
