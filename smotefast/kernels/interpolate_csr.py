"""Interpolation between rows of a CSR matrix, in two passes: count, then fill.

Arithmetic as in ``interpolate.py``; an absent entry is a zero. Entries that become zero are
dropped, as SciPy's sum of two matrices drops them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast.kernels.compile import inner, parallel_kernel, prange


class CsrRows(NamedTuple):
    """A CSR matrix for kernels: column indices of a row are sorted and unique."""

    indptr: np.ndarray
    indices: np.ndarray
    data: np.ndarray


@inner
def _merge_row(base, row, pool, other, step, out_indices, out_data, at):  # type: ignore[no-untyped-def]
    """Interpolate one row; write it to ``at`` if that is not negative; return its size."""
    a, a_end = base.indptr[row], base.indptr[row + 1]
    b, b_end = pool.indptr[other], pool.indptr[other + 1]
    zero = base.data.dtype.type(0)
    n = 0
    while a < a_end or b < b_end:
        start = zero
        end = zero
        take_a = b >= b_end or (a < a_end and base.indices[a] <= pool.indices[b])
        take_b = a >= a_end or (b < b_end and pool.indices[b] <= base.indices[a])
        column = base.indices[a] if take_a else pool.indices[b]
        if take_a:
            start = base.data[a]
            a += 1
        if take_b:
            end = pool.data[b]
            b += 1
        value = start + step * (end - start)
        if value != 0:
            if at >= 0:
                out_indices[at + n] = column
                out_data[at + n] = value
            n += 1
    return n


@parallel_kernel
def count_csr_rows(
    base: CsrRows,
    pool: CsrRows,
    neighbors: np.ndarray,
    choices: np.ndarray,
    steps: np.ndarray,
    no_indices: np.ndarray,
    no_data: np.ndarray,
    out: np.ndarray,
) -> None:
    """Write the number of entries of each new row to ``out``, of shape (n_new,).

    ``no_indices`` and ``no_data`` are empty arrays of the types that ``fill_csr_rows`` takes.
    """
    k = neighbors.shape[1]
    for i in prange(choices.shape[0]):
        row = choices[i] // k
        other = neighbors[row, choices[i] - row * k]
        out[i] = _merge_row(base, row, pool, other, steps[i], no_indices, no_data, -1)


@parallel_kernel
def fill_csr_rows(
    base: CsrRows,
    pool: CsrRows,
    neighbors: np.ndarray,
    choices: np.ndarray,
    steps: np.ndarray,
    indptr: np.ndarray,
    out_indices: np.ndarray,
    out_data: np.ndarray,
) -> None:
    """Write the entries of each new row from ``indptr[i]`` on."""
    k = neighbors.shape[1]
    for i in prange(choices.shape[0]):
        row = choices[i] // k
        other = neighbors[row, choices[i] - row * k]
        _merge_row(base, row, pool, other, steps[i], out_indices, out_data, indptr[i])
