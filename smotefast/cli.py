"""The command ``smotefast``: arguments only.

Everything heavy is imported by the command that needs it, so that ``--help`` and
``--version`` answer at once.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any

import typer

from smotefast._version import __version__

app = typer.Typer(
    name="smotefast",
    help="Resample imbalanced data sets in Parquet files, larger than memory or not.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Rows(StrEnum):
    """Which rows a destination gets."""

    ALL = "all"
    SYNTHETIC = "synthetic"


# Set in a process that was started anew, so that it happens once.
_AGAIN = "SMOTEFAST_STARTED_AGAIN"

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"smotefast {__version__}")
        raise typer.Exit


@app.callback()
def _smotefast(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


@app.command()
def resample(
    source: Annotated[str, typer.Argument(help="A Parquet file or a folder of them.")],
    destination: Annotated[
        str, typer.Argument(help="NAME.parquet makes one file, any other name a folder.")
    ],
    target: Annotated[str, typer.Option(help="The column that holds the class.")],
    sampler: Annotated[str, typer.Option(help="smote or random.")] = "smote",
    sampling_strategy: Annotated[
        str,
        typer.Option(
            help="auto, minority, not minority, not majority, all; a ratio such as 0.5; or the "
            "rows of each class afterwards as JSON: '{\"fraud\": 100000}'."
        ),
    ] = "auto",
    k_neighbors: Annotated[
        int | None, typer.Option(help="How many neighbours to choose from.", show_default="5")
    ] = None,
    search: Annotated[
        str | None, typer.Option(help="auto, exact or approximate.", show_default="auto")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same rows.")] = 0,
    memory_limit: Annotated[
        str, typer.Option(help="What the process may occupy, such as 512MiB or 2GiB.")
    ] = "2GiB",
    rows: Annotated[
        Rows, typer.Option(help="Write the originals and the new rows, or the new rows only.")
    ] = Rows.ALL,
    drop: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Leave a column out; may be repeated."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the destination once all is done.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show neither progress nor summary.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Resample SOURCE into DESTINATION."""
    with _one_line_errors(debug):
        from smotefast.batch import make_sampler, resample_dataset

        params: dict[str, Any] = {
            "sampling_strategy": read_strategy(sampling_strategy),
            "random_state": seed,
        }
        given = {"k_neighbors": k_neighbors, "search": search}
        params.update({name: value for name, value in given.items() if value is not None})
        summary = resample_dataset(
            source,
            destination,
            target=target,
            sampler=make_sampler(sampler, **params),
            memory_limit=memory_limit,
            rows=rows.value,
            overwrite=overwrite,
            progress=False if quiet else None,
            drop=drop or (),
        )
        if not quiet:
            _say(str(summary))


@app.command()
def diagnose(
    source: Annotated[str, typer.Argument(help="A Parquet file or a folder of them.")],
    target: Annotated[str, typer.Option(help="The column that holds the class.")],
    sampler: Annotated[
        str | None,
        typer.Option(
            help="Judge this sampler, by the name that resample knows.", show_default="none"
        ),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Leave a column out; may be repeated."),
    ] = None,
    memory_limit: Annotated[
        str, typer.Option(help="What the process may occupy, such as 512MiB or 2GiB.")
    ] = "2GiB",
    html: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the report as a page, too.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the page if it exists.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report as JSON, for programs.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    debug: Debug = False,
) -> None:
    """Say what is likely to go wrong in resampling SOURCE, before anything is resampled."""
    with _one_line_errors(debug):
        from smotefast.diagnosis.command import run

        report = run(
            source,
            target=target,
            sampler=sampler,
            drop=drop or [],
            memory_limit=memory_limit,
            html=html,
            overwrite=overwrite,
            as_json=as_json,
            quiet=quiet,
        )
        _say(report, unless=None)


@app.command()
def demo(
    rows: Annotated[
        int, typer.Option(help="Rows of the data set to make.", min=1000)
    ] = 1_000_000,
    debug: Debug = False,
) -> None:
    """Make an imbalanced data set, resample it within little memory, show what happened."""
    with _one_line_errors(debug):
        from smotefast.demo import run

        run(rows)


@app.command()
def warmup(debug: Debug = False) -> None:
    """Compile everything into the cache, for images and first calls that must be quick."""
    with _one_line_errors(debug):
        import time

        started = time.perf_counter()
        from smotefast.batch.warm import compile_all

        compile_all()
        typer.echo(
            f"All kernels are compiled and cached ({time.perf_counter() - started:.1f} s)."
        )


def read_strategy(text: str) -> Any:
    """Read ``--sampling-strategy``: a number, a JSON object, or a word as it is.

    Examples
    --------
    >>> read_strategy("0.5"), read_strategy('{"fraud": 100}'), read_strategy("auto")
    (0.5, {'fraud': 100}, 'auto')
    """
    text = text.strip()
    if text.startswith(("{", "[")):
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"--sampling-strategy {text!r} is not JSON: {error}") from error
    try:
        return float(text)
    except ValueError:
        return text


@contextmanager
def _one_line_errors(debug: bool) -> Iterator[None]:
    """End with one line on standard error and exit code 1, or 130 after Ctrl-C."""
    from smotefast.storage.memory import choose_allocator

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


def _show_warning(message: Warning | str, *where: Any, **more: Any) -> None:
    typer.echo(f"smotefast: warning: {' '.join(str(message).split())}", err=True)


def _say(
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


def main() -> None:
    """Run the command."""
    app()
