"""Campaigns: many releases of many implementations held against one contract, and when each verdict changed."""
