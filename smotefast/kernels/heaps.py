"""Bounded max-heaps of (distance, position): the worst entry sits at the root.

Pairs are ordered by distance, then position, so equal distances keep lower positions.
"""

from __future__ import annotations

from smotefast.kernels.compile import inner


@inner(inline="always")
def before(distance, position, other_distance, other_position):  # type: ignore[no-untyped-def]
    """Whether the first pair comes earlier in the order."""
    return distance < other_distance or (
        distance == other_distance and position < other_position
    )


@inner
def sift_down(distances, positions, size, distance, position):  # type: ignore[no-untyped-def]
    """Put a pair in the place of the root and let it sink among the first ``size``."""
    hole = 0
    while True:
        child = 2 * hole + 1
        if child >= size:
            break
        right = child + 1
        if right < size and before(
            distances[child], positions[child], distances[right], positions[right]
        ):
            child = right
        if not before(distance, position, distances[child], positions[child]):
            break
        distances[hole] = distances[child]
        positions[hole] = positions[child]
        hole = child
    distances[hole] = distance
    positions[hole] = position


@inner
def heap_to_sorted(distances, positions):  # type: ignore[no-untyped-def]
    """Turn a full max-heap into ascending order, in place."""
    for last in range(distances.shape[0] - 1, 0, -1):
        distance = distances[last]
        position = positions[last]
        distances[last] = distances[0]
        positions[last] = positions[0]
        sift_down(distances, positions, last, distance, position)


@inner
def keep_nearest(totals, size, start, own, distances, positions):  # type: ignore[no-untyped-def]
    """Offer the distances of rows ``start..start + size`` to a heap; ``own`` is left out."""
    for i in range(size):
        if totals[i] <= distances[0]:
            candidate = start + i
            if candidate != own and before(totals[i], candidate, distances[0], positions[0]):
                sift_down(distances, positions, distances.shape[0], totals[i], candidate)
