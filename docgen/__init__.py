"""Python sources in, Markdown API reference out, and back; nothing that is documented is ever imported.

The stages are modules of their own (`sources`, `load`, `runtime`, `build`, `render`, `parse`, `compare`, `write`) that
meet in the values of `docgen.model`. Nothing is imported here: a command with nothing to do must start fast.
"""

__all__: list[str] = []
