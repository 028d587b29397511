"""Find nearest neighbors of rows in a file: those that ``find_neighbors`` finds in memory.

What decides the method, and what an approximate search looks through, follows from samples of
the rows, never from the memory. The neighbors are written to a file, too.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from smotefast._phases import log_detail, log_step, phase
from smotefast._row_files import RowFile
from smotefast.neighbors import rules
from smotefast.neighbors.cells.approximate import RECALL_QUERIES, RECALL_SEED, RECALLS
from smotefast.neighbors.cells.estimate import (
    CenterExcesses,
    WalkCosts,
    costs_of_samples,
    draw_samples,
    sample_size,
)
from smotefast.neighbors.cells.partition import Assignment, assign, rows_per_cell
from smotefast.neighbors.cells.row_file_cells import sort_by_cell
from smotefast.neighbors.cells.row_file_walk import FileWalk
from smotefast.neighbors.cells.search import WHOLE, Reach
from smotefast.neighbors.exact.duplicates import DISTINCT_SAMPLE, distinct_share
from smotefast.neighbors.exact.scan import rank_candidates
from smotefast.neighbors.planner import METHODS, plan_search
from smotefast.neighbors.problem import SearchProblem
from smotefast.neighbors.queries import (
    FilePoints,
    as_file_points,
    as_points,
    other_queries,
    random_rows,
)
from smotefast.neighbors.result import RECALL_WANTED, SearchResult, index_dtype, recall
from smotefast.neighbors.runner import warn_recall
from smotefast.neighbors.streaming import StreamingNeighbors
