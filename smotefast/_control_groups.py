"""Control groups (containers) of this process on Linux: their folders, and their CPU quota.

Versions 1 and 2 are read, also for a process in a nested group: its own group, which
``/proc/self/cgroup`` names, and all of its parents limit it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

# The folder that contains /proc and /sys; tests replace it.
ROOT = "/"
# Mount points by controller and version: "" marks version 2, which has one for all controllers.
_VERSION_2 = ("sys/fs/cgroup", "sys/fs/cgroup/unified")
_MOUNTS: dict[str, dict[str, tuple[str, ...]]] = {
    "memory": {"": _VERSION_2, "memory": ("sys/fs/cgroup/memory",)},
    "cpu": {"": _VERSION_2, "cpu": ("sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct")},
}


def group_folders(controller: str, root: str) -> Iterator[str]:
    """Yield the folders of the groups of this process, each followed by its parents.

    Inside a container, the path may be the one on the host, of which only the mount point
    exists: folders that do not exist are yielded, too.

    Parameters
    ----------
    controller
        "memory" or "cpu".
    root
        The folder that contains ``proc`` and ``sys``.
    """
    for line in read_lines(os.path.join(root, "proc/self/cgroup")):
        controllers, _, path = line.partition(":")[2].partition(":")
        for name, mounts in _MOUNTS[controller].items():
            if name in controllers.split(","):
                for mount in mounts:
                    parts = [part for part in path.split("/") if part not in ("", "..")]
                    for depth in range(len(parts), -1, -1):
                        yield os.path.join(root, mount, *parts[:depth])


def cpu_quota() -> int | None:
    """Return the smallest quota of the groups of this process, in cores; None if it has none.

    A part of a core counts as one, as in joblib: a quota of 1.5 cores keeps two threads busy.
    """
    quotas = [_cores_of(folder) for folder in group_folders("cpu", ROOT)]
    return min((math.ceil(cores) for cores in quotas if cores), default=None)


def _cores_of(folder: str) -> float | None:
    """Return the quota of a group in cores; None if it has none."""
    values = " ".join(read_lines(os.path.join(folder, "cpu.max"))).split()
    if len(values) != 2:  # version 1
        names = "cpu.cfs_quota_us", "cpu.cfs_period_us"
        values = [" ".join(read_lines(os.path.join(folder, name))).strip() for name in names]
    used, period = values
    is_limited = used.isdigit() and period.isdigit() and int(period) > 0  # not "max" or -1
    return int(used) / int(period) if is_limited else None


def read_lines(path: str) -> list[str]:
    """Return the lines of a file; none if it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []
