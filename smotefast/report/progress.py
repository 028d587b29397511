"""How far a job is: a bar on a terminal, a callback, or nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

Callback = Callable[[int, int], object]


class Progress:
    """Follows a job through its phases; this one shows nothing."""

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def phase(self, name: str, total: int | None = None, *, writes: bool = False) -> None:
        """Begin a phase of ``total`` rows (None: nobody knows how long it takes)."""

    def advance(self, rows: int) -> None:
        """Count rows that are done."""

    def close(self) -> None:
        """End the display."""


class _Calls(Progress):
    """Calls ``callback(rows_done, rows_total)`` while rows are being written."""

    def __init__(self, callback: Callback) -> None:
        self._callback = callback
        self._done, self._total, self._writing = 0, 0, False

    def phase(self, name: str, total: int | None = None, *, writes: bool = False) -> None:
        self._done, self._total, self._writing = 0, total or 0, writes
        self.advance(0)

    def advance(self, rows: int) -> None:
        self._done += rows
        if self._writing:
            self._callback(self._done, self._total)


class _Bar(Progress):
    """A bar of rich on standard error."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description:<22}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._bar: Any = Bar(*columns, console=Console(stderr=True), transient=True)
        self._task: Any = None
        self._bar.start()

    def phase(self, name: str, total: int | None = None, *, writes: bool = False) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(name, total=total)

    def advance(self, rows: int) -> None:
        self._bar.advance(self._task, rows)

    def close(self) -> None:
        self._bar.stop()


def make_progress(progress: bool | Callback | None) -> Progress:
    """Return what follows a job.

    Parameters
    ----------
    progress
        None: a bar if standard error is a terminal. True or False: a bar or nothing.
        A callable: called with ``(rows_done, rows_total)`` as rows are written.

    Raises
    ------
    TypeError
        If it is none of these.
    """
    if progress is None:
        progress = sys.stderr is not None and sys.stderr.isatty()
    if progress is True:
        return _Bar()
    if progress is False:
        return Progress()
    if not callable(progress):
        raise TypeError(
            f"progress={progress!r} must be None, True, False or a callable taking "
            "(rows_done, rows_total)."
        )
    return _Calls(progress)
