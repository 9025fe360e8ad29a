"""Contracts that the suite knows by name, a folder each. The engine imports none of them."""
