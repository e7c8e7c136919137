"""Figures of a forecast: what it comes to, and what decides it."""
