"""The properties, one module per part of the page."""
