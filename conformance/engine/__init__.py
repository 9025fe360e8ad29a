"""Runs the rules of any contract: targets, isolation, verdicts, expectations and reports. It imports no contract."""
