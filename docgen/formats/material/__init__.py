"""Pages for mkdocs with the Material theme, of any package; they need no extension that mkdocs does not switch on."""
