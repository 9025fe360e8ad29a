"""The interface of a task, read from its function, and the JSON Schema of its inputs."""
