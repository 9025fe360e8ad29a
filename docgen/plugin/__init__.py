"""The mkdocs plugin, which builds references before a site, and shows changes of documented sources immediately."""
