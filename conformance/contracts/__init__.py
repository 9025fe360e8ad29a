"""The contracts that come with the suite, one folder each. The engine finds them by name and imports none of them."""
