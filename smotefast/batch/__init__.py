"""File-to-file resampling within a memory limit: ``resample_dataset``."""

from smotefast.batch.arguments import check_arguments
from smotefast.batch.resample import resample_dataset
from smotefast.batch.warmup import JustCompiledError

__all__ = ["JustCompiledError", "check_arguments", "resample_dataset"]
