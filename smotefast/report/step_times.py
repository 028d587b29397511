"""How long each step of a job takes."""

from __future__ import annotations

import time
from collections.abc import Callable


class StepTimes:
    """Seconds of the steps of a job, one after the other.

    Parameters
    ----------
    step
        Name of the first step, which begins now.
    clock
        Returns seconds, and never goes back.
    """

    def __init__(self, step: str, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._seconds: dict[str, float] = {step: 0.0}
        self._step, self._started = step, clock()

    def begin(self, step: str) -> None:
        """End the current step, and begin another."""
        now = self._clock()
        self._seconds[self._step] += now - self._started
        self._seconds.setdefault(step, 0.0)
        self._step, self._started = step, now

    def result(self) -> dict[str, float]:
        """Return the seconds of each step until now, in their order."""
        self.begin(self._step)
        return dict(self._seconds)
