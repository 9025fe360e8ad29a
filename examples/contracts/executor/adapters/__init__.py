"""Adapters: one implementation each."""
