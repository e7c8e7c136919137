"""What comes about over all that is not known, and what decides it."""
