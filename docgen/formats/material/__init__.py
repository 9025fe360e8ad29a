"""Pages of any package for mkdocs with Material; they need no extensions beyond those that mkdocs enables."""
