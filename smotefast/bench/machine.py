"""The machine and the packages of a measurement; no host, user or path is named."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = (
    "smotefast",
    "numpy",
    "scipy",
    "numba",
    "scikit-learn",
    "imbalanced-learn",
    "pynndescent",
    "pyarrow",
    "pandas",
    "polars",
    "scikit-learn-intelex",
    "faiss-cpu",
    "hnswlib",
    "smote-variants",
)


def describe_machine() -> dict[str, Any]:
    """Return processor, cores, memory, system and the versions of the packages."""
    return {
        "cpu": _from_proc("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": _usable_cores(),
        "memory_gib": round(_memory_kib() / 1024**2, 1),
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def load() -> float:
    """Return the load average of the last minute: other work counts too."""
    return round(os.getloadavg()[0], 2)


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_kib() -> int:
    text = _from_proc("/proc/meminfo", "MemTotal")
    return int(text.split()[0]) if text else 0


def _from_proc(path: str, name: str) -> str:
    try:
        with open(path) as lines:
            for line in lines:
                if line.startswith(name):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return ""


def _version(package: str) -> str | None:
    if package == "smotefast":
        from smotefast import __version__

        return __version__
    try:
        return version(package)
    except PackageNotFoundError:
        return None
