"""Several cities in one installation: what looks at all apps at once."""
