"""The registry of plugins: the template class for each type of plugin configuration."""

from __future__ import annotations

from typing import Any


class _Registry:
    """Maps types of plugin configuration to template classes."""

    def __init__(self) -> None:
        self._plugins: dict[type, type[Any]] = {}

    def register(self, config_type: type, plugin: type[Any]) -> None:
        """Register the template class that the decorator uses for tasks with this type of `plugin_config`.

        Parameters:
            config_type: The type of the configuration; subclasses of it are not included.
            plugin: The template class.
        """
        self._plugins[config_type] = plugin

    def find(self, config_type: type) -> type[Any] | None:
        """Return the template class for a type of configuration, or None if none is registered.

        Parameters:
            config_type: The type of the configuration.
        """
        return self._plugins.get(config_type)

    def list_plugins(self) -> list[type]:
        """Return the types of configuration for which a template class is registered."""
        return list(self._plugins)


TaskPluginRegistry = _Registry()
"""The registry of this process."""
