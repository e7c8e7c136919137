"""The ladder of bottlenecks: what binds, and what a step more is worth."""
