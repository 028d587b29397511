"""How far a phase of a job is: rows, rows per second, resident memory, time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from smotefast._process import resident_bytes
from smotefast.storage.process_memory import format_size


class Facts(NamedTuple):
    """The state of a phase at one moment; ``str`` of it is a line of the log.

    Attributes
    ----------
    phase
        Name of the phase.
    rows, total
        Rows that are done, and rows of the phase; None if their number is unknown.
    rows_per_second
        Mean since the phase began; 0 before the first rows.
    resident_bytes
        Resident memory of the process.
    seconds_left
        Expected time until the phase ends; None if unknown.
    """

    phase: str
    rows: int
    total: int | None
    rows_per_second: float
    resident_bytes: int
    seconds_left: float | None

    def __str__(self) -> str:
        rows = f"{self.rows:,} of {self.total:,} rows, " if self.total else ""
        return f"{self.phase}: {rows}{self.speed}"

    @property
    def speed(self) -> str:
        """The facts besides the rows, such as "1,900,000 rows/s, 412 MiB, 7 s left"."""
        texts = [f"{self.rows_per_second:,.0f} rows/s"] if self.rows_per_second else []
        texts.append(format_size(self.resident_bytes))
        if self.seconds_left is not None:
            texts.append(f"{_duration(self.seconds_left)} left")
        return ", ".join(texts)


class Meter:
    """Measures a phase; ``str`` of it is its current speed.

    Parameters
    ----------
    clock
        Returns seconds, and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.begin("", None)

    def begin(self, name: str, total: int | None) -> None:
        """Begin a phase."""
        self._name, self._total = name, total
        self._done = self._measured = 0
        self._started = self._clock()

    def skip(self, rows: int) -> None:
        """Add rows that an earlier run has done; the speed is measured from here on."""
        self._done += rows
        self._measured, self._started = 0, self._clock()

    def add(self, rows: int) -> None:
        """Add rows that are done."""
        self._done += rows
        self._measured += rows

    def facts(self) -> Facts:
        """Return the state of the phase."""
        seconds = self._clock() - self._started
        rate = self._measured / seconds if seconds > 0 else 0.0
        left = None
        if self._total and rate:
            left = max(0, self._total - self._done) / rate
        return Facts(self._name, self._done, self._total, rate, resident_bytes(), left)

    def __str__(self) -> str:
        return self.facts().speed


def _duration(seconds: float) -> str:
    """Write a duration in seconds, minutes or hours.

    Examples
    --------
    >>> _duration(7.2), _duration(700), _duration(12_000)
    ('7 s', '12 min', '3.3 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6_000 else f"{seconds / 3600:.1f} h"
