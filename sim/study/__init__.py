"""What is asked of the model: comparisons, sweeps, ladders, targets, calibrations, and arithmetic beside them."""
