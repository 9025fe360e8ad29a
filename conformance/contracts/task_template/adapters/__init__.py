"""One module per known implementation: only these import one, and only in the child process."""
