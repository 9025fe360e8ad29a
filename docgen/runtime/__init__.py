"""The static runtime: finds the values that names would have after running the sources, without running them."""
