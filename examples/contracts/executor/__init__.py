"""The contract of concurrent.futures: executors and futures."""
