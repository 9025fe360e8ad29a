"""Where sources come from: what a target names, as folders of files, and those files as syntax trees."""
