"""Random keys of rows: the shuffled order of an output is the order of the keys of its rows.

The key of a row follows from a seed and from the position of the row in the source order alone,
so any part of the permutation can be computed anywhere, and nothing else changes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_random_state

# Keeps the stream apart from others with the same seed.
_SPAWN_KEY = (1,)
# Keys of one increment of Philox' counter.
_KEYS_PER_STEP = 4
# Up to so many rows, ranks are exact. Of more, the first bits of the keys are counted.
_EXACT_ROWS, _COUNTED_BITS = 1 << 20, 20
_BLOCK_ROWS = 1 << 20
# Rows of each count of an index: to get at a row, so many before it may be read.
_ROWS_PER_COUNT = 64
LAST_KEY = (1 << 64) - 1


class ShuffleKeys(NamedTuple):
    """Keys of 64 random bits.

    Attributes
    ----------
    seed
        Of numpy's ``SeedSequence``.
    """

    seed: int

    def of_rows(self, start: int, n_rows: int) -> np.ndarray:
        """Return the keys of the rows ``start..start + n_rows``."""
        steps, skipped = divmod(start, _KEYS_PER_STEP)
        generator = np.random.Philox(np.random.SeedSequence(self.seed, spawn_key=_SPAWN_KEY))
        generator.advance(steps)
        keys: np.ndarray = generator.random_raw(skipped + n_rows)[skipped:]
        return keys

    def ranges(self, n_rows: int, n_ranges: int) -> list[tuple[int, int]]:
        """Cut the keys of ``n_rows`` rows into ranges of about equal numbers of rows.

        A range is its first and its last key. The numbers of rows differ by one at most if
        there are up to 1,048,576 rows, otherwise by some millionths of all rows.
        """
        ranks = [n_rows * i // n_ranges for i in range(1, n_ranges)]
        firsts = [0, *self._keys_at(n_rows, ranks)]
        return list(zip(firsts, [*(key - 1 for key in firsts[1:]), LAST_KEY], strict=True))

    def _keys_at(self, n_rows: int, ranks: Sequence[int]) -> Iterable[int]:
        """Return keys below which there are about so many keys, for each rank."""
        if not ranks:
            return []
        if n_rows <= _EXACT_ROWS:
            found: list[int] = np.sort(self.of_rows(0, n_rows))[ranks].tolist()
            return found
        counted = self.counted(n_rows, _COUNTED_BITS)
        return [counted.at(rank)[0] for rank in ranks]

    def counted_for_positions(self, n_rows: int) -> CountedKeys:
        """Count the keys of ``n_rows`` rows, to find rows by position; at most 8 MiB."""
        n_bits = n_rows.bit_length() - _ROWS_PER_COUNT.bit_length() + 1
        return self.counted(n_rows, min(_COUNTED_BITS, max(1, n_bits)))

    def counted(self, n_rows: int, n_bits: int) -> CountedKeys:
        """Count the keys of ``n_rows`` rows by their first bits."""
        counts = np.zeros(1 << n_bits, dtype=np.int64)
        for start in range(0, n_rows, _BLOCK_ROWS):
            keys = self.of_rows(start, min(_BLOCK_ROWS, n_rows - start))
            first_bits = (keys >> np.uint64(64 - n_bits)).astype(np.intp)
            counts += np.bincount(first_bits, minlength=len(counts))
        return CountedKeys(np.cumsum(counts), 64 - n_bits)


class CountedKeys(NamedTuple):
    """How many rows have keys up to some keys.

    Attributes
    ----------
    ends
        Rows with keys of these first bits, or of lower ones.
    n_other_bits
        Bits of a key after the first ones.
    """

    ends: np.ndarray
    n_other_bits: int

    def at(self, rank: int) -> tuple[int, int]:
        """Return a key shortly before the row ``rank``, and how many rows have lower keys."""
        number = int(np.searchsorted(self.ends, rank, side="right"))
        return number << self.n_other_bits, int(self.ends[number - 1]) if number else 0

    def last_key(self, rank: int) -> int:
        """Return a key shortly after the row ``rank``, or that of the row itself."""
        number = int(np.searchsorted(self.ends, rank, side="right"))
        return ((number + 1) << self.n_other_bits) - 1


def shuffle_seed(samplers: Iterable[Any]) -> int:
    """Return the seed that the ``random_state`` of the first sampler with one stands for.

    An int is the seed itself. The state of a generator, or of numpy's global one for None, is
    hashed and not advanced. Without such a sampler the seed is 0.
    """
    states = [sampler.random_state for sampler in samplers if hasattr(sampler, "random_state")]
    state = states[0] if states else 0
    if state is not None and not isinstance(state, np.random.RandomState):
        return int(state)
    generator = check_random_state(state).get_state(legacy=False)
    inner = {name: np.asarray(value).tolist() for name, value in generator["state"].items()}
    text = repr((generator["bit_generator"], sorted(inner.items())))
    return int.from_bytes(hashlib.sha256(text.encode()).digest())
