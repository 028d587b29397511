"""Bounds that exclude cells: how far a row of another cell is from a query, at least.

The excess of a cell is by how much farther its center is from the query than the center of the
query's own cell, squared. Half of it, divided by the distance of the two centers, is how far
the query is from the hyperplane between them.
"""

from __future__ import annotations

import numpy as np

from smotefast.kernels.compile import inner

# A score is added to and compared in float32: bound of these roundings, as a share.
ROUNDING = np.float32(2.0**-21)
# Squares below the smallest normal number are off by up to that number.
TINY = np.float32(1e-36)


@inner
def squared_limit(root):  # type: ignore[no-untyped-def]
    """Return the squared distance within which a row may be kept."""
    return np.float32(2.0) * max(root, np.float32(0.0)) + TINY


@inner
def rounding_of_excess(distance, norm, limit, n_features):  # type: ignore[no-untyped-def]
    """Return by how much less the excess of a query may be than computed.

    Its sums in float32; and in float64 the distances that rows were assigned to centers by.
    """
    sums = np.float32((2 * n_features + 16) * 2.0**-23)
    assigned = np.float32((n_features + 4) * 2.0**-50)
    reach = norm + distance + np.sqrt(limit)
    return sums * distance * (distance + 2 * norm) + assigned * reach * reach


@inner
def may_be_closer(excess, distance, limit, excess_share):  # type: ignore[no-untyped-def]
    """Whether a cell can have a row within a limit, and its center is near enough.

    Parameters
    ----------
    excess : by how much farther its center is from the query than the query's own, squared
    distance : distance of the two centers
    limit : squared distance
    excess_share : as for ``search_cells``
    """
    if excess <= 0:
        return True
    is_within = excess <= np.float32(2.0) * distance * np.sqrt(limit)
    return is_within and (excess_share == np.inf or excess <= excess_share * limit)


@inner
def highest_excess(distance, norm, limit, excess_share, n_features):  # type: ignore[no-untyped-def]
    """Return a bound on the computed excess of cells within a distance that may be closer."""
    if limit == np.inf:
        return np.float32(np.inf)
    excess = np.float32(2.0) * distance * np.sqrt(limit)
    if excess_share != np.inf:
        excess = min(excess, excess_share * limit)
    excess += rounding_of_excess(distance, norm, limit, n_features)
    return excess * (1 + ROUNDING) + TINY


@inner
def are_beyond(distance, norm, limit, excess_share, n_features):  # type: ignore[no-untyped-def]
    """Whether no cell at least so far from the query's own may be closer."""
    if limit == np.inf:
        return False
    least = distance * (distance - 2 * norm) * (1 - ROUNDING)
    least -= rounding_of_excess(distance, norm, limit, n_features)
    return distance > norm and not may_be_closer(least, distance, limit, excess_share)
