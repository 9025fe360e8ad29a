"""The properties, one module per chapter. They talk to an `Adapter` only, and run in the child process."""
