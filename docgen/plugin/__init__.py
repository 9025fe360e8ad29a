"""The plugin of mkdocs that builds references before a site, and shows changes of documented sources at once."""
