"""Grades the suite of a contract by implementations that are wrong in one way each."""
