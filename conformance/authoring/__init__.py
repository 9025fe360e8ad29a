"""Writes and checks contracts: a folder to start from, rules drafted from an API, and what a contract still lacks.

`api.py` and `wrong.py` are used by drafted contracts themselves, beside an implementation: standard library only.
"""
