"""The values that a task template carries: frozen records that check themselves, and the helpers they share."""
