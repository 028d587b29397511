"""What commands say: results, warnings, and errors of one line."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

# Set in a process that was started anew, so that it happens once.
_AGAIN = "SMOTEFAST_STARTED_AGAIN"


@contextmanager
def one_line_errors(debug: bool) -> Iterator[None]:
    """End with one line on standard error and exit code 1, or 130 after Ctrl-C."""
    from smotefast._allocator import choose_allocator

    warnings.showwarning = _show_warning
    try:
        choose_allocator()
        yield
    except (typer.Exit, SystemExit):
        raise
    except KeyboardInterrupt:
        typer.echo("smotefast: interrupted; the destination is as it was.", err=True)
        raise typer.Exit(130) from None
    except Exception as error:
        if debug:
            raise
        message = " ".join(str(error).split()) or type(error).__name__
        _run_again_if_that_helps(error)
        typer.echo(f"smotefast: error: {message}", err=True)
        raise typer.Exit(1) from None


def _run_again_if_that_helps(error: Exception) -> None:
    """Start anew after kernels were compiled: the memory that takes is free again then."""
    from smotefast.batch import JustCompiledError

    if isinstance(error, JustCompiledError) and os.name == "posix" and _AGAIN not in os.environ:
        command = [sys.executable, *sys.orig_argv[1:]]
        os.execve(sys.executable, command, {**os.environ, _AGAIN: "1"})


def silence_log() -> None:
    """Keep the messages of the package's logger off standard error."""
    logging.getLogger("smotefast").setLevel(logging.ERROR)


def say_step(name: str, number: int, n_steps: int) -> None:
    """Write a step of ``warmup`` to standard error."""
    typer.echo(f"smotefast: warming up {number} of {n_steps}: {name}", err=True)


def _show_warning(message: Warning | str, *where: Any, **more: Any) -> None:
    typer.echo(f"smotefast: warning: {' '.join(str(message).split())}", err=True)


def say(
    text: str, unless: str | None = "All rows were written, but the summary was not"
) -> None:
    """Write to standard output.

    Where that fails, ``unless`` is a warning, because the work is done; None makes it an error.
    """
    try:
        typer.echo(text)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # nobody reads it any more
            return
        if unless is None:
            raise
        _show_warning(f"{unless}: {error}")
