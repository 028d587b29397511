"""Output of the commands: results, warnings, one-line errors and exit codes."""

from __future__ import annotations

import logging
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from typing import TYPE_CHECKING

import typer

from smotefast._messages import COMPLETE, COMPLETE_WITHOUT_REPORT
from smotefast._process import signal_name
from smotefast.cli.wording import to_shell_words

if TYPE_CHECKING:
    from smotefast.report.job_plan import JobPlan

# The job of a file with several, and how it is named in messages.
job_name: ContextVar[str] = ContextVar("job_name", default="")
job_prefix: ContextVar[str] = ContextVar("job_prefix", default="")
# Set in a restarted process, so that it does not restart again.
# How often the process was restarted. A job may compile kernels of a search in memory, and
# those of one in files in the next process.
_RESTARTED = "SMOTEFAST_RESTARTED"
_MOST_RESTARTS = 3


class Exit(IntEnum):
    """Exit codes, in addition to 0 and those of signals (130 Ctrl-C, 143 SIGTERM)."""

    BUG = 1
    USAGE = 2
    DATA = 3
    MEMORY = 4
    DISK = 5
    EXISTS = 6
    CHANGED = 7
    DIFFERS = 8
    FOUND = 9
    CLUSTER = 10


_MEANINGS = {
    0: "success: the whole result was written",
    Exit.USAGE: "usage error: an invalid option or value",
    Exit.DATA: "data error: SOURCE is missing, unreadable, or does not fit the options; or a "
    "package that the options need is not installed",
    Exit.MEMORY: "memory error: --memory-limit is too low",
    Exit.DISK: "disk error: the destination cannot be written",
    Exit.EXISTS: "the destination exists, or another job is writing to it",
    Exit.CHANGED: "SOURCE changed while it was being read",
    Exit.DIFFERS: "verify: DESTINATION is not as its report says",
    Exit.FOUND: "diagnose: the report has a finding of the level of --fail-on",
    Exit.CLUSTER: "--dask: no scheduler, workers that cannot run the job, or lost tasks",
    130: "interrupted by Ctrl-C (SIGTERM: 143)",
    Exit.BUG: "any other error; bench diff: something is worse beyond noise",
}
# Of commands that write reports, and of those that plan or run a job.
WRITES_REPORTS = (Exit.DISK, Exit.EXISTS)
RUNS_JOBS = (Exit.MEMORY, *WRITES_REPORTS, Exit.CHANGED)
_OF_ALL = (0, Exit.USAGE, Exit.DATA, 130, Exit.BUG)


def exit_codes(*others: Exit) -> str:
    """Return the lines of a command's help: the codes of all commands, and others it has."""
    codes = (code for code in _MEANINGS if code in (*_OF_ALL, *others))
    # Blank lines keep typer from joining the lines.
    return "\n\n".join(["Exit codes:", *(f"{code:d}: {_MEANINGS[code]}" for code in codes)])


class UsageError(Exception):
    """An error in the arguments, whatever the data are; the message names options."""


@contextmanager
def usage_errors(settings_option: str = "--set") -> Iterator[None]:
    """Raise UsageError for errors in arguments, to distinguish them from errors in the data.

    ``settings_option`` is the option that sets parameters of the sampler.
    """
    try:
        yield
    except (ValueError, TypeError) as error:
        raise UsageError(to_shell_words(_message(error), settings_option)) from error


@contextmanager
def one_line_errors(debug: bool) -> Iterator[None]:
    """Print an error as one line on standard error, and exit with its exit code."""
    from smotefast._allocator import choose_allocator
    from smotefast._deferred_imports import defer_imports

    warnings.showwarning = _print_warning
    try:
        defer_imports()
        choose_allocator()
        yield
    except SystemExit as error:  # SIGTERM, SIGHUP
        _print_interrupted(error)
        raise
    except typer.Exit:
        raise
    except KeyboardInterrupt as error:
        _print_interrupted(error)
        raise typer.Exit(128 + signal.Signals[signal_name(error)]) from None
    except Exception as error:
        _restart_after_compiling(error)
        if debug:
            traceback.print_exc()
        message = _message(error)
        if not isinstance(error, UsageError):
            message = to_shell_words(message)
        typer.echo(f"smotefast: error: {job_prefix.get()}{message}", err=True)
        raise typer.Exit(exit_code(error)) from None


def _print_interrupted(error: BaseException) -> None:
    """Say what an interrupted command leaves; those of a job are in notes."""
    remarks = getattr(error, "__notes__", [])
    if remarks or isinstance(error, KeyboardInterrupt):
        is_complete = {COMPLETE, COMPLETE_WITHOUT_REPORT} & {*remarks}
        state = () if is_complete else ("the destination is unchanged.",)
        text = " ".join([*state, *remarks]) if remarks else str(error) or "nothing was written."
        typer.echo(f"smotefast: interrupted; {text}", err=True)


def exit_code(error: Exception) -> int:
    """Return the exit code of an error."""
    from smotefast.exceptions import (
        ArgumentError,
        ClusterError,
        MissingPackageError,
        SourceChangedError,
        SourceError,
    )

    codes: tuple[tuple[type[Exception], Exit], ...] = (
        (UsageError, Exit.USAGE),
        (ArgumentError, Exit.USAGE),
        (MemoryError, Exit.MEMORY),
        (FileExistsError, Exit.EXISTS),
        (SourceChangedError, Exit.CHANGED),
        (SourceError, Exit.DATA),
        (OSError, Exit.DISK),
        (ClusterError, Exit.CLUSTER),
        (MissingPackageError, Exit.DATA),
        (LookupError, Exit.BUG),
        (ValueError, Exit.DATA),
        (TypeError, Exit.DATA),
        (RuntimeError, Exit.DATA),
    )
    return int(next((code for cls, code in codes if isinstance(error, cls)), Exit.BUG))


def _message(error: BaseException) -> str:
    text = " ".join([str(error), *getattr(error, "__notes__", [])])
    return " ".join(text.split()) or type(error).__name__


def _restart_after_compiling(error: Exception) -> None:
    """Restart the process if it lacks only the memory that compiling kernels has taken."""
    from smotefast.batch import JustCompiledError

    is_posix = os.name == "posix"
    if isinstance(error, JustCompiledError) and is_posix and may_restart():
        command = [sys.executable, *sys.orig_argv[1:]]
        os.execve(sys.executable, command, {**os.environ, _RESTARTED: str(_restarts() + 1)})


def is_restarted() -> bool:
    """Tell whether this process goes on with the command of a process that compiled."""
    return _restarts() > 0


def may_restart() -> bool:
    """Tell whether this process may restart after compiling."""
    return _restarts() < _MOST_RESTARTS


def _restarts() -> int:
    return int(os.environ.get(_RESTARTED, "0"))


def silence_log() -> None:
    """Do not print messages of the package's logger."""
    logging.getLogger("smotefast").setLevel(logging.ERROR)


def print_step(name: str, number: int, n_steps: int) -> None:
    """Print a step of ``warmup`` to standard error."""
    typer.echo(f"smotefast: warming up {number} of {n_steps}: {name}", err=True)


def print_progress(text: str) -> None:
    """Print a line about the progress of a comparison to standard error."""
    typer.echo(f"smotefast: {text}", err=True)


def _print_warning(message: Warning | str, *location: object, **details: object) -> None:
    text = to_shell_words(str(message))
    typer.echo(f"smotefast: warning: {job_prefix.get()}{text}", err=True)


def show_plan(plan: JobPlan, *, as_json: bool) -> None:
    """Print a plan; exit as the job would, if it is refused.

    Raises
    ------
    JustCompiledError
        If the job lacks only the memory that compiling has taken: a new process will not.
    """
    import json

    from smotefast.batch import JustCompiledError

    errors = [each.error for each in plan.refused]
    compiled = next((each for each in errors if isinstance(each, JustCompiledError)), None)
    if compiled is not None and may_restart():
        raise compiled
    if as_json and job_name.get():
        entry = {"job": job_name.get(), **plan.to_dict(to_shell_words)}
        print_result(json.dumps(entry, default=str))  # a line for each job of a file
    elif as_json:
        print_result(json.dumps(plan.to_dict(to_shell_words), indent=2, default=str))
    else:
        print_result(plan.text(to_shell_words))
    if errors:
        raise typer.Exit(exit_code(errors[0]))


def print_result(text: str, *, warning: str | None = None) -> None:
    """Print to standard output.

    If that fails, the command fails; with ``warning`` it prints a warning instead.
    """
    try:
        _echo(text)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader has closed the pipe
            return
        if warning is None:
            raise
        _print_warning(f"{warning}: {error}")


def _echo(text: str) -> None:
    """Print text; characters that the encoding lacks become bytes of file names, or escapes."""
    try:
        typer.echo(text)
    except UnicodeEncodeError as error:
        try:
            encoded = text.encode(error.encoding, "surrogateescape")
        except UnicodeEncodeError:
            encoded = text.encode(error.encoding, "backslashreplace")
        typer.echo(encoded)
