"""Resampling of Spark data frames: ``smotefast.spark.resample(df, "target", sampler)``."""

from smotefast.spark.frames import resample

__all__ = ["resample"]
