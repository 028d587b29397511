"""Phases of a call in memory, such as a search: one report for the log and for progress bars.

``resampling`` surrounds a call of a sampler, ``phase`` a part of it, and ``advance`` counts
rows that are done. The logger ``smotefast`` gets calls and phases at INFO, details at DEBUG. A
phase inside another phase is a detail and is not displayed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Protocol

_logger = logging.getLogger("smotefast")


class Display(Protocol):
    """What displays the phases of a call: a bar or a callback."""

    def phase(self, name: str, total: int | None = None, *, writes: bool = False) -> None:
        """Begin a phase of ``total`` rows."""

    def advance(self, rows: int) -> None:
        """Add rows that are done."""


OpenDisplay = Callable[[], AbstractContextManager[Display]]


class Running:
    """A call of a sampler; ``n_rows`` of the result are set at its end.

    ``level`` is the level at which its phases are logged.
    """

    def __init__(self, display: Display | None, level: int = logging.INFO) -> None:
        self.display = display
        self.level = level
        self.n_rows = 0


class _Phase:
    """A part of a call."""

    def __init__(self, display: Display | None, total: int | None) -> None:
        self._display = display
        self._left = total or 0

    def advance(self, rows: int) -> None:
        """Count rows; a search may look at some of them twice, so no more than the total."""
        rows = min(rows, self._left)
        self._left -= rows
        if rows and self._display is not None:
            self._display.advance(rows)

    def finish(self) -> None:
        """Count the rows that are left: some methods count none."""
        self.advance(self._left)


# Context variables: other threads, and calls in other tasks, have their own.
_open_display: ContextVar[OpenDisplay | None] = ContextVar("open_display", default=None)
_scope: ContextVar[Running | _Phase | None] = ContextVar("scope", default=None)


@contextmanager
def displayed_by(open_display: OpenDisplay) -> Iterator[None]:
    """Display the calls in this block, each by what ``open_display`` returns."""
    token = _open_display.set(open_display)
    try:
        yield
    finally:
        _open_display.reset(token)


@contextmanager
def job_displayed_on(display: Display) -> Iterator[None]:
    """Display the phases in this block, a part of a job, which logs its progress itself."""
    token = _scope.set(Running(display, logging.DEBUG))
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def resampling(name: str) -> Iterator[Running]:
    """Report a call of a sampler. A call inside another one continues its display."""
    scope, open_display = _scope.get(), _open_display.get()
    if scope is not None or open_display is None:
        with _reported(name, scope.display if isinstance(scope, Running) else None) as running:
            yield running
    else:
        with open_display() as display, _reported(name, display) as running:
            yield running


@contextmanager
def _reported(name: str, display: Display | None) -> Iterator[Running]:
    running = Running(display)
    token = _scope.set(running)
    started = time.perf_counter()
    try:
        yield running
        seconds = time.perf_counter() - started
        log_step("%s: done, %s rows in %.2f s", name, f"{running.n_rows:,}", seconds)
    finally:
        _scope.reset(token)


@contextmanager
def phase(name: str, total: int | None = None, detail: str | None = "") -> Iterator[None]:
    """Report a phase of ``total`` rows, None if the number is unknown.

    ``detail`` is logged instead of the number; with None nothing is logged.
    """
    scope = _scope.get()
    display = scope.display if isinstance(scope, Running) else None
    if detail is not None:
        log_step("%s: %s", name, detail or (f"{total:,} rows" if total else "started"))
    if display is not None:
        display.phase(name, total, writes=bool(total))
    current = _Phase(display, total)
    token = _scope.set(current)
    try:
        yield
        current.finish()
    finally:
        _scope.reset(token)


def advance(rows: int) -> None:
    """Count rows that the current phase has done; outside of phases do nothing."""
    scope = _scope.get()
    if isinstance(scope, _Phase):
        scope.advance(rows)


def logs_steps() -> bool:
    """Tell whether the logger takes steps, so that a long text is worth formatting."""
    return _logger.isEnabledFor(logging.INFO)


def log_step(text: str, *values: object) -> None:
    """Log at INFO in a call, at DEBUG in a phase, in a job and outside of calls."""
    scope = _scope.get()
    level = scope.level if isinstance(scope, Running) else logging.DEBUG
    _logger.log(level, text, *values)


def log_detail(text: str, *values: object) -> None:
    """Log at DEBUG, for example why a search method was chosen."""
    _logger.debug(text, *values)
