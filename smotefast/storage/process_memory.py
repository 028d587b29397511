"""What the process occupies, and sizes as people write them.

The resident set of the whole process is what a limit is held against: what allocators
keep counts, whatever their own books say.
"""

from __future__ import annotations

import math
import re
import sys

from smotefast._allocator import release_memory

# So near a limit memory is handed back: a batch and a row group, read and written between two
# looks, went up to 11 MiB beyond a limit at which it was handed back first.
_NEAR = 32 << 20
_UNITS = {
    "": 1,
    "b": 1,
    **{unit: 1000**power for power, unit in enumerate(("kb", "mb", "gb", "tb"), 1)},
    **{unit: 1024**power for power, unit in enumerate(("kib", "mib", "gib", "tib"), 1)},
    **{unit: 1024**power for power, unit in enumerate("kmgt", 1)},
}


def parse_size(size: int | str, name: str = "memory_limit") -> int:
    """Read a size such as "1GiB", "512 MB" or a number of bytes.

    Parameters
    ----------
    size
        KB, MB, GB and TB are powers of 1000; KiB, MiB, GiB, TiB and K, M, G, T of 1024.
    name
        The parameter, for the error message.

    Raises
    ------
    ValueError
        If it is no size, or not positive.

    Examples
    --------
    >>> parse_size("1.5 GiB")
    1610612736
    """
    text = str(size).strip().lower()
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text)
    if isinstance(size, bool) or found is None or found[2] not in _UNITS:
        raise ValueError(f'{name}={size!r} is not a size. Write it like "512MiB" or "2GiB".')
    n_bytes = int(float(found[1]) * _UNITS[found[2]])
    if n_bytes < 1:
        raise ValueError(f"{name}={size!r} must be more than nothing.")
    return n_bytes


def format_size(n_bytes: float, *, at_least: bool = False) -> str:
    """Write a number of bytes for people; with ``at_least`` rounded up, as a limit has to be.

    Examples
    --------
    >>> format_size(1610612736), format_size(1610612737, at_least=True)
    ('1.5 GiB', '1.6 GiB')
    """
    size, units = n_bytes, ["GiB", "MiB", "KiB", "B"]
    while size >= 1000 and len(units) > 1:
        size /= 1024
        units.pop()
    digits = 1 if units[-1] == "GiB" and size < 100 else 0
    if at_least:
        size = math.ceil(size * 10**digits) / 10**digits
    return f"{size:.{digits}f} {units[-1]}"


def resident_bytes() -> int:
    """Return the resident set of this process now.

    Where the system does not tell (macOS), its highest value so far stands in; where it
    tells neither (Windows), 0.
    """
    return _status("VmRSS") or peak_bytes()


def peak_bytes() -> int:
    """Return the largest resident set this process has had."""
    in_status = _status("VmHWM")
    if in_status:
        return in_status
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


def _status(name: str) -> int:
    try:
        with open("/proc/self/status") as lines:
            for line in lines:
                if line.startswith(name + ":"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def refuse_above(limit: int) -> None:
    """Stop a job that occupies more than its limit, however it had been planned.

    What allocators keep is handed back when the limit is near: what is read and written until
    the next look must fit in between. Looked at where the system tells the resident set of
    now (Linux).

    Raises
    ------
    MemoryError
        If the resident set is above ``limit``, in bytes, after all that can go was let go.
    """
    if _status("VmRSS") <= limit - _NEAR:
        return
    release_memory()
    now = _status("VmRSS")
    if now > limit:
        raise MemoryError(
            f"memory_limit={format_size(limit)} is not enough: the process occupies "
            f"{format_size(now)}, more than the files told beforehand. The destination is as "
            f"it was. Give at least memory_limit={format_size(1.3 * now, at_least=True)!r}."
        )


class PeakMemory:
    """The largest resident set during one piece of work.

    The system keeps one mark for the whole life of a process. When the work raised it,
    it is exact; otherwise the largest of the samples taken is reported.
    """

    def __init__(self) -> None:
        self._before = peak_bytes()
        self._sampled = 0
        self.sample()

    def sample(self) -> int:
        """Look now, and return the resident set."""
        now = resident_bytes()
        self._sampled = max(self._sampled, now)
        return now

    def result(self) -> int:
        """Return the largest resident set since the start."""
        self.sample()
        after = peak_bytes()
        return after if after > self._before else self._sampled
