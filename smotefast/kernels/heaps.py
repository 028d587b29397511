"""Bounded max-heaps of (distance, index): the k nearest rows so far, the farthest at the root.

Pairs are ordered by distance, then index, so that of equal distances the lower index is kept.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner

# Index in a heap that has not been filled.
NO_ROW = np.int64(2**62)


@inner(inline="always")
def before(distance, index, other_distance, other_index):  # type: ignore[no-untyped-def]
    """Whether the first pair comes earlier in the order."""
    return distance < other_distance or (distance == other_distance and index < other_index)


@inner
def sift_down(distances, indices, size, distance, index):  # type: ignore[no-untyped-def]
    """Replace the root by a pair and move it down among the first ``size`` entries."""
    hole = 0
    while True:
        child = 2 * hole + 1
        if child >= size:
            break
        right = child + 1
        if right < size and before(
            distances[child], indices[child], distances[right], indices[right]
        ):
            child = right
        if not before(distance, index, distances[child], indices[child]):
            break
        distances[hole] = distances[child]
        indices[hole] = indices[child]
        hole = child
    distances[hole] = distance
    indices[hole] = index


@inner(inline="always")
def offer(distance, index, distances, indices):  # type: ignore[no-untyped-def]
    """Put a pair into a full heap if it comes before the root."""
    if before(distance, index, distances[0], indices[0]):
        sift_down(distances, indices, distances.shape[0], distance, index)


@inner
def offer_block(totals, size, start, excluded, distances, indices):  # type: ignore[no-untyped-def]
    """Offer the distances of rows ``start..start + size``, without the row ``excluded``."""
    for i in range(size):
        if totals[i] <= distances[0]:
            row = start + i
            if row != excluded:
                offer(totals[i], row, distances, indices)


@inner
def heap_to_sorted(distances, indices):  # type: ignore[no-untyped-def]
    """Sort a full max-heap in ascending order, in place."""
    for last in range(distances.shape[0] - 1, 0, -1):
        distance = distances[last]
        index = indices[last]
        distances[last] = distances[0]
        indices[last] = indices[0]
        sift_down(distances, indices, last, distance, index)
