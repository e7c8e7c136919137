"""Who runs it and what is kept: replications, workers, studies on disk, results and their folders."""
