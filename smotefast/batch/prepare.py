"""From counted classes to a job that can be filled, within the limit.

Everything that can refuse the job happens here, before anything is written.
"""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from smotefast.batch.gather import gather_matrices, gather_table
from smotefast.batch.plan import Plan, make_plan
from smotefast.batch.scan import Classes
from smotefast.batch.warm import load_kernels
from smotefast.batch.widths import Widths
from smotefast.batch.write import NewRows
from smotefast.engine.job import Job
from smotefast.engine.quota import Counts
from smotefast.engine.recipe import Interpolate
from smotefast.report.progress import Progress
from smotefast.storage import ParquetSource, refuse_above, release_memory
from smotefast.tables.columns import check_numeric_fields

_RECALL_SAMPLE = 1000
# Kernels load in 0.4 s (exact search) to 1.3 s; compiling takes 5 to 35 s, and leaves 60 to
# 270 MiB behind.
_COMPILING_SECONDS = 3.0


class JustCompiledError(MemoryError):
    """The limit is not enough for a process that has compiled; it may be for the next one."""


@dataclass(frozen=True)
class Request:
    """What is to be done, checked as far as arguments and files go."""

    source: ParquetSource
    sampler: Any
    target: str
    columns: list[str]
    features: list[str]
    classes: Classes
    quota: Counts
    limit: int

    @functools.cached_property
    def widths(self) -> Widths:
        """What the columns take in memory."""
        return Widths(self.source, self.columns)

    @property
    def schema(self) -> pa.Schema:
        """Schema of the destination: fields and metadata of the source."""
        fields = [self.source.schema.field(name) for name in self.columns]
        return pa.schema(fields, metadata=self.source.schema.metadata)

    @property
    def sizes(self) -> Counts:
        """Rows in the source of each class that gets new ones."""
        return {label: self.classes.counts[label] for label in self.wanted}

    @property
    def wanted(self) -> Counts:
        """Rows to make, of the classes that get any."""
        return {label: n for label, n in self.quota.items() if n}


@dataclass(frozen=True)
class Prepared:
    """A job, its rows as batches, the sizes to write them in, and how well it was searched."""

    job: Job
    new_rows: NewRows
    plan: Plan
    recall: float | None


def prepare_job(request: Request, progress: Progress) -> Prepared:
    """Plan the memory, gather the classes, find neighbours.

    Raises
    ------
    MemoryError
        If the job would not stay under the limit.
    ValueError
        If the rows of a class do not serve.
    """
    if request.sampler._copies_rows:
        return _prepare_copies(request, progress)
    return _prepare_interpolation(request, progress)


def _prepare_copies(request: Request, progress: Progress) -> Prepared:
    n_kept = sum(request.sizes.values())
    columns, schema = request.columns, request.schema
    widths = request.widths
    kept = n_kept * (widths.row_bytes(columns) + 8) + widths.dictionary_bytes(columns)
    # One column is held twice while its pieces are joined.
    joining = max(n_kept * widths.row_bytes([name]) for name in columns)
    plan = _plan(request, kept=int(kept), search=int(joining))
    progress.phase("reading classes", request.source.n_rows)
    rows = gather_table(
        request.source,
        request.target,
        columns,
        request.sizes,
        plan.batch_rows,
        progress,
        request.limit,
    )
    job = request.sampler._prepare(rows, request.wanted)
    new_rows = NewRows(job, schema, request.target, request.classes, None, rows)
    return Prepared(job, new_rows, plan, None)


def _prepare_interpolation(request: Request, progress: Progress) -> Prepared:
    dtype = _matrix_dtype(request)
    progress.phase("loading kernels")
    n_rows = max(request.sizes.values(), default=0)
    started = time.perf_counter()
    load_kernels(request.sampler, n_rows, len(request.features), dtype)
    compiled = time.perf_counter() - started > _COMPILING_SECONDS
    kept, search = _matrix_bytes(request, dtype)
    try:
        plan = _plan(request, kept=kept, search=search)
    except MemoryError as error:
        if compiled:
            raise JustCompiledError(
                f"{error} Kernels were compiled just now, which takes memory once: run again."
            ) from error
        raise
    progress.phase("reading classes", request.source.n_rows)
    rows = gather_matrices(
        request.source,
        request.target,
        request.features,
        dtype,
        request.sizes,
        plan.batch_rows,
        progress,
        request.limit,
    )
    progress.phase("finding neighbours")
    job = request.sampler._prepare(rows, request.wanted)
    recall = sampled_recall(job)
    refuse_above(request.limit)
    release_memory()
    new_rows = NewRows(job, request.schema, request.target, request.classes, dtype, None)
    return Prepared(job, new_rows, plan, recall)


def _plan(request: Request, *, kept: int, search: int) -> Plan:
    return make_plan(
        request.widths,
        request.columns,
        n_written=request.source.n_rows + sum(request.wanted.values()),
        kept=kept,
        search=search,
        limit=request.limit,
    )


def _matrix_dtype(request: Request) -> np.dtype[Any]:
    """Return the type that the sampler computes in; refuse what it cannot compute with."""
    index = _index_columns(request)
    if index:
        options = " ".join(f"--drop {name}" for name in index)
        raise ValueError(
            f"Column {index[0]!r} is the index of a pandas frame, not a feature. Leave it out "
            f"with drop={index} (on the command line {options})."
        )
    dtype = check_numeric_fields([request.schema.field(name) for name in request.features])
    if dtype.kind == "b":
        raise TypeError(
            f"{type(request.sampler).__name__} cannot interpolate between booleans, and all "
            "features are. Use the sampler 'random', which copies rows."
        )
    return dtype


def _index_columns(request: Request) -> list[str]:
    """Return the features that pandas wrote of an index; it notes those that have a name."""
    noted = (request.source.schema.pandas_metadata or {}).get("index_columns", [])
    named = [name for name in noted if isinstance(name, str)]  # a range is noted as a dict
    return [
        name for name in request.features if name in named or name.startswith("__index_level_")
    ]


def _matrix_bytes(request: Request, dtype: np.dtype[Any]) -> tuple[int, int]:
    """Return the bytes of matrices and neighbours, and the most that a search adds."""
    n_features, k = len(request.features), neighbor_count(request.sampler)
    widened = 8 if dtype.kind in "iu" else 0  # integers are computed with in 8 bytes
    kept, most = 0, 0
    for n_rows in request.sizes.values():
        kept += n_rows * (n_features * (dtype.itemsize + widened) + 4 * k + 8)
        search = _search_bytes(request.sampler, n_rows, n_features, k)
        # Neighbours found for some rows are spread to all: a second copy for a moment.
        most = max(most, search + n_rows * (4 * k + n_features * widened))
    return kept, most


def _search_bytes(sampler: Any, n_rows: int, n_features: int, k: int) -> int:
    from smotefast.neighbors import estimated_bytes

    if k == 0:
        return 0
    if hasattr(sampler.k_neighbors, "kneighbors"):  # nobody knows; trees take about this
        return n_rows * (n_features * 24 + 16 * k)
    return estimated_bytes(n_rows, n_features, k, sampler.search)


def neighbor_count(sampler: Any) -> int:
    """Return how many neighbours a sampler looks for, 0 for one that needs none."""
    given: Any = getattr(sampler, "k_neighbors", 0)
    return int(given.n_neighbors) - 1 if hasattr(given, "kneighbors") else int(given)


def sampled_recall(job: Job) -> float | None:
    """Return the share of true neighbours found, over a sample of the rows that are used."""
    if job.method != "approximate":
        return None
    from smotefast.neighbors import recall_at_k

    found, weight = 0.0, 0
    for recipe in job.recipes:
        assert isinstance(recipe, Interpolate)
        neighbors, draws = recipe.origins.neighbors, recipe.origins.draws
        assert neighbors is not None
        drawn = draws.choices(0, min(draws.n, 4 * _RECALL_SAMPLE)) // neighbors.shape[1]
        queries = np.unique(drawn)[:: max(1, len(np.unique(drawn)) // _RECALL_SAMPLE)]
        recall = recall_at_k(
            recipe.pool,
            neighbors[queries],
            queries=queries,
            sample=_RECALL_SAMPLE,
            n_threads=job.n_threads,
        )
        found += recall * draws.n
        weight += draws.n
    return found / weight
