"""64-bit hashes of rows: equal rows have equal hashes."""

from __future__ import annotations

import numpy as np

from smotefast.neighbors.queries import work_blocks

# 2^64 divided by the golden ratio: multiplying by it spreads the bits of small integers.
GOLDEN_RATIO = np.uint64(0x9E3779B97F4A7C15)
# Values hashed at a time: 2 MB stay in a core's cache.
_VALUES_PER_BLOCK = 1 << 18
_SHIFT = np.uint64(29)


def hash_rows(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the hash of each row of float32 or float64 values and integer codes, uint64.

    Zeros of different sign and NaN of different bits have different hashes.
    """
    bits = values.view(np.uint32 if values.dtype == np.float32 else np.uint64)
    hashes = np.zeros(values.shape[0], dtype=np.uint64)
    for block in work_blocks(len(values), values.shape[1], _VALUES_PER_BLOCK, 1):
        block_hashes = hashes[block]
        for columns in (bits[block].T, codes[block].T):
            for column in columns:
                block_hashes ^= column.astype(np.uint64)
                block_hashes *= GOLDEN_RATIO
                block_hashes ^= block_hashes >> _SHIFT
    return hashes
