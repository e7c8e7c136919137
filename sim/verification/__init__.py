"""Known answers that the installed package is held against."""
