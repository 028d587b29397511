"""Parquet files for tests of file jobs, and the expected results of the jobs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import smotefast
from smotefast.over_sampling import SMOTE


def resample(source, destination, **options):
    """Run a job with default arguments, without a progress bar."""
    usual = {"target": "label", "progress": False, "sampler": SMOTE(random_state=0)}
    return smotefast.resample_dataset(source, destination, **{**usual, **options})


def imbalanced(n_rows=600, *, share=0.1, n_features=4, dtype=np.float32, seed=0):
    """Return a table of numeric features and a target with classes 0 and 1."""
    rng = np.random.default_rng(seed)
    rare = np.zeros(n_rows, dtype=np.int8)
    rare[rng.choice(n_rows, max(1, int(share * n_rows)), replace=False)] = 1
    values = rng.normal(scale=20, size=(n_rows, n_features)) + 5 * rare[:, np.newaxis]
    columns = {f"f{j}": pa.array(values[:, j].astype(dtype)) for j in range(n_features)}
    return pa.table({**columns, "label": pa.array(rare)})


def write_file(path, table, *, group_rows=None, **options):
    pq.write_table(table, path, row_group_size=group_rows or table.num_rows, **options)
    return path


def write_folder(path, table, n_files):
    path.mkdir()
    edges = np.linspace(0, table.num_rows, n_files + 1).astype(int)
    for i, (start, stop) in enumerate(pairwise(edges)):
        pq.write_table(table.slice(start, stop - start), path / f"{i:03d}.parquet")
    return path


def in_memory(table, sampler, target="label"):
    """Return the result of ``fit_resample`` as a table with the same column order."""
    X, y = sampler.fit_resample(table.drop_columns([target]), table[target])
    columns = X.columns
    columns.insert(table.schema.get_field_index(target), y)
    return pa.Table.from_arrays(columns, schema=table.schema)


def same(one, other):
    """Tell whether two tables are equal, including metadata, whatever their chunks are."""
    return one.schema.equals(other.schema, check_metadata=True) and (
        one.combine_chunks()
        .unify_dictionaries()
        .equals(other.combine_chunks().unify_dictionaries())
    )
