"""Calls simple functions of a package on sample arguments, one step at a time, without importing or running it."""
