"""The command line: options, exit codes, configuration, printing."""
