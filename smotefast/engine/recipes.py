"""Recipes: how the synthetic samples of one class are generated, in blocks ``start..stop``.

``Copy`` copies rows. ``NumberRecipe`` is the base of recipes that compute rows of numbers, such
as ``Interpolate``: a subclass adds a function of base rows, neighbors and draws. A recipe holds
rows of the data and its ``Origins``: where each sample comes from. Those hold no values of X,
so a fitted sampler keeps them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
from scipy.sparse import csr_array

from smotefast._phases import advance
from smotefast._row_files import RowFile
from smotefast._typing import Label, Matrix
from smotefast.engine.draws import Draws
from smotefast.tables.casting import clamp
from smotefast.tables.sparse import index_type

# Values at a time for NumPy, few enough to stay in the cache: 8,000 rows x 20 float64 and the
# copy of 10,000 take 0.5 ms, and 3.5 ms at once; 400 x 278 take 0.3 ms, and 2.1 ms in blocks of
# 512 rows.
_BLOCK = 10_000
# Values of base rows that are read from a file at a time, as many of their neighbors, and two
# arrays of that size for the arithmetic.
_VALUES_PER_READ = 1 << 18
# Differences of integers below this are integers of 64 bits.
_LARGE_INTEGER = 1 << 62


class Provenance(NamedTuple):
    """Where synthetic samples come from: positions of rows in the data that was resampled.

    All have shape (n_samples,). A sample lies at ``base + step * (neighbor - base)``. The
    neighbor of a copied row is the row itself, at step 0. The step is NaN if samples do not lie
    between two rows.
    """

    base: np.ndarray
    neighbor: np.ndarray
    step: np.ndarray


class Positions(Protocol):
    """Positions of rows, taken by number: an array, or what stands for one."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: np.ndarray, /) -> np.ndarray: ...


class ConsecutivePositions:
    """Positions of rows that follow each other, without an array of them."""

    def __init__(self, positions: range) -> None:
        self._positions = positions

    def __len__(self) -> int:
        return len(self._positions)

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        return rows + self._positions.start


@dataclass(frozen=True)
class Origins:
    """Base row, neighbor and step of each sample of a class, computed from the draws.

    Attributes
    ----------
    label
        The class.
    base_positions, pool_positions
        Positions in X of the base rows and of the rows that can be neighbors; like the
        neighbors, an array or a file.
    neighbors
        Indices into the pool, shape (n_base, k); None for copies.
    draws
        Random draws of each sample: an integer that counts ``base row * k + neighbor``, then
        its step or other values. ``draws.n`` is the number of samples.
    step_size
        Largest step: uniforms are multiplied by it. None if samples do not lie between a base
        row and a neighbor.
    base_indices
        Of rows in a file, index in the class of each base row; None if these are all its rows.
    """

    label: Label
    base_positions: Positions
    pool_positions: Positions
    neighbors: np.ndarray | RowFile | None
    draws: Draws
    step_size: float | None = 1.0
    base_indices: np.ndarray | None = None

    @property
    def n_rows(self) -> int:
        """Number of samples."""
        return self.draws.n

    def base_rows(self, start: int, stop: int) -> np.ndarray:
        """Return the indices of the base rows of the samples ``start..stop``."""
        choices = self.draws.choices(start, stop)
        return choices if self.neighbors is None else choices // self.neighbors.shape[1]

    def pairs(self, choices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the indices of the base rows and of the neighbors that were drawn."""
        if self.neighbors is None:
            return choices, choices
        return choices // self.neighbors.shape[1], self.neighbors.reshape(-1)[choices]

    def provenance(self, start: int, stop: int) -> Provenance:
        """Compute again where the samples ``start..stop`` come from."""
        if self.neighbors is None:
            base = self.base_positions[self.draws.choices(start, stop)]
            return Provenance(base, base, np.zeros(len(base)))
        return self._between(start, stop)

    def _between(self, start: int, stop: int) -> Provenance:
        choices, *values = self.draws.read(start, stop)
        base_rows, neighbors = self.pairs(choices)
        steps = np.full(len(choices), np.nan)
        if self.step_size is not None:
            steps = scaled_steps(values[0], self.step_size)
        return Provenance(self.base_positions[base_rows], self.pool_positions[neighbors], steps)


@dataclass(frozen=True)
class PairOrigins(Origins):
    """Origins of samples between any two rows of the pool, which are the base rows as well.

    The integer of a sample counts ``base row * n_pool + neighbor``; ``neighbors`` is None,
    because a table would have an entry for each pair.
    """

    def base_rows(self, start: int, stop: int) -> np.ndarray:
        """Return the indices of the base rows of the samples ``start..stop``."""
        return self.pairs(self.draws.choices(start, stop))[0]

    def pairs(self, choices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the indices of the base rows and of the neighbors that were drawn."""
        return np.divmod(choices, len(self.pool_positions))

    def provenance(self, start: int, stop: int) -> Provenance:
        """Compute again where the samples ``start..stop`` come from."""
        return self._between(start, stop)


def scaled_steps(uniforms: np.ndarray, step_size: float) -> np.ndarray:
    """Scale uniforms to steps from the base row towards the neighbor."""
    return uniforms if step_size == 1.0 else step_size * uniforms


class ComputedRecipe(Protocol):
    """A recipe that computes samples: of numbers, of categories, or of both."""

    @property
    def origins(self) -> Origins:
        """Where the samples come from."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """Dtype of the samples."""
        ...

    def fill(self, start: int, stop: int, out: Any, *, n_threads: int) -> None:
        """Write the samples ``start..stop`` of the class into ``out``, a row for each.

        The samples depend neither on the block nor on the number of threads.
        """
        ...


@dataclass(frozen=True)
class Copy:
    """Samples that copy rows of the class, whatever their values are."""

    origins: Origins


Recipe = Copy | ComputedRecipe


@dataclass(frozen=True)
class NumberRecipe(ABC):
    """Base of recipes for rows of numbers: a subclass adds ``samples``.

    Attributes
    ----------
    origins
        Where the samples come from.
    base, pool
        The base rows and the rows that can be neighbors: C-contiguous arrays, canonical CSR
        matrices or files, of floats or of integers of 64 bits.
    dtype
        Dtype of the samples. Integers are truncated toward zero and never wrap around.
    """

    origins: Origins
    base: Matrix | RowFile
    pool: Matrix | RowFile
    dtype: np.dtype[Any]

    @classmethod
    def between(
        cls, origins: Origins, base: Matrix | RowFile, pool: Matrix | RowFile, **fields: Any
    ) -> Self:
        """Return a recipe for rows of the data; they are widened for the arithmetic.

        ``fields`` are the attributes that a subclass adds.
        """
        wide = widened_rows(base)
        wide_pool = wide if pool is base else widened_rows(pool)
        return cls(origins, wide, wide_pool, base.dtype, **fields)

    @abstractmethod
    def samples(self, choices: np.ndarray, *values: np.ndarray) -> np.ndarray:
        """Return one sample for each draw, shape (n, n_features).

        Parameters
        ----------
        choices
            The base rows and neighbors that were drawn, for ``pairs``; shape (n,).
        *values
            The other values that each sample drew, shape (n,) or (n, width).
        """

    def pairs(self, choices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the base rows and the neighbors that were drawn, arrays (n, n_features)."""
        base_rows, neighbors = self.origins.pairs(choices)
        return dense_rows(self.base[base_rows]), dense_rows(self.pool[neighbors])

    def fill(self, start: int, stop: int, out: np.ndarray, *, n_threads: int) -> None:
        """Write the samples ``start..stop`` of the class into ``out``."""
        self._fill_in_blocks(out, *self.origins.draws.read(start, stop))

    def csr_rows(self, start: int, stop: int, *, n_threads: int) -> csr_array:
        """Return the samples ``start..stop`` of the class as a CSR matrix."""
        out = np.empty((stop - start, self.base.shape[1]), self.dtype)
        self.fill(start, stop, out, n_threads=n_threads)
        rows = csr_array(out)
        return csr_matrix_of(rows.indptr, rows.indices, rows.data, out.shape[1])

    def _fill_in_blocks(self, out: np.ndarray, *drawn: np.ndarray) -> None:
        in_file = isinstance(self.base, RowFile)
        for block in _blocks_of(out, _VALUES_PER_READ if in_file else _BLOCK):
            samples = self.samples(*[values[block] for values in drawn])
            write_numbers(samples, out[block])
            advance(len(samples))


def widened_rows(rows: Matrix | RowFile) -> Matrix | RowFile:
    """Return float rows as they are and integer rows as int64, so that no difference wraps.

    Rows with values of 2**62 and beyond become float64, which rounds above 2**53. Rows in a
    file are converted when they are read.
    """
    if rows.dtype.kind == "f":
        return rows
    if isinstance(rows, RowFile):
        blocks = (rows[block] for block in rows.blocks(max(1, _BLOCK // rows.shape[1])))
        return rows.converted_to(_wide_type(rows.dtype, blocks))
    values = rows if isinstance(rows, np.ndarray) else rows.data
    return rows.astype(_wide_type(rows.dtype, [values]))


def _wide_type(dtype: np.dtype[Any], blocks: Iterable[np.ndarray]) -> type[np.number[Any]]:
    """Return the type in which differences of integers do not wrap."""
    if dtype.itemsize < 8:
        return np.int64
    is_large = any(
        values.size and (values.max() >= _LARGE_INTEGER or values.min() < -_LARGE_INTEGER)
        for values in blocks
    )
    return np.float64 if is_large else np.int64


def dense_rows(rows: Matrix) -> np.ndarray:
    """Return rows of an array or of a CSR matrix as an array."""
    return rows if isinstance(rows, np.ndarray) else rows.toarray()


def write_numbers(values: np.ndarray, out: np.ndarray) -> None:
    """Write computed values; integers are truncated toward zero and never wrap around."""
    if out.dtype.kind in "iu" and values.dtype.kind == "f":
        out[:] = clamp(values, out.dtype)
    else:
        out[:] = values


def csr_matrix_of(
    indptr: np.ndarray, indices: np.ndarray, data: np.ndarray, n_features: int
) -> csr_array:
    """Return a CSR matrix with indices of 32 bits, if they suffice."""
    dtype = index_type(len(data), n_features)
    parts = data, indices.astype(dtype, copy=False), indptr.astype(dtype)
    return csr_array(parts, shape=(len(indptr) - 1, n_features))


def _blocks_of(out: np.ndarray, n_values: int) -> Iterator[slice]:
    step = max(16, n_values // out.shape[1])
    for start in range(0, out.shape[0], step):
        yield slice(start, start + step)
