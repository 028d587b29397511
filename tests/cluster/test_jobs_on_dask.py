"""A job on a cluster of Dask writes the files of one machine, whatever happens to workers."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

import smotefast
from smotefast.batch.engines import THIS_MACHINE
from smotefast.batch.gathered_files import ClassRowWriter
from smotefast.batch.scan import TargetCounter
from smotefast.batch.tasks import copy_tasks
from smotefast.cluster import DaskEngine
from smotefast.cluster.worker_memory import ProcessMemory, WorkerMemory
from smotefast.combine import Combination
from smotefast.exceptions import ArgumentError, ClusterError
from smotefast.over_sampling import (
    ADASYN,
    ROSE,
    SMOTE,
    SMOTENC,
    GeometricSMOTE,
    PolynomFitSMOTE,
    RandomOverSampler,
)
from smotefast.storage import open_source
from smotefast.storage.remote.shared_folder import MountedFolder
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.helpers.command_line import run
from tests.helpers.dask_clusters import client_of
from tests.helpers.failing_store import FailingStore, register
from tests.helpers.hypothesis_examples import examples
from tests.helpers.parquet_files import imbalanced, write_file, write_folder
from tests.helpers.stores import make_store

distributed = pytest.importorskip("distributed")

SAMPLERS = [
    SMOTE(random_state=0),
    SMOTENC(["kind"], random_state=0),
    RandomOverSampler(random_state=np.random.RandomState(3)),
    RandomUnderSampler(random_state=0),
    Combination(
        SMOTE(random_state=0, sampling_strategy={1: 400}),
        RandomUnderSampler(random_state=1, sampling_strategy={0: 240}),
    ),
]


@pytest.fixture(scope="module")
def in_threads():
    """A client of a cluster whose two workers are threads of this process."""
    with client_of(2, processes=False) as client:
        yield client


@pytest.fixture(scope="module")
def in_processes():
    """A client of a cluster of two processes."""
    with client_of(2, processes=True) as client:
        yield client


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(share=0.3), group_rows=40)


def job(source, destination, sampler=SAMPLERS[0], **options):
    """Run a job with parts of about 50 rows."""
    usual = {"target": "label", "progress": False, "part_size": "1000B", "row_group_size": 20}
    return smotefast.resample_dataset(
        source, destination, sampler=clone(sampler), **{**usual, **options}
    )


def contents(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def with_kinds(table):
    kinds = pa.array(np.array(list("pqr"))[np.arange(table.num_rows) % 3])
    return table.append_column("kind", kinds.dictionary_encode())


def check_same(folder, cluster, source, sampler, least=3, **options):
    """Run a job here and on a cluster; compare files and counts. There are ``least`` files."""
    here = job(source, folder / "here", sampler, **options)
    there = job(source, folder / "there", sampler, cluster=cluster, **options)
    assert contents(folder / "there") == contents(folder / "here")
    assert len(contents(folder / "there")) >= least
    assert there.counts_after == here.counts_after
    assert sorted(os.listdir(folder)) == ["here", "in", "there"]


@examples(4)
@given(data=st.data())
def test_parts__are_those_of_one_machine_byte_for_byte(in_processes, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("job")
    sampler = data.draw(st.sampled_from(SAMPLERS))
    is_mixed = isinstance(sampler, SMOTENC) or isinstance(sampler, RandomOverSampler)
    table = imbalanced(share=0.3, seed=data.draw(st.integers(0, 9)))
    table = with_kinds(table) if is_mixed else table
    n_files = data.draw(st.sampled_from([1, 3, 7]))
    source = write_folder(folder / "in", table, n_files)
    options = {"part_size": f"{data.draw(st.integers(500, 2_000))}B"}
    if data.draw(st.booleans()):
        options |= {"partition_by": ["label"]}
    if data.draw(st.booleans()) and not isinstance(sampler, RandomUnderSampler):
        options |= {"rows": "synthetic", "provenance": True}
    least = min(3, n_files)  # a row group is copied as a whole
    check_same(folder, in_processes, source, sampler, least, **options)


@pytest.mark.parametrize(
    "sampler",
    [
        PolynomFitSMOTE(random_state=0),
        ROSE(random_state=0),
        GeometricSMOTE(selection_strategy="minority", random_state=0),
    ],
    ids=lambda sampler: type(sampler).__name__,
)
def test_parts__are_those_of_one_machine_for_published_samplers(in_threads, tmp_path, sampler):
    source = write_folder(tmp_path / "in", imbalanced(share=0.3), 3)
    check_same(tmp_path, in_threads, source, sampler)


@pytest.mark.parametrize("n_workers", [1, 4])
@pytest.mark.parametrize("processes", [False, pytest.param(True, marks=pytest.mark.long)])
def test_parts__do_not_depend_on_the_number_of_workers(tmp_path, n_workers, processes):
    source = write_folder(tmp_path / "in", imbalanced(share=0.3), 5)
    with client_of(n_workers, processes=processes) as client:
        check_same(tmp_path, client, source, SAMPLERS[0])


def test_a_relative_path_and_the_provenance__are_the_same_on_workers(
    tmp_path, monkeypatch, in_processes
):
    source = write_folder(tmp_path / "in", imbalanced(share=0.3), 2)
    monkeypatch.chdir(tmp_path)
    check_same(tmp_path, in_processes, source.name, SAMPLERS[0], provenance=True)


def test_counts__do_not_depend_on_how_tasks_are_grouped(tmp_path):
    table = with_kinds(imbalanced(share=0.3))
    source = open_source(write_folder(tmp_path / "in", table, 6))
    for target in ("label", "kind"):
        counter = TargetCounter(source, target)
        each = [counter.count(task, lambda n: None) for task in copy_tasks(source, 40)]
        together = counter.add_up(each)
        pairs = [counter.add_up(each[i : i + 2]) for i in range(0, len(each), 2)]
        assert counter.add_up(pairs) == together
        assert sum(together.counts.values()) == 600
        assert [start for start, _ in together.by_task] == list(range(0, 600, 100))


def test_files__of_two_attempts_are_the_same_file(tmp_path, source):
    opened = open_source(source)
    tasks = copy_tasks(opened, 100)
    folder = MountedFolder(str(tmp_path))
    writer = ClassRowWriter(opened, ["label", "f0"], [1], 7, 1 << 40, folder, "rows")
    first = [Path(writer.write(task, lambda n: None)).read_bytes() for task in tasks]
    again = [Path(writer.write(task, lambda n: None)).read_bytes() for task in tasks]
    assert again == first
    assert len(os.listdir(tmp_path)) == 1 + len(tasks)
    nothing = writer._replace(labels=[7], prefix="none")
    assert nothing.write(tasks[0], lambda n: None) is None
    assert len(os.listdir(tmp_path)) == 1 + len(tasks)


def test_an_error_of_a_task__is_that_of_one_machine_and_leaves_nothing(tmp_path, in_threads):
    table = imbalanced(share=0.3)
    values = np.where(table["label"].to_numpy() == 1, np.nan, 1.0)
    source = write_file(tmp_path / "in.parquet", table.set_column(0, "f0", pa.array(values)))
    messages = []
    for cluster in (None, in_threads):
        with pytest.raises(ValueError, match="Column 'f0' has") as error:
            job(source, tmp_path / "out", cluster=cluster)
        messages.append(str(error.value))
    assert messages[0] == messages[1]
    assert os.listdir(tmp_path) == ["in.parquet"]


def interrupt(source, destination, after=3, **options):
    """Interrupt a job when so many parts are recorded; return their names."""
    journal = destination.parent / f".{destination.name}.smotefast" / "journal.jsonl"

    def stop(done, total):
        if journal.read_text().count('"task": "part-') >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job(source, destination, progress=stop, **options)
    assert not destination.exists()


@pytest.mark.parametrize("on_cluster_first", [True, False])
def test_an_interrupted_job__goes_on_here_and_there(
    tmp_path, source, in_threads, on_cluster_first
):
    clusters = [in_threads, None] if on_cluster_first else [None, in_threads]
    job(source, tmp_path / "whole")
    interrupt(source, tmp_path / "out", cluster=clusters[0])
    summary = job(source, tmp_path / "out", cluster=clusters[1], resume="require")
    assert sum(part.is_resumed for part in summary.parts) >= 3
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out", "whole"]


def test_a_worker_that_is_killed__costs_its_tasks_alone(tmp_path, source, in_processes):
    job(source, tmp_path / "whole")
    processes = list(in_processes.run(os.getpid).values())

    def kill(done, total):
        if done and processes:
            os.kill(processes.pop(), signal.SIGKILL)
            processes.clear()

    job(source, tmp_path / "out", progress=kill, cluster=in_processes)
    assert not processes
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out", "whole"]


def test_a_task_that_ends_each_worker__is_an_error_and_the_job_goes_on(
    tmp_path, source, in_threads, monkeypatch
):
    class KilledWorker(Exception):
        task = "task"

    monkeypatch.setattr("distributed.scheduler.KilledWorker", KilledWorker)

    def lose(self, part, report):
        raise KilledWorker

    job(source, tmp_path / "whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("smotefast.batch.parts.PartWriter.write", lose)
        with pytest.raises(ClusterError, match="Several workers ended"):
            job(source, tmp_path / "out", cluster=in_threads)
    assert not (tmp_path / "out").exists()
    job(source, tmp_path / "out", cluster=in_threads)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_an_attempt__fails_when_the_folder_of_its_run_is_removed(tmp_path, source, monkeypatch):
    """A worker that was taken for lost writes nothing into the folder of a later job."""
    kept = []

    def keep(self, path, name, tick):
        os.unlink(path)  # as the end of the run does
        with pytest.raises(FileNotFoundError):
            real(self, path, name, tick)
        kept.append(name)
        raise KeyboardInterrupt

    from smotefast.storage.files import LocalOutput

    real = LocalOutput.keep
    monkeypatch.setattr(LocalOutput, "keep", keep)
    with pytest.raises(KeyboardInterrupt):
        job(source, tmp_path / "out")
    assert kept


def test_tasks__are_a_few_numbers(tmp_path, source):
    tasks = copy_tasks(open_source(source), 100)
    assert max(len(pickle.dumps(task)) for task in tasks) < 200


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sampler": ADASYN()}, "ADASYN compares rows of all classes.*'smote'"),
        ({"sampler": TomekLinks()}, "TomekLinks compares rows of all classes"),
        ({"order": "shuffled"}, "order='shuffled' sorts all rows in one process"),
    ],
)
def test_what_does_not_split__is_refused(tmp_path, source, in_threads, options, message):
    given_options = {"destination": tmp_path / "out", **options}
    with pytest.raises(ValueError, match=message) as error:
        job(source, cluster=in_threads, **given_options)
    assert isinstance(error.value, ArgumentError) == ("scratch" in message)
    assert os.listdir(tmp_path) == ["in.parquet"]


def test_a_cluster__is_a_client(tmp_path, source):
    with pytest.raises(TypeError, match=r"cluster='tcp://a' must be a distributed.Client"):
        job(source, tmp_path / "out", cluster="tcp://a")


def test_workers_with_several_threads__are_refused(tmp_path, source):
    with (
        client_of(1, processes=False, threads_per_worker=2) as client,
        pytest.raises(ClusterError, match=r"has 2 task threads.*--nthreads 1"),
    ):
        job(source, tmp_path / "out", cluster=client)
    assert os.listdir(tmp_path) == ["in.parquet"]


def test_workers__need_the_folder_and_the_versions_of_the_job(
    tmp_path, source, in_threads, monkeypatch
):
    from smotefast.cluster.dask_clients import WorkerFacts

    versions = smotefast.batch.resume.package_versions()
    memory = ProcessMemory(0, False)
    for facts, message in (
        (WorkerFacts(versions, False, memory), "cannot read and write .*folder of the job"),
        (
            WorkerFacts({**versions, "numpy": "1"}, True, memory),
            "has numpy 1, and this process",
        ),
    ):
        monkeypatch.setattr(
            "smotefast.cluster.dask_clients.look", lambda *args, facts=facts: facts
        )
        with pytest.raises(ClusterError, match=message):
            job(source, tmp_path / "out", cluster=in_threads)
        assert os.listdir(tmp_path) == ["in.parquet"]


JOB = """
import os, signal, sys
import distributed, smotefast

if __name__ == "__main__":
    source, destination = sys.argv[1:]
    def kill(done, total):
        if done > 100:
            os.kill(os.getpid(), signal.SIGKILL)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        smotefast.resample_dataset(
            source, destination, target="label", sampler=smotefast.SMOTE(random_state=0),
            part_size="1000B", row_group_size=20, progress=kill, cluster=client,
        )
"""


@pytest.mark.long
def test_a_driver_that_is_killed__leaves_no_destination_and_its_job_goes_on(
    tmp_path, source, in_processes
):
    job(source, tmp_path / "whole")
    program = tmp_path / "job.py"
    program.write_text(JOB)
    done = subprocess.run([sys.executable, program, source, tmp_path / "out"])
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    summary = job(source, tmp_path / "out", cluster=in_processes, resume="require")
    assert any(part.is_resumed for part in summary.parts)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "job.py", "out", "whole"]


def test_this_machine__runs_the_same_list_of_tasks():
    done = []
    results = THIS_MACHINE.run(
        lambda task, report: task + 1,
        [3, 1, 2],
        lambda n: None,
        done=lambda *pair: done.append(pair),
    )
    assert results == [4, 2, 3]
    assert sorted(done) == [(1, 2), (2, 3), (3, 4)]


def on_dask(source, address, *options):
    """Run the command with ``--dask``, and check that it leaves nothing."""
    there = ("resample", source, source.parent / "out", "--target", "label")
    done = run(*there, "--dask", address, *options)
    assert os.listdir(source.parent) == ["in.parquet"]
    return done.returncode, done.stderr


@pytest.fixture
def no_cluster(monkeypatch):
    """Fail when a cluster is started."""

    def fail(*arguments, **options):
        raise AssertionError("A cluster was started.")

    monkeypatch.setattr(distributed, "LocalCluster", fail)


@pytest.mark.parametrize(
    ("address", "options", "code", "words"),
    [
        ("local", ["--sampler", "adasyn"], 2, "ADASYN compares rows of all classes"),
        ("local", ["--order", "shuffled"], 2, "--order shuffled sorts all rows"),
        ("", [], 2, "--dask '' is no address"),
        (" ", [], 2, "--dask ' ' is no address"),
        ("local", ["--memory-limit", "64MiB"], 4, "--memory-limit 64MiB is not enough"),
        ("local", ["--drop", "nothing"], 3, "--drop nothing is not a column"),
        ("nothing://x:1", [], 2, "'nothing://x:1' is not the address of a scheduler"),
    ],
)
def test_the_command__refuses_a_job_before_it_starts_a_cluster(
    source, no_cluster, address, options, code, words
):
    found, message = on_dask(source, address, *options)
    assert words in message
    assert found == code
    assert "order=" not in message


def test_the_command__says_that_there_is_no_scheduler(source, monkeypatch):
    monkeypatch.setattr("smotefast.cluster.dask_futures.WAIT", 0.1)
    code, message = on_dask(source, "tcp://127.0.0.1:1")
    assert "There is no scheduler of Dask at 'tcp://127.0.0.1:1'" in message
    assert code == 10


def test_the_command__says_that_dask_is_not_installed(source, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, message = on_dask(source, "local")
    assert "needs the package distributed. Install 'smotefast[dask]'" in message
    assert code == 3


def test_workers_that_end_while_they_are_looked_at__are_not_blamed_on_the_installation(
    tmp_path, source, in_threads, monkeypatch
):
    def end(*arguments, **options):
        raise distributed.comm.CommClosedError("in test: Connection closed")

    monkeypatch.setattr(in_threads, "run", end)
    with pytest.raises(ClusterError, match="A worker of the cluster ended") as error:
        job(source, tmp_path / "out", cluster=in_threads)
    assert "Install" not in str(error.value)


def test_a_local_cluster__ends_without_warnings_and_trims_no_memory(monkeypatch, caplog):
    from smotefast.cluster.dask_clients import open_client

    class Local(distributed.LocalCluster):
        def close(self, *arguments, **options):
            logging.getLogger("distributed.nanny").warning("Worker process still alive")
            return super().close(*arguments, **options)

    monkeypatch.setattr(distributed, "LocalCluster", Local)
    monkeypatch.setattr("smotefast.cluster.dask_clients.thread_count", lambda n: 1)
    # The nannies of another cluster of this process set it as long as they are alive.
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    with open_client("local", 1 << 30) as client:
        logging.getLogger("distributed.nanny").warning("a worker was ended")
        (variables,) = client.run(lambda: dict(os.environ)).values()
    assert "MALLOC_TRIM_THRESHOLD_" not in variables
    assert variables["OMP_NUM_THREADS"] == "1"
    assert "a worker was ended" in caplog.text
    assert "still alive" not in caplog.text


def test_a_cluster_that_is_closed__is_an_error_and_the_job_goes_on(tmp_path, source):
    job(source, tmp_path / "whole")
    with client_of(1, processes=False) as client:

        def close(done, total):
            if done > 100:
                client.cluster.close()

        with pytest.raises(ClusterError, match="The cluster has dropped the tasks"):
            job(source, tmp_path / "out", cluster=client, progress=close)
    summary = job(source, tmp_path / "out", resume="require")
    assert any(part.is_resumed for part in summary.parts)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.parametrize("stage", ["counting", "writing"])
def test_a_job_without_workers__says_so_and_ends_and_goes_on(
    tmp_path, source, monkeypatch, caplog, stage
):
    """The last worker goes; Dask itself would wait for another one forever."""
    monkeypatch.setattr("smotefast.cluster.dask_futures.WAIT", 0.2)
    caplog.set_level(logging.WARNING, "smotefast")  # a quiet command may have raised it
    job(source, tmp_path / "whole")
    with client_of(1, processes=False) as client:
        if stage == "counting":
            checked = smotefast.cluster.dask_engine.check_workers

            def check_and_close(*arguments):
                checked(*arguments)
                client.cluster.scale(0)

            monkeypatch.setattr(smotefast.cluster.dask_engine, "check_workers", check_and_close)

        def close(done, total):
            if done > 100 and stage == "writing":
                client.cluster.scale(0)

        with pytest.raises(ClusterError, match=r"had no worker for 0\.2 seconds"):
            job(source, tmp_path / "out", cluster=client, progress=close)
    assert caplog.text.count("No worker of the cluster is left") == 1
    summary = job(source, tmp_path / "out")
    if stage == "writing":
        assert any(part.is_resumed for part in summary.parts)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_job_whose_workers_are_all_paused__says_so_and_ends(
    tmp_path, source, monkeypatch, caplog
):
    """Dask pauses workers that take most of their memory, and would wait forever."""
    import dask

    monkeypatch.setattr("smotefast.cluster.dask_futures.WAIT", 0.5)
    caplog.set_level(logging.WARNING, "smotefast")
    checked = smotefast.cluster.dask_engine.check_workers

    def check_and_wait(client, *arguments):
        checked(client, *arguments)
        while any(worker.status.name != "paused" for worker in client.cluster.workers.values()):
            time.sleep(0.05)

    with (
        dask.config.set({"distributed.worker.memory.pause": 1e-9}),
        client_of(2, processes=False) as client,
    ):
        monkeypatch.setattr(smotefast.cluster.dask_engine, "check_workers", check_and_wait)
        with pytest.raises(ClusterError, match=r"have been paused for 0\.5 seconds.*a quarter"):
            job(source, tmp_path / "out", cluster=client)
    assert caplog.text.count("All workers of the cluster are paused") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("status", "executing", "goes_on"),
    [("running", 0, True), ("init", 0, True), ("paused", 1, True), ("paused", 0, False)],
)
def test_a_paused_worker__goes_on_with_the_task_that_it_does(status, executing, goes_on):
    from smotefast.cluster.dask_futures import _goes_on

    counts = {"executing": executing} if executing else {}
    assert _goes_on({"status": status, "metrics": {"task_counts": counts}}) == goes_on


@pytest.mark.parametrize("is_shared", [True, False])
@pytest.mark.parametrize("kind", ["memory", pytest.param("s3", marks=pytest.mark.long)])
def test_a_store__gets_the_files_of_one_machine(tmp_path, monkeypatch, kind, is_shared):
    """Files of the job are in ``scratch``, which processes share, or else in the store."""
    store = make_store(kind, monkeypatch)
    url = store.write_table("in.parquet", imbalanced(share=0.3), row_group_size=40)
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    options = {"scratch": tmp_path / "scratch"} if is_shared else {}
    job(url, store.url("here"), **options)
    with client_of(2, processes=kind == "s3") as client:  # its credentials are in variables
        job(url, store.url("there"), cluster=client, **options)
    files = {"here": [], "there": []}
    for name in store.names():
        folder = name.split("/")[0]
        if name.endswith(".parquet") and folder in files:
            files[folder].append((os.path.basename(name), store.read(name)))
    assert len(files["here"]) > 2
    assert files["there"] == files["here"]
    assert os.listdir(tmp_path / "scratch") == []
    assert not any("smotefast" in name or "cluster" in name for name in store.names())


@pytest.mark.parametrize("kind", ["before", "after", "from then on"])
def test_a_request_that_fails__leaves_no_incomplete_destination(
    tmp_path, source, in_threads, monkeypatch, kind
):
    """What workers share is in the store as well; the next run removes what an attempt left."""
    register()
    monkeypatch.setattr(FailingStore, "objects", {})
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    objects, requests = FailingStore.objects, FailingStore.requests

    def run():
        job(source, "failing://box/out", cluster=in_threads)

    def data():
        found = [(name, objects[name]) for name in sorted(objects) if "/data-" in name]
        return [(os.path.basename(name), content) for name, content in found]

    requests.arm(None, kind)
    run()
    expected, n_requests, n_left = data(), requests.count, []
    assert len(expected) > 3
    for point in range(1, n_requests + 1, max(1, n_requests // 12)):
        objects.clear()
        requests.arm(point, kind)
        with suppress(OSError, ClusterError):
            run()
        requests.arm(None, kind)
        if "box/out/_manifest.json" in objects:
            assert data() == expected, point
        n_left.append(len(objects))
        objects.pop("box/out/_manifest.json", None)
        run()
        assert data() == expected, point
        assert {name.split("/")[2].split("-")[0] for name in objects} == {
            "_manifest.json", "data"
        }, point  # fmt: skip
    assert any(n_left)
    requests.arm(None, kind)


def test_no_tasks__have_no_results(tmp_path, in_threads):
    engine = DaskEngine(in_threads, MountedFolder(str(tmp_path)), WorkerMemory())
    assert engine.run(print, [], print) == []
    assert os.listdir(tmp_path) == []
