"""Tasks of a job on the workers of a cluster.

What the tasks of a stage have in common is a file that all workers read; a task is a few
numbers. ``shared_work.py`` is for any engine, ``dask_engine.py`` submits futures of Dask, and
``dask_futures.py`` waits for them, and ``dask_clients.py`` connects to its clusters.
"""

from smotefast.cluster.dask_clients import LOCAL, check_client, import_distributed, open_client
from smotefast.cluster.dask_engine import DaskEngine, open_engine
from smotefast.cluster.dask_futures import completed, result_of

__all__ = [
    "LOCAL",
    "DaskEngine",
    "check_client",
    "completed",
    "import_distributed",
    "open_client",
    "open_engine",
    "result_of",
]
