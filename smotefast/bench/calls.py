"""What a measured process does: make data, or call one contender on one case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from smotefast._process import peak_bytes
from smotefast.bench.cases import Case, DataSet
from smotefast.bench.plugins import load_registry
from smotefast.bench.worker import limited, time_calls

_WORDS = 300


def make_data(data: dict[str, Any], folder: str, plugins: Sequence[str] = ()) -> dict[str, Any]:
    """Write X.npy and y.npy of a data set; return its sizes, or "error" with a message."""
    from smotefast.bench.shapes import make_rows

    try:
        (X, y), sizes = make_rows(DataSet(**data), load_registry(plugins).shapes)
    except (OSError, ValueError) as error:
        return {"error": str(error)}
    except (Exception, SystemExit) as error:  # of the generator of a plugin
        return {"error": f"shape={data['shape']!r}: {type(error).__name__}: {error}"}
    Path(folder).mkdir(parents=True)
    np.save(Path(folder) / "X.npy", X)
    np.save(Path(folder) / "y.npy", y)
    return sizes


def load_data(folder: str) -> tuple[np.ndarray, np.ndarray]:
    """Return X and y of a folder."""
    return np.load(Path(folder) / "X.npy"), np.load(Path(folder) / "y.npy")


def time_case(
    case: dict[str, Any],
    contender: str,
    folder: str,
    later: int,
    limit: float | None = None,
    plugins: Sequence[str] = (),
) -> dict[str, Any]:
    """Time ``fit_resample`` of a contender on the data of a folder.

    Returns
    -------
    dict
        As ``time_calls``, with the rows after resampling; or "refused" with the message of an
        error, or "stopped" with the limit.
    """
    try:
        X, y = load_data(folder)
        sampler = load_registry(plugins).contenders[contender].make(Case.from_dict(case))
        call = limited(lambda: sampler.fit_resample(X, y), limit, {})
        answer, (X_new, _) = time_calls(call, later)
    except (Exception, SystemExit) as error:  # whatever is raised is what a table shows
        words = " ".join(str(error).split()) or type(error).__name__
        return {"refused": words[:_WORDS], "peak": peak_bytes()}
    search = getattr(sampler, "search_", None)
    known = {"rows_after": len(X_new), "search": search if isinstance(search, str) else None}
    return answer | known
