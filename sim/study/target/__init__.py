"""How probable a target is, and the cheapest way there."""
