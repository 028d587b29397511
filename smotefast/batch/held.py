"""Which classes the second step of a job wants in memory, and what it is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

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

    return resolve_quota(request.selection, after, labels)


def held_classes(request: Request) -> list[Any]:
    """Return the classes whose rows Tomek links want in memory, before any row is made."""
    if not isinstance(request.selection, TomekLinks):
        return []
    counts, wanted = request.classes.counts, request.wanted
    after = {label: n + wanted.get(label, 0) for label, n in counts.items()}
    quota = selection_quota(request, after, wanted)
    return searched_classes(counts, quota) if quota else []
