"""What small programs need in addition to the contract: runs in this process, maps, traces, reports."""
