"""The properties, one module per chapter. They use only an `Adapter`, and run in the child process."""
