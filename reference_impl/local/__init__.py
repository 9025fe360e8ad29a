"""What small programs need beside the contract: runs in this process, maps, traces, reports."""
