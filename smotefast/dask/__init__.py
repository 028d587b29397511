"""Resampling of Dask collections: ``smotefast.dask.fit_resample(ddf, "target", sampler)``.

A job on files runs on a cluster with ``smotefast.resample_dataset(..., cluster=client)``.
"""

from smotefast.dask.frames import fit_resample

__all__ = ["fit_resample"]
