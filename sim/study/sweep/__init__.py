"""Runs at points around a scenario."""
