"""``smotefast diagnose``: run a diagnosis and write its HTML report."""

from __future__ import annotations

import json
import shlex

from smotefast.batch.arguments import check_format
from smotefast.cli.report_files import check_report_path, write_report_file
from smotefast.diagnosis import Diagnosis, checked_sampler, diagnose_dataset
from smotefast.diagnosis.text import folds, to_text
from smotefast.storage import locate, resolve_memory_limit


def check_arguments(
    source: str, sampler: str | None, memory_limit: str | None, format: str | None
) -> None:
    """Raise ValueError for an argument that is invalid whatever the data are."""
    resolve_memory_limit(memory_limit)
    locate(source, "source")
    checked_sampler(sampler)
    check_format(format)


def run(
    source: str,
    *,
    target: str,
    sampler: str | None,
    format: str | None,
    drop: list[str],
    memory_limit: str | None,
    html: str | None,
    overwrite: bool,
    quiet: bool,
) -> Diagnosis:
    """Diagnose files, and write the HTML report if requested.

    Raises
    ------
    OSError, ValueError
        If the HTML file exists or cannot be written; raised before the source is read.
    """
    if html is not None:
        check_report_path(html, overwrite)
    diagnosis = diagnose_dataset(
        source,
        target=target,
        sampler=sampler,
        format="delta" if format == "delta" else None,
        drop=drop,
        memory_limit=memory_limit,
        progress=False if quiet else None,
    )
    if html is not None:
        write_report_file(html, diagnosis.to_html(), overwrite=overwrite)
    return diagnosis


def report_text(diagnosis: Diagnosis, source: str, target: str, drop: list[str]) -> str:
    """Return the report, the command that compares, and what its code is for."""
    from smotefast.evaluation.sources import loading_code  # not before memory is measured

    names = ",".join(diagnosis.candidates)
    n_folds = folds(diagnosis)
    options = f"--target {shlex.quote(target)} --samplers {names}"
    options += f" --folds {n_folds}" * bool(n_folds)
    options += "".join(f" --drop {shlex.quote(name)}" for name in drop)
    lines = [
        to_text(diagnosis, f"smotefast compare {shlex.quote(source)} {options}"),
        "",
        "Code is for a pandas frame and the report in Python:",
        "import smotefast",
        *loading_code(source, target).splitlines(),
        *([f"X = X.drop(columns={drop!r})"] if drop else []),
        "report = smotefast.diagnose(X, y)",
    ]
    return "\n".join(lines)


def to_json(diagnosis: Diagnosis) -> str:
    """Return the report as JSON."""
    return json.dumps(diagnosis.to_dict(), indent=2, ensure_ascii=False)
