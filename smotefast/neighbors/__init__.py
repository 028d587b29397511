"""Neighbours: rows flow in, positions of the k nearest other rows flow out."""

from smotefast.neighbors.door import find_neighbors, found_soon
from smotefast.neighbors.estimator import fit_on
from smotefast.neighbors.farthest import farthest_in_pool
from smotefast.neighbors.found import Neighbors, RecallWarning, SearchWarning
from smotefast.neighbors.left import NeighborsLeft
from smotefast.neighbors.loading import load_searches
from smotefast.neighbors.memory import estimated_bytes
from smotefast.neighbors.own_first import own_come_first
from smotefast.neighbors.policy import choose_search, own_first_pays
from smotefast.neighbors.pool import Nearest, nearest_in_pool, squares_between
from smotefast.neighbors.recall import recall_at_k
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
