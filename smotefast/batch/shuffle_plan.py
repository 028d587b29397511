"""Sizes of an external sort: rows to sort and to merge at a time, and rows kept in memory."""

from __future__ import annotations

from dataclasses import dataclass

# Least and largest size of a run in memory. Merging reads (rows / run) * (2 * rows / range)
# pieces of files; the square roots keep their mean size above 16 KiB, if possible 64 KiB.
_RUN_BYTES = (4 << 20, 64 << 20)
_PIECE_BYTES = (16 << 10, 64 << 10)
# Share of the spare memory that holds sorted rows.
_KEPT_SHARE = 0.8
# Memory of a run while it is sorted: as read and as sorted, and a batch more.
_SORTING = 2.2
# Memory of a range while it is merged: its pieces, the merged rows, and those being written.
_MERGING = 3.0


@dataclass(frozen=True)
class ShuffleSizes:
    """Sizes in bytes.

    Attributes
    ----------
    run_bytes
        Rows to sort at a time.
    range_bytes
        Rows to merge at a time.
    kept_bytes
        Sorted rows that may stay in memory; the others are written to files.
    total_bytes
        Expected size of all rows with their keys.
    """

    run_bytes: int
    range_bytes: int
    kept_bytes: int
    total_bytes: int

    @property
    def scratch_bytes(self) -> int:
        """Expected size of the files."""
        return max(0, self.total_bytes - self.kept_bytes)


@dataclass(frozen=True)
class ShuffleNeed:
    """Rows to shuffle.

    Attributes
    ----------
    total_bytes
        Size of all rows with their keys, without categories.
    part_bytes
        Size of the rows of a part.
    dictionary_bytes
        Size of all dictionaries; each run may have its own.
    """

    total_bytes: int
    part_bytes: int
    dictionary_bytes: int

    def run_sizes(self) -> list[int]:
        """Return sizes that a run may have, the best first."""
        least, most = (
            int(min(max(bound, (piece * self.total_bytes) ** 0.5), max(1, self.total_bytes)))
            for bound, piece in zip(_RUN_BYTES, _PIECE_BYTES, strict=True)
        )
        sizes = [most]
        while sizes[-1] > least:
            sizes.append(max(least, sizes[-1] // 2))
        return sizes

    def range_bytes(self, run_bytes: int) -> int:
        """Return the size of a range to merge: that of a run, or of a part if it is smaller."""
        return min(run_bytes, max(self.part_bytes, _RUN_BYTES[0]))

    def of_sorting(self, run_bytes: int) -> int:
        """Return the memory of one worker that sorts runs."""
        return int(_SORTING * run_bytes)

    def of_merging(self, run_bytes: int) -> int:
        """Return the memory of one worker that merges runs."""
        return int(_MERGING * self.range_bytes(run_bytes))

    def of_runs(self, run_bytes: int) -> int:
        """Return what is held in any case: one run, and the dictionaries of all."""
        n_runs = -(-self.total_bytes // run_bytes)
        return run_bytes + n_runs * self.dictionary_bytes

    def sizes(self, run_bytes: int, spare: float) -> ShuffleSizes:
        """Return the sizes, if so many bytes are left besides one run."""
        kept = run_bytes + max(0, int(_KEPT_SHARE * spare))
        return ShuffleSizes(run_bytes, self.range_bytes(run_bytes), kept, self.total_bytes)
