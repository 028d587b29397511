"""Nearest-neighbor search: matrices in, row numbers of the k nearest neighbors out."""

from smotefast.exceptions import RecallWarning, SearchWarning
from smotefast.neighbors.estimator import NeighborEstimator, fit_estimator
from smotefast.neighbors.expected_search import ExpectedSearch, expected_search
from smotefast.neighbors.load_kernels import (
    load_file_search,
    load_same_class_first,
    load_searches,
    load_value_differences,
)
from smotefast.neighbors.memory_estimate import (
    entries_bytes,
    estimated_bytes,
    memory_needed_in_file,
    needs_rows_in_memory,
    scratch_needed_in_file,
)
from smotefast.neighbors.neighbor_graph import NeighborGraph
from smotefast.neighbors.pair_distances import squared_distances, squared_distances_to
from smotefast.neighbors.result import Neighbors
from smotefast.neighbors.row_file_sample import MarkedRows
from smotefast.neighbors.row_file_search import (
    FileNeighbors,
    SearchInfo,
    find_neighbors_in_file,
)
from smotefast.neighbors.same_class_first import (
    same_class_comes_first,
    same_class_first_pays,
)
from smotefast.neighbors.saved_searches import StepWork, save_searches, saved
from smotefast.neighbors.search import (
    find_farthest,
    find_neighbors,
    find_neighbors_by_value_difference,
    find_neighbors_in_pool,
)
from smotefast.neighbors.shared_searches import share_searches
from smotefast.neighbors.streaming import StreamingNeighbors

__all__ = [
    "ExpectedSearch",
    "FileNeighbors",
    "MarkedRows",
    "NeighborEstimator",
    "NeighborGraph",
    "Neighbors",
    "RecallWarning",
    "SearchInfo",
    "SearchWarning",
    "StepWork",
    "StreamingNeighbors",
    "entries_bytes",
    "estimated_bytes",
    "expected_search",
    "find_farthest",
    "find_neighbors",
    "find_neighbors_by_value_difference",
    "find_neighbors_in_file",
    "find_neighbors_in_pool",
    "fit_estimator",
    "load_file_search",
    "load_same_class_first",
    "load_searches",
    "load_value_differences",
    "memory_needed_in_file",
    "needs_rows_in_memory",
    "same_class_comes_first",
    "same_class_first_pays",
    "save_searches",
    "saved",
    "scratch_needed_in_file",
    "share_searches",
    "squared_distances",
    "squared_distances_to",
]
