"""``smotefast bench``: grids from options, runs and their reports, differences of two runs."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import typer

from smotefast.cli import bench_options, options
from smotefast.cli.output import (
    WRITES_REPORTS,
    Exit,
    exit_codes,
    one_line_errors,
    print_progress,
    print_result,
    silence_log,
    usage_errors,
)

app = typer.Typer(
    help="Measure seconds and memory of samplers of several libraries, and compare runs.",
    no_args_is_help=True,
)

# The values of a grid, unless an option gives others; "threads" 0 stands for all cores.
_USUAL: dict[str, list[Any]] = {
    "shape": ["clusters"],
    "rows": [1_000, 10_000],
    "features": [20],
    "classes": [2],
    "ratio": [0.1],
    "k": [5],
    "threads": [0],
    "sampler": ["smote"],
}
_SCALE: dict[str, list[Any]] = {
    **_USUAL,
    "rows": [1_000, 3_000, 10_000, 30_000, 100_000],
    "features": [5, 10, 20, 40, 80],
    "classes": [2, 4, 8],
    "k": [1, 2, 5, 10, 20],
    "threads": [1, 0],
}
_KINDS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("rows", "features", "classes", "k", "threads"), int),
    "ratio": float,
}


def _command(kind: str, summary: str, rounds: int, later: int) -> None:
    """Add the command of a kind of run; they differ in the defaults."""

    @app.command(kind, help=summary, epilog=exit_codes(*WRITES_REPORTS))
    def measure(
        file: bench_options.File = None,
        target: bench_options.Target = None,
        shape: bench_options.Shape = None,
        rows: bench_options.Rows = None,
        features: bench_options.Features = None,
        classes: bench_options.Classes = None,
        ratio: bench_options.Ratio = None,
        k: bench_options.K = None,
        threads: bench_options.Threads = None,
        sampler: bench_options.SamplerNames = "smote",
        contender: bench_options.Contenders = None,
        base: bench_options.Base = None,
        rounds: bench_options.Rounds = rounds,
        later: bench_options.Later = later,
        time_limit: bench_options.TimeLimit = None,
        plugin: bench_options.Plugins = None,
        in_process: bench_options.InProcess = False,
        seed: bench_options.DataSeed = 0,
        json: options.JsonFile = None,
        html: options.HtmlFile = None,
        overwrite: options.OverwriteReports = False,
        quiet: options.QuietProgress = False,
        debug: options.Debug = False,
    ) -> None:
        given = dict(locals())
        with one_line_errors(debug):
            _measure(kind, given)


def _measure(kind: str, given: dict[str, Any]) -> None:
    """Check all arguments, measure, and write the reports."""
    from smotefast.bench.page import to_html_page
    from smotefast.bench.results import measure_run, to_json
    from smotefast.bench.text import run_text
    from smotefast.cli.compare import check_paths
    from smotefast.cli.report_files import write_report_file

    silence_log()  # progress is printed as lines
    paths = {"JSON": given["json"], "HTML": given["html"]}
    with usage_errors():
        arguments = _arguments(kind, given)
        check_paths(paths, given["overwrite"])
    run = measure_run(kind, progress=None if given["quiet"] else print_progress, **arguments)
    print_result(run_text(run))
    texts = {"JSON": to_json(run), "HTML": to_html_page(run)}
    for name, path in paths.items():
        if path is not None:
            write_report_file(path, texts[name], overwrite=given["overwrite"], kind=name)
    if run["stopped"]:
        raise typer.Exit(128 + signal.Signals[run["stopped_by"]])
    if run["error"]:
        raise RuntimeError(run["error"])
    measured = [each for case in run["cases"] for each in case["contenders"]]
    if all("refused" in each for each in measured):
        raise ValueError("No contender has measured a case: see why each refused.")


def _arguments(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of ``measure_run``.

    Raises
    ------
    OSError, ValueError
        If an option is invalid, or a plugin cannot be used.
    """
    from smotefast.bench.contenders import IMBLEARN, choose_contenders
    from smotefast.bench.measure import Plan
    from smotefast.bench.plugins import load_registry
    from smotefast.cli.compare import names_in

    plugins = tuple(given["plugin"] or ())
    names = ("rounds", "later", "time_limit", "in_process")
    plan = Plan(**{name: given[name] for name in names}, plugins=plugins)
    plan.check(kind)
    registry = load_registry(plugins)
    requested = None if given["contender"] is None else names_in(given["contender"])
    contenders, left_out = choose_contenders(
        registry.contenders, requested, in_process=plan.in_process
    )
    known = [each.name for each in contenders]
    base = given["base"] or (IMBLEARN if IMBLEARN in known else known[0])
    if base not in known:
        raise ValueError(f"--base {base!r} is not one of the contenders: {', '.join(known)}.")
    cases = _cases(kind, given, list(registry.shapes))
    return {
        "cases": cases, "contenders": contenders, "plan": plan, "base": base,
        "left_out": left_out,
    }  # fmt: skip


def _cases(kind: str, given: dict[str, Any], shapes: list[str]) -> list[Any]:
    """Return the cases of the options.

    Raises
    ------
    ValueError
        If a value is invalid, or an option does not fit a file.
    """
    from smotefast.bench.cases import NOT_OF_FILES, Case, DataSet, product_grid, scale_grid
    from smotefast.registry import sampler_class

    axes = {**(_SCALE if kind == "scale" else _USUAL)}
    data = DataSet(seed=given["seed"])
    if given["file"] is not None:
        if given["target"] is None:
            raise ValueError("--target is missing. Name the column of FILE with the classes.")
        for axis in NOT_OF_FILES:
            if given[axis] is not None:
                raise ValueError(f"--{axis} is about generated data. Leave it out with FILE.")
            del axes[axis]
        axes["rows"] = [0]
        data = replace(data, shape="file", file=given["file"], target=given["target"])
    elif given["target"] is not None:
        raise ValueError("--target is about the data of a file. Name the FILE as well.")
    given_axes = {axis: _values(axis, given[axis]) for axis in axes if given[axis] is not None}
    _check(given_axes, shapes)
    axes |= given_axes
    for name in axes["sampler"]:
        sampler_class(name, prefix="--sampler ")
    axes["threads"] = [n or _cores() for n in axes["threads"]]
    axes = {axis: list(dict.fromkeys(values)) for axis, values in axes.items()}
    return (scale_grid if kind == "scale" else product_grid)(Case(data), axes)


def _values(axis: str, text: str) -> list[Any]:
    from smotefast.cli.compare import names_in, numbers_in

    if axis in _KINDS:
        return numbers_in(text, f"--{axis}", _KINDS[axis]) or []
    return names_in(text)


# The smallest value of each axis.
_LEAST = {"rows": 1, "features": 1, "classes": 2, "k": 1, "threads": 0}


def _check(axes: dict[str, list[Any]], shapes: list[str]) -> None:
    for axis, values in axes.items():
        if not values:
            raise ValueError(f"--{axis} has no value.")
        for value in values:
            if axis in _LEAST and value < _LEAST[axis]:
                raise ValueError(f"--{axis} {value} must be {_LEAST[axis]} or more.")
            if axis == "ratio" and not 0 < value <= 1:
                raise ValueError(f"--ratio {value:g} must be above 0 and at most 1.")
            if axis == "shape" and value not in shapes:
                raise ValueError(f"--shape {value!r} is not one of {', '.join(shapes)}.")


def _cores() -> int:
    from smotefast._threads import thread_count

    return thread_count(None)


_command("speed", "Measure seconds: first calls, later calls and whole processes.", 3, 5)
_command("memory", "Measure the memory of processes, and what the first call adds.", 3, 0)
_command("scale", "Measure how seconds and memory grow with one size at a time.", 3, 3)


@app.command(epilog=exit_codes())
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The JSON file of a run.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The JSON file of a later run.")],
    tolerance: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Differences of medians up to this never count."),
    ] = 0.1,
    all_rows: Annotated[
        bool, typer.Option("--all", help="Print measurements without a change, too.")
    ] = False,
    debug: options.Debug = False,
) -> None:
    """Compare two runs; exit with 1 if anything is worse beyond the noise of both."""
    with one_line_errors(debug):
        from smotefast.bench.differences import (
            changed_cases,
            compare_runs,
            has_regression,
            machine_warning,
        )
        from smotefast.bench.results import load_run
        from smotefast.bench.text import differences_text

        runs = load_run(old), load_run(new)
        with usage_errors():
            differences = compare_runs(*runs, tolerance)
        if warning := machine_warning(*runs):
            typer.echo(f"smotefast: warning: {warning}", err=True)
        print_result(differences_text(differences, all_rows, changed_cases(*runs)))
        if has_regression(differences):
            raise typer.Exit(Exit.BUG)
