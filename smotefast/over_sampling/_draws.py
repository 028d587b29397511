"""Draws of samplers that do not draw a base row, a neighbour and a step for each new row.

They can be read from any block, like the ``Draws`` that they stand on.
"""

from __future__ import annotations

import numpy as np

from smotefast.engine.draws import FEW_DRAWS, Block, Drawn, Draws, Stream, draw

# Foreign neighbours are counted up to every so many rows, to begin a block anywhere.
_COUNTED = 1 << 16


class AllottedDraws(Draws):
    """Draws where each base row gets a fixed number of new rows, one base row after another.

    Only the neighbour and the step of a new row are drawn; ``choices`` still count
    ``base row * k + column``.

    Parameters
    ----------
    random_state
        The generator; it is moved to where the class ends.
    allotted
        New rows of each base row, shape (n_base,), integers.
    k
        Neighbours to draw from.
    """

    def __init__(
        self, random_state: np.random.RandomState, allotted: np.ndarray, k: int
    ) -> None:
        self._ends = np.cumsum(allotted, dtype=np.int64)
        self._k = k
        super().__init__(random_state, int(self._ends[-1]), k, advance=True)

    def choices(self, start: int, stop: int) -> np.ndarray:
        """Return ``base row * k + column`` of rows ``start..stop``."""
        base = np.searchsorted(self._ends, np.arange(start, stop), side="right")
        return np.asarray(base * self._k + super().choices(start, stop))

    def read(self, start: int, stop: int) -> Block:
        """Return choices and uniforms of rows ``start..stop``."""
        return Block(self.choices(start, stop), self.uniforms(start, stop))


class OtherClassFactors:
    """Factors in [0, 0.5) for steps towards neighbours of other classes, 1 for the rest.

    One factor is drawn for each new row whose neighbour is foreign, in the order of the
    rows (Borderline-SMOTE 2).

    Parameters
    ----------
    random_state
        The generator where the factors begin.
    draws
        The draws of the class.
    is_foreign
        For every entry of the table of neighbours whether it is of another class, of shape
        (n_base * k,).
    advance
        Move ``random_state`` to where the factors end; without it, it may be moved.
    """

    def __init__(
        self,
        random_state: np.random.RandomState,
        draws: Draws,
        is_foreign: np.ndarray,
        *,
        advance: bool = False,
    ) -> None:
        self._draws = draws
        self._is_foreign = is_foreign
        counts = [
            np.count_nonzero(is_foreign[draws.choices(i, min(i + _COUNTED, draws.n))])
            for i in range(0, draws.n, _COUNTED)
        ]
        self._before = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        total = int(self._before[-1])
        self._stream: Stream | Drawn
        if total <= FEW_DRAWS:
            self._stream = Drawn(draw(random_state, "uniform", total))
            return
        self._stream = stream = Stream.begun(random_state, "uniform")
        if advance:
            random_state.set_state(stream.state_after(total))

    def read(self, start: int, choices: np.ndarray) -> np.ndarray:
        """Return the factors of the rows from ``start`` on, whose choices are given."""
        place = start // _COUNTED
        first = int(self._before[place])
        skipped = self._draws.choices(place * _COUNTED, start)
        first += int(np.count_nonzero(self._is_foreign[skipped]))
        mask = self._is_foreign[choices]
        factors = np.ones(len(choices))
        factors[mask] = 0.5 * self._stream.read(first, first + int(np.count_nonzero(mask)))
        return factors
