"""What commands say: results, warnings, and errors of one line."""

from __future__ import annotations

import logging
import os
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import typer

from smotefast.cli.wording import in_shell_words

# Set in a process that was started anew, so that it happens once.
_AGAIN = "SMOTEFAST_STARTED_AGAIN"


class Exit(IntEnum):
    """Exit codes, beside 0 and those of signals (130 Ctrl-C, 143 SIGTERM)."""

    BUG = 1
    USAGE = 2
    DATA = 3
    MEMORY = 4
    DISK = 5
    EXISTS = 6
    CHANGED = 7


_MEANINGS = {
    0: "all was written",
    Exit.USAGE: "wrong usage: an option or its value",
    Exit.DATA: "the data: SOURCE is missing, unreadable, or does not fit the options",
    Exit.MEMORY: "memory: --memory-limit is not enough",
    Exit.DISK: "disk: the destination cannot be written",
    Exit.EXISTS: "the destination exists",
    Exit.CHANGED: "SOURCE was changed while it was being read",
    130: "interrupted by Ctrl-C (SIGTERM: 143)",
    Exit.BUG: "anything else",
}
# Blank lines keep the lines apart in help.
EXIT_CODES = "\n\n".join(
    ["Exit codes:", *(f"{code:d}: {meaning}" for code, meaning in _MEANINGS.items())]
)


class WrongUsageError(Exception):
    """A command that no data would make right; its text is in the words of the shell."""


@contextmanager
def wrong_usage(setting: str = "--set") -> Iterator[None]:
    """Tell errors in arguments from errors in data, which look the same otherwise.

    ``setting`` is the option that takes parameters of the sampler at hand.
    """
    try:
        yield
    except (ValueError, TypeError) as error:
        raise WrongUsageError(in_shell_words(_text(error), setting)) from error


@contextmanager
def one_line_errors(debug: bool) -> Iterator[None]:
    """End with one line on standard error and the exit code of what went wrong."""
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
        _run_again_if_that_helps(error)
        if debug:
            traceback.print_exc()
        text = _text(error)
        if not isinstance(error, WrongUsageError):
            text = in_shell_words(text)
        typer.echo(f"smotefast: error: {text}", err=True)
        raise typer.Exit(exit_code(error)) from None


def exit_code(error: Exception) -> int:
    """Return the exit code of an error."""
    from smotefast.storage import ArgumentError, SourceChangedError, SourceError

    codes: tuple[tuple[type[Exception], Exit], ...] = (
        (WrongUsageError, Exit.USAGE),
        (ArgumentError, Exit.USAGE),
        (MemoryError, Exit.MEMORY),
        (FileExistsError, Exit.EXISTS),
        (SourceChangedError, Exit.CHANGED),
        (SourceError, Exit.DATA),
        (OSError, Exit.DISK),
        (LookupError, Exit.BUG),
        (ValueError, Exit.DATA),
        (TypeError, Exit.DATA),
        (RuntimeError, Exit.DATA),
    )
    return int(next((code for kind, code in codes if isinstance(error, kind)), Exit.BUG))


def _text(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


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
    typer.echo(f"smotefast: warning: {in_shell_words(str(message))}", err=True)


def say(
    text: str, unless: str | None = "All rows were written, but the summary was not"
) -> None:
    """Write to standard output.

    Where that fails, ``unless`` is a warning, because the work is done; None makes it an error.
    """
    try:
        _echo(text)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # nobody reads it any more
            return
        if unless is None:
            raise
        _show_warning(f"{unless}: {error}")


def _echo(text: str) -> None:
    """Write text; names of files as bytes, or escaped, where the encoding lacks a character."""
    try:
        typer.echo(text)
    except UnicodeEncodeError as error:
        try:
            encoded = text.encode(error.encoding, "surrogateescape")
        except UnicodeEncodeError:
            encoded = text.encode(error.encoding, "backslashreplace")
        typer.echo(encoded)
