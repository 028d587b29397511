"""File-to-file resampling within a memory limit: ``resample_dataset``."""

from smotefast.batch.arguments import check_arguments
from smotefast.batch.plan import plan_dataset
from smotefast.batch.resample import resample_dataset
from smotefast.batch.run_job import check_job
from smotefast.batch.verify import Verification, verify_dataset
from smotefast.batch.warmup import JustCompiledError

__all__ = [
    "JustCompiledError",
    "Verification",
    "check_arguments",
    "check_job",
    "plan_dataset",
    "resample_dataset",
    "verify_dataset",
]
