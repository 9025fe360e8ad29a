"""Campaigns: judge many releases of many implementations by one contract, and find when each verdict changed."""
