"""Sources in, API model out: what a package offers to its users, as facts that no format decides."""
