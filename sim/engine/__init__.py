"""The compiled twin of a run: the same stories as `sim.model`, in C, laid out and read back by Python."""
