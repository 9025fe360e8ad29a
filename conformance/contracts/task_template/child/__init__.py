"""What the child process needs of this contract: how an implementation is loaded, probed and shown in a script."""
