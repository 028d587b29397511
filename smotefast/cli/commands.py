"""The command ``smotefast``: arguments only.

Everything heavy is imported by the command that needs it, so that ``--help`` and
``--version`` answer at once.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from smotefast._version import __version__
from smotefast.cli import options as take
from smotefast.cli.output import (
    EXIT_CODES,
    one_line_errors,
    say,
    say_step,
    silence_log,
    wrong_usage,
)

app = typer.Typer(
    name="smotefast",
    help="Resample imbalanced data sets in Parquet files, larger than memory or not.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


@app.command(epilog=EXIT_CODES)
def resample(
    source: take.Source,
    destination: take.Destination,
    target: take.Target,
    sampler: take.Sampler = "smote",
    sampling_strategy: take.Strategy = "auto",
    k_neighbors: take.Neighbors = None,
    search: take.Search = None,
    small_class: take.SmallClass = None,
    categorical: take.Categorical = None,
    settings: take.Settings = None,
    then: take.Then = None,
    then_settings: take.ThenSettings = None,
    seed: take.Seed = 0,
    memory_limit: take.MemoryLimit = None,
    rows: take.WhichRows = take.Rows.ALL,
    drop: take.Drop = None,
    keep: take.Keep = None,
    keep_fill: take.KeptValues = take.KeepFill.NULL,
    if_balanced: take.Balanced = take.IfBalanced.ERROR,
    absent_classes: take.Absent = take.AbsentClasses.ERROR,
    overwrite: take.Overwrite = False,
    quiet: take.Quiet = False,
    debug: take.Debug = False,
) -> None:
    """Resample SOURCE into DESTINATION."""
    with one_line_errors(debug):
        if quiet:
            silence_log()
        from smotefast.batch import check_arguments, resample_dataset
        from smotefast.registry import make_seeded, neighbors_parameter

        with wrong_usage():
            strategy = take.read_strategy(sampling_strategy)
            typed = {
                "--sampling-strategy": ("sampling_strategy", strategy),
                "--k-neighbors": (neighbors_parameter(sampler), k_neighbors),
                "--search": ("search", search),
                "--small-class": ("small_class", small_class),
                "--categorical": ("categorical_features", take.read_categorical(categorical)),
            }
            params = {name: value for name, value in typed.values() if value is not None}
            options = {name: option for option, (name, _) in typed.items()}
            options["random_state"] = "--seed"
            params.update(take.read_settings(settings or (), options))
            made = make_seeded(sampler, seed, params)
            if then is None and then_settings:
                raise ValueError("--then-set needs --then, the sampler that takes rows away.")
        if then is not None:
            from smotefast.combine import Combination

            with wrong_usage("--then-set"):
                own = take.read_settings(then_settings or (), {}, "--then-set")
                second = make_seeded(then, seed, own, then=True)
                second.check_params()
            made = Combination(made, second)
        job: dict[str, Any] = {
            "sampler": made,
            "memory_limit": memory_limit,
            "rows": rows.value,
            "drop": drop or (),
            "keep": keep or (),
            "keep_fill": keep_fill.value,
            "if_balanced": if_balanced.value,
            "absent_classes": absent_classes.value,
        }
        with wrong_usage():
            check_arguments(source, destination, **job)
        summary = resample_dataset(
            source,
            destination,
            target=target,
            overwrite=overwrite,
            progress=False if quiet else None,
            **job,
        )
        if not quiet:
            say(str(summary))


@app.command()
def samplers(
    name: Annotated[
        str | None, typer.Argument(help="Show what this one does, and its parameters.")
    ] = None,
    debug: take.Debug = False,
) -> None:
    """List the samplers, or the parameters of one."""
    with one_line_errors(debug):
        from smotefast.registry import all_samplers, one_sampler

        with wrong_usage():
            text = all_samplers() if name is None else one_sampler(name)
        say(text, unless=None)


@app.command(epilog=EXIT_CODES)
def diagnose(
    source: take.Source,
    target: take.Target,
    sampler: Annotated[
        str | None,
        typer.Option(
            help="Judge this sampler, by the name that resample knows.", show_default="none"
        ),
    ] = None,
    drop: take.Drop = None,
    memory_limit: take.MemoryLimit = None,
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
    debug: take.Debug = False,
) -> None:
    """Say what is likely to go wrong in resampling SOURCE, before anything is resampled."""
    with one_line_errors(debug):
        if quiet:
            silence_log()
        from smotefast.cli.diagnose import check_arguments, run

        with wrong_usage():
            check_arguments(source, sampler, memory_limit)
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
        say(report, unless=None)


@app.command()
def demo(
    rows: Annotated[
        int, typer.Option(help="Rows of the data set to make.", min=1000)
    ] = 1_000_000,
    debug: take.Debug = False,
) -> None:
    """Make an imbalanced data set, resample it within little memory, show what happened."""
    with one_line_errors(debug):
        from smotefast.cli.demo import run

        run(rows)


@app.command()
def warmup(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show nothing.")] = False,
    debug: take.Debug = False,
) -> None:
    """Compile everything into the cache, for images and first calls that must be quick."""
    with one_line_errors(debug):
        import time

        started = time.perf_counter()
        from smotefast.batch.warmup import compile_all

        silence_log()  # the steps say what is compiled
        compile_all(None if quiet else say_step)
        if not quiet:
            seconds = time.perf_counter() - started
            say(f"All kernels are compiled and cached ({seconds:.1f} s).", unless=None)


def main() -> None:
    """Run the command."""
    app()
