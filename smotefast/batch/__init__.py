"""Resampling of files within a memory limit: ``resample_dataset``, ``iter_resampled``."""

from smotefast.batch.arguments import check_arguments
from smotefast.batch.iterate import iter_resampled
from smotefast.batch.plan import check_memory, plan_dataset
from smotefast.batch.resample import resample_dataset
from smotefast.batch.resampled_rows import ResampledRows
from smotefast.batch.row_matrix import RowMatrix
from smotefast.batch.run_job import check_job
from smotefast.batch.verify import Verification, verify_dataset
from smotefast.batch.warmup import JustCompiledError

__all__ = [
    "JustCompiledError",
    "ResampledRows",
    "RowMatrix",
    "Verification",
    "check_arguments",
    "check_job",
    "check_memory",
    "iter_resampled",
    "plan_dataset",
    "resample_dataset",
    "verify_dataset",
]
