"""Processes and threads of the tests: how many there are, and how they wait."""

from __future__ import annotations

import os
import re

import pytest

# OpenMP threads wait asleep. By default they wait in a loop, which takes the core from the
# other processes: 38 tests of KMeansSMOTE on 2 busy cores took 28 s of processor time, now 1.3.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# Each starts anew, imports everything and needs about 1 GB.
MOST_PROCESSES = 4


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return one process per core, or 0 for no other process than this one.

    Processes beside it would disturb what measures time or memory (benchmarks, the long
    tests), and take longer to start than a single file takes to run.
    """
    measures = "benchmarks" in config.args or config.option.markexpr == "long"
    if measures or all(re.search(r"\.py\b", one) for one in config.args):
        return 0
    return min(_cores(), MOST_PROCESSES)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
