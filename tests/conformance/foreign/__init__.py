"""Implementations that have nothing in common with the known ones, and their adapters; each runs from this folder."""
