"""Iterations over resampled rows, and the job whose rows they must equal."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.base import clone

import smotefast
from smotefast.over_sampling import SMOTE
from tests.helpers.parquet_files import resample


def iterate(source, **options):
    """Prepare rows with default arguments, without a progress bar."""
    usual = {"target": "label", "progress": False, "sampler": SMOTE(random_state=0)}
    return smotefast.iter_resampled(source, **{**usual, **options})


def table_of(rows):
    """Return all rows as one table."""
    return pa.Table.from_batches(list(rows), schema=rows.schema)


def written(source, folder, sampler=None, **options):
    """Return what a job with these options writes, into one file."""
    sampler = SMOTE(random_state=0) if sampler is None else clone(sampler)
    resample(source, folder / "written.parquet", sampler=sampler, overwrite=True, **options)
    return pq.read_table(folder / "written.parquet")
