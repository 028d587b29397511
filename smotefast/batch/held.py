"""What the sizes of the classes tell of a job: refusals, and what its second step wants."""

from __future__ import annotations

from typing import Any

import numpy as np

from smotefast.batch.file_rows import refuse_estimator
from smotefast.batch.request import Request
from smotefast.batch.scan import all_target_values, resolve_quota
from smotefast.engine.links import searched_classes
from smotefast.engine.quota import Counts
from smotefast.under_sampling import TomekLinks


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
    sampler._refuse_by_counts(counts, request.quota)
    for given in sampler._searches_all():
        refuse_estimator(given)
    if request.selection is not None:
        after, quota = planned(request)
        request.selection._refuse_by_counts(after, quota)


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
        if request.sampler._makes_exactly or isinstance(request.selection, TomekLinks):
            raise
        return after, after


def held_classes(request: Request) -> list[Any]:
    """Return the classes whose rows Tomek links want in memory, before any row is made."""
    if not isinstance(request.selection, TomekLinks):
        return []
    quota = planned(request)[1]
    return searched_classes(request.classes.counts, quota) if quota else []
