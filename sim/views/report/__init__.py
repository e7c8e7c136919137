"""One page that shows results: a single HTML file that opens from disk and asks nothing of the network.

`subjects` reads the folders, `page` writes the file; between them one module for each thing that the page shows.
"""

from sim.views.report.page import write_report
from sim.views.report.study import write_study
from sim.views.report.subjects import Subject, holds_runs, read_subject

__all__ = ["Subject", "holds_runs", "read_subject", "write_report", "write_study"]
