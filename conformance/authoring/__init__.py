"""Writes and checks contracts: a folder to start from, rules drafted from an API, and what a contract still lacks.

Drafted contracts use `api.py` and `wrong.py` beside an implementation, so these need the standard library only.
"""
