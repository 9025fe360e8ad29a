"""The half of the engine that runs beside the implementation under test, in a process of its own.

The parent (`conformance.engine.isolate`) starts `bootstrap.py`, sends one request per rule and reads one answer. These
modules import only hypothesis and the standard library, because the command's packages are not installed there.
"""
