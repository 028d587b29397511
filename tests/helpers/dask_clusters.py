"""Clusters of Dask on this machine."""

from contextlib import contextmanager

import pytest

distributed = pytest.importorskip("distributed")


@contextmanager
def client_of(n_workers, *, processes, threads_per_worker=1):
    """A client of a cluster whose workers are processes, or threads of this one."""
    with (
        distributed.LocalCluster(
            n_workers=n_workers,
            threads_per_worker=threads_per_worker,
            processes=processes,
            dashboard_address=":0",
            silence_logs=60,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client
