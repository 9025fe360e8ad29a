"""Wrong variants of the model."""
