"""A small contract that the hostile implementations are judged by."""
