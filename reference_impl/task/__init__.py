"""The task template, the environment that makes one of a function, and what a call of a task needs."""
