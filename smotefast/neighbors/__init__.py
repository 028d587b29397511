"""Neighbours: rows flow in, positions of the k nearest other rows flow out."""

from smotefast.neighbors.door import find_neighbors
from smotefast.neighbors.found import Neighbors, RecallWarning, SearchWarning
from smotefast.neighbors.loading import load_searches
from smotefast.neighbors.memory import estimated_bytes
from smotefast.neighbors.policy import choose_search
from smotefast.neighbors.recall import recall_at_k
from smotefast.neighbors.value_difference import find_alike

__all__ = [
    "Neighbors",
    "RecallWarning",
    "SearchWarning",
    "choose_search",
    "estimated_bytes",
    "find_alike",
    "find_neighbors",
    "load_searches",
    "recall_at_k",
]
