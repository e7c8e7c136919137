"""Worlds held against published figures: what the record rules out of all that nobody knows."""
