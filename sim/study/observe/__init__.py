"""Observations of one's own beside a scenario."""
