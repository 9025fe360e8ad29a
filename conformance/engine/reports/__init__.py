"""Reports: JSON, and every other format, which is made from it."""
