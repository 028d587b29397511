"""Job: the synthetic samples of all classes, generated in blocks of any size.

``fit_resample`` fills the job once, into the tail of the result; a job on files fills it block
by block. The samples depend neither on the blocks nor on the number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from smotefast._typing import Label
from smotefast.engine.class_counts import Counts
from smotefast.engine.mixed_recipes import MixedMatrix
from smotefast.engine.recipes import Copy, NumberRecipe, Origins, Provenance, Recipe


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
        """Split a block into the parts of each recipe.

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

    def fill(self, start: int, stop: int, out: np.ndarray | MixedMatrix) -> None:
        """Write the samples ``start..stop`` into ``out``, which has a row for each.

        ``out`` is an array of numbers, an array of codes for rows of categories only, or a
        ``MixedMatrix`` of both.
        """
        for recipe, first, last, at in self.parts(start, stop):
            if isinstance(recipe, Copy):
                raise TypeError("Copied rows are taken from the data; use positions().")
            block = out[at : at + last - first]
            recipe.fill(first, last, block, n_threads=self.n_threads)

    def mixed_rows(
        self, start: int, stop: int, n_numbers: int, n_codes: int, dtype: np.dtype[Any]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return numbers and codes of the samples ``start..stop`` of data with categories."""
        numbers = np.empty((stop - start, n_numbers), dtype=dtype)
        codes = np.empty((stop - start, n_codes), dtype=np.int32)
        self.fill(start, stop, MixedMatrix(numbers, codes) if n_numbers else codes)
        return numbers, codes

    def sparse_rows(self, start: int, stop: int) -> sparse.csr_array:
        """Return the samples ``start..stop`` of sparse data as one CSR matrix."""
        blocks: list[sparse.csr_array] = []
        for recipe, first, last, _ in self.parts(start, stop):
            assert isinstance(recipe, NumberRecipe)
            blocks.append(recipe.csr_rows(first, last, n_threads=self.n_threads))
        if len(blocks) == 1:  # a copy of it takes as long as its samples
            return blocks[0]
        rows: sparse.csr_array = sparse.vstack(blocks, format="csr")
        return rows

    def positions(self, start: int, stop: int) -> np.ndarray:
        """Return the position of the row that each sample ``start..stop`` copies."""
        copied = np.empty(stop - start, dtype=np.int64)
        for recipe, first, last, at in self.parts(start, stop):
            origins = recipe.origins
            assert origins.neighbors is None
            choices = origins.draws.choices(first, last)
            copied[at : at + last - first] = origins.base_positions[choices]
        return copied

    def labels(self, start: int, stop: int, dtype: Any = object) -> np.ndarray:
        """Return the labels of the samples ``start..stop``."""
        labels = np.empty(stop - start, dtype=dtype)
        for recipe, first, last, at in self.parts(start, stop):
            labels[at : at + last - first] = recipe.origins.label
        return labels

    def counts(self, start: int = 0, stop: int | None = None) -> Counts:
        """Return the number of samples ``start..stop`` of each class that has any of them."""
        counts: dict[Label, int] = {}
        for recipe, first, last, _ in self.parts(start, self.n_rows if stop is None else stop):
            label = recipe.origins.label
            counts[label] = counts.get(label, 0) + last - first
        return counts

    def origins(self) -> list[Origins]:
        """Return the origins of all samples, for ``provenance_of``."""
        return [recipe.origins for recipe in self.recipes]


def provenance_of(origins: Sequence[Origins]) -> Provenance:
    """Compute base row, neighbor and step of every synthetic sample."""
    parts = [each.provenance(0, each.n_rows) for each in origins]
    if not parts:
        empty = np.empty(0, dtype=np.int64)
        return Provenance(empty, empty, np.empty(0))
    return Provenance(*(np.concatenate(column) for column in zip(*parts, strict=True)))
