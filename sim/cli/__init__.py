"""The command line: the only wing that prints, and the only one that exits.

Exit status 0: done. 2: what the user gave is wrong. 3: a known answer was not met. 128 and its number: a signal asked
for the end. 1: anything else.
"""

from sim.cli.commands import main

__all__ = ["main"]
