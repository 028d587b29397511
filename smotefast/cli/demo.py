"""``smotefast demo``: the main job on data made for it, within little memory.

A number of rows flows in; what a user would see and type flows out on standard output.
"""

from __future__ import annotations

import os
import tempfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from smotefast.batch import resample_dataset
from smotefast.over_sampling import SMOTE
from smotefast.storage import default_limit, format_size, signals_as_exit

_N_FEATURES = 20
_SHARE = 0.02
_BLOCK = 100_000
_MEMORY_LIMIT = 640 << 20


def run(n_rows: int) -> None:
    """Make ``n_rows`` rows, 2% of them of the class 1, and fill that class up."""
    limit = min(_MEMORY_LIMIT, default_limit().n_bytes)
    with (
        signals_as_exit(),
        tempfile.TemporaryDirectory(prefix="smotefast-demo-") as folder,
    ):
        source = os.path.join(folder, "transactions.parquet")
        destination = os.path.join(folder, "balanced.parquet")
        make_data(source, n_rows)
        print(
            f"Made {n_rows:,} rows x {_N_FEATURES} float32 columns, {_SHARE:.0%} of class 1 "
            f"({format_size(os.path.getsize(source))} of Parquet).\n"
            f"Resampling them within {format_size(limit)} of memory ...\n",
            flush=True,
        )
        summary = resample_dataset(
            source,
            destination,
            target="label",
            sampler=SMOTE(random_state=0),
            memory_limit=limit,
        )
        print(summary)
    print(_WHAT_NEXT)


def make_data(path: str, n_rows: int) -> None:
    """Write an imbalanced data set: two overlapping clouds, the rare one in three clumps."""
    rng = np.random.default_rng(0)
    centers = rng.normal(scale=2, size=(3, _N_FEATURES)).astype(np.float32)
    names = [f"feature_{j}" for j in range(_N_FEATURES)]
    fields = [(name, pa.float32()) for name in names]
    schema = pa.schema([*fields, ("label", pa.int8())])
    with pq.ParquetWriter(path, schema, use_dictionary=["label"]) as writer:
        for start in range(0, n_rows, _BLOCK):
            n = min(_BLOCK, n_rows - start)
            rare = rng.random(n) < _SHARE
            values = rng.standard_normal((_N_FEATURES, n), dtype=np.float32)
            values[:, rare] += centers[rng.integers(0, 3, int(rare.sum()))].T
            columns = [pa.array(column) for column in values]
            labels = pa.array(rare.astype(np.int8))
            writer.write_table(pa.table([*columns, labels], schema=schema))


_WHAT_NEXT = """
The demo's files are gone again. With a file of your own:

    smotefast resample transactions.parquet balanced.parquet --target label --memory-limit 1GiB

or in Python:

    import smotefast
    smotefast.resample_dataset("transactions.parquet", "balanced.parquet", target="label")

`smotefast resample --help` lists the options."""
