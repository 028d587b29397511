"""``smotefast demo``: generate imbalanced data and resample them with little memory."""

from __future__ import annotations

import os
import tempfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from smotefast.batch import resample_dataset
from smotefast.cli.output import is_restarted
from smotefast.over_sampling import SMOTE
from smotefast.storage import default_memory_limit, exit_on_signals, format_size

_N_FEATURES = 20
_MINORITY_SHARE = 0.02
_BLOCK = 100_000
_MEMORY_LIMIT = 640 << 20


def run(n_rows: int) -> None:
    """Generate ``n_rows`` rows, 2% of them of class 1, and over-sample that class."""
    limit = min(_MEMORY_LIMIT, default_memory_limit().n_bytes)
    with (
        exit_on_signals(),
        tempfile.TemporaryDirectory(prefix="smotefast-demo-") as folder,
    ):
        source = os.path.join(folder, "transactions.parquet")
        destination = os.path.join(folder, "balanced.parquet")
        write_data(source, n_rows)
        if not is_restarted():  # otherwise it is printed already
            print(
                f"Generated {n_rows:,} rows x {_N_FEATURES} float32 columns, "
                f"{_MINORITY_SHARE:.0%} of class 1 "
                f"({format_size(os.path.getsize(source))} of Parquet).\n"
                f"Resampling with a memory limit of {format_size(limit)} ...\n",
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
    print(_NEXT_STEPS)


def write_data(path: str, n_rows: int) -> None:
    """Write imbalanced data: a normal majority class that overlaps three minority clusters."""
    rng = np.random.default_rng(0)
    centers = rng.normal(scale=2, size=(3, _N_FEATURES)).astype(np.float32)
    names = [f"feature_{j}" for j in range(_N_FEATURES)]
    fields = [(name, pa.float32()) for name in names]
    schema = pa.schema([*fields, ("label", pa.int8())])
    with pq.ParquetWriter(path, schema, use_dictionary=["label"]) as writer:
        for start in range(0, n_rows, _BLOCK):
            n = min(_BLOCK, n_rows - start)
            is_minority = rng.random(n) < _MINORITY_SHARE
            values = rng.standard_normal((_N_FEATURES, n), dtype=np.float32)
            n_minority = int(is_minority.sum())
            values[:, is_minority] += centers[rng.integers(0, 3, n_minority)].T
            columns = [pa.array(column) for column in values]
            labels = pa.array(is_minority.astype(np.int8))
            writer.write_table(pa.table([*columns, labels], schema=schema))


_NEXT_STEPS = """
The files of the demo were removed. To resample your own file:

    smotefast resample transactions.parquet balanced.parquet --target label --memory-limit 1GiB

or, in Python:

    import smotefast
    smotefast.resample_dataset("transactions.parquet", "balanced.parquet", target="label")

`smotefast resample --help` lists all options."""
