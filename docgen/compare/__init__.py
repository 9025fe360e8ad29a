"""Two models in, their differences out."""
