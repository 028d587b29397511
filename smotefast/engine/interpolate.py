"""Recipes of the SMOTE family: interpolate between a base row and one of its neighbors.

``LimitedInterpolate`` rounds the samples, keeps them within bounds, and takes missing values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

import numpy as np
from scipy.sparse import csr_array

from smotefast._phases import advance
from smotefast._row_files import RowFile
from smotefast._typing import CSR
from smotefast.engine.recipes import NumberRecipe, PairOrigins, csr_matrix_of, scaled_steps
from smotefast.kernels import kernels_are_loaded
from smotefast.neighbors.queries import counted_blocks, work_blocks
from smotefast.tables.casting import clamp

# Up to this many values one thread is faster than waking others; 8,000 samples of 20 columns
# take 0.1 ms on one thread.
_ONE_THREAD = 1 << 18
# Up to this many values NumPy takes less time (10 ms) than loading the kernel.
_FEW_VALUES = 1 << 20
# Values of one kernel call, about 0.1 s: a signal is handled between two calls.
_VALUES_PER_CALL = 1 << 24
# Values of base rows that are taken at a time; as many of their neighbors.
_VALUES_PER_TAKE = 1 << 21


@dataclass(frozen=True)
class Interpolate(NumberRecipe):
    """Samples between a base row and one of its neighbors."""

    def samples(self, choices: np.ndarray, *values: np.ndarray) -> np.ndarray:
        """Return ``base + step * (neighbor - base)``; ``values`` are the steps."""
        base, difference = self.pairs(choices)
        difference -= base
        samples: np.ndarray = base + values[0][:, np.newaxis] * difference
        return samples

    def fill(self, start: int, stop: int, out: np.ndarray, *, n_threads: int) -> None:
        """Write the samples ``start..stop`` of the class into ``out``."""
        choices, steps = self._read(start, stop)
        is_loaded = kernels_are_loaded()
        if numpy_interpolates(out.dtype, self.base.dtype, out.size, kernels_loaded=is_loaded):
            self._fill_in_blocks(out, choices, steps)
            return
        from smotefast.kernels.interpolate import interpolate_rows

        n_threads = 1 if out.size < _ONE_THREAD else n_threads
        per_call = self._values_per_call(out.size)
        for block in counted_blocks(len(out), out.shape[1], per_call, 1):
            rows = self._rows(choices[block])
            interpolate_rows(*rows, steps[block], out[block], n_threads=n_threads)

    def _values_per_call(self, n_values: int) -> int:
        """Return the values of a call; of rows in a file all, which are read at once."""
        if isinstance(self.base, RowFile):
            return n_values  # the caller's block has the size that the memory allows
        return _VALUES_PER_TAKE if self._takes_rows_drawn else _VALUES_PER_CALL

    def _rows(self, choices: np.ndarray) -> tuple[Any, ...]:
        """Return base rows, pool, neighbors and choices, maybe only of the rows drawn."""
        if not self._takes_rows_drawn:
            return self.base, self.pool, self.origins.neighbors, choices
        each = np.arange(len(choices))
        return *self.pairs(choices), each[:, np.newaxis].astype(np.int32), each

    @property
    def _takes_rows_drawn(self) -> bool:
        """Whether the rows that were drawn are taken first: from a file, or without a table."""
        return isinstance(self.base, RowFile) or isinstance(self.origins, PairOrigins)

    def csr_rows(self, start: int, stop: int, *, n_threads: int) -> csr_array:
        """Return the samples ``start..stop`` of the class as a CSR matrix."""
        if isinstance(self.origins, PairOrigins):
            return super().csr_rows(start, stop, n_threads=n_threads)
        from smotefast.kernels.interpolate import count_csr_rows, fill_csr_rows
        from smotefast.kernels.points import CsrRows

        choices, steps = self._read(start, stop)
        matrices = cast("tuple[CSR, CSR]", (self.base, self.pool))
        base, pool = (CsrRows(rows.indptr, rows.indices, rows.data) for rows in matrices)
        rows = base, pool, self.origins.neighbors
        is_rounded = rounds_floats(self.dtype, self.base.dtype)
        dtype = base.data.dtype if is_rounded else self.dtype
        counts = np.zeros(stop - start, dtype=np.int64)
        n_entries = 2 * len(counts) * len(base.data) / max(1, self.base.shape[0])
        n_threads = 1 if n_entries < _ONE_THREAD else n_threads
        empty = np.empty(0, base.indices.dtype), np.empty(0, dtype)
        blocks = list(
            work_blocks(len(counts), n_entries / max(1, len(counts)), _VALUES_PER_CALL, 1)
        )
        for block in blocks:
            drawn = choices[block], steps[block]
            count_csr_rows(*rows, *drawn, *empty, counts[block], n_threads=n_threads)
        indptr = np.concatenate([[0], np.cumsum(counts)])
        indices = np.empty(indptr[-1], base.indices.dtype)
        data = np.empty(indptr[-1], dtype)
        for block in blocks:
            drawn = choices[block], steps[block]
            fill_csr_rows(*rows, *drawn, indptr[block], indices, data, n_threads=n_threads)
            advance(len(drawn[0]))
        data = clamp(data, self.dtype) if is_rounded else data
        return csr_matrix_of(indptr, indices, data, self.base.shape[1])

    def _read(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """Return choices and steps."""
        choices, uniforms = self.origins.draws.read(start, stop)
        assert self.origins.step_size is not None
        return choices, scaled_steps(uniforms, self.origins.step_size)


class Limits(NamedTuple):
    """What the values of samples must be.

    Attributes
    ----------
    low, high
        Bounds of each column, shape (n_columns,), float64; infinite for none.
    is_rounded
        Whether a column is rounded to whole numbers, half to even; shape (n_columns,), bool.
    """

    low: np.ndarray
    high: np.ndarray
    is_rounded: np.ndarray

    def apply(self, rows: np.ndarray) -> None:
        """Round and clip rows of floats in place; NaN stays."""
        for j in np.flatnonzero(self.is_rounded):
            np.rint(rows[:, j], out=rows[:, j])
            rows[:, j] += 0  # -0.0 becomes 0.0
        low, high = self.low.astype(rows.dtype), self.high.astype(rows.dtype)
        for j in np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high)):
            np.clip(rows[:, j], low[j], high[j], out=rows[:, j])

    def apply_to_csr(self, rows: csr_array) -> None:
        """Do the same for a CSR matrix; each pair of bounds includes 0."""
        columns, data = rows.indices, rows.data
        is_rounded = self.is_rounded[columns]
        data[is_rounded] = np.rint(data[is_rounded])
        np.clip(data, self.low[columns], self.high[columns], out=data, casting="same_kind")
        rows.eliminate_zeros()


@dataclass(frozen=True)
class LimitedInterpolate(Interpolate):
    """Samples between a base row and a neighbor, within limits and perhaps with missing values.

    Attributes
    ----------
    limits
        The limits of the samples.
    has_missing
        Whether rows have missing values, as NaN. A value that one of the two rows has is
        copied; one that both miss is missing.
    """

    limits: Limits
    has_missing: bool

    def samples(self, choices: np.ndarray, *values: np.ndarray) -> np.ndarray:
        """Return samples; ``values`` are the steps."""
        samples = super().samples(choices, *values)
        if self.has_missing:
            base, neighbor = self.pairs(choices)
            samples = np.where(np.isnan(samples), np.fmax(base, neighbor), samples)
        if self.dtype.kind == "f":  # first, as the kernel does, so that values round equally
            samples = samples.astype(self.dtype, copy=False)
        self.limits.apply(samples)
        return samples

    def fill(self, start: int, stop: int, out: np.ndarray, *, n_threads: int) -> None:
        """Write the samples ``start..stop`` of the class into ``out``."""
        if out.dtype.kind == "f" and not self.has_missing:
            super().fill(start, stop, out, n_threads=n_threads)
            self.limits.apply(out)
        else:  # before floats are truncated to integers
            self._fill_in_blocks(out, *self._read(start, stop))

    def csr_rows(self, start: int, stop: int, *, n_threads: int) -> csr_array:
        """Return the samples ``start..stop`` of the class as a CSR matrix."""
        is_integer = self.dtype.kind in "iu"
        floats = replace(self, dtype=np.dtype(np.float64)) if is_integer else self
        rows = Interpolate.csr_rows(floats, start, stop, n_threads=n_threads)
        self.limits.apply_to_csr(rows)
        if is_integer:
            rows.data = clamp(rows.data, self.dtype)
        return rows


def numpy_interpolates(
    dtype: np.dtype[Any], computed: np.dtype[Any], n_values: int, *, kernels_loaded: bool
) -> bool:
    """Return whether NumPy interpolates, and not the kernel.

    NumPy does what the kernel cannot: dtypes that numba does not know, and integers that are
    computed as floats. It also interpolates few values while no kernel is loaded.

    Parameters
    ----------
    dtype, computed
        Dtype of the samples and of the rows that they are computed from.
    n_values
        Number of values of all samples.
    kernels_loaded
        Whether the process has loaded kernels.
    """
    if dtype.type in (np.float16, np.longdouble) or rounds_floats(dtype, computed):
        return True
    return n_values <= _FEW_VALUES and not kernels_loaded


def rounds_floats(dtype: np.dtype[Any], computed: np.dtype[Any]) -> bool:
    """Return whether integers are computed as floats, which may exceed their range."""
    return dtype.kind in "iu" and computed.kind == "f"
