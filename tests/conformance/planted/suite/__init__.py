"""Properties that each make the planted implementation do one thing."""
