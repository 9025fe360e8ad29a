"""What hypothesis draws for the suite: values, templates, calls and environments, described before they are made."""
