"""What a scenario comes to without a run: loads, free flow, and what a run may not contradict."""
