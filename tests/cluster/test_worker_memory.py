"""What the program takes on workers counts in the plan of a job."""

from __future__ import annotations

import importlib
import logging
import os
import sys

import pytest

import smotefast
from smotefast.cluster import open_client
from smotefast.cluster.worker_memory import ProcessMemory, WorkerMemory, worker_memory
from tests.helpers.dask_clusters import client_of
from tests.helpers.parquet_files import imbalanced, write_file

pytest.importorskip("distributed")


@pytest.mark.parametrize(
    ("here", "workers", "expected"),
    [
        (ProcessMemory(100, False), [], (0, 0)),
        (ProcessMemory(100, False), [ProcessMemory(90, False)], (0, 0)),
        (
            ProcessMemory(100, False),
            [ProcessMemory(130, False), ProcessMemory(90, False)],
            (30, 0),
        ),
        (ProcessMemory(100, False), [ProcessMemory(330, True)], (0, 330)),
        (
            ProcessMemory(300, True),
            [ProcessMemory(330, True), ProcessMemory(200, False)],
            (0, 330),
        ),
    ],
)
def test_workers__are_compared_with_this_process(here, workers, expected):
    assert worker_memory(here, workers) == WorkerMemory(*expected)


def test_a_job__needs_what_the_program_takes_on_its_workers(tmp_path, monkeypatch):
    """Here each worker says that it takes 5 GiB, so the limit is not enough."""
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with client_of(2, processes=False) as client:
        monkeypatch.setattr(
            smotefast.batch.run_job, "process_memory", lambda: ProcessMemory(5 << 30, True)
        )
        with pytest.raises(MemoryError, match=r"of which 5\.0 GiB is the program"):
            smotefast.resample_dataset(
                source, tmp_path / "out", target="label", memory_limit="2GiB", cluster=client
            )


def test_local_workers__are_set_up_as_a_command(monkeypatch):
    """Workers without pandas and with the allocator of commands take 60 MiB less."""

    def look():
        pa = importlib.import_module("pyarrow")
        importlib.import_module("smotefast.batch")  # what tasks use
        level = logging.getLogger("distributed.worker").level
        return "pandas" in sys.modules, pa.default_memory_pool().backend_name, level

    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    with open_client("local", 1 << 30) as client:
        found = list(client.run(look).values())
    assert found == [(False, "jemalloc", 50)] * len(found)
    assert len(found) == 1


def test_kernels_of_workers__are_loaded_before_these_start(tmp_path, monkeypatch):
    """With an empty cache, the process that plans compiles what a task runs in one thread."""
    loaded = []
    monkeypatch.setattr(
        smotefast.batch.feature_plan,
        "load_kernels",
        lambda sampler, *sizes, **options: loaded.append(sampler.n_jobs),
    )
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with client_of(1, processes=False) as client:
        smotefast.resample_dataset(source, tmp_path / "out", target="label", cluster=client)
    assert loaded == [None, 1]
    smotefast.resample_dataset(source, tmp_path / "here", target="label")
    assert loaded == [None, 1, None]


def test_a_client_that_is_closed__is_refused(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with client_of(1, processes=False) as client:
        pass
    with pytest.raises(ValueError, match="a client that is closed"):
        smotefast.resample_dataset(source, tmp_path / "out", target="label", cluster=client)
    assert os.listdir(tmp_path) == ["in.parquet"]
