"""Second step of a job: which of the originals and of the new rows are written."""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast._threads import thread_count
from smotefast.batch.extended_rows import ExtendedRows
from smotefast.batch.file_rows import refuse_estimator
from smotefast.batch.gathering import gather_matrices
from smotefast.batch.reading import Reading
from smotefast.batch.request import Request
from smotefast.batch.row_filters import Kept, OfPlaces, WithoutRows
from smotefast.batch.scan import all_target_values, resolve_quota
from smotefast.engine.class_counts import Counts
from smotefast.engine.job import Job

Matrices = tuple[dict[Any, np.ndarray], dict[Any, np.ndarray]]


def select_rows(
    request: Request, job: Job, reading: Reading, dtype: np.dtype[Any] | None, have: Matrices
) -> Kept:
    """Decide which rows stay.

    Parameters
    ----------
    request
        What is to be done.
    job
        The new rows.
    reading
        The files.
    dtype
        In which numbers are compared; None where none are.
    have
        Rows of classes that are in memory already, and where they stand.
    """
    counts, made = request.classes.counts, job.counts()
    after = {label: n + made.get(label, 0) for label, n in counts.items()}
    if request.selection is None:
        return Kept(None, None, request.source.n_rows, job.n_rows, after)
    quota = selection_quota(request, after, job.counts())
    if not quota:
        return Kept(None, None, request.source.n_rows, job.n_rows, after)
    if not request.cleans:
        return _drawn(request, quota, after)
    assert dtype is not None
    return _unlinked(request, job, reading, dtype, have, quota, after)


def _drawn(request: Request, quota: Counts, after: Counts) -> Kept:
    """Draw rows of each class by their place in it, as RandomUnderSampler does."""
    before = request.classes.counts
    drawn = request.selection.draw(after, quota)
    places = {label: np.sort(ranks) for label, ranks in drawn.items()}
    kept, n_originals = dict(after), request.source.n_rows
    for label, n_kept in quota.items():
        kept[label] = n_kept
        n_originals += int(np.searchsorted(places[label], before[label])) - before[label]
    n_new = sum(kept.values()) - n_originals
    labels = list(before)
    return Kept(
        OfPlaces(request.target, labels, places),
        OfPlaces(request.target, labels, places, before),
        n_originals,
        n_new,
        kept,
    )


def _unlinked(
    request: Request,
    job: Job,
    reading: Reading,
    dtype: np.dtype[Any],
    have: Matrices,
    quota: Counts,
    after: Counts,
) -> Kept:
    """Find Tomek links among originals and new rows, as TomekLinks does with exact search."""
    counts = request.classes.counts
    searched = request.selection.classes_to_search(counts, quota)
    needed = [label for label in counts if label in searched or label in job.counts()]
    missing = {label: counts[label] for label in needed if label not in have[0]}
    matrices, positions = have
    if missing:
        more = gather_matrices(reading, request.features, dtype, missing)
        matrices, positions = {**matrices, **more[0]}, {**positions, **more[1]}
    threads = thread_count(request.selection.n_jobs)
    rows = ExtendedRows(reading, request.features, matrices, positions, job, counts, threads)
    removed = request.selection.rows_to_remove(rows, quota, searched)
    first_new = request.source.n_rows
    n_old = int(np.searchsorted(removed, first_new))
    lost = _by_class(removed, rows, searched, quota)
    return Kept(
        WithoutRows(removed[:n_old]),
        WithoutRows(removed[n_old:] - first_new),
        first_new - n_old,
        job.n_rows - (len(removed) - n_old),
        {label: n - lost.get(label, 0) for label, n in after.items()},
    )


def _by_class(
    removed: np.ndarray, rows: ExtendedRows, searched: list[Any], cleaned: Counts
) -> Counts:
    """Count removed rows by class; only one class that is not searched for can lose any."""
    lost = {
        label: int(np.isin(rows.positions(label), removed, assume_unique=True).sum())
        for label in searched
    }
    rest = len(removed) - sum(lost.values())
    return {**lost, **{label: rest for label in cleaned if label not in searched}}


def selection_quota(request: Request, after: Counts, made: Counts) -> Counts:
    """Resolve the strategy of the second step for the rows that the first one leaves."""

    def labels() -> np.ndarray:
        new = np.repeat(np.array(list(made), dtype=object), list(made.values()))
        return np.concatenate([all_target_values(request.source, request.target), new])

    return resolve_quota(request.selection, after, labels, request.lenience)


def refuse_by_counts(request: Request) -> None:
    """Refuse what the sizes of the classes tell, before anything else is read or loaded.

    Raises
    ------
    ValueError, RuntimeError
        As the steps themselves would while they resample.
    """
    sampler, counts = request.sampler, request.classes.counts
    sampler.check_counts(counts, request.quota)
    for parameter in request.needs.searches_all:
        refuse_estimator(getattr(sampler, parameter))
    if request.selection is not None:
        after, quota = planned(request)
        request.selection.check_counts(after, quota)


def planned(request: Request) -> tuple[Counts, Counts]:
    """Return the sizes of the classes after the first step, and what the second makes of them.

    The sizes are those that were asked for. Where the first step rounds, a number of rows
    that these sizes do not allow may be there in the end, and all rows are planned for.
    """
    wanted = request.wanted
    after = {label: n + wanted.get(label, 0) for label, n in request.classes.counts.items()}
    try:
        return after, selection_quota(request, after, wanted)
    except ValueError:
        if request.needs.exact_counts or request.cleans:
            raise
        return after, after


def held_classes(request: Request) -> list[Any]:
    """Return the classes whose rows Tomek links want in memory, before any row is made."""
    if not request.cleans:
        return []
    quota = planned(request)[1]
    if not quota:
        return []
    classes: list[Any] = request.selection.classes_to_search(request.classes.counts, quota)
    return classes
