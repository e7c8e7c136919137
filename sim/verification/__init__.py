"""Known answers that the installed package is held against, and rules broken on purpose to see that they are."""
