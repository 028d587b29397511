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


# Measured by "fit --busy", so as CPU time, on 2 cores with AVX-512 that did other work, too.
UNITS: dict[str, Unit] = {
    "process": Unit(1.6, "", "processes: starting Python, importing the package"),
    "job": Unit(0.0085, "", "jobs: opening files, checks, moving the result"),
    "chunk": Unit(0.00014, "", "column chunks whose footers and samples are read"),
    "count": Unit(2.9e-08, "", "rows of the target column that are counted"),
    "kernels": Unit(0.67, "", "processes that load numba and the kernels"),
    "decode none": Unit(1.3e-09, "threads", "bytes read, without compression"),
    "decode snappy": Unit(5.6e-10, "threads", "bytes read as snappy"),
    "decode lz4": Unit(9.7e-10, "threads", "bytes read as lz4"),
    "decode zstd": Unit(1.1e-09, "threads", "bytes read as zstd"),
    "decode gzip": Unit(2.2e-09, "threads", "bytes read as gzip"),
    "decode brotli": Unit(5.2e-09, "threads", "bytes read as brotli"),
    "gather": Unit(5.4e-09, "", "values of rows that are read into memory"),
    "filter": Unit(1.8e-08, "", "rows whose class is looked up"),
    "multiply-add": Unit(
        2.9e-11, "threads", "multiply-adds of a search, queries x rows x columns"
    ),
    "generate": Unit(6e-10, "threads", "values generated"),
    "encode none": Unit(2.4e-09, "parts", "bytes written, without compression"),
    "encode snappy": Unit(3.8e-09, "parts", "bytes written as snappy"),
    "encode lz4": Unit(3.5e-09, "parts", "bytes written as lz4"),
    "encode zstd": Unit(5.6e-09, "parts", "bytes written as zstd"),
    "encode gzip": Unit(2.9e-08, "parts", "bytes written as gzip"),
    "encode brotli": Unit(8.5e-09, "parts", "bytes written as brotli"),
    "text": Unit(1.5e-7, "parts", "values of varying size that are written"),
    "flush": Unit(2e-10, "", "bytes flushed to the disk, and their checksum"),
    "convert": Unit(
        9.8e-09, "threads", "bytes of text or of Arrow files that are copied first"
    ),
    "sort": Unit(4.4e-09, "parts", "bytes of rows that are sorted, or merged, by random keys"),
    "spill": Unit(1.2e-08, "parts", "bytes of sorted rows that are written and read again"),
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
