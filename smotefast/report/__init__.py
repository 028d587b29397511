"""Progress and summary of a file job."""

from smotefast.report.job_log import LoggedProgress
from smotefast.report.meter import Facts
from smotefast.report.progress import Progress, SearchDisplay, make_progress
from smotefast.report.summary import Summary

__all__ = [
    "Facts",
    "LoggedProgress",
    "Progress",
    "SearchDisplay",
    "Summary",
    "make_progress",
]
