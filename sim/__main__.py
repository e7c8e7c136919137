"""`python -m sim` is the command `corridor`."""

from sim.cli import main

main(prog_name="corridor")
