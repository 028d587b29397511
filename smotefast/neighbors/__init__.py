"""Neighbours: rows flow in, positions of the k nearest other rows flow out."""

from smotefast.exceptions import RecallWarning, SearchWarning
from smotefast.neighbors.estimator import fit_on
from smotefast.neighbors.farthest import farthest_in_pool
from smotefast.neighbors.load_kernels import load_searches
from smotefast.neighbors.memory_estimate import estimated_bytes
from smotefast.neighbors.neighbor_graph import NeighborsLeft
from smotefast.neighbors.planner import choose_search, own_first_pays
from smotefast.neighbors.result import Neighbors, recall_at_k
from smotefast.neighbors.same_class_first import own_come_first
from smotefast.neighbors.search import (
    Nearest,
    find_neighbors,
    found_soon,
    nearest_in_pool,
    squares_between,
)
from smotefast.neighbors.value_difference import find_alike

__all__ = [
    "Nearest",
    "Neighbors",
    "NeighborsLeft",
    "RecallWarning",
    "SearchWarning",
    "choose_search",
    "estimated_bytes",
    "farthest_in_pool",
    "find_alike",
    "find_neighbors",
    "fit_on",
    "found_soon",
    "load_searches",
    "nearest_in_pool",
    "own_come_first",
    "own_first_pays",
    "recall_at_k",
    "squares_between",
]
