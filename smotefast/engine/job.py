"""Job: the synthetic samples of all classes, generated in blocks of any size.

``fit_resample`` fills the job once, into the tail of the result; a job on files fills it block
by block. The samples do not depend on the blocks or on the threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from smotefast.engine.mixed_recipes import MixedMatrix, Recipe
from smotefast.engine.recipes import Copy, Interpolate, Origins, Provenance, Smooth


class Job:
    """Synthetic samples of all classes, one class after the other.

    Parameters
    ----------
    recipes
        One or more for each class that gets samples, in label order.
    n_threads
        Threads that ``fill`` may use.
    method
        How neighbors were found: "exact", "approximate", "estimator", or None.
    messages
        Sentences for one warning about samples that are not generated as requested.
    """

    def __init__(
        self,
        recipes: Sequence[Recipe],
        *,
        n_threads: int = 1,
        method: str | None = None,
        messages: Sequence[str] = (),
    ) -> None:
        self.recipes = list(recipes)
        self.n_threads = n_threads
        self.method = method
        self.messages = list(messages)
        self._ends = np.cumsum([recipe.origins.n_rows for recipe in self.recipes], dtype=int)

    @property
    def n_rows(self) -> int:
        """Number of synthetic samples."""
        return int(self._ends[-1]) if len(self._ends) else 0

    @property
    def dtype(self) -> np.dtype[Any] | None:
        """Dtype of the samples; None if there are none, or if they are copies of any type."""
        first = self.recipes[0] if self.recipes else None
        return None if first is None or isinstance(first, Copy) else first.dtype

    def parts(self, start: int, stop: int) -> Iterator[tuple[Recipe, int, int, int]]:
        """Split a block at the class borders.

        Yields
        ------
        recipe, first, last, at
            Samples ``first..last`` of the recipe start at index ``at`` of the block.
        """
        begin = 0
        for recipe, end in zip(self.recipes, self._ends.tolist(), strict=True):
            first, last = max(start, begin), min(stop, end)
            if first < last:
                yield recipe, first - begin, last - begin, first - start
            begin = end

    def fill(self, start: int, stop: int, out: Any) -> None:
        """Write the samples ``start..stop`` into ``out``.

        ``out`` has a row for each: an array (of codes for rows of categories) or a
        ``MixedMatrix``.
        """
        for recipe, first, last, at in self.parts(start, stop):
            if isinstance(recipe, Copy):
                raise TypeError("Copied rows are taken from the data; use positions().")
            block = out[at : at + last - first]
            recipe.fill(first, last, block, n_threads=self.n_threads)

    def mixed_rows(
        self, start: int, stop: int, n_numbers: int, n_codes: int, dtype: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return numbers and codes of the samples ``start..stop`` of data with categories."""
        numbers = np.empty((stop - start, n_numbers), dtype=dtype)
        codes = np.empty((stop - start, n_codes), dtype=np.int32)
        self.fill(start, stop, MixedMatrix(numbers, codes) if n_numbers else codes)
        return numbers, codes

    def sparse_rows(self, start: int, stop: int) -> Any:
        """Return the samples ``start..stop`` of sparse data as one CSR matrix."""
        blocks = []
        for recipe, first, last, _ in self.parts(start, stop):
            assert isinstance(recipe, Interpolate | Smooth)
            rows = recipe.csr_rows(first, last, n_threads=self.n_threads)
            shape = (last - first, recipe.base.shape[1])
            parts = (rows.data, rows.indices, rows.indptr)
            blocks.append(sparse.csr_array(parts, shape=shape))
        return sparse.vstack(blocks, format="csr")

    def positions(self, start: int, stop: int) -> np.ndarray:
        """Return the position of the row that each sample ``start..stop`` copies."""
        picked = np.empty(stop - start, dtype=np.int64)
        for recipe, first, last, at in self.parts(start, stop):
            origins = recipe.origins
            assert origins.neighbors is None
            choices = origins.draws.choices(first, last)
            np.take(origins.base_positions, choices, out=picked[at : at + last - first])
        return picked

    def labels(self, start: int, stop: int, dtype: Any = object) -> np.ndarray:
        """Return the labels of the samples ``start..stop``."""
        labels = np.empty(stop - start, dtype=dtype)
        for recipe, first, last, at in self.parts(start, stop):
            labels[at : at + last - first] = recipe.origins.label
        return labels

    def counts(self) -> dict[Any, int]:
        """Return the number of samples of each class that gets any."""
        counts: dict[Any, int] = {}
        for recipe in self.recipes:
            origins = recipe.origins
            counts[origins.label] = counts.get(origins.label, 0) + origins.n_rows
        return counts

    def origins(self) -> list[Origins]:
        """Return what ``provenance_of`` needs."""
        return [recipe.origins for recipe in self.recipes]


def provenance_of(origins: Sequence[Origins]) -> Provenance:
    """Recompute base row, neighbor and step of every synthetic sample."""
    parts = [each.provenance(0, each.n_rows) for each in origins]
    if not parts:
        empty = np.empty(0, dtype=np.int64)
        return Provenance(empty, empty, np.empty(0))
    return Provenance(*(np.concatenate(column) for column in zip(*parts, strict=True)))
