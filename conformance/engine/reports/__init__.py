"""Reports: the JSON one first, every other format made from it."""
