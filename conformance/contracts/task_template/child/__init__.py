"""The parts of this contract for the child process: loading, probing, and writing scripts for an implementation."""
