"""The rules under pytest: the plugin, the items it collects, and the contract as a test class."""
