"""Records of a build, and their reuse by the next one."""
