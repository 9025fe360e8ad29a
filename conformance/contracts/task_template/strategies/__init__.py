"""Strategies of the suite: values, templates, calls and environments, described before they are created."""
