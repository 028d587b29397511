"""Samples of the rows of a source, by which a plan tells how long searches take."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

from smotefast.batch.features import Features
from smotefast.batch.gathering import UnusableValues, split_by_class
from smotefast.batch.request import Request
from smotefast.batch.tasks import CopyRows
from smotefast.engine.class_counts import Counts
from smotefast.tables.arrow_columns import features_to_matrix

# Rows of the source that are read for the sample of a class, from at most so many tasks.
_SAMPLED_ROWS, _SAMPLED_TASKS = 1 << 17, 8
# Rows of a sample, and classes that are sampled: those with most rows.
_SAMPLE, SAMPLED_CLASSES = 1 << 14, 4


class PoolSample(NamedTuple):
    """Rows of all classes in their proportions.

    Attributes
    ----------
    rows
        The rows.
    labels
        The class of each, as its number among the classes.
    """

    rows: np.ndarray
    labels: np.ndarray


def sample_of_class(
    request: Request, features: Features, label: Any, copies: Sequence[CopyRows]
) -> np.ndarray | None:
    """Return rows of a class; None if there are categories, or no files to read.

    Raises
    ------
    ValueError
        If they have missing or infinite values.
    """
    dtype, names = features.dtype, request.features
    if features.n_codes or dtype is None or not request.source.files[0].state:
        return None
    parts: list[np.ndarray] = []
    unusable = UnusableValues(request.n_to_generate)
    with_class = {start for start, counts in request.classes.task_counts if label in counts}
    tasks = [task for task in copies if task.start in with_class]
    tasks = tasks[:: -(-len(tasks) // _SAMPLED_TASKS)]
    for task in tasks:
        n_rows = _SAMPLED_ROWS // len(tasks)
        for batch in islice(task.batches(request.source, [request.target, *names], n_rows), 1):
            for _, _, part in split_by_class(batch, [label]):
                unusable.count(part, label, names)
                if not unusable.counts:
                    parts.append(features_to_matrix(part.columns[1:], names, dtype))
    _refuse(unusable)
    return np.concatenate(parts)[:_SAMPLE] if parts else None


def _refuse(unusable: UnusableValues) -> None:
    try:
        unusable.refuse()
    except ValueError as error:
        raise ValueError(f"{error} The number is that of a sample of the rows.") from None


def sample_of_pool(
    request: Request, features: Features, copies: Sequence[CopyRows], generated: Counts
) -> PoolSample | None:
    """Return rows of all classes, with ``generated`` synthetic samples in proportion.

    The over-sampler itself generates them, because they are closer to each other than rows of
    the source, and a search in cells compares fewer rows then: of 89,824 queries among 179,648
    rows after SMOTE, it takes a quarter of the time of tiles. None as in ``sample_of_class``,
    with more classes than are sampled, if the sampler fits a model to all rows, or if it needs
    more of them.

    Raises
    ------
    ValueError
        If rows have missing or infinite values.
    """
    counts = request.classes.counts
    if len(counts) > SAMPLED_CLASSES or request.needs.reads == "everything":
        return None
    share = min(1.0, _SAMPLE / (sum(counts.values()) + sum(generated.values())))
    parts: list[np.ndarray] = []
    for label, n_rows in counts.items():
        rows = sample_of_class(request, features, label, copies)
        if rows is None:
            return None
        parts.append(rows[: max(1, round(share * n_rows))])
    sizes = [len(part) for part in parts]
    targets = {
        number: sizes[number] + round(share * generated[label])
        for number, label in enumerate(counts)
        if label in generated
    }
    rows, labels = np.concatenate(parts), np.repeat(np.arange(len(sizes)), sizes)
    return _over_sampled(request, PoolSample(rows, labels), targets)


def _over_sampled(
    request: Request, sample: PoolSample, targets: dict[int, int]
) -> PoolSample | None:
    """Add synthetic samples to a sample; None if it has too few rows of a class."""
    if not targets:
        return sample
    sampler = clone(request.over_sampler).set_params(sampling_strategy=targets, random_state=0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return PoolSample(*sampler.fit_resample(*sample))
    except (ValueError, RuntimeError):
        return None
