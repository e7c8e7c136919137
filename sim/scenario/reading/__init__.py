"""From files to a scenario: layers, merges, checks, refusals with file and line, and back to text."""
