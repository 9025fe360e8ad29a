"""Wrong variants of the own executor."""
