"""Builds the API model from sources: what a package offers to its users, as facts that do not depend on a format."""
