"""Recipes of samples that are given: there are no base rows and no draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smotefast.engine.draws import Draws
from smotefast.engine.mixed_recipes import MixedMatrix
from smotefast.engine.recipes import NumberRecipe, Origins, Provenance, dense_rows


class InOrder(Draws):
    """Sample i is the given row i: nothing is drawn."""

    def __init__(self, n: int) -> None:
        self.n = n

    def choices(self, start: int, stop: int) -> np.ndarray:
        """Return the numbers of the samples ``start..stop``."""
        return np.arange(start, stop)

    def read(self, start: int, stop: int) -> tuple[np.ndarray, ...]:
        """Return the numbers of the samples ``start..stop``."""
        return (self.choices(start, stop),)


@dataclass(frozen=True)
class NoOrigins(Origins):
    """Origins of samples that come from no row of X."""

    def provenance(self, start: int, stop: int) -> Provenance:
        """Return -1 for base row and neighbor, and NaN for the step."""
        none = np.full(stop - start, -1, dtype=np.int64)
        return Provenance(none, none, np.full(stop - start, np.nan))


class Given(NumberRecipe):
    """Samples that exist already, in ``base``."""

    def samples(self, choices: np.ndarray, *values: np.ndarray) -> np.ndarray:
        """Return the samples of these numbers."""
        return dense_rows(self.base[choices])


@dataclass(frozen=True)
class GivenMixed:
    """The same for numbers, as ``Given``, and codes of categories."""

    numbers: Given
    codes: np.ndarray

    @property
    def origins(self) -> Origins:
        """Where the samples come from."""
        return self.numbers.origins

    @property
    def dtype(self) -> np.dtype[Any]:
        """Dtype of the numbers."""
        return self.numbers.dtype

    def fill(
        self, start: int, stop: int, out: np.ndarray | MixedMatrix, *, n_threads: int
    ) -> None:
        """Write the samples ``start..stop`` of the class into ``out``."""
        if isinstance(out, MixedMatrix):
            self.numbers.fill(start, stop, dense_rows(out.numbers), n_threads=n_threads)
            out = out.codes
        out[:] = self.codes[start:stop]
