"""Sides that work from file to file: a plain copy, and a program around imbalanced-learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.agreement import equal_share
from smotefast.bench.worker import time_calls


def copy_parquet(source: str) -> dict[str, Any]:
    """Copy batch by batch, as plainly as it can be done; the seconds are until closed."""
    import pyarrow.parquet as pq

    destination = f"{source}.copy"

    def copy() -> None:
        with pq.ParquetFile(source) as file:
            options = {"use_dictionary": ["label"]}  # as in the source: floats have none
            with pq.ParquetWriter(destination, file.schema_arrow, **options) as writer:
                for batch in file.iter_batches(batch_size=500_000):
                    writer.write_batch(batch)

    answer, _ = time_calls(copy, 0)
    Path(destination).unlink()
    return answer


def resample_parquet(source: str, destination: str, k: int, strategy: Any) -> dict[str, Any]:
    """Resample from Parquet to Parquet as one does with imbalanced-learn."""
    import pandas as pd
    from imblearn.over_sampling import SMOTE

    frame = pd.read_parquet(source)
    y = frame.pop("target")
    sampler = SMOTE(random_state=0, k_neighbors=k, sampling_strategy=strategy)
    X_new, y_new = sampler.fit_resample(frame, y)
    X_new.assign(target=y_new).to_parquet(destination, index=False)
    before = y.value_counts().to_dict()
    return {"rows": len(frame), "features": frame.shape[1], "before": before}


def compare_files(source: str, ours: str, theirs: str) -> dict[str, Any]:
    """Return how many new rows there are, and the share that both have."""
    import pyarrow.parquet as pq

    before, after = pq.read_table(source), pq.read_table(ours)
    if not after.slice(0, before.num_rows).equals(before):
        raise AssertionError("The originals are not the first rows of the result.")
    new = [
        table.slice(before.num_rows).drop_columns(["target"]).to_pandas().to_numpy()
        for table in (after, pq.read_table(theirs))
    ]
    return {"new_rows": len(new[0]), "rows_equal": equal_share(*new)}
