"""Progress of a job for the log: a line when a phase begins, and one every ten seconds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from smotefast.report.meter import Meter
from smotefast.report.progress import Progress

_INTERVAL = 10.0  # seconds
_logger = logging.getLogger("smotefast")


class LoggedProgress(Progress):
    """Logs progress at level INFO, and hands it on to a display.

    The message of a record is a ``Facts`` object, from which a handler can make JSON.

    Parameters
    ----------
    display
        Displays the progress as well.
    clock
        Returns seconds, and never goes back.
    """

    def __init__(self, display: Progress, clock: Callable[[], float] = time.monotonic) -> None:
        self._display, self._clock = display, clock
        self._meter = Meter(clock)
        self._names: set[str] = set()
        self._logged = clock()

    def phase(self, name: str, total: int | None = None, *, writes: bool = False) -> None:
        """Begin a phase; it is logged, unless a phase of this name was a moment ago."""
        self._display.phase(name, total, writes=writes)
        self._meter.begin(name, total)
        if name not in self._names:  # a job of many classes repeats phases
            self._names.add(name)
            self._log()
        else:
            self._log_if_due()

    def advance(self, rows: int) -> None:
        """Add rows that are done; every ten seconds this is logged."""
        self._display.advance(rows)
        self._meter.add(rows)
        self._log_if_due()

    def skip(self, rows: int) -> None:
        """Add rows that an earlier run has done."""
        self._display.skip(rows)
        self._meter.skip(rows)

    def close(self) -> None:
        """End the display."""
        self._display.close()

    def _log_if_due(self) -> None:
        if self._clock() - self._logged >= _INTERVAL:
            self._log()

    def _log(self) -> None:
        self._logged = self._clock()
        if _logger.isEnabledFor(logging.INFO):
            _logger.info(self._meter.facts())
