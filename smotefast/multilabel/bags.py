"""Rows that share a minority label: their neighbors, samples between them, and label sets."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from smotefast._typing import Matrix
from smotefast.engine.interpolate import Interpolate
from smotefast.engine.mixed_recipes import MixedInterpolate
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.recipes import Origins
from smotefast.neighbors import find_neighbors
from smotefast.over_sampling.adasyn import DrawsPerRow
from smotefast.over_sampling.columns.positions import MixedColumns


class Bag(NamedTuple):
    """The rows of a minority label.

    Attributes
    ----------
    label
        Column of y.
    rows
        Positions of the rows in X.
    neighbors
        Nearest rows of each in the bag, as indices of ``rows``; shape (n_rows, k).
    """

    label: int
    rows: np.ndarray
    neighbors: np.ndarray


def find_bag(
    columns: MixedColumns,
    labels: csr_array,
    label: int,
    rows: np.ndarray,
    k: int,
    search: NeighborSearch,
) -> Bag:
    """Search for the k nearest rows of each row with a label, among these rows."""
    matrix: Any = _numbers_of(columns, rows)
    if columns.categorical:
        # For one label, the value difference metric is a distance between numbers.
        shares = _shares_with(labels[:, [label]].toarray()[:, 0], columns.codes)
        matrix = np.column_stack([matrix, np.sqrt(2) * shares[rows]])
    found = find_neighbors(matrix, k, search=search.search, n_threads=search.n_threads)
    search.record(found)
    return Bag(label, rows, found.indices)


def sample_recipe(
    columns: MixedColumns, bag: Bag, random_state: np.random.RandomState
) -> Interpolate | MixedInterpolate:
    """Return the recipe of one sample for each row of a bag."""
    n_rows, k = bag.neighbors.shape
    draws = DrawsPerRow(random_state, np.ones(n_rows, dtype=np.int64), k)
    origins = Origins(bag.label, bag.rows, bag.rows, bag.neighbors, draws)
    matrix = _numbers_of(columns, bag.rows)
    numbers = Interpolate.between(origins, matrix, matrix)
    if not columns.categorical:
        return numbers
    return MixedInterpolate(numbers, columns.codes[bag.rows], None)


def label_sets(labels: csr_array, bag: Bag, kind: str) -> csr_array:
    """Return the labels of the samples of a bag: shape (n_rows, n_labels).

    ``kind`` is "ranking", "union" or "intersection" of the labels of a row and its neighbors.
    """
    n_rows, k = bag.neighbors.shape
    members = np.column_stack([bag.rows, bag.rows[bag.neighbors]])
    ends = np.arange(n_rows + 1) * (k + 1)
    entries = np.ones(members.size, dtype=np.int32), members.reshape(-1), ends
    votes = csr_array(entries, shape=(n_rows, labels.shape[0])) @ labels
    lowest = {"ranking": (k + 1) // 2 + 1, "union": 1, "intersection": k + 1}[kind]
    votes.data = (votes.data >= lowest).astype(np.int32)
    votes.eliminate_zeros()
    return csr_array(votes)


def _numbers_of(columns: MixedColumns, rows: np.ndarray) -> Matrix:
    """Return the numbers of some rows; a column of zeros if all columns are categorical."""
    if not columns.numeric:
        return np.zeros((len(rows), 1))
    taken: Any = columns.numbers[rows]
    if isinstance(taken, np.ndarray):
        return np.ascontiguousarray(taken)
    taken.sum_duplicates()
    return taken  # type: ignore[no-any-return]


def _shares_with(has_label: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return for each value the share of the rows with this category that have the label."""
    shares = np.empty(codes.shape)
    for j, column in enumerate(codes.T):
        n_with = np.bincount(column, weights=has_label)
        shares[:, j] = (n_with / np.maximum(np.bincount(column), 1))[column]
    return shares
