"""What is said: a frozen description of a corridor, without a clock and without randomness."""
