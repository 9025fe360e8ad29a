"""The reference formats of the flyte SDK and its plugins: one dialect for each change of the published format."""
