"""The properties of the small contract."""
