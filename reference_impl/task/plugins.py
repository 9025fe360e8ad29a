"""Which template class a plugin configuration asks for."""

from __future__ import annotations

from typing import Any


class _Registry:
    """Template classes by the type of the configuration that they are for."""

    def __init__(self) -> None:
        self._plugins: dict[type, type[Any]] = {}

    def register(self, config_type: type, plugin: type[Any]) -> None:
        """From now on, `plugin_config` of this very type makes the decorator build `plugin`."""
        self._plugins[config_type] = plugin

    def find(self, config_type: type) -> type[Any] | None:
        """Return the template class for a type of configuration, None where none is registered."""
        return self._plugins.get(config_type)

    def list_plugins(self) -> list[type]:
        """Return the types of configuration that have a template class."""
        return list(self._plugins)

    def __repr__(self) -> str:
        return f"TaskPluginRegistry(plugins={self.list_plugins()})"


TaskPluginRegistry = _Registry()
"""The one registry of this process."""
