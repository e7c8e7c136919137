"""Scenarios against one another under the same random numbers."""
