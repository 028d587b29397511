"""The commands of ``smotefast``.

Each command imports the heavy modules that it needs, so that ``--help`` and ``--version`` are
fast.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated, Any

import typer

from smotefast._version import __version__
from smotefast.cli import options
from smotefast.cli.log_lines import log_lines, shows_lines
from smotefast.cli.output import (
    EXIT_CODES,
    Exit,
    one_line_errors,
    print_progress,
    print_result,
    print_step,
    silence_log,
    usage_errors,
)
from smotefast.cli.sampler_options import (
    first_sampler,
    parse_categorical,
    parse_strategy,
    with_second_step,
)
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


@app.command(epilog=EXIT_CODES)
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
    report: options.Report = None,
    overwrite: options.Overwrite = False,
    restart: options.Restart = False,
    resume: options.Resume = False,
    log_format: options.LogFormatValue = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Resample the data SOURCE and write the result to DESTINATION, in Parquet."""
    with one_line_errors(debug):
        if quiet:
            silence_log()
        from smotefast.batch import check_arguments, resample_dataset
        from smotefast.registry import neighbors_parameter

        with usage_errors():
            if restart and resume:
                raise ValueError("--restart and --resume contradict each other.")
            params: dict[str, tuple[str, object]] = {
                "--sampling-strategy": ("sampling_strategy", parse_strategy(sampling_strategy)),
                "--k-neighbors": (neighbors_parameter(sampler), k_neighbors),
                "--search": ("search", search),
                "--small-class": ("small_class", small_class),
                "--categorical": ("categorical_features", parse_categorical(categorical)),
            }
            job_sampler = first_sampler(sampler, seed, params, settings or ())
        job_sampler = with_second_step(job_sampler, then, seed, then_settings or ())
        job: dict[str, Any] = {
            "sampler": job_sampler,
            "memory_limit": memory_limit,
            "rows": rows.value,
            "schema": schema.value,
            "drop": drop or (),
            "keep": keep or (),
            "keep_fill": keep_fill.value,
            "feature": feature or (),
            "if_balanced": if_balanced.value,
            "absent_classes": absent_classes.value,
            "resume": "never" if restart else "require" if resume else "auto",
            "weight_column": weight_column,
            "weights_from": weights_from,
            "provenance": provenance,
            "compression": compression,
            "compression_level": compression_level,
            "row_group_size": row_group_size,
            "part_size": part_size,
            "report": report,
        }
        with usage_errors():
            check_arguments(source, destination, **job)
        prints_lines = shows_lines(log_format, quiet=quiet)
        with log_lines(log_format) if prints_lines else nullcontext():
            summary = resample_dataset(
                source,
                destination,
                target=target,
                overwrite=overwrite,
                progress=False if quiet or prints_lines else None,
                **job,
            )
        if not quiet:
            warning = "All rows were written, but the summary could not be printed"
            print_result(str(summary), warning=warning)


@app.command(epilog=EXIT_CODES)
def verify(
    destination: Annotated[
        str,
        typer.Argument(metavar="DESTINATION", help="The output of a job.", show_default=False),
    ],
    report: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="The file that 'resample --report' wrote.",
            show_default=False,
        ),
    ],
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
def clean(destination: options.Destination, debug: options.Debug = False) -> None:
    """Remove what an interrupted job has left beside DESTINATION."""
    with one_line_errors(debug):
        from smotefast.storage import clean as remove_leftovers
        from smotefast.storage import format_size

        n_bytes = remove_leftovers(destination)
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
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Do not print a progress bar.")
    ] = False,
    debug: options.Debug = False,
) -> None:
    """Find problems in SOURCE that would affect resampling, without resampling it."""
    with one_line_errors(debug):
        if quiet:
            silence_log()
        from smotefast.cli.diagnose import check_arguments, run

        with usage_errors():
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
        print_result(report)


@app.command(epilog=EXIT_CODES)
def compare(
    source: options.Source,
    target: options.Target,
    models: options.Models = "logistic,boosting",
    samplers: options.Samplers = None,
    ratios: options.Ratios = None,
    k_neighbors: options.KNeighborsList = None,
    folds: options.Folds = 5,
    repeats: options.Repeats = None,
    metric: options.Metric = "average_precision",
    cost_fn: options.CostFn = None,
    cost_fp: options.CostFp = None,
    groups: options.Groups = None,
    time: options.Time = None,
    categorical: options.CategoricalCodes = None,
    scaling: options.Scaling = options.Scalers.STANDARD,
    drop: options.Drop = None,
    max_rows: options.MaxRows = None,
    time_limit: options.TimeLimit = None,
    holdout: options.Holdout = 0.2,
    jobs: options.Jobs = None,
    seed: options.CompareSeed = 0,
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
    app()
