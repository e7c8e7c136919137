"""What is asked: from the frames of a run to measures with intervals."""
