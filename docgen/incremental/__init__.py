"""What a build records, and what the next one can reuse."""
