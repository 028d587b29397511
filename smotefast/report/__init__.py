"""Progress and summary of a file job."""

from smotefast.report.progress import Progress, make_progress
from smotefast.report.summary import Summary

__all__ = ["Progress", "Summary", "make_progress"]
