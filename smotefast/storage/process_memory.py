"""Resident memory of the process, and sizes such as "2GiB".

A memory limit applies to the resident memory of the whole process, which includes free memory
that allocators keep.
"""

from __future__ import annotations

import math
import re

from smotefast._allocator import release_memory, releases_often, uses_jemalloc
from smotefast._messages import RUN_AGAIN
from smotefast._process import peak_bytes, read_status, resident_bytes
from smotefast.kernels import kernels_were_compiled

# Free memory is released this close to the limit. Reading a batch and writing a row group
# between two checks exceeded a limit without such a margin by up to 11 MiB.
_MARGIN = 32 << 20
# With jemalloc, and with other allocators: of 40 processes with mimalloc, beside other work, 10
# had kept 3 to 5 MiB more than the rest.
_SPREAD = (4 << 20, 16 << 20)
_UNITS = {
    "": 1,
    "b": 1,
    **{unit: 1000**power for power, unit in enumerate(("kb", "mb", "gb", "tb"), 1)},
    **{unit: 1024**power for power, unit in enumerate(("kib", "mib", "gib", "tib"), 1)},
    **{unit: 1024**power for power, unit in enumerate("kmgt", 1)},
}


def parse_size(size: int | str, name: str = "memory_limit") -> int:
    """Parse a size such as "1GiB", "512 MB" or a number of bytes.

    Parameters
    ----------
    size
        KB, MB, GB and TB are powers of 1000; KiB, MiB, GiB, TiB and K, M, G, T are powers of
        1024.
    name
        Name of the parameter, for the error message.

    Raises
    ------
    ValueError
        If it is not a size, or not positive.

    Examples
    --------
    >>> parse_size("1.5 GiB")
    1610612736
    """
    text = str(size).strip().lower()
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text)
    if isinstance(size, bool) or match is None or match[2] not in _UNITS:
        raise ValueError(f'{name}={size!r} is not a size such as "512MiB" or "2GiB".')
    n_bytes = int(float(match[1]) * _UNITS[match[2]])
    if n_bytes < 1:
        raise ValueError(f"{name}={size!r} must be at least 1 byte.")
    return n_bytes


def format_size(n_bytes: float, *, round_up: bool = False) -> str:
    """Format a number of bytes with a unit; a suggested limit must be rounded up.

    Examples
    --------
    >>> format_size(1610612736), format_size(1610612737, round_up=True)
    ('1.5 GiB', '1.6 GiB')
    """
    size, units = n_bytes, ["GiB", "MiB", "KiB", "B"]
    while size >= 1000 and len(units) > 1:
        size /= 1024
        units.pop()
    digits = 1 if units[-1] == "GiB" and size < 100 else 0
    if round_up:
        size = math.ceil(size * 10**digits) / 10**digits
    return f"{size:.{digits}f} {units[-1]}"


def process_spread() -> int:
    """Return how many bytes more another process may take for the same work.

    A message adds them to the limit that it names, so that the next process is not refused.
    """
    return _SPREAD[not uses_jemalloc()]


def check_resident_memory(limit: int) -> None:
    """Stop a job that uses more memory than its limit, although the plan stayed below it.

    Close to the limit, allocators return their free memory first, so that what is read and
    written until the next check fits. Only Linux reports the current resident memory;
    on other systems this does nothing.

    Raises
    ------
    MemoryError
        If the resident memory is above ``limit`` bytes, without free memory of allocators.
    """
    if not releases_often() and read_status("VmRSS") <= limit - _MARGIN:
        return
    release_memory()
    resident = read_status("VmRSS")
    if resident > limit:
        enough = format_size(1.3 * resident, round_up=True)
        # A worker of a cluster may have compiled: a job plans for its own process.
        hint = (
            f" {RUN_AGAIN} On a cluster, restart the workers."
            if kernels_were_compiled()
            else ""
        )
        raise MemoryError(
            f"memory_limit={format_size(limit)} is not enough: the process uses "
            f"{format_size(resident)}, more than was estimated from the files. Nothing was "
            f"changed. Use at least memory_limit={enough!r}.{hint}"
        )


class PeakMemory:
    """Peak resident memory during a part of the process's lifetime.

    The system keeps one peak for the whole lifetime. If it rose during the part, it is exact;
    otherwise the result is the largest of the samples.
    """

    def __init__(self) -> None:
        self._before = peak_bytes()
        self._largest_sample = 0
        self.sample()

    def sample(self) -> int:
        """Return the current resident memory, and remember the largest value."""
        resident = resident_bytes()
        self._largest_sample = max(self._largest_sample, resident)
        return resident

    def result(self) -> int:
        """Return the peak resident memory since this object was created."""
        self.sample()
        after = peak_bytes()
        return after if after > self._before else self._largest_sample
