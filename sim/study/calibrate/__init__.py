"""Free numbers of a scenario, fitted to published figures."""
