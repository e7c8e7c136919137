"""A forecast in words: its claims, its answer, its tables."""
