"""The commands of ``smotefast``.

Each command imports the heavy modules that it needs, so that ``--help`` and ``--version`` are
fast.
"""

from __future__ import annotations

import atexit
import gc
from contextlib import nullcontext
from typing import Annotated

import typer

from smotefast._deferred_imports import import_uncollected
from smotefast._version import __version__
from smotefast.cli import bench, options
from smotefast.cli.cluster_option import check_address, opened_cluster
from smotefast.cli.data_commands import compare, diagnose, visualize
from smotefast.cli.job_command import (
    CheckedCommand,
    PlanCommand,
    checks_only,
    is_written_before,
)
from smotefast.cli.log_lines import log_lines, shows_lines
from smotefast.cli.output import (
    RUNS_JOBS,
    WRITES_REPORTS,
    Exit,
    exit_codes,
    one_line_errors,
    print_result,
    print_step,
    show_plan,
    silence_log,
    usage_errors,
)
from smotefast.cli.sampler_options import job_arguments
from smotefast.patch.program import OPTIONS, USAGE

# Blank lines keep typer from joining the lines.
_PROGRAMS = "\n\n".join(
    [
        f"To run a program with imbalanced-learn's samplers replaced: {USAGE}",
        *(f"{name}: {text}" for name, text in OPTIONS.items()),
    ]
)

app = typer.Typer(
    name="smotefast",
    epilog=_PROGRAMS,
    help="Resample imbalanced data sets in files, within a memory limit.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


app.add_typer(bench.app, name="bench")


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"smotefast {__version__}")
        raise typer.Exit


@app.callback()
def _smotefast(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and exit.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    pass


@app.command(epilog=exit_codes(*RUNS_JOBS, Exit.CLUSTER), cls=CheckedCommand)
def resample(
    source: options.Source,
    destination: options.Destination,
    target: options.Target,
    sampler: options.Sampler = "smote",
    sampling_strategy: options.SamplingStrategy = "auto",
    k_neighbors: options.KNeighbors = None,
    search: options.Search = None,
    small_class: options.SmallClass = None,
    categorical: options.Categorical = None,
    settings: options.Settings = None,
    then: options.Then = None,
    then_settings: options.ThenSettings = None,
    seed: options.Seed = 0,
    memory_limit: options.MemoryLimit = None,
    rows: options.RowsToWrite = options.Rows.ALL,
    order: options.OrderOfRows = options.Order.SOURCE,
    format: options.Format = None,
    schema: options.SchemaChoice = options.Schema.UNIFY,
    drop: options.Drop = None,
    keep: options.Keep = None,
    keep_fill: options.KeepFillValue = options.KeepFill.NULL,
    feature: options.Feature = None,
    if_balanced: options.IfBalancedAction = options.IfBalanced.ERROR,
    absent_classes: options.AbsentClassesAction = options.AbsentClasses.ERROR,
    weight_column: options.WeightColumn = None,
    weights_from: options.WeightsFrom = None,
    provenance: options.Provenance = False,
    compression: options.Compression = None,
    compression_level: options.CompressionLevel = None,
    row_group_size: options.RowGroupSize = None,
    part_size: options.PartSize = None,
    partition_by: options.PartitionBy = None,
    report: options.Report = None,
    scratch: options.Scratch = None,
    dask: options.Dask = None,
    config: options.Config = None,
    job: options.JobName = None,
    overwrite: options.Overwrite = False,
    restart: options.Restart = False,
    resume: options.Resume = False,
    log_format: options.LogFormatValue = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Resample the data SOURCE and write the result to DESTINATION, in Parquet."""
    given = dict(locals())
    with one_line_errors(debug):
        if quiet:
            silence_log()
        import_uncollected("smotefast.batch")
        from smotefast.batch import check_arguments, check_job, resample_dataset

        with usage_errors():
            check_address(dask)
            if restart and resume:
                raise ValueError("--restart and --resume contradict each other.")
        arguments = job_arguments(given)
        arguments["resume"] = "never" if restart else "require" if resume else "auto"
        with usage_errors():
            checked = check_arguments(
                source, destination, on_cluster=dask is not None, **arguments
            )
        if checks_only():
            if not is_written_before(source):
                check_job(checked, target, overwrite=overwrite)
            return
        prints_lines = shows_lines(log_format, quiet=quiet)
        with (
            log_lines(log_format) if prints_lines else nullcontext(),
            opened_cluster(dask, checked, target, overwrite=overwrite) as cluster,
        ):
            summary = resample_dataset(
                source,
                destination,
                target=target,
                overwrite=overwrite,
                progress=False if quiet or prints_lines else None,
                cluster=cluster,
                **arguments,
            )
        if not quiet:
            warning = "All rows were written, but the summary could not be printed"
            print_result(str(summary), warning=warning)


@app.command(epilog=exit_codes(*RUNS_JOBS), cls=PlanCommand)
def plan(
    source: options.Source,
    target: options.Target,
    destination: options.PlannedDestination = None,
    sampler: options.Sampler = "smote",
    sampling_strategy: options.SamplingStrategy = "auto",
    k_neighbors: options.KNeighbors = None,
    search: options.Search = None,
    small_class: options.SmallClass = None,
    categorical: options.Categorical = None,
    settings: options.Settings = None,
    then: options.Then = None,
    then_settings: options.ThenSettings = None,
    seed: options.Seed = 0,
    memory_limit: options.MemoryLimit = None,
    rows: options.RowsToWrite = options.Rows.ALL,
    order: options.OrderOfRows = options.Order.SOURCE,
    format: options.Format = None,
    schema: options.SchemaChoice = options.Schema.UNIFY,
    drop: options.Drop = None,
    keep: options.Keep = None,
    keep_fill: options.KeepFillValue = options.KeepFill.NULL,
    feature: options.Feature = None,
    if_balanced: options.IfBalancedAction = options.IfBalanced.ERROR,
    absent_classes: options.AbsentClassesAction = options.AbsentClasses.ERROR,
    weight_column: options.WeightColumn = None,
    weights_from: options.WeightsFrom = None,
    provenance: options.Provenance = False,
    compression: options.Compression = None,
    compression_level: options.CompressionLevel = None,
    row_group_size: options.RowGroupSize = None,
    part_size: options.PartSize = None,
    partition_by: options.PartitionBy = None,
    report: options.Report = None,
    scratch: options.Scratch = None,
    config: options.Config = None,
    job: options.JobName = None,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
    quiet: options.PlanQuiet = False,
    debug: options.Debug = False,
) -> None:
    """Say what 'resample' would do with these options: rows, memory, time, and errors."""
    given = dict(locals())
    with one_line_errors(debug):
        silence_log()
        import_uncollected("smotefast.batch")
        from smotefast.batch import check_arguments, plan_dataset

        if is_written_before(source):
            typer.echo(
                f"smotefast: {source!r} is written by an earlier job of the file: plan this "
                "job when it is there.",
                err=True,
            )
            return
        arguments = job_arguments(given)
        with usage_errors():
            check_arguments(source, destination or "result", **arguments)
        planned = plan_dataset(
            source,
            destination,
            target=target,
            overwrite=overwrite,
            progress=False if quiet else None,
            **arguments,
        )
        show_plan(planned, as_json=as_json)


@app.command(epilog=exit_codes(Exit.DIFFERS))
def verify(
    destination: Annotated[
        str,
        typer.Argument(metavar="DESTINATION", help="The output of a job.", show_default=False),
    ],
    report: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="The file that 'resample --report' wrote.",
            show_default="the manifest of a folder in a store",
        ),
    ] = None,
    debug: options.Debug = False,
) -> None:
    """Check that DESTINATION has exactly the files, rows and bytes that its report names."""
    with one_line_errors(debug):
        from smotefast.batch import verify_dataset

        result = verify_dataset(destination, report)
        print_result(str(result))
        if not result.is_as_reported:
            raise typer.Exit(Exit.DIFFERS)


@app.command(epilog=exit_codes(Exit.DISK, Exit.EXISTS))
def clean(
    destination: options.Destination,
    scratch: options.Scratch = None,
    debug: options.Debug = False,
) -> None:
    """Remove what an interrupted job has left beside DESTINATION."""
    with one_line_errors(debug):
        from smotefast.storage import clean_any, format_size

        n_bytes = clean_any(destination, scratch)
        print_result(f"{format_size(n_bytes)} removed." if n_bytes else "Nothing to remove.")


@app.command()
def samplers(
    name: Annotated[
        str | None,
        typer.Argument(help="Describe this sampler and its parameters.", show_default=False),
    ] = None,
    debug: options.Debug = False,
) -> None:
    """List all samplers, or describe one."""
    with one_line_errors(debug):
        from smotefast.registry import describe_sampler, describe_samplers

        with usage_errors():
            text = describe_samplers() if name is None else describe_sampler(name)
        print_result(text)


for _command, _codes in (
    (diagnose, (*RUNS_JOBS, Exit.FOUND)),
    (visualize, RUNS_JOBS),
    (compare, (*WRITES_REPORTS, Exit.CHANGED)),
):
    app.command(epilog=exit_codes(*_codes))(_command)


@app.command()
def demo(
    rows: Annotated[
        int, typer.Option(metavar="N", help="Number of rows of the generated data.", min=1000)
    ] = 1_000_000,
    debug: options.Debug = False,
) -> None:
    """Generate imbalanced data, resample them within a small memory limit, print the result."""
    with one_line_errors(debug):
        from smotefast.cli.demo import run

        run(rows)


@app.command()
def warmup(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing.")] = False,
    debug: options.Debug = False,
) -> None:
    """Compile and cache all kernels, for container images and fast first calls."""
    with one_line_errors(debug):
        import time

        started = time.perf_counter()
        from smotefast.batch.warmup import compile_all

        silence_log()  # the printed steps say what is compiled
        compile_all(None if quiet else print_step)
        if not quiet:
            seconds = time.perf_counter() - started
            print_result(f"All kernels are compiled and cached ({seconds:.1f} s).")


def main() -> None:
    """Run the command ``smotefast``."""
    # The interpreter looks through all objects at its end: 0.4 s, with 1,400 modules.
    atexit.register(gc.freeze)
    app()
