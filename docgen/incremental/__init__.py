"""What a build leaves behind, and what the next one can reuse of it."""
