"""How far a job is: a bar in a terminal or a notebook, a callback, or nothing."""

from __future__ import annotations

import builtins
import html
import math
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

Callback = Callable[[int, int], object]

_REDRAW_SECONDS = 0.3


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
        self._bar: Any = Bar(
            *columns, console=Console(stderr=True, force_jupyter=False), transient=True
        )
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


class _InNotebook(Progress):
    """A bar below a cell of a notebook; it needs no widgets.

    The cell's output is replaced a few times a second, and empty in the end. Where IPython
    cannot display, each phase prints a line.
    """

    def __init__(self) -> None:
        self._name, self._done, self._total = "", 0, 0
        self._started = self._shown = 0.0
        self._handle: Any = None

    def phase(self, name: str, total: int | None = None, *, writes: bool = False) -> None:
        self._name, self._done, self._total = name, 0, total or 0
        self._started = time.monotonic()
        self._show(self._line(), self._html())

    def advance(self, rows: int) -> None:
        self._done += rows
        if time.monotonic() - self._shown >= _REDRAW_SECONDS:
            self._show(self._line(), self._html())

    def close(self) -> None:
        if self._handle is not None:
            self._show("", "")

    def _show(self, line: str, page: str) -> None:
        self._shown = time.monotonic()
        bundle = {"text/plain": line, "text/html": page}
        if self._handle is not None:
            self._handle.update(bundle, raw=True)
            return
        shell = sys.modules.get("IPython.display")  # loaded by every notebook
        if shell is None:
            self._shown = math.inf  # no more than the line
            print(line)
        else:
            self._handle = shell.display(bundle, raw=True, display_id=True)

    def _line(self) -> str:
        if not self._total:
            return self._name
        seconds = time.monotonic() - self._started
        share = min(1.0, self._done / self._total)
        return f"{self._name}: {share:.0%} of {self._total:,} rows, {seconds:.0f} s"

    def _html(self) -> str:
        state = f'max="{self._total}" value="{self._done}"' if self._total else ""
        return f"<progress {state}></progress> {html.escape(self._line())}"


def _in_notebook() -> bool:
    """Whether this code runs in a notebook: in IPython with a kernel, which has no terminal."""
    shell = getattr(builtins, "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell" or hasattr(shell, "kernel")


def make_progress(progress: bool | Callback | None) -> Progress:
    """Return what follows a job.

    Parameters
    ----------
    progress
        None: a bar if standard error is a terminal, and in notebooks. True or False: a bar
        or nothing.
        A callable: called with ``(rows_done, rows_total)`` as rows are written.

    Raises
    ------
    TypeError
        If it is none of these.
    """
    if progress is None:
        is_terminal = sys.stderr is not None and sys.stderr.isatty()
        progress = is_terminal or _in_notebook()
    if progress is True:
        return _InNotebook() if _in_notebook() else _Bar()
    if progress is False:
        return Progress()
    if not callable(progress):
        raise TypeError(
            f"progress={progress!r} must be None, True, False or a callable taking "
            "(rows_done, rows_total)."
        )
    return _Calls(progress)
