"""Lines about the progress of a job on standard error, where no progress bar is shown."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from smotefast.cli.options import LogFormat


@contextmanager
def log_lines(log_format: LogFormat | None) -> Iterator[None]:
    """Print what the logger ``smotefast`` gets in this block, including progress."""
    logger = logging.getLogger("smotefast")
    level = logger.level
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(as_json=log_format is LogFormat.JSON))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def shows_lines(log_format: LogFormat | None, *, quiet: bool) -> bool:
    """Tell whether lines are printed: on request, or if standard error is not a terminal."""
    if quiet or log_format is LogFormat.NONE:
        return False
    return log_format is not None or not (sys.stderr is not None and sys.stderr.isatty())


class _Lines(logging.Formatter):
    """Formats progress as text or as JSON; other messages, such as warnings, are text."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        from smotefast.report import Facts

        facts = record.msg
        if not (self._as_json and isinstance(facts, Facts)):
            return f"smotefast: {record.getMessage()}"
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return json.dumps({"time": time, **facts._asdict()})
