"""The limit of a job that is given none: 2 GiB, and less where there is less memory.

What the kernel tells of control groups and of the machine flows in; a limit, and for messages
where it comes from, flow out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from smotefast.storage.process_memory import format_size, parse_size

DEFAULT = 2 << 30
# Of what a container or the machine has: the rest is for page tables, sockets and the like.
_SHARE = 0.75
# Where to look for /proc and /sys.
ROOT = "/"
# Where control groups are mounted, by the name of their controller; "" is version 2.
_MOUNTS = {
    "": ("sys/fs/cgroup", "sys/fs/cgroup/unified"),
    "memory": ("sys/fs/cgroup/memory",),
}
_LIMITS = ("memory.max", "memory.high", "memory.limit_in_bytes")
_USED = ("memory.current", "memory.usage_in_bytes")
# What the kernel takes back before it ends a process.
_RECLAIMED = ("active_file", "inactive_file", "slab_reclaimable")


class Limit(NamedTuple):
    """A limit in bytes, and a sentence about where it comes from; empty where it was given."""

    n_bytes: int
    origin: str


class _Memory(NamedTuple):
    """What a container or the machine has, and what is taken by other processes."""

    total: int
    others: int
    name: str


def resolve_limit(memory_limit: int | str | None) -> Limit:
    """Return the limit that a caller gives, or the default for None.

    Raises
    ------
    ValueError
        If it is no size.
    """
    if memory_limit is not None:
        return Limit(parse_size(memory_limit), "")
    return default_limit()


def default_limit(root: str | None = None) -> Limit:
    """Return 2 GiB, or less in a small container or on a small or busy machine.

    It is at most three quarters of the memory, and of every control group that holds the
    process; and no more than other processes leave.

    Parameters
    ----------
    root
        Where ``proc`` and ``sys`` are.
    """
    root = ROOT if root is None else root
    best = Limit(DEFAULT, "The limit is the default; choose a higher one with memory_limit.")
    for memory in (*_containers(root), *_machine(root)):
        size = format_size(memory.total)
        shared = int(_SHARE * memory.total)
        left = max(1, memory.total - memory.others)
        part = "three quarters of" if shared <= left else "what other processes leave of"
        if min(shared, left) < best.n_bytes:
            origin = (
                f"The limit is {part} the {size} of memory of {memory.name}, as memory_limit "
                "is not given."
            )
            best = Limit(min(shared, left), origin)
    return best


@contextmanager
def limit_explained(limit: Limit) -> Iterator[None]:
    """Say in a refusal where the limit comes from, if it was not given."""
    try:
        yield
    except MemoryError as error:
        if limit.origin:
            error.args = (f"{error} {limit.origin}",)
        raise


def _machine(root: str) -> Iterator[_Memory]:
    fields = _fields(os.path.join(root, "proc/meminfo"))
    total = 1024 * fields.get("MemTotal", 0)
    if total:
        available = 1024 * fields.get("MemAvailable", fields["MemTotal"])
        yield _Memory(total, total - available - _own(root), "the machine")
    elif root == "/" and "SC_PHYS_PAGES" in getattr(os, "sysconf_names", ()):
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")  # macOS
        yield _Memory(total, 0, "the machine")


def _containers(root: str) -> Iterator[_Memory]:
    """Yield the control groups that hold this process and have a limit."""
    for line in _lines(os.path.join(root, "proc/self/cgroup")):
        controllers, _, path = line.partition(":")[2].partition(":")
        for name, mounts in _MOUNTS.items():
            if name in controllers.split(","):
                for mount in mounts:
                    yield from _groups(root, os.path.join(root, mount), path)


def _groups(root: str, mount: str, path: str) -> Iterator[_Memory]:
    """Yield a group and all that it lies in.

    In a container the path may be that on the host, where only the mount itself is there.
    """
    parts = [part for part in path.split("/") if part not in ("", "..")]
    for depth in range(len(parts), -1, -1):
        folder = os.path.join(mount, *parts[:depth])
        known = _fields(os.path.join(folder, "memory.stat"))
        limits = [_number(os.path.join(folder, name)) for name in _LIMITS]
        limits.append(known.get("hierarchical_memory_limit"))
        total = min((limit for limit in limits if limit), default=0)
        if not total:
            continue
        used = max(_number(os.path.join(folder, name)) or 0 for name in _USED)
        # Version 1 tells of the groups within under names of their own.
        reclaimed = sum(known.get(f"total_{name}", known.get(name, 0)) for name in _RECLAIMED)
        yield _Memory(total, used - reclaimed - _own(root), "the container (cgroup)")


def _own(root: str) -> int:
    """Return what this process holds that cannot be read from files again."""
    fields = _fields(os.path.join(root, "proc/self/status"))
    return 1024 * fields.get("RssAnon", fields.get("VmRSS", 0))


def _fields(path: str) -> dict[str, int]:
    """Read lines of a name and a number."""
    fields = {}
    for line in _lines(path):
        name, *values = line.split()[:2] or [""]
        if values and values[0].isdigit():
            fields[name.rstrip(":")] = int(values[0])
    return fields


def _number(path: str) -> int | None:
    """Read a number; None where there is none, or the word "max"."""
    text = "".join(_lines(path)).strip()
    return int(text) if text.isdigit() else None


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as lines:
            return lines.read().splitlines()
    except OSError:
        return []
