"""The default memory limit of a job: 2 GiB, or less on a system with less memory.

It is derived from what the kernel reports about the machine and about the control groups
(containers) of the process.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from smotefast._control_groups import group_folders, read_lines
from smotefast.storage.process_memory import format_size, parse_size

DEFAULT = 2 << 30
# Share of a container's or machine's memory; page tables, sockets and so on need the rest.
_SHARE = 0.75
# The folder that contains /proc and /sys; tests replace it.
ROOT = "/"
_LIMITS = ("memory.max", "memory.high", "memory.limit_in_bytes")
_USED = ("memory.current", "memory.usage_in_bytes")
# Memory that the kernel reclaims before it kills a process.
_RECLAIMABLE = ("active_file", "inactive_file", "slab_reclaimable")


class Limit(NamedTuple):
    """A limit in bytes, and a sentence that explains it; empty if the user set it."""

    n_bytes: int
    explanation: str


class _Memory(NamedTuple):
    """Total memory of a container or the machine, and how much other processes use."""

    total: int
    used_by_others: int
    name: str


def resolve_memory_limit(memory_limit: int | str | None) -> Limit:
    """Return the limit for the parameter ``memory_limit``; None means the default.

    Raises
    ------
    ValueError
        If it is not a size.
    """
    if memory_limit is not None:
        return Limit(parse_size(memory_limit), "")
    return default_memory_limit()


def default_memory_limit(root: str | None = None) -> Limit:
    """Return 2 GiB, or less in a small container or on a small or busy machine.

    The default is at most three quarters of the memory of the machine and of each control
    group of the process, and at most the memory that other processes leave free.

    Parameters
    ----------
    root
        The folder that contains ``proc`` and ``sys``.
    """
    root = ROOT if root is None else root
    limit = Limit(DEFAULT, "The limit is the default; choose a higher one with memory_limit.")
    for memory in (*_containers(root), *_machine(root)):
        share = int(_SHARE * memory.total)
        free = max(1, memory.total - memory.used_by_others)
        if min(share, free) < limit.n_bytes:
            size = format_size(memory.total)
            part = "three quarters" if share <= free else "the free part"
            explanation = (
                f"The limit is {part} of the {size} of memory of {memory.name}, because "
                "memory_limit is not set."
            )
            limit = Limit(min(share, free), explanation)
    return limit


@contextmanager
def explain_limit(limit: Limit) -> Iterator[None]:
    """Add to a MemoryError where the limit comes from, unless the user set it."""
    try:
        yield
    except MemoryError as error:
        if limit.explanation:
            error.args = (f"{error} {limit.explanation}",)
        raise


def _machine(root: str) -> Iterator[_Memory]:
    fields = _read_fields(os.path.join(root, "proc/meminfo"))
    total = 1024 * fields.get("MemTotal", 0)
    if total:
        available = 1024 * fields.get("MemAvailable", fields["MemTotal"])
        yield _Memory(total, total - available - _used_by_this_process(root), "the machine")
    elif root == "/" and "SC_PHYS_PAGES" in getattr(os, "sysconf_names", ()):
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")  # macOS
        yield _Memory(total, 0, "the machine")


def _containers(root: str) -> Iterator[_Memory]:
    """Yield the control groups of this process that have a memory limit."""
    for folder in group_folders("memory", root):
        stat = _read_fields(os.path.join(folder, "memory.stat"))
        limits = [_read_number(os.path.join(folder, name)) for name in _LIMITS]
        limits.append(stat.get("hierarchical_memory_limit"))
        total = min((limit for limit in limits if limit), default=0)
        if not total:
            continue
        used = max(_read_number(os.path.join(folder, name)) or 0 for name in _USED)
        # Version 1 reports the sums over all subgroups as total_*.
        reclaimable = sum(stat.get(f"total_{name}", stat.get(name, 0)) for name in _RECLAIMABLE)
        by_others = used - reclaimable - _used_by_this_process(root)
        yield _Memory(total, by_others, "the container (cgroup)")


def _used_by_this_process(root: str) -> int:
    """Return the memory of this process that is not backed by files."""
    fields = _read_fields(os.path.join(root, "proc/self/status"))
    return 1024 * fields.get("RssAnon", fields.get("VmRSS", 0))


def _read_fields(path: str) -> dict[str, int]:
    """Read a file with a name and a number in each line."""
    fields = {}
    for line in read_lines(path):
        name, *values = line.split()[:2] or [""]
        if values and values[0].isdigit():
            fields[name.rstrip(":")] = int(values[0])
    return fields


def _read_number(path: str) -> int | None:
    """Read a number; return None if the file is missing or contains "max"."""
    text = "".join(read_lines(path)).strip()
    return int(text) if text.isdigit() else None
