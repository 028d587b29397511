"""Fit a synthesizer on the rows of a class, and request samples until there are enough."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

import numpy as np

from smotefast._phases import phase
from smotefast._typing import Label
from smotefast.engine.mixed_recipes import MixedMatrix
from smotefast.engine.recipes import dense_rows
from smotefast.engine.user_estimators import copied, parameters_of, seed_synthesizer
from smotefast.tables.synthetic_frames import FrameSchema

# How often ``sample`` is called for a class, and how many times the samples of the class it is
# requested at most: a synthesizer may reject some of its rows.
_MAX_CALLS = 10
_MOST_TIMES = 10


def fitted_on_class(
    synthesizer: Any, schema: FrameSchema, matrix: Any, label: Label, seed: int | None
) -> Any:
    """Return a copy of a synthesizer, fitted on the rows of a class.

    Parameters
    ----------
    synthesizer
        Object with ``fit(frame)``.
    schema
        Columns of the frame.
    matrix
        Rows of the class: numbers, or a ``MixedMatrix``.
    label
        The class, for messages.
    seed
        Seed of ``fit``; None leaves the seeds of the synthesizer as they are.
    """
    synthesizer = copied(synthesizer)
    seed_synthesizer(synthesizer, seed)
    if isinstance(matrix, MixedMatrix):
        frame = schema.frame(dense_rows(matrix.numbers), matrix.codes)
    else:
        frame = schema.frame(dense_rows(matrix), np.empty((matrix.shape[0], 0), int))
    given = {}
    if "discrete_columns" in parameters_of(synthesizer.fit):
        given["discrete_columns"] = schema.discrete_columns()
    try:
        with phase("fitting a synthesizer"):
            synthesizer.fit(frame, **given)
    except Exception as error:
        error.add_note(f"While fitting the {len(frame):,} rows of class {label!r}.")
        raise
    return synthesizer


def sampled_rows(
    synthesizer: Any,
    schema: FrameSchema,
    label: Label,
    n_new: int,
    seeds: Iterator[int | None],
) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers and codes of samples; request more while rows are missing.

    A synthesizer that rejects rows returns fewer than requested. The next request is larger, by
    the share of rows that it returned so far.

    Parameters
    ----------
    synthesizer
        Fitted object with ``sample(n)``.
    schema
        Columns of its frames.
    label
        The class, for messages.
    n_new
        Number of samples.
    seeds
        Yields the seed of each call.

    Returns
    -------
    numbers
        Shape (n_new, n_numeric), float64.
    codes
        Shape (n_new, n_categorical), int32.

    Raises
    ------
    ValueError
        If samples do not fit the columns, or ten calls return too few.
    """
    parts, n_requested, n_returned = [], 0, 0
    for _ in range(_MAX_CALLS):
        n = _rows_to_request(n_new, n_requested, n_returned)
        parts.append(_checked_samples(synthesizer, schema, label, n, next(seeds)))
        n_requested, n_returned = n_requested + n, n_returned + len(parts[-1][0])
        if n_returned >= n_new:
            numbers, codes = zip(*parts, strict=True)
            return np.concatenate(numbers)[:n_new], np.concatenate(codes)[:n_new]
    raise ValueError(
        f"{type(synthesizer).__name__} gave {n_returned:,} of {n_new:,} rows for class "
        f"{label!r} in {_MAX_CALLS} calls of sample(n), {n_requested:,} requested. Request "
        "fewer by sampling_strategy, or relax what it rejects."
    )


def _rows_to_request(n_new: int, n_requested: int, n_returned: int) -> int:
    """Return how many rows the next call requests, so that enough are likely returned."""
    times = max(1, n_requested / max(1, n_returned))
    return min(ceil((n_new - n_returned) * times), _MOST_TIMES * n_new)


def _checked_samples(
    synthesizer: Any, schema: FrameSchema, label: Label, n: int, seed: int | None
) -> tuple[np.ndarray, np.ndarray]:
    given = seed_synthesizer(synthesizer, seed)
    try:
        samples = synthesizer.sample(n, **given)
    except Exception as error:
        error.add_note(f"While sampling {n:,} rows of class {label!r}.")
        raise
    try:
        return schema.numbers_and_codes(samples)
    except ValueError as why:
        raise ValueError(
            f"The samples of {type(synthesizer).__name__} for class {label!r} do not fit X: "
            f"{why} Correct what the synthesizer returns, or use another one."
        ) from why
