"""What runs beside the implementation under test, in a process and an interpreter of its own.

The parent (`conformance.isolate`) starts `bootstrap.py`, sends one request per rule and reads one answer. These modules
need hypothesis and the standard library only: the packages of the command are not there.
"""
