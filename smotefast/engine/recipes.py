"""What a sampler declares for one class, and how rows ``start..stop`` of it are made.

Class rows, neighbours and draws flow in; blocks of new rows flow out. ``Interpolate``
makes rows between a base row and a neighbour; ``Copy`` repeats rows as they are;
``Smooth`` repeats rows with noise.
``Origins`` is the part of a recipe that says where each new row came from; it holds no
feature values, so it can be kept after the rows are made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from smotefast.engine.draws import Draws
from smotefast.kernels import kernels_are_loaded
from smotefast.tables.casting import clamp
from smotefast.tables.sparse import index_type

if TYPE_CHECKING:
    from smotefast.kernels.interpolate_csr import CsrRows


class Provenance(NamedTuple):
    """Where new rows came from, by position in the data that was resampled.

    ``base`` and ``neighbor`` have shape ``(n_new,)``; a copied row is its own neighbour,
    at ``step`` 0.
    """

    base: np.ndarray
    neighbor: np.ndarray
    step: np.ndarray


class StepFactors(Protocol):
    """Factors that shorten some steps."""

    def read(self, start: int, choices: np.ndarray) -> np.ndarray:
        """Return the factors of the samples from ``start`` on, given their choices."""
        ...


@dataclass(frozen=True)
class Origins:
    """Base row, neighbour and step of each new row of a class, read off the draws.

    Attributes
    ----------
    label
        The class.
    base_positions, pool_positions
        Where the base rows and the rows of the neighbour pool stand in the whole data.
    neighbors
        Positions in the pool, of shape ``(n_base, k)``; None for copies.
    draws
        The random draws; ``draws.n`` is the number of new rows.
    step_size
        Uniforms are multiplied by it.
    factors
        What ways to neighbours of other classes are shortened by; None for nothing.
    """

    label: Any
    base_positions: np.ndarray
    pool_positions: np.ndarray
    neighbors: np.ndarray | None
    draws: Draws
    step_size: float = 1.0
    factors: StepFactors | None = None

    @property
    def n_rows(self) -> int:
        """How many rows the class gets."""
        return self.draws.n

    def steps(self, uniforms: np.ndarray) -> np.ndarray:
        """Scale the uniforms to steps along the way to the neighbour."""
        return uniforms if self.step_size == 1.0 else self.step_size * uniforms

    def provenance(self, start: int, stop: int) -> Provenance:
        """Recompute where the new rows ``start..stop`` of the class came from."""
        if self.neighbors is None:
            base = self.base_positions[self.draws.choices(start, stop)]
            return Provenance(base, base, np.zeros(len(base)))
        choices, uniforms = self.draws.read(start, stop)
        base = self.base_positions[choices // self.neighbors.shape[1]]
        neighbor = self.pool_positions[self.neighbors.reshape(-1)[choices]]
        steps = self.steps(uniforms)
        if self.factors is not None:
            steps = steps * self.factors.read(start, choices)
        return Provenance(base, neighbor, steps)


@dataclass(frozen=True)
class Copy:
    """New rows that repeat drawn rows of the class."""

    origins: Origins


@dataclass(frozen=True)
class Smooth:
    """New rows that repeat drawn rows of the class, with normal noise added.

    ``base`` holds the class's rows, an array or CSR matrix; ``scale`` of shape
    (n_features,) multiplies standard normals; ``dtype`` is the type of the new rows.
    """

    origins: Origins
    base: Any
    scale: np.ndarray
    dtype: np.dtype[Any]

    def fill(self, start: int, stop: int, out: np.ndarray, *, n_threads: int) -> None:
        """Write the new rows ``start..stop`` of the class into ``out``."""
        choices = self.origins.draws.choices(start, stop)
        normals = self.origins.draws.normals(start, stop)
        for block in _warm_blocks(out):
            rows = self.base[choices[block]]
            noise = normals[block] * self.scale
            noise += rows if isinstance(rows, np.ndarray) else rows.toarray()
            _write(noise, out[block])

    def csr_rows(self, start: int, stop: int, *, n_threads: int) -> CsrRows:
        """Return the new rows as the parts of a CSR matrix; noise leaves no zeros."""
        from scipy.sparse import csr_array

        out = np.empty((stop - start, self.base.shape[1]), self.dtype)
        self.fill(start, stop, out, n_threads=n_threads)
        rows = csr_array(out)
        return _narrowed(rows.indptr, rows.indices, rows.data, self.base.shape[1])


@dataclass(frozen=True)
class Interpolate:
    """New rows between a base row and one of its neighbours in the pool.

    ``base`` and ``pool`` are C-contiguous arrays or canonical CSR matrices, of a type that
    the kernels compute in; ``dtype`` is the type of the new rows.
    """

    origins: Origins
    base: Any
    pool: Any
    dtype: np.dtype[Any]

    @classmethod
    def between(cls, origins: Origins, base: Any, pool: Any) -> Interpolate:
        """Take rows of the data's own type and widen them for the arithmetic."""
        wide = widened_rows(base)
        return cls(origins, wide, wide if pool is base else widened_rows(pool), base.dtype)

    def fill(self, start: int, stop: int, out: np.ndarray, *, n_threads: int) -> None:
        """Write the new rows ``start..stop`` of the class into ``out``."""
        block = self.origins.draws.read(start, stop)
        steps = self.origins.steps(block.steps)
        neighbors = self.origins.neighbors
        assert neighbors is not None
        is_little = out.size <= _LITTLE and not kernels_are_loaded()
        unknown = out.dtype.type in (np.float16, np.longdouble)  # to numba
        factors = self._factors(start, block.choices)
        if is_little or unknown or self._is_clamped or factors is not None:
            for rows in _warm_blocks(out):
                choices = block.choices[rows]
                base = self.base[choices // neighbors.shape[1]]
                way = self.pool[neighbors.reshape(-1)[choices]]
                way -= base
                if factors is not None:  # few rows: those near the border
                    way = _shortened(way, factors[rows, np.newaxis])
                _write(base + steps[rows, np.newaxis] * way, out[rows])
            return
        from smotefast.kernels.interpolate import interpolate_rows

        threads = 1 if out.size < _ONE_THREAD else n_threads
        interpolate_rows(
            self.base, self.pool, neighbors, block.choices, steps, out, n_threads=threads
        )

    def csr_rows(self, start: int, stop: int, *, n_threads: int) -> CsrRows:
        """Return the new rows ``start..stop`` of the class as the parts of a CSR matrix."""
        from smotefast.kernels.interpolate_csr import CsrRows, count_csr_rows, fill_csr_rows

        choices, uniforms = self.origins.draws.read(start, stop)
        neighbors = self.origins.neighbors
        factors = self._factors(start, choices)
        if factors is not None:
            return self._shortened_csr_rows(choices, self.origins.steps(uniforms), factors)
        base, pool = (CsrRows(m.indptr, m.indices, m.data) for m in (self.base, self.pool))
        how = (base, pool, neighbors, choices, self.origins.steps(uniforms))
        kind = base.data.dtype if self._is_clamped else self.dtype
        counts = np.zeros(stop - start, dtype=np.int64)
        entries = 2 * len(counts) * len(base.data) / max(1, self.base.shape[0])
        n_threads = 1 if entries < _ONE_THREAD else n_threads
        nothing = np.empty(0, base.indices.dtype), np.empty(0, kind)
        count_csr_rows(*how, *nothing, counts, n_threads=n_threads)
        indptr = np.concatenate([[0], np.cumsum(counts)])
        indices = np.empty(indptr[-1], base.indices.dtype)
        data = np.empty(indptr[-1], kind)
        fill_csr_rows(*how, indptr, indices, data, n_threads=n_threads)
        data = clamp(data, self.dtype) if self._is_clamped else data
        return _narrowed(indptr, indices, data, self.base.shape[1])

    def _factors(self, start: int, choices: np.ndarray) -> np.ndarray | None:
        factors = self.origins.factors
        return None if factors is None else factors.read(start, choices)

    def _shortened_csr_rows(
        self, choices: np.ndarray, steps: np.ndarray, factors: np.ndarray
    ) -> CsrRows:
        from scipy.sparse import csr_array

        neighbors = self.origins.neighbors
        assert neighbors is not None
        base = csr_array(self.base)[choices // neighbors.shape[1]]
        way = csr_array(self.pool)[neighbors.reshape(-1)[choices]] - base
        entries = np.diff(way.indptr)
        way.data = _shortened(way.data, np.repeat(factors, entries))
        way.data = np.repeat(steps, entries) * way.data
        rows = base + way
        rows.sum_duplicates()
        data = np.empty(rows.nnz, self.dtype)
        _write(rows.data, data)
        return _narrowed(rows.indptr, rows.indices, data, self.base.shape[1])

    @property
    def _is_clamped(self) -> bool:
        """Whether integers are computed with as floats, which may end beyond their range."""
        return self.dtype.kind in "iu" and self.base.dtype.kind == "f"


# Below this many values waking threads costs more than it saves; measured with 20 columns,
# where 8,000 new rows take 0.1 ms on one thread.
_ONE_THREAD = 1 << 18
# Values at a time in numpy's arithmetic, few enough for memory that is still warm: 8,000
# rows x 20 float64 and the copy of 10,000 take 0.5 ms, and 3.5 ms at once; 400 x 278 take
# 0.3 ms, and 2.1 ms in blocks of 512 rows.
_BLOCK = 10_000
# Up to this many values numpy's arithmetic takes less (10 ms) than loading the kernel.
_LITTLE = 1 << 20
# Differences of integers below this are integers of 64 bits.
_FAR = 1 << 62


def widened_rows(rows: Any) -> Any:
    """Return float rows as they are and integer rows as int64, so no difference wraps.

    Rows with values of 2**62 and beyond become float64, which rounds above 2**53.
    """
    if rows.dtype.kind == "f":
        return rows
    values = rows if isinstance(rows, np.ndarray) else rows.data
    is_wide = rows.dtype.itemsize == 8 and values.size
    if is_wide and (values.max() >= _FAR or values.min() < -_FAR):
        return rows.astype(np.float64)
    return rows.astype(np.int64)


def _warm_blocks(out: np.ndarray) -> Iterator[slice]:
    step = max(16, _BLOCK // out.shape[1])
    for start in range(0, out.shape[0], step):
        yield slice(start, start + step)


def _shortened(ways: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Multiply differences in their own type, as imbalanced-learn does; integers in float64."""
    shortened: np.ndarray = ways * factors
    return shortened.astype(ways.dtype) if ways.dtype.kind == "f" else shortened


def _write(values: np.ndarray, out: np.ndarray) -> None:
    """Write computed values; integers are truncated toward zero and never wrap around."""
    if out.dtype.kind in "iu" and values.dtype.kind == "f":
        out[:] = clamp(values, out.dtype)
    else:
        out[:] = values


def _narrowed(
    indptr: np.ndarray, indices: np.ndarray, data: np.ndarray, n_features: int
) -> CsrRows:
    from smotefast.kernels.interpolate_csr import CsrRows

    kind = index_type(len(data), n_features)
    return CsrRows(indptr.astype(kind), indices.astype(kind, copy=False), data)
