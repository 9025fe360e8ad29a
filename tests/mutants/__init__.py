"""Implementations that are wrong in one way each. They measure how strong the suite is."""
