"""Whether a class lies in groups that are apart.

The rows of a class hang together if each is linked with its nearest rows of the class. Where
the links fall into several pieces, no row of one piece has any of another among its ten
nearest: a sampler that goes from row to neighbour treats each piece by itself, whatever lies
between. It is a careful test: groups that one row bridges count as one.
"""

from __future__ import annotations

import numpy as np

from smotefast.diagnosis.metric import Metric, unit_numbers
from smotefast.diagnosis.sample import Sample
from smotefast.diagnosis.thresholds import GROUP_NEIGHBORS, GROUP_ROWS, GROUP_SHARE


def group_sizes(metric: Metric, sample: Sample, code: int, n_threads: int) -> list[int]:
    """Return the sizes of the groups of a class among its drawn rows, largest first.

    Rows that are the same count once, and groups that hold less than a tenth of the class not
    at all. Empty where there are too few rows to tell.
    """
    rows = np.flatnonzero((sample.classes == code) & metric.usable(sample.numbers))
    values = metric.values(sample.numbers[rows], unit_numbers(sample.positions[rows]))
    codes = sample.codes[rows]
    _, first = np.unique(np.column_stack([values[:, :-1], codes]), axis=0, return_index=True)
    first.sort()
    if len(first) < GROUP_ROWS or values.shape[1] == 1:
        return []
    pieces = _pieces(values[first], codes[first], metric.weight, n_threads)
    sizes = np.sort(np.bincount(pieces))[::-1]
    return [int(size) for size in sizes if size >= GROUP_SHARE * len(first)]


def _pieces(values: np.ndarray, codes: np.ndarray, weight: float, n_threads: int) -> np.ndarray:
    """Return which piece each row belongs to."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    from smotefast.neighbors import find_neighbors

    n_rows, k = len(values), GROUP_NEIGHBORS
    found = find_neighbors(
        values,
        k,
        search="exact",
        n_threads=n_threads,
        codes=codes if codes.shape[1] else None,
        weight=weight if codes.shape[1] else 0.0,
    )
    links = (np.ones(n_rows * k), (np.repeat(np.arange(n_rows), k), found.indices.reshape(-1)))
    graph = csr_array(links, shape=(n_rows, n_rows))
    return np.asarray(connected_components(graph, directed=False)[1])
