"""Progress and summary of a file job."""

from smotefast.report.job_log import LoggedProgress
from smotefast.report.meter import Facts
from smotefast.report.progress import Progress, SearchDisplay, make_progress
from smotefast.report.step_times import StepTimes
from smotefast.report.summary import Summary, WrittenPart

__all__ = [
    "Facts",
    "LoggedProgress",
    "Progress",
    "SearchDisplay",
    "StepTimes",
    "Summary",
    "WrittenPart",
    "make_progress",
]
