"""Synthetic samples of a bin: between two rows, or a row with noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from smotefast._phases import advance
from smotefast.engine.neighbor_search import NeighborSearch
from smotefast.engine.recipes import Provenance
from smotefast.regression.heom import BinRows
from smotefast.tables.numeric_target import write_rounded

# Values of samples that are computed at a time.
_VALUES_PER_BLOCK = 1 << 18


class Pairs(NamedTuple):
    """A base row, a neighbor and a step for each sample.

    Attributes
    ----------
    base, neighbor
        Indices of rows in the bin, shape (n_samples,).
    step
        Positions between them, from 0 to 1, shape (n_samples,).
    squared
        Squared distances of their numbers, shape (n_samples,).
    """

    base: np.ndarray
    neighbor: np.ndarray
    step: np.ndarray
    squared: np.ndarray


@dataclass(frozen=True)
class BinSamples:
    """The samples of a bin.

    Attributes
    ----------
    rows
        The rows of the bin.
    pairs
        Where samples start from, and where they lead to.
    codes
        Categories of the samples, shape (n_samples, n_categorical), int32.
    y
        Their targets, shape (n_samples,).
    noise
        For samples that are a base row with noise, the noise in standard deviations of the
        columns, else NaN; shape (n_samples,). None if there are no such samples.
    """

    rows: BinRows
    pairs: Pairs
    codes: np.ndarray
    y: np.ndarray
    noise: np.ndarray | None = None

    def fill(
        self, out: np.ndarray, is_whole: np.ndarray, random_state: np.random.RandomState
    ) -> None:
        """Write the numbers of the samples; normals are drawn for those with noise.

        ``is_whole`` tells which columns are rounded to whole numbers.
        """
        base, neighbor, step, _ = self.pairs
        numbers = self.rows.numbers
        width = max(1, numbers.shape[1])
        deviations = sample_deviations(numbers)
        for start in range(0, len(out), max(1, _VALUES_PER_BLOCK // width)):
            block = slice(start, start + max(1, _VALUES_PER_BLOCK // width))
            steps = step[block, np.newaxis]
            samples = point_between(numbers[base[block]], numbers[neighbor[block]], steps)
            if self.noise is not None:
                noise = self.noise[block]
                noisy = np.flatnonzero(~np.isnan(noise))
                normals = random_state.standard_normal((len(noisy), numbers.shape[1]))
                with np.errstate(over="ignore"):  # the range of the dtype limits the sum
                    samples[noisy] += normals * (deviations * noise[noisy, np.newaxis])
            write_rounded(samples, out[block], is_whole)
            advance(len(samples))

    def provenance(self) -> Provenance:
        """Return where the samples come from; the step of samples with noise is NaN."""
        base, neighbor, step, _ = self.pairs
        if self.noise is not None:
            step = np.where(np.isnan(self.noise), step, np.nan)
        positions = self.rows.positions
        return Provenance(positions[base], positions[neighbor], step)


def draw_pairs(
    rows: BinRows,
    n_new: int,
    k: int,
    random_state: np.random.RandomState,
    search: NeighborSearch,
) -> Pairs:
    """Draw one of the k nearest rows and a step for each sample.

    Every row is the base row of equally many samples; what remains is drawn without
    replacement.
    """
    each, more = divmod(n_new, len(rows))
    n_per_row = np.full(len(rows), each)
    n_per_row[random_state.choice(len(rows), more, replace=False)] += 1
    base = np.repeat(np.arange(len(rows)), n_per_row)
    if len(rows) == 1:  # copies
        return Pairs(base, base, np.zeros(n_new), np.zeros(n_new))
    table = rows.neighbors(k, search)
    choice = random_state.randint(0, k, n_new)
    step = random_state.uniform(size=n_new)
    return Pairs(base, table[base, choice], step, rows.squared_to(table)[base, choice])


def between(rows: BinRows, pairs: Pairs, random_state: np.random.RandomState) -> BinSamples:
    """Return samples between two rows (SMOTER).

    Each category is that of one of the two, drawn with equal probability. The target is the
    mean of theirs, weighted by the distance to the other row.
    """
    base, neighbor, step, squared = pairs
    is_neighbors = random_state.randint(0, 2, (len(base), rows.codes.shape[1])).astype(bool)
    codes = np.where(is_neighbors, rows.codes[neighbor], rows.codes[base])
    to_base = np.sqrt(step**2 * squared + rows.mismatches(base, codes))
    to_neighbor = np.sqrt((1 - step) ** 2 * squared + rows.mismatches(neighbor, codes))
    both = to_base + to_neighbor
    weight = np.divide(to_base, both, out=np.full(len(base), 0.5), where=both > 0)
    y = point_between(rows.y[base], rows.y[neighbor], weight)
    return BinSamples(rows, pairs, codes, y)


def point_between(start: np.ndarray, end: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Return ``start + step * (end - start)``, also if the difference is no finite float."""
    with np.errstate(over="ignore", invalid="ignore"):
        points = start + step * (end - start)
    is_finite = np.isfinite(points)
    if not is_finite.all():
        points = np.where(is_finite, points, (1 - step) * start + step * end)
    return np.asarray(points)


def sample_deviations(values: np.ndarray) -> np.ndarray:
    """Return the standard deviations of a sample, by column; 0 for one row."""
    n_rows = len(values)
    if n_rows == 1:
        return np.zeros(values.shape[1:])
    exponents = np.frexp(np.abs(values).max(axis=0))[1]  # squares of large numbers overflow
    deviations = np.std(np.ldexp(values, -exponents), axis=0, ddof=1)
    with np.errstate(over="ignore"):
        scaled = np.ldexp(deviations, exponents)
    return np.asarray(np.minimum(scaled, np.finfo(np.float64).max))
