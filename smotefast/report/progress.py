"""Progress of a job: a bar in a terminal or notebook, a callback, or nothing."""

from __future__ import annotations

import builtins
import html
import math
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import TaskID

from smotefast.report.meter import Meter

Callback = Callable[[int, int], object]

_REDRAW_SECONDS = 0.3
_BAR_WIDTH = 12  # with the facts beside it, a line has 80 to 90 columns


class _DisplayHandle(Protocol):
    """The object that ``IPython.display.display`` returns."""

    def update(self, bundle: dict[str, str], *, raw: bool) -> None: ...


class Progress:
    """Receives the progress of a job; this base class displays nothing."""

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def phase(self, name: str, total: int | None = None, *, writes: bool = False) -> None:
        """Begin a phase of ``total`` rows; None if the number is unknown."""

    def advance(self, rows: int) -> None:
        """Add rows that are done."""

    def skip(self, rows: int) -> None:
        """Add rows that an earlier run has done; they say nothing about the speed."""
        self.advance(rows)

    def close(self) -> None:
        """End the display."""


class SearchDisplay:
    """Displays the searches of a job, whose rows are not written."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def phase(self, name: str, total: int | None = None, *, writes: bool = False) -> None:
        """Begin a phase of ``total`` rows."""
        self._progress.phase(name, total)

    def advance(self, rows: int) -> None:
        """Add rows that are done."""
        self._progress.advance(rows)


class _CallbackProgress(Progress):
    """Calls ``callback(rows_done, rows_total)`` while rows are written."""

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


class _TerminalProgress(Progress):
    """Displays a progress bar of rich on standard error."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        columns = (
            TextColumn("{task.description:<22}"),
            BarColumn(_BAR_WIDTH),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[meter]}"),  # a str of the meter at each redrawing
        )
        self._meter = Meter()
        console = Console(stderr=True, force_jupyter=False)
        self._bar = RichProgress(*columns, console=console, transient=True)
        self._task: TaskID | None = None
        self._bar.start()

    def phase(self, name: str, total: int | None = None, *, writes: bool = False) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._meter.begin(name, total)
        self._task = self._bar.add_task(name, total=total, meter=self._meter)

    def advance(self, rows: int) -> None:
        self._meter.add(rows)
        self._move(rows)

    def skip(self, rows: int) -> None:
        self._meter.skip(rows)
        self._move(rows)

    def _move(self, rows: int) -> None:
        if self._task is not None:
            self._bar.advance(self._task, rows)

    def close(self) -> None:
        self._bar.stop()


class _NotebookProgress(Progress):
    """Displays a progress bar below a notebook cell, without widgets.

    The output is updated a few times a second and empty at the end. If IPython cannot display
    it, each phase prints a line.
    """

    def __init__(self) -> None:
        self._name, self._done, self._total = "", 0, 0
        self._meter = Meter()
        self._displayed = 0.0
        self._handle: _DisplayHandle | None = None

    def phase(self, name: str, total: int | None = None, *, writes: bool = False) -> None:
        self._name, self._done, self._total = name, 0, total or 0
        self._meter.begin(name, total)
        self._display(self._line(), self._html())

    def advance(self, rows: int) -> None:
        self._meter.add(rows)
        self._move(rows)

    def skip(self, rows: int) -> None:
        self._meter.skip(rows)
        self._move(rows)

    def _move(self, rows: int) -> None:
        self._done += rows
        if time.monotonic() - self._displayed >= _REDRAW_SECONDS:
            self._display(self._line(), self._html())

    def close(self) -> None:
        if self._handle is not None:
            self._display("", "")

    def _display(self, line: str, html_text: str) -> None:
        self._displayed = time.monotonic()
        bundle = {"text/plain": line, "text/html": html_text}
        if self._handle is not None:
            self._handle.update(bundle, raw=True)
            return
        ipython = sys.modules.get("IPython.display")  # loaded in every notebook
        if ipython is None:
            self._displayed = math.inf  # prints nothing else in this phase
            print(line)
        else:
            self._handle = ipython.display(bundle, raw=True, display_id=True)

    def _line(self) -> str:
        if not self._total:
            return self._name
        share = min(1.0, self._done / self._total)
        return f"{self._name}: {share:.0%} of {self._total:,} rows, {self._meter}"

    def _html(self) -> str:
        state = f'max="{self._total}" value="{self._done}"' if self._total else ""
        return f"<progress {state}></progress> {html.escape(self._line())}"


def in_notebook() -> bool:
    """Tell whether this code runs in a notebook: in IPython with a kernel."""
    shell = getattr(builtins, "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell" or hasattr(shell, "kernel")


def make_progress(progress: bool | Callback | None) -> Progress:
    """Return the Progress object for the parameter ``progress``.

    Parameters
    ----------
    progress
        True for a progress bar, False for none, None for a bar in terminals and notebooks. A
        callable is called with ``(rows_done, rows_total)`` while rows are written.

    Raises
    ------
    TypeError
        If it is none of these.
    """
    check_progress(progress)
    if progress is None:
        is_terminal = sys.stderr is not None and sys.stderr.isatty()
        progress = is_terminal or in_notebook()
    if callable(progress):
        return _CallbackProgress(progress)
    if not progress:
        return Progress()
    return _NotebookProgress() if in_notebook() else _TerminalProgress()


def check_progress(progress: object) -> None:
    """Raise TypeError unless ``progress`` is None, True, False or a callable."""
    is_choice = progress is None or isinstance(progress, bool)
    if not is_choice and not callable(progress):
        raise TypeError(
            f"progress={progress!r} must be None, True, False or a callable that takes "
            "(rows_done, rows_total)."
        )
