"""API parity: compares an implementation with a published reference."""
