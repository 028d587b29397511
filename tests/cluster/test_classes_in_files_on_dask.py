"""Classes in files on a cluster: workers read them, search their neighbors, write the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile

import numpy as np
import pyarrow as pa
import pytest
from sklearn.base import clone

import smotefast
from smotefast.batch import classes_in_files
from smotefast.batch.search_steps import SearchSteps, Step, StepWriter
from smotefast.neighbors import row_file_search, rules
from smotefast.neighbors.cells import partition
from smotefast.over_sampling import SMOTE, SMOTENC, RandomOverSampler
from smotefast.storage.remote.shared_folder import MountedFolder
from smotefast.under_sampling import RandomUnderSampler
from tests.helpers.classes_in_files import put_in_files
from tests.helpers.dask_clusters import client_of
from tests.helpers.parquet_files import imbalanced, write_folder
from tests.helpers.stores import s3_store


@pytest.fixture(scope="module")
def in_processes():
    with client_of(2, processes=True) as client:
        yield client


@pytest.fixture
def in_files(monkeypatch):
    """Rows of the largest class in files, and steps of few queries among small cells."""
    put_in_files(monkeypatch, 1)
    monkeypatch.setattr(partition, "_CELL_ROWS", 12)
    monkeypatch.setattr(row_file_search, "step_bytes_in_file", lambda *sizes: 1 << 15)
    monkeypatch.setattr(row_file_search, "_TASK_ROWS", 1 << 7)


def table_of_rows():
    table = imbalanced(600, share=0.3)
    kinds = pa.array(np.array(list("pqr"))[np.arange(600) % 3])
    names = pa.array([f"customer {i}" * (i % 3) for i in range(600)])
    columns = {"kind": kinds.dictionary_encode(), "name": names}
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table


@pytest.fixture
def source(tmp_path):
    return write_folder(tmp_path / "in", table_of_rows(), 3)


def job(source, destination, sampler="smote", **options):
    """Run a job with parts of about 50 rows."""
    usual = {"target": "label", "progress": False, "part_size": "3KB", "row_group_size": 20}
    sampler = SMOTE(random_state=0) if sampler == "smote" else clone(sampler)
    return smotefast.resample_dataset(
        source, destination, sampler=sampler, **{**usual, **options}
    )


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


BASE = {"keep": ["name", "kind"], "keep_fill": "base", "provenance": True}
JOBS = {
    "smote": (SMOTE(random_state=0), BASE),
    "few": (
        SMOTE(random_state=0, sampling_strategy={1: 260}),
        {"drop": ["name", "kind"], "part_size": "1KB"},
    ),
    "smote-nc": (SMOTENC(["kind"], random_state=0), {"drop": ["name"]}),
    "random": (RandomOverSampler(random_state=0), {"partition_by": ["label"]}),
    "random-under": (RandomUnderSampler(random_state=0), {}),
}


@pytest.mark.parametrize("name", JOBS)
def test_files__are_those_of_classes_in_memory(
    in_processes, tmp_path, source, monkeypatch, in_files, name
):
    sampler, options = JOBS[name]
    there = job(source, tmp_path / "there", sampler, cluster=in_processes, **options)
    monkeypatch.undo()
    here = job(source, tmp_path / "here", sampler, **options)
    assert (there.scratch_bytes > 0) == (name != "random-under")
    assert here.scratch_bytes == 0
    files = [sorted((tmp_path / each).rglob("*.parquet")) for each in ("here", "there")]
    assert len(files[0]) > 2
    assert [each.read_bytes() for each in files[0]] == [each.read_bytes() for each in files[1]]
    assert sorted(os.listdir(tmp_path)) == ["here", "in", "there"]


@pytest.mark.long
@pytest.mark.parametrize("name", ["smote", "smote-nc"])
def test_files_in_a_store__need_no_folder_that_workers_share(
    tmp_path, source, monkeypatch, in_files, name
):
    """Workers fetch classes in files from the store, and publish what they find there."""
    sampler, options = JOBS[name]
    store = s3_store(monkeypatch)
    for path in sorted(source.iterdir()):
        store.write(f"in/{path.name}", path.read_bytes())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with client_of(2, processes=True) as client:  # its credentials are in variables
        there = job(store.url("in"), store.url("there"), sampler, cluster=client, **options)
    assert there.scratch_bytes > 0
    job(source, tmp_path / "here", sampler, **options)
    files = sorted((tmp_path / "here").glob("*.parquet"))
    found = {os.path.basename(name): store.read(name) for name in store.names()}
    assert [each.read_bytes() for each in files] == [found[each.name] for each in files]
    assert len(found) == 3 + len(files) + 1  # the source, and a manifest


def test_an_approximate_search__is_that_of_one_machine(
    in_processes, tmp_path, source, monkeypatch, in_files
):
    monkeypatch.setattr(rules, "cells_may_pay", lambda problem: True)
    monkeypatch.setattr(rules, "_EXACT_WORK", 0)
    monkeypatch.setattr(rules, "_EXACT_RATIO", 0)
    sampler = SMOTE(random_state=0, search="auto")
    options = {"drop": ["name", "kind"]}
    there = job(source, tmp_path / "there", sampler, cluster=in_processes, **options)
    here = job(source, tmp_path / "here", sampler, **options)
    assert there.search == here.search == "approximate"
    assert there.recall == here.recall
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def fail(*arguments, **options):
    raise AssertionError("this process searched")


def test_workers__do_the_steps_of_the_search_and_a_lost_one_costs_its_steps(
    in_processes, tmp_path, source, monkeypatch, in_files
):
    job(source, tmp_path / "whole", **BASE)
    processes = list(in_processes.run(os.getpid).values())
    take, names = smotefast.storage.Journal.take_array, []

    def take_and_kill(self, task, path):
        if len(names) == 2:
            os.kill(processes[0], signal.SIGKILL)
        names.append(task)
        take(self, task, path)

    monkeypatch.setattr("smotefast.storage.Journal.take_array", take_and_kill)
    monkeypatch.setattr("smotefast.neighbors.load_file_search", lambda *args, **kwargs: None)
    monkeypatch.setattr("smotefast.neighbors.cells.row_file_walk.FileWalk.search", fail)
    monkeypatch.setattr(partition.CellFinder, "cells_of", fail)
    job(source, tmp_path / "out", cluster=in_processes, **BASE)
    assert len(names) == len({*names}) > 5
    assert sum("-cells-" in name for name in names) == 2  # tasks that find the cells of rows
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.parametrize(("n_rows", "workers", "is_in_file"), [
    (100, 0.25, True), (100, 1, False), (10_000, 0.25, False)
])  # fmt: skip
def test_many_workers__search_large_classes_that_fit_into_memory(
    in_processes, tmp_path, source, monkeypatch, n_rows, workers, is_in_file
):
    monkeypatch.setattr(classes_in_files, "MANY_ROWS", n_rows)
    monkeypatch.setattr(classes_in_files, "SEARCH_WORKERS", workers)
    monkeypatch.setattr(classes_in_files, "thread_count", lambda n_jobs: 2)
    there = job(source, tmp_path / "there", cluster=in_processes, **BASE)
    here = job(source, tmp_path / "here", **BASE)
    assert (there.scratch_bytes > 0) == is_in_file
    assert here.scratch_bytes == 0
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


@pytest.mark.parametrize("on_cluster_first", [True, False])
def test_a_job__goes_on_inside_the_search_here_and_there(
    in_processes, tmp_path, source, monkeypatch, in_files, on_cluster_first
):
    clusters = [in_processes, None] if on_cluster_first else [None, in_processes]
    job(source, tmp_path / "whole", **BASE)
    record, steps = smotefast.storage.Journal.record, [[], []]

    def record_few(self, task, **result):
        if "-part-" in task:
            if len(steps[0]) == 5 and not steps[1]:
                raise KeyboardInterrupt
            steps[-1 if len(steps[0]) == 5 else 0].append(task)
        record(self, task, **result)

    monkeypatch.setattr("smotefast.storage.Journal.record", record_few)
    with pytest.raises(KeyboardInterrupt):
        job(source, tmp_path / "out", cluster=clusters[0], **BASE)
    steps[1].append("the second run begins")
    job(source, tmp_path / "out", cluster=clusters[1], resume="require", **BASE)
    assert len(steps[1]) > 3
    assert not {*steps[0]} & {*steps[1]}
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_step_that_is_done_twice__has_one_result(tmp_path):
    def work(number, report):
        report(number)
        return np.arange(number)

    class Engine:
        def run(self, work, tasks, report, *, done):
            for task in tasks:
                done(task, work(task, report))
                work(task, report)  # a worker that was taken for lost

    (tmp_path / "shared").mkdir()
    journal, n_rows = smotefast.storage.Journal(str(tmp_path)), []
    shared = MountedFolder(str(tmp_path / "shared"))
    steps = SearchSteps(Engine(), shared, journal, 1 << 60)
    steps.do(work, {"step-3": 3, "step-5": 5}, n_rows.append)
    assert journal.load_array("step-3").tolist() == [0, 1, 2]
    assert journal.load_array("step-5").tolist() == [0, 1, 2, 3, 4]
    assert n_rows == [3, 3, 5, 5]
    assert len(os.listdir(tmp_path / "shared")) == 2
    with pytest.raises(MemoryError):
        StepWriter(work, shared, 1).write(Step("step", 1), print)


def test_partitions_of_a_frame__are_those_of_classes_in_memory(
    in_processes, tmp_path, monkeypatch
):
    pd, dd = pytest.importorskip("pandas"), pytest.importorskip("dask.dataframe")
    rows = table_of_rows().to_pandas().drop(columns="name")
    ddf = dd.from_pandas(rows, npartitions=3)
    options = {"cluster": in_processes, "scratch": tmp_path}
    found = []
    for n_classes in (0, 1):
        put_in_files(monkeypatch, n_classes)
        sampler = SMOTENC(["kind"], random_state=0)
        lazy = smotefast.dask.fit_resample(ddf, "label", sampler, **options)
        found.append(lazy.compute(scheduler=in_processes).reset_index(drop=True))
    pd.testing.assert_frame_equal(*found)
    in_files = [path.name for folder in tmp_path.iterdir() for path in folder.glob("rows-*")]
    assert in_files  # as long as the partitions can be computed


@pytest.mark.long
def test_partitions_of_a_frame__are_filled_from_a_store(tmp_path, monkeypatch):
    pd, dd = pytest.importorskip("pandas"), pytest.importorskip("dask.dataframe")
    rows = table_of_rows().to_pandas().drop(columns="name")
    sampler, store = SMOTENC(["kind"], random_state=0), s3_store(monkeypatch)
    put_in_files(monkeypatch, 1)
    with client_of(2, processes=True) as client:
        ddf = dd.from_pandas(rows, npartitions=3)
        options = {"cluster": client, "scratch": store.url("scratch")}
        lazy = smotefast.dask.fit_resample(ddf, "label", sampler, **options)
        found = lazy.compute(scheduler=client).reset_index(drop=True)
        assert store.names()
    X, y = sampler.fit_resample(rows.drop(columns="label"), rows["label"])
    pd.testing.assert_frame_equal(found, X.assign(label=y)[found.columns])
    smotefast.dask.frames._folders.pop().remove()
    assert store.names() == []


LIMITED_JOB = """
import json, re, sys
from distributed import Client, LocalCluster
import smotefast
from smotefast.storage.process_memory import parse_size, peak_bytes

if __name__ == "__main__":
    source, destination = sys.argv[1:]
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0"}
    job = {"target": "label", "sampler": smotefast.SMOTE(random_state=0), "progress": False}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        def run(limit):
            return smotefast.resample_dataset(
                source, destination, memory_limit=limit, cluster=client, **job
            )
        limit = "1MiB"
        while True:
            try:
                summary = run(limit)
                break
            except smotefast.batch.JustCompiledError:
                raise
            except MemoryError as error:
                limit = re.search(r"needs about ([\\d.]+ [KMG]iB)", str(error))[1]
        peaks = [peak_bytes(), *client.run(peak_bytes).values()]
        print(json.dumps([parse_size(limit), summary.scratch_bytes, *peaks]))
"""


@pytest.mark.long
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells peaks")
def test_each_process__stays_under_the_lowest_limit_accepted(tmp_path):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(1_000_000, 3)) @ rng.normal(size=(3, 16))
    columns = {f"f{j}": column for j, column in enumerate(values.T)}
    table = pa.table({**columns, "label": rng.random(len(values)) < 0.48})
    source, program = write_folder(tmp_path / "in", table, 6), tmp_path / "job.py"
    program.write_text(LIMITED_JOB)
    command = [sys.executable, program, source, tmp_path / "out"]
    # The planner may compile, and then a worker for each of its steps; the message says so.
    for _ in range(6):
        done = subprocess.run(command, capture_output=True, text=True)
        if "Kernels were compiled" not in done.stderr:
            break
    assert done.returncode == 0, done.stderr
    limit, scratch, *peaks = json.loads(done.stdout)
    assert scratch > 480_000 * 16 * 8
    assert max(peaks) <= limit
