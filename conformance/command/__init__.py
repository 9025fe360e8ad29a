"""The command `conformance`: options, exit codes, printing, configuration."""
