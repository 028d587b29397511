"""The report of a job: a JSON file with everything that is known about it and its output.

``check_report_path`` refuses a path before the job begins, ``write_report`` writes the file
when the output is complete, and ``read_parts`` reads it.
"""

from __future__ import annotations

import errno
import json
import math
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from smotefast.batch.arguments import Arguments
from smotefast.batch.resume import package_versions
from smotefast.engine.base import BaseSampler
from smotefast.engine.class_counts import Counts
from smotefast.report import Summary, WrittenPart
from smotefast.storage import (
    ArgumentError,
    Destination,
    ParquetSource,
    SourceError,
    StreamSource,
)
from smotefast.storage.destination import SourcePaths
from smotefast.storage.files import replace_file
from smotefast.storage.remote.manifest import FORMAT

# Names the format; a later version of it gets another number.
_FORMAT = "smotefast report 1"
# Keys of a part, in the order of the fields of WrittenPart.
_PART = ("file", "rows", "bytes", "checksum", "group_rows", "resumed")


def check_report_path(
    path: str, source: SourcePaths, destination: Destination, *, may_write: bool = True
) -> None:
    """Check that a report can be written, before anything is read or written.

    With ``may_write`` a file is created for a moment: access rights alone do not tell, for
    example in /proc.

    Raises
    ------
    ArgumentError
        If it is the source, the destination or inside it, is no regular file, or its folder
        does not exist.
    OSError
        If its folder is not writable.
    """
    real, folder = os.path.realpath(path), os.path.dirname(os.path.realpath(path))
    sources = [
        os.path.realpath(name) for name in (*source.paths, *(f.path for f in source.files))
    ]
    is_local = not destination.files.is_remote
    if real in sources:
        raise ArgumentError(f"report={path!r} is the source. Choose another file.")
    if is_local and real == destination.path:
        raise ArgumentError(f"report={path!r} is the destination. Choose another file.")
    if is_local and os.path.commonpath([real, destination.path]) == destination.path:
        raise ArgumentError(
            f"report={path!r} is inside the destination, which holds only the parts of the "
            "output. Choose a file beside it."
        )
    if not os.path.isdir(folder):
        raise ArgumentError(f"report={path!r}: the folder {folder!r} does not exist.")
    if os.path.lexists(real) and not os.path.isfile(real):
        raise ArgumentError(f"report={path!r} is not a regular file. Choose another.")
    try:
        if not may_write:
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return
        with tempfile.NamedTemporaryFile(prefix=".smotefast-", dir=folder):
            pass
    except OSError as error:
        raise OSError(
            f"The folder {folder!r} of the report is not writable: {error.strerror}."
        ) from error


def write_report(
    path: str,
    summary: Summary,
    arguments: Arguments,
    source: ParquetSource | StreamSource,
    target: str,
    destination: Destination,
) -> None:
    """Write the report of a job whose output is complete; an old report is replaced.

    Raises
    ------
    OSError
        If it cannot be written; the message says that the output is complete.
    """
    report = {
        "format": _FORMAT,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": package_versions(),
        "source": _source(source, sum(summary.counts_before.values())),
        "target": target,
        **_samplers(arguments),
        "options": _options(arguments),
        "destination": destination.path,
        "is_folder": destination.is_folder,
        **_results(summary),
        "parts": [dict(zip(_PART, part, strict=True)) for part in summary.parts],
    }
    text = json.dumps(_plain(report), indent=2, allow_nan=False)
    try:
        replace_file(os.path.realpath(path), text + "\n")
    except OSError as error:
        raise OSError(
            f"All rows were written to {arguments.destination!r}, but the report {path!r} "
            f"could not be: {error.strerror or error}."
        ) from error


def describe_output(
    target: str, partition_by: Sequence[str], counts: Counts, written: Sequence[WrittenPart]
) -> dict[str, Any]:
    """Return the manifest of an output in a store: its files, and the rows of each class."""
    description = {
        "format": FORMAT,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "target": target,
        "classes": [{"label": label, "rows": n_rows} for label, n_rows in counts.items()],
        "partition_by": partition_by,
        "rows": sum(part.n_rows for part in written),
        "parts": [dict(zip(_PART, part, strict=True)) for part in written],
    }
    plain: dict[str, Any] = _plain(description)
    return plain


def read_parts(path: str) -> tuple[bool, list[WrittenPart]]:
    """Read from a report whether the output is a folder, and its parts.

    Raises
    ------
    SourceError
        If the file cannot be read.
    ValueError
        If it is not a report.
    """
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        raise SourceError(f"Cannot read the report {path!r}: {error.strerror}.") from error
    except ValueError:
        text = ""
    try:
        report = json.loads(text)
        parts = parts_in(report)
        if report["format"] == _FORMAT and (report["is_folder"] or len(parts) == 1):
            return bool(report["is_folder"]), parts
    except (ValueError, LookupError, TypeError):
        pass
    raise ValueError(f"{path!r} is not a report that this version of smotefast can read.")


def parts_in(report: Mapping[str, Any]) -> list[WrittenPart]:
    """Return the parts that a report or a manifest lists."""
    return [WrittenPart(*(part[key] for key in _PART)) for part in report["parts"]]


def _source(source: ParquetSource | StreamSource, n_rows: int) -> dict[str, Any]:
    """Return what identifies the source, as far as resuming compares it.

    The rows of a file are null if only those of all files together are known.
    """
    is_stream = isinstance(source, StreamSource)
    files = []
    for file in source.files:
        n_bytes, modified = file.content_state
        rows = None if is_stream else file.n_rows
        entry = {"path": file.path, "rows": rows, "bytes": n_bytes}
        files.append({**entry, "modified_ns": modified})
    return {"path": source.path, "rows": n_rows, "files": files}


def _samplers(arguments: Arguments) -> dict[str, Any]:
    """Return the seed, and the samplers with their parameters."""
    over_sampler, selector = arguments.steps
    steps: list[BaseSampler] = [over_sampler] if over_sampler.sampling_strategy else []
    steps += [selector] if selector is not None else []
    parameters = [step.get_params(deep=False) for step in steps]
    seeds = [each["random_state"] for each in parameters if "random_state" in each]
    samplers = [
        {"class": type(step).__name__, "parameters": each}
        for step, each in zip(steps, parameters, strict=True)
    ]
    return {"seed": seeds[0] if seeds else None, "samplers": samplers}


def _options(arguments: Arguments) -> dict[str, Any]:
    """Return the options that the output depends on, by the names of the parameters."""
    allowed = arguments.allowed
    return {
        "rows": "all" if arguments.writes_originals else "synthetic",
        "order": arguments.order,
        "schema": arguments.schema,
        "drop": arguments.drop,
        "keep": arguments.keep,
        "keep_fill": arguments.keep_fill,
        "feature": arguments.feature,
        "if_balanced": "copy" if allowed.balanced else "error",
        "absent_classes": "ignore" if allowed.absent else "error",
        "weight_column": arguments.weight_column,
        "weights_from": arguments.weights_from,
        "provenance": arguments.provenance,
        **arguments.layout._asdict(),
        "partition_by": arguments.partition_by,
        "format": arguments.format,
    }


def _results(summary: Summary) -> dict[str, Any]:
    n_generated = summary.counts_made or {}
    classes = [
        {
            "label": label,
            "before": n_before,
            "after": summary.counts_after[label],
            "made": n_generated.get(label, 0),
        }
        for label, n_before in summary.counts_before.items()
    ]
    return {
        "classes": classes,
        "rows": summary.rows_written,
        "search": summary.search,
        "recall": summary.recall,
        "memory_limit": summary.memory_limit,
        "peak_memory": summary.peak_memory,
        "scratch_bytes": summary.scratch_bytes,
        "seconds": summary.seconds,
        "seconds_by_step": summary.seconds_by_step,
    }


def _plain(value: Any) -> Any:
    """Return a value of JSON; what JSON does not have becomes text.

    In JSON, keys are text. A mapping whose keys are labels becomes a list of pairs instead.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: _plain(each) for key, each in value.items()}
        return [{"label": _plain(key), "value": _plain(each)} for key, each in value.items()]
    if isinstance(value, list | tuple):
        return list(map(_plain, value))
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
