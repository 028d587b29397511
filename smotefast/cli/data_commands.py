"""The commands of ``smotefast`` that look at data without resampling them.

Each imports the heavy modules that it needs, so that ``--help`` is fast.
"""

from __future__ import annotations

import signal
from typing import Annotated, Any

import typer

from smotefast.cli import compare_options, options
from smotefast.cli.output import (
    Exit,
    UsageError,
    one_line_errors,
    print_progress,
    print_result,
    silence_log,
    usage_errors,
)


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
    html: options.HtmlFile = None,
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
        from smotefast.cli.diagnose import check_arguments, report_text, run, to_json

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
        text = (
            to_json(diagnosis)
            if as_json
            else report_text(diagnosis, source, target, drop or [])
        )
        print_result(text)
        if fail_on is not None and diagnosis.has(fail_on.value):
            raise typer.Exit(Exit.FOUND)


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
            callback=options.file_to_write,
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
            given = [name for name, value in about_data.items() if value]
            check_arguments(file, target, given, output)
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
            if jobs == 0:
                raise UsageError("--jobs 0 is not valid: give a number of processes, or -1.")
            make_arguments(**settings)
            check_paths(paths, overwrite)
        result = compare_options(source, target, groups=groups, time=time, **settings)
        print_result(str(result))
        write_reports(result, paths, overwrite)
        if result.stopped not in (None, "time limit"):
            name = "SIGINT" if result.stopped == "Ctrl-C" else result.stopped
            raise typer.Exit(128 + signal.Signals[name])
