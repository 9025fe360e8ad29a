"""Compares two models and returns their differences."""
