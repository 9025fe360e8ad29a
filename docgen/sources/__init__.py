"""Finds the sources that a target names, as folders of files, and parses these files into syntax trees."""
