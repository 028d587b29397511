"""How long the steps of a job take, from amounts of work: one table of measured constants.

``python -m benchmarks.cost_model fit`` measures jobs and prints the table anew;
``python -m benchmarks.cost_model check`` compares estimates with jobs of other shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit of work.

    Attributes
    ----------
    seconds
        Of one unit, on one thread.
    scales
        "threads" if all threads share the work, "parts" if those that write parts do, "" if one
        thread does it.
    what
        What is counted.
    """

    seconds: float
    scales: str
    what: str


# Measured on 2 cores with AVX-512 that were also used by other work.
UNITS: dict[str, Unit] = {
    "process": Unit(1.3, "", "processes: starting Python, importing the package"),
    "job": Unit(0.05, "", "jobs: opening files, checks, moving the result"),
    "chunk": Unit(2e-4, "", "column chunks whose footers and samples are read"),
    "count": Unit(1.5e-8, "", "rows of the target column that are counted"),
    "kernels": Unit(0.9, "", "processes that load numba and the kernels"),
    "decode none": Unit(1.0e-9, "threads", "bytes read, without compression"),
    "decode snappy": Unit(1.6e-9, "threads", "bytes read as snappy"),
    "decode lz4": Unit(1.4e-9, "threads", "bytes read as lz4"),
    "decode zstd": Unit(2.5e-9, "threads", "bytes read as zstd"),
    "decode gzip": Unit(6.0e-9, "threads", "bytes read as gzip"),
    "decode brotli": Unit(6.0e-9, "threads", "bytes read as brotli"),
    "gather": Unit(1.0e-8, "", "values of rows that are read into memory"),
    "filter": Unit(2.0e-8, "", "rows whose class is looked up"),
    "multiply-add": Unit(
        2.2e-11, "threads", "multiply-adds of a search, queries x rows x columns"
    ),
    "generate": Unit(3.0e-9, "threads", "values generated"),
    "sort": Unit(2.0e-9, "parts", "bytes of rows that are shuffled"),
    "encode none": Unit(1.5e-9, "parts", "bytes written, without compression"),
    "encode snappy": Unit(2.5e-9, "parts", "bytes written as snappy"),
    "encode lz4": Unit(2.5e-9, "parts", "bytes written as lz4"),
    "encode zstd": Unit(6.0e-9, "parts", "bytes written as zstd"),
    "encode gzip": Unit(6.0e-8, "parts", "bytes written as gzip"),
    "encode brotli": Unit(3.0e-7, "parts", "bytes written as brotli"),
    "flush": Unit(5e-10, "", "bytes flushed to the disk, and their checksum"),
    "convert": Unit(8.0e-9, "threads", "bytes of text or of Arrow files that are copied first"),
}


def seconds(work: Mapping[str, float], *, n_threads: int, n_parts: int) -> float:
    """Return how long some work takes.

    Parameters
    ----------
    work
        Amount of each unit.
    n_threads, n_parts
        Threads, and those that write parts at the same time.
    """
    shares = {"threads": n_threads, "parts": n_parts, "": 1}
    return sum(
        amount * UNITS[unit].seconds / shares[UNITS[unit].scales]
        for unit, amount in work.items()
    )
