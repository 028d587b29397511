"""Recipe of Borderline-SMOTE 2: shorter steps towards neighbors of other classes.

The neighbors are rows of any class. A step towards another class is multiplied by a factor in
[0, 0.5), so that the sample stays in the half next to the base row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy.sparse import csr_array

from smotefast._typing import CSR
from smotefast.engine.draws import FEW_DRAWS, Draws, Stream, draw
from smotefast.engine.recipes import (
    NumberRecipe,
    Origins,
    Provenance,
    csr_matrix_of,
    write_numbers,
)

# Neighbors of other classes are counted every so many samples, so that a block can start
# anywhere.
_COUNTED = 1 << 16


class OtherClassFactors:
    """Factors of the steps: below 0.5 towards neighbors of other classes, else 1.

    One factor is drawn for each sample whose neighbor is of another class, in the order of the
    samples.

    Parameters
    ----------
    random_state
        The generator where the factors begin. It may be moved.
    draws
        The draws of the class.
    is_other_class
        Whether each entry of the table of neighbors is of another class, shape (n_base * k,).
    advance
        Whether the next class continues with ``random_state``.
    """

    def __init__(
        self,
        random_state: np.random.RandomState,
        draws: Draws,
        is_other_class: np.ndarray,
        *,
        advance: bool = False,
    ) -> None:
        self._draws = draws
        self._is_other_class = is_other_class
        self._kept: np.ndarray | None
        counts = [
            np.count_nonzero(is_other_class[draws.choices(i, min(i + _COUNTED, draws.n))])
            for i in range(0, draws.n, _COUNTED)
        ]
        self._n_before = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        n_factors = int(self._n_before[-1])
        if n_factors <= FEW_DRAWS:
            self._kept = draw(random_state, "uniform", n_factors)
            return
        self._kept, self._stream = None, Stream.at(random_state, "uniform")
        if advance:
            random_state.set_state(self._stream.state_after(n_factors))

    def read(self, start: int, choices: np.ndarray) -> np.ndarray:
        """Return the factors of the samples from ``start`` on, given their choices."""
        index = start // _COUNTED
        skipped = self._draws.choices(index * _COUNTED, start)
        first = int(self._n_before[index] + np.count_nonzero(self._is_other_class[skipped]))
        mask = self._is_other_class[choices]
        last = first + int(np.count_nonzero(mask))
        kept = self._kept
        uniforms = self._stream.read(first, last) if kept is None else kept[first:last]
        factors = np.ones(len(choices))
        factors[mask] = 0.5 * uniforms
        return factors


@dataclass(frozen=True, kw_only=True)
class ShortenedOrigins(Origins):
    """Base row, neighbor and shortened step of each sample of a class."""

    factors: OtherClassFactors

    def provenance(self, start: int, stop: int) -> Provenance:
        """Compute again where the samples ``start..stop`` come from."""
        provenance = super().provenance(start, stop)
        factors = self.factors.read(start, self.draws.choices(start, stop))
        return provenance._replace(step=provenance.step * factors)


@dataclass(frozen=True)
class InterpolateShortened(NumberRecipe):
    """Samples between a base row and a neighbor of any class; few rows, so NumPy computes."""

    origins: ShortenedOrigins

    def samples(self, choices: np.ndarray, *values: np.ndarray) -> np.ndarray:
        """Return ``base + step * factor * (neighbor - base)``; values are steps and factors."""
        steps, factors = values
        base, difference = self.pairs(choices)
        difference -= base
        difference = _shortened(difference, factors[:, np.newaxis])
        samples: np.ndarray = base + steps[:, np.newaxis] * difference
        return samples

    def fill(self, start: int, stop: int, out: np.ndarray, *, n_threads: int) -> None:
        """Write the samples ``start..stop`` of the class into ``out``."""
        self._fill_in_blocks(out, *self._read(start, stop))

    def csr_rows(self, start: int, stop: int, *, n_threads: int) -> csr_array:
        """Return the samples ``start..stop`` of the class as a CSR matrix."""
        choices, steps, factors = self._read(start, stop)
        base_rows, neighbors = self.origins.pairs(choices)
        rows_of, pool = cast("tuple[CSR, CSR]", (self.base, self.pool))
        base = csr_array(rows_of)[base_rows]
        difference = csr_array(pool)[neighbors] - base
        n_entries = np.diff(difference.indptr)
        difference.data = _shortened(difference.data, np.repeat(factors, n_entries))
        difference.data = np.repeat(steps, n_entries) * difference.data
        rows = base + difference
        rows.sum_duplicates()
        data = np.empty(rows.nnz, self.dtype)
        write_numbers(rows.data, data)
        return csr_matrix_of(rows.indptr, rows.indices, data, self.base.shape[1])

    def _read(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        choices, steps = self.origins.draws.read(start, stop)
        return choices, steps, self.origins.factors.read(start, choices)


def _shortened(differences: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Multiply differences in their own dtype, as imbalanced-learn; integers in float64."""
    shortened: np.ndarray = differences * factors
    return shortened.astype(differences.dtype) if differences.dtype.kind == "f" else shortened
