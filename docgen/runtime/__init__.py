"""The static runtime: what names, classes and values would be if the sources had been run, without running them."""
