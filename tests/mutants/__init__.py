"""Implementations that are wrong in one way each: what the strength of the suite is measured with."""
