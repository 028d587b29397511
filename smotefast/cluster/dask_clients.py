"""Clusters of Dask: connect to one, and check that its workers can run the tasks of a job."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from smotefast._threads import thread_count
from smotefast.cluster import dask_futures
from smotefast.cluster.worker_memory import ProcessMemory, WorkerMemory, worker_memory
from smotefast.exceptions import ArgumentError, ClusterError, MissingPackageError
from smotefast.storage.remote.shared_folder import SharedFolder

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

LOCAL = "local"
# Dask pauses a worker at this share of its limit, and ends it at 95 percent. The job itself
# refuses at its memory limit, with a message.
_PAUSE_AT = 0.8
# Variables that Dask sets for workers. With its MALLOC_TRIM_THRESHOLD_ of 64 KiB, workers
# return memory to the system and get it again with each block: SMOTE on 2,000,000 x 20 took
# them 9.7 and 10.7 CPU seconds, and 8.5 to 8.7 without. Jobs trim their memory at their limit.
_VARIABLES = "distributed.nanny.pre-spawn-environ"


class WorkerFacts(NamedTuple):
    """What a worker says of itself.

    Attributes
    ----------
    versions
        Versions of its packages.
    shares_folder
        Whether it reads and writes the folder of the job.
    memory
        What the program takes there.
    """

    versions: Mapping[str, str]
    shares_folder: bool
    memory: ProcessMemory


def check_client(cluster: Any) -> None:
    """Raise an error unless ``cluster`` is a synchronous client of Dask.

    Raises
    ------
    MissingPackageError
        If Dask is not installed.
    TypeError
        If it is something else.
    ValueError
        If it is closed.
    """
    distributed = import_distributed()
    if isinstance(cluster, distributed.Client) and cluster.status in ("closing", "closed"):
        raise ValueError("cluster is a client that is closed. Connect a new one.")
    if not isinstance(cluster, distributed.Client) or cluster.asynchronous:
        raise TypeError(
            f"cluster={cluster!r} must be a distributed.Client that is not asynchronous, such "
            "as distributed.Client('tcp://scheduler:8786')."
        )


@contextmanager
def open_client(address: str, memory_limit: int) -> Iterator[Client]:
    """Connect to a scheduler; "local" starts a cluster of processes on this machine first.

    Parameters
    ----------
    address
        The address, such as "tcp://scheduler:8786", or "local".
    memory_limit
        Memory limit of each process of the job, in bytes.

    Raises
    ------
    MissingPackageError
        If Dask is not installed.
    ArgumentError
        If it is no address.
    ClusterError
        If there is no scheduler.
    """
    distributed = import_distributed()
    if address == LOCAL:
        with _local_cluster(memory_limit) as local, distributed.Client(local) as client:
            yield client
        return
    try:
        client = distributed.Client(address, timeout=dask_futures.WAIT)
    except OSError as error:
        raise ClusterError(
            f"There is no scheduler of Dask at {address!r} ({error}). Start one with 'dask "
            "scheduler', or choose 'local'."
        ) from error
    except (ValueError, TypeError) as error:
        raise ArgumentError(
            f"{address!r} is not the address of a scheduler of Dask ({error}). An address is "
            "such as tcp://host:8786, or 'local'."
        ) from error
    with client:
        yield client


@contextmanager
def _local_cluster(memory_limit: int) -> Iterator[LocalCluster]:
    """Start a process on each core of this machine."""
    import dask
    from distributed import LocalCluster

    variables = dict(dask.config.get(_VARIABLES))
    variables.pop("MALLOC_TRIM_THRESHOLD_", None)
    with dask.config.set({_VARIABLES: variables}):
        local = LocalCluster(
            n_workers=thread_count(None),
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",  # any free port: None takes 8787, if that is free
            memory_limit=int(memory_limit / _PAUSE_AT),
            preload=["smotefast._allocator"],
        )
    try:
        yield local
    finally:
        # On a busy machine, Dask warns that it kills processes that take 4 seconds to end.
        log = logging.getLogger("distributed.nanny")
        level = log.level
        log.setLevel(logging.ERROR)
        try:
            local.close()
        finally:
            log.setLevel(level)


def check_workers(
    client: Client,
    shared: SharedFolder,
    versions: Callable[[], Mapping[str, str]],
    memory: Callable[[], ProcessMemory],
) -> WorkerMemory:
    """Check that there are workers, each with one task thread, the folder and these versions.

    Workers that join later are not checked. Returns what the program takes on the workers.

    Parameters
    ----------
    client
        Connected to the cluster.
    shared
        Folder for files of the job.
    versions
        Returns the versions of the packages that the rows depend on.
    memory
        Returns what the program takes in a process.

    Raises
    ------
    ClusterError
        The message names the worker, and what to do.
    """
    try:
        client.wait_for_workers(1, timeout=dask_futures.WAIT)
    except TimeoutError as error:
        raise ClusterError(
            "The cluster has no workers. Start one on each core with 'dask worker ADDRESS "
            "--nthreads 1'."
        ) from error
    _check_threads(client.nthreads())
    text = secrets.token_hex(8)
    probe = _publish_text(shared, text)
    try:
        found = client.run(look, versions, memory, shared, probe, text)
    except OSError as error:
        raise ClusterError(
            f"A worker of the cluster ended, or cannot be reached ({error}). Look at its log: "
            "if it lacked memory, give each worker more."
        ) from error
    except Exception as error:
        raise ClusterError(
            f"A worker of the cluster cannot run smotefast ({type(error).__name__}: {error}). "
            "Install the same version of it on all workers."
        ) from error
    for address, worker in found.items():
        _check_worker(address, worker, os.path.dirname(probe), versions())
    shared.remove(probe)
    return worker_memory(memory(), [worker.memory for worker in found.values()])


def _check_threads(threads: Mapping[str, int]) -> None:
    several = {address: n for address, n in threads.items() if n != 1}
    if several:
        address, n = next(iter(several.items()))
        raise ClusterError(
            f"The worker {address} has {n} task threads, and a job plans the memory of a "
            "process for one task at a time. Start a worker on each core with 'dask worker "
            "ADDRESS --nthreads 1', or LocalCluster(threads_per_worker=1)."
        )


def _check_worker(
    address: str, worker: WorkerFacts, folder: str, versions: Mapping[str, str]
) -> None:
    if not worker.shares_folder:
        raise ClusterError(
            f"The worker {address} cannot read and write {folder!r}, the folder of the job. "
            "Choose a destination, or scratch, on storage that all workers have under the "
            "same path, or in a store."
        )
    for name, version in versions.items():
        other = worker.versions.get(name)
        if other != version:
            raise ClusterError(
                f"The worker {address} has {name} {other}, and this process {version}: parts "
                "of the output could differ. Install the same versions on all machines."
            )


def look(
    versions: Callable[[], Mapping[str, str]],
    memory: Callable[[], ProcessMemory],
    shared: SharedFolder,
    probe: str,
    text: str,
) -> WorkerFacts:
    """Return what a worker says of itself; runs on the worker."""
    shares_folder = False
    with suppress(OSError):
        with open(shared.fetch(probe), encoding="utf-8") as file:
            is_same = file.read() == text
        shared.remove(_publish_text(shared, text))
        shares_folder = is_same
    return WorkerFacts(dict(versions()), shares_folder, memory())


def _publish_text(shared: SharedFolder, text: str) -> str:
    """Publish a small file; return its name."""
    path = os.path.join(shared.path, f"probe-{secrets.token_hex(4)}")
    with open(path, "x", encoding="utf-8") as file:
        file.write(text)
    return shared.publish(path)


def import_distributed() -> Any:
    """Return the package distributed.

    Raises
    ------
    MissingPackageError
        If it is not installed.
    """
    try:
        import distributed
    except ImportError as error:
        raise MissingPackageError(
            "A job on a cluster of Dask needs the package distributed. Install "
            "'smotefast[dask]'."
        ) from error
    return distributed
