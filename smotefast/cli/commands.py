"""The commands of ``smotefast``.

Each command imports the heavy modules that it needs, so that ``--help`` and ``--version`` are
fast.
"""

from __future__ import annotations

import atexit
import gc
from contextlib import nullcontext
from typing import Annotated, Any

import typer

from smotefast._deferred_imports import import_uncollected
from smotefast._version import __version__
from smotefast.cli import bench, compare_options, options
from smotefast.cli.cluster_option import check_address, opened_cluster
from smotefast.cli.job_command import (
    CheckedCommand,
    PlanCommand,
    checks_only,
    is_written_before,
)
from smotefast.cli.log_lines import log_lines, shows_lines
from smotefast.cli.output import (
    EXIT_CODES,
    Exit,
    one_line_errors,
    print_progress,
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


@app.command(epilog=EXIT_CODES, cls=CheckedCommand)
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


@app.command(epilog=EXIT_CODES, cls=PlanCommand)
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


@app.command(epilog=EXIT_CODES)
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


@app.command(epilog=EXIT_CODES)
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


@app.command(epilog=EXIT_CODES)
def diagnose(
    source: options.Source,
    target: options.Target,
    sampler: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Diagnose the data for this sampler; 'smotefast samplers' lists all of them.",
            show_default="none",
        ),
    ] = None,
    format: options.Format = None,
    drop: options.Drop = None,
    memory_limit: options.MemoryLimit = None,
    html: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Also write the report to an HTML file."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing HTML file.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report as JSON instead of text.")
    ] = False,
    fail_on: Annotated[
        options.Levels | None,
        typer.Option(
            metavar="LEVEL",
            help="Exit with 9 if the report has a finding of this level or a more serious one: "
            "problem, warning or note.",
            show_default="none",
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Do not print a progress bar.")
    ] = False,
    debug: options.Debug = False,
) -> None:
    """Find problems in SOURCE that would affect resampling, without resampling it."""
    with one_line_errors(debug):
        if quiet:
            silence_log()
        from smotefast.cli.diagnose import check_arguments, run, to_json

        with usage_errors():
            check_arguments(source, sampler, memory_limit, format)
        diagnosis = run(
            source,
            target=target,
            sampler=sampler,
            format=format,
            drop=drop or [],
            memory_limit=memory_limit,
            html=html,
            overwrite=overwrite,
            quiet=quiet,
        )
        print_result(to_json(diagnosis) if as_json else str(diagnosis))
        if fail_on is not None and diagnosis.has(fail_on.value):
            raise typer.Exit(Exit.FOUND)


@app.command(epilog=EXIT_CODES)
def visualize(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help="Embed a sample of its rows: a Parquet, CSV or Arrow file, a folder of such "
            "files, or a quoted pattern.",
            show_default=False,
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Column of FILE with the class labels.", show_default=False
        ),
    ] = None,
    feature: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="Draw this column. Two are the axes; more are projected on two principal "
            "components. Can be repeated. Default: all columns of numbers.",
            show_default=False,
        ),
    ] = None,
    drop: options.Drop = None,
    sample: Annotated[
        int, typer.Option(metavar="N", help="Number of rows to draw.", min=50, max=2_000)
    ] = 1_000,
    output: Annotated[
        str | None,
        typer.Option(
            metavar="PAGE",
            help="Write the page to this HTML file.",
            show_default="a temporary file",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing HTML file.")
    ] = False,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Do not open a browser; print the path.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Do not print a progress bar.")
    ] = False,
    debug: options.Debug = False,
) -> None:
    """Open the interactive SMOTE in a browser, with the rows of FILE or with examples.

    The page holds the rows that it shows, and sends nothing.
    """
    with one_line_errors(debug):
        if quiet:
            silence_log()
        from smotefast.cli.visualize import check_arguments, run

        about_data = {"--feature": feature, "--drop": drop, "--sample": sample != 1_000}
        with usage_errors():
            check_arguments(file, target, [name for name, value in about_data.items() if value])
        text = run(
            file,
            target=target,
            feature=feature or [],
            drop=drop or [],
            sample=sample,
            output=output,
            overwrite=overwrite,
            opens=not no_open,
            quiet=quiet,
        )
        print_result(text)


@app.command(epilog=EXIT_CODES)
def compare(
    source: options.Source,
    target: options.Target,
    models: compare_options.Models = "logistic,boosting",
    samplers: compare_options.Samplers = None,
    ratios: compare_options.Ratios = None,
    k_neighbors: compare_options.KNeighborsList = None,
    folds: compare_options.Folds = 5,
    repeats: compare_options.Repeats = None,
    metric: compare_options.Metric = "average_precision",
    cost_fn: compare_options.CostFn = None,
    cost_fp: compare_options.CostFp = None,
    groups: compare_options.Groups = None,
    time: compare_options.Time = None,
    categorical: compare_options.CategoricalCodes = None,
    scaling: compare_options.Scaling = compare_options.Scalers.STANDARD,
    drop: options.Drop = None,
    max_rows: compare_options.MaxRows = None,
    time_limit: compare_options.TimeLimit = None,
    holdout: compare_options.Holdout = 0.2,
    jobs: compare_options.Jobs = None,
    seed: compare_options.CompareSeed = 0,
    json: options.JsonFile = None,
    html: options.HtmlFile = None,
    overwrite: options.OverwriteReports = False,
    quiet: options.QuietProgress = False,
    debug: options.Debug = False,
) -> None:
    """Find out whether resampling helps on SOURCE, by cross-validation."""
    with one_line_errors(debug):
        from smotefast.cli.compare import check_paths, names_in, numbers_in, write_reports
        from smotefast.evaluation import compare as compare_options
        from smotefast.evaluation import make_arguments

        silence_log()  # progress is printed as lines
        paths = {"JSON": json, "HTML": html}
        with usage_errors():
            settings: dict[str, Any] = {
                "models": names_in(models),
                "samplers": None if samplers is None else names_in(samplers),
                "ratios": numbers_in(ratios, "--ratios", float),
                "k_neighbors": numbers_in(k_neighbors, "--k-neighbors", int),
                "folds": folds,
                "repeats": repeats,
                "metric": metric,
                "cost_fn": cost_fn,
                "cost_fp": cost_fp,
                "categorical": categorical or [],
                "scaling": scaling.value,
                "drop": drop or [],
                "max_rows": max_rows,
                "time_limit": time_limit,
                "holdout": holdout,
                "random_state": seed,
                "n_jobs": jobs,
                "progress": False if quiet else print_progress,
            }
            make_arguments(**settings)
        check_paths(paths, overwrite)
        result = compare_options(source, target, groups=groups, time=time, **settings)
        write_reports(result, paths, overwrite)
        print_result(str(result))
        if result.stopped == "Ctrl-C":
            raise typer.Exit(130)


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
