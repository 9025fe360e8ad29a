"""Reads the sides of a comparison, and writes baselines."""
