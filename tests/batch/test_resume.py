"""An interrupted job goes on from what is done, and gives the same bytes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors

import smotefast
from smotefast.combine import Combination, SMOTETomek
from smotefast.exceptions import DestinationBusyError
from smotefast.over_sampling import ADASYN, SMOTE, SMOTENC, BorderlineSMOTE, RandomOverSampler
from smotefast.storage.journal import Journal
from smotefast.storage.workspace import clean, workspace_path
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.helpers.case_names import name_of
from tests.helpers.parquet_files import imbalanced, in_memory, same, write_file

SAMPLERS = [
    SMOTE(random_state=0),
    SMOTE(),
    SMOTE(random_state=np.random.RandomState(3)),
    RandomOverSampler(random_state=0),
    BorderlineSMOTE(random_state=0, search="exact"),
    ADASYN(random_state=0, search="exact"),
    SMOTETomek(random_state=0, search="exact"),
    RandomUnderSampler(random_state=0),
    RandomUnderSampler(replacement=True),
    Combination(SMOTE(), RandomUnderSampler(sampling_strategy={0: 350, 1: 340})),
    TomekLinks(),
]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of 50 rows, in row groups of 20, and searches that are always saved."""
    monkeypatch.setattr("smotefast.batch.layout.PART_BYTES", 50 * 18)
    monkeypatch.setattr("smotefast.batch.block_plan._GROUP_ROWS", (1, 20))
    monkeypatch.setattr("smotefast.neighbors.saved_searches._WORTH_SECONDS", 0)


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(share=0.3), group_rows=40)


def job(source, destination, sampler=SAMPLERS[0], **options):
    usual = {"target": "label", "progress": False, "overwrite": True}
    return smotefast.resample_dataset(
        source, destination, sampler=clone(sampler), **{**usual, **options}
    )


def contents(folder):
    if os.path.isfile(folder):
        return folder.read_bytes()
    return {name: (folder / name).read_bytes() for name in sorted(os.listdir(folder))}


def finished_parts(destination):
    """Return the files of the recorded parts of an interrupted job, with their times."""
    folder = os.path.join(workspace_path(str(destination)), "data")
    names = re.findall(r"part-\d+\.parquet", journal_text(destination))
    return times_of(folder, names)


def times_of(folder, names):
    return {name: os.stat(os.path.join(folder, name)).st_mtime_ns for name in names}


def journal_text(destination):
    with open(os.path.join(workspace_path(str(destination)), "journal.jsonl")) as file:
        return file.read()


def interrupt(source, destination, sampler=SAMPLERS[0], after=3, error=KeyboardInterrupt):
    """Interrupt a job when so many parts are recorded."""

    def stop(done, total):
        if journal_text(destination).count('"task": "part-') >= after:
            raise error

    with pytest.raises(error):
        job(source, destination, sampler, progress=stop)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=name_of)
def test_an_interrupted_job__goes_on_and_gives_the_same_bytes(tmp_path, source, sampler):
    np.random.seed(5)
    job(source, tmp_path / "whole", sampler)
    np.random.seed(5)
    interrupt(source, tmp_path / "out", sampler)
    done = finished_parts(tmp_path / "out")
    assert len(done) >= 3
    np.random.seed(99)
    job(source, tmp_path / "out", sampler)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert times_of(tmp_path / "out", done) == done  # these were not written again
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out", "whole"]


@pytest.mark.parametrize("sampler", SAMPLERS, ids=name_of)
def test_rows__do_not_depend_on_parts_and_workers(tmp_path, source, monkeypatch, sampler):
    if getattr(sampler, "random_state", 0) is None or "Combination" in str(sampler):
        np.random.seed(5)
    expected = in_memory(imbalanced(share=0.3), clone(sampler))
    for part_rows, n_workers in ((1, 2), (37, 1), (300, 3), (10_000, 2)):
        monkeypatch.setattr("smotefast.batch.layout.PART_BYTES", part_rows * 18)
        monkeypatch.setattr("smotefast.batch.stages.thread_count", lambda n, k=n_workers: k)
        np.random.seed(5)
        job(source, tmp_path / "out", sampler)
        found = pq.read_table(tmp_path / "out")
        if isinstance(sampler, RandomUnderSampler | Combination):
            found, expected = (t.sort_by([(n, "ascending") for n in t.column_names])
                               for t in (found, expected))  # fmt: skip
        assert same(found, expected)


@pytest.mark.parametrize("name", ["out", "out.parquet"])
@pytest.mark.parametrize("sampler", [SAMPLERS[0], SAMPLERS[1], SAMPLERS[8]], ids=name_of)
def test_a_shuffled_job__goes_on_from_every_step(tmp_path, source, monkeypatch, sampler, name):
    monkeypatch.setattr("smotefast.batch.shuffle_plan._RUN_BYTES", (2_000, 2_000))
    monkeypatch.setattr("smotefast.batch.shuffle_plan._PIECE_BYTES", (0, 0))
    monkeypatch.setattr("smotefast.batch.shuffle_plan._KEPT_SHARE", 0)
    whole = tmp_path / f"whole-{name}"
    np.random.seed(5)
    job(source, whole, sampler, order="shuffled")
    record_before, steps, limit = Journal.record, [], [0]

    def record(journal, task, **result):
        if len(steps) >= limit[0]:
            raise KeyboardInterrupt
        record_before(journal, task, **result)
        steps.append(task)

    # The steps before the last ones are the same for a folder, for a file and all samplers.
    stride = 6 if sampler is not SAMPLERS[0] else 1 if name == "out" else 3
    seen = set()
    for stop_at in range(1, 100, stride):
        steps.clear()
        limit[0] = stop_at
        np.random.seed(5)
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "record", record)
            try:
                job(source, tmp_path / name, sampler, order="shuffled")
                break  # no step is left
            except KeyboardInterrupt:
                pass
        seen |= set(steps)
        done = {} if name == "out.parquet" else finished_parts(tmp_path / name)
        np.random.seed(99)
        job(source, tmp_path / name, sampler, order="shuffled")
        assert contents(tmp_path / name) == contents(whole)
        if done:
            assert times_of(tmp_path / name, done) == done
        assert sorted(os.listdir(tmp_path)) == sorted(["in.parquet", name, whole.name])
    assert sum(step.startswith("run-") for step in seen) >= 5
    assert any(step.startswith("part-") for step in seen) == (name == "out")


@pytest.mark.parametrize("corruption", ["cut", "changed", "removed"])
def test_sorted_runs_that_are_corrupt__are_written_again(
    tmp_path, source, monkeypatch, corruption
):
    monkeypatch.setattr("smotefast.batch.shuffle_plan._RUN_BYTES", (2_000, 2_000))
    monkeypatch.setattr("smotefast.batch.shuffle_plan._PIECE_BYTES", (0, 0))
    monkeypatch.setattr("smotefast.batch.shuffle_plan._KEPT_SHARE", 0)
    job(source, tmp_path / "whole", order="shuffled")

    def stop(done, total):
        if journal_text(tmp_path / "out").count('"task": "part-') >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job(source, tmp_path / "out", order="shuffled", progress=stop)
    folder = workspace_path(str(tmp_path / "out"))
    path = max(os.path.join(folder, name) for name in os.listdir(folder) if "run-" in name)
    if corruption == "removed":
        os.unlink(path)
    else:
        with open(path, "r+b") as file:
            file.truncate(900) if corruption == "cut" else file.write(b"????????????")
    job(source, tmp_path / "out", order="shuffled")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out", "whole"]


def test_a_job_without_changes_in_a_file__can_be_resumed_as_well(tmp_path, source):
    job(source, tmp_path / "whole.parquet", BorderlineSMOTE(random_state=0))

    def stop(done, total):
        if done > 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job(source, tmp_path / "out.parquet", BorderlineSMOTE(random_state=0), progress=stop)
    assert "search-0-0" in journal_text(tmp_path / "out.parquet")
    job(source, tmp_path / "out.parquet", BorderlineSMOTE(random_state=0))
    assert contents(tmp_path / "out.parquet") == contents(tmp_path / "whole.parquet")
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out.parquet", "whole.parquet"]


@pytest.mark.parametrize(
    "sampler",
    [SMOTE(random_state=0), BorderlineSMOTE(random_state=0), SMOTETomek(random_state=0)],
    ids=str,
)
def test_searches_that_are_done__are_not_repeated(tmp_path, source, monkeypatch, sampler):
    interrupt(source, tmp_path / "out", sampler)

    def search(*arguments, **options):
        raise AssertionError("a row was searched for")

    monkeypatch.setattr("smotefast.neighbors.search.run_search", search)
    monkeypatch.setattr("smotefast.neighbors.streaming.run_search", search)
    job(source, tmp_path / "out", sampler)
    monkeypatch.undo()
    exact = clone(sampler).set_params(search="exact")
    assert same(pq.read_table(tmp_path / "out"), in_memory(imbalanced(share=0.3), exact))


def test_a_search_that_is_corrupt__is_repeated(tmp_path, source):
    interrupt(source, tmp_path / "out")
    path = os.path.join(workspace_path(str(tmp_path / "out")), "search-0-0.npy")
    with open(path, "r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\xff")
    job(source, tmp_path / "out")
    assert same(pq.read_table(tmp_path / "out"), in_memory(imbalanced(share=0.3), SAMPLERS[0]))


@pytest.mark.parametrize("corruption", ["cut", "changed", "removed"])
def test_parts_that_are_corrupt__are_written_again(tmp_path, source, corruption):
    job(source, tmp_path / "whole")
    interrupt(source, tmp_path / "out")
    name = min(finished_parts(tmp_path / "out"))
    path = os.path.join(workspace_path(str(tmp_path / "out")), "data", name)
    if corruption == "removed":
        os.unlink(path)
    else:
        with open(path, "r+b") as file:
            file.truncate(100) if corruption == "cut" else file.write(b"????")
    job(source, tmp_path / "out")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.parametrize(
    "options",
    [
        {"sampler": SMOTE(random_state=1)},
        {"sampler": SMOTE(k_neighbors=3, random_state=0)},
        {"sampler": RandomOverSampler(random_state=0)},
        {"sampler": SMOTE(random_state=0, k_neighbors=NearestNeighbors(n_neighbors=6))},
        {"rows": "synthetic"},
        {"drop": ["f1"]},
        {"keep": ["f1"]},
        {"order": "shuffled"},
    ],
    ids=str,
)
def test_another_job__starts_anew_and_removes_what_was_left(tmp_path, source, options):
    job(source, tmp_path / "whole", **options)
    interrupt(source, tmp_path / "out")
    job(source, tmp_path / "out", **options)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out", "whole"]


def test_a_job_with_a_changed_source__starts_anew(tmp_path, source):
    interrupt(source, tmp_path / "out")
    write_file(source, imbalanced(share=0.3, seed=1), group_rows=40)
    job(source, tmp_path / "out")
    expected = in_memory(imbalanced(share=0.3, seed=1), SAMPLERS[0])
    assert same(pq.read_table(tmp_path / "out"), expected)


def test_a_job_of_another_version__starts_anew(tmp_path, source, monkeypatch):
    interrupt(source, tmp_path / "out")
    monkeypatch.setattr("smotefast.batch.resume.__version__", "9.9")
    done = finished_parts(tmp_path / "out")
    job(source, tmp_path / "out")
    assert done.items().isdisjoint(times_of(tmp_path / "out", done).items())


def test_memory_limit_and_threads__may_differ_on_resuming(tmp_path, source):
    job(source, tmp_path / "whole")
    interrupt(source, tmp_path / "out")
    sampler = SMOTE(random_state=0, n_jobs=1)
    job(source, tmp_path / "out", sampler, memory_limit="8GiB", resume="require")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_resume_never__starts_anew(tmp_path, source):
    interrupt(source, tmp_path / "out")
    done = finished_parts(tmp_path / "out")
    job(source, tmp_path / "out", resume="never")
    assert done.items().isdisjoint(times_of(tmp_path / "out", done).items())


def test_resume_require__refuses_another_job_and_keeps_the_interrupted_one(tmp_path, source):
    with pytest.raises(ValueError, match="There is no interrupted job to resume"):
        job(source, tmp_path / "out", resume="require")
    interrupt(source, tmp_path / "out")
    with pytest.raises(ValueError, match=r"samplers \(random_state\) and options \(drop\)"):
        job(source, tmp_path / "out", SMOTE(random_state=1), drop=["f0"], resume="require")
    done = finished_parts(tmp_path / "out")
    job(source, tmp_path / "out", resume="require")
    assert done == times_of(tmp_path / "out", done)


def test_resume__refuses_other_words(tmp_path, source):
    with pytest.raises(ValueError, match="resume='always' must be 'auto' or 'never' or"):
        job(source, tmp_path / "out", resume="always")


def test_an_error__removes_what_was_done(tmp_path, source):
    interrupt(source, tmp_path / "out", error=RuntimeError)
    assert os.listdir(tmp_path) == ["in.parquet"]


def test_a_memory_error__keeps_what_was_done(tmp_path, source):
    interrupt(source, tmp_path / "out", error=MemoryError)
    assert clean(str(tmp_path / "out")) > 0
    assert os.listdir(tmp_path) == ["in.parquet"]


def test_a_second_job_to_the_same_destination__is_refused(tmp_path, source):
    errors = []

    def begin_another(done, total):
        if not errors:
            with pytest.raises(DestinationBusyError) as refused:
                job(source, tmp_path / "out")
            errors.append(refused.value)

    job(source, tmp_path / "out", progress=begin_another)
    assert len(errors) == 1
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "out"]


KILLED = """
import os, signal, sys
import smotefast
from smotefast.batch import block_plan, layout
from smotefast.over_sampling import SMOTE
layout.PART_BYTES, block_plan._GROUP_ROWS = 50 * 18, (1, 20)
def kill(done, total):
    with open(sys.argv[3]) as journal:
        if journal.read().count("part-") >= 4:
            os.kill(os.getpid(), signal.SIGKILL)
smotefast.resample_dataset(
    sys.argv[1], sys.argv[2], target="label", sampler=SMOTE(random_state=0), progress=kill
)
"""


def test_a_killed_job__goes_on_and_gives_the_same_bytes(tmp_path, source):
    job(source, tmp_path / "whole")
    journal = os.path.join(workspace_path(str(tmp_path / "out")), "journal.jsonl")
    command = [sys.executable, "-c", KILLED, str(source), str(tmp_path / "out"), journal]
    killed = subprocess.run(command, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = finished_parts(tmp_path / "out")
    job(source, tmp_path / "out", resume="require")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert done == times_of(tmp_path / "out", done)


def test_a_job_of_categories__goes_on(tmp_path):
    table = imbalanced(share=0.3)
    words = np.random.default_rng(0).choice(["a", "b", "c"], table.num_rows)
    table = table.add_column(1, "word", [words])
    source = write_file(tmp_path / "in.parquet", table, group_rows=40)
    sampler = SMOTENC(["word"], random_state=0)
    job(source, tmp_path / "whole", sampler)
    interrupt(source, tmp_path / "out", sampler)
    job(source, tmp_path / "out", sampler, resume="require")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.parametrize("name", ["out", "out.parquet"])
def test_a_job_whose_result_was_moved_away__does_not_publish_the_old_files(
    tmp_path, source, monkeypatch, name
):
    whole, moved = tmp_path / f"whole-{name}", tmp_path / "moved"
    job(source, whole)
    (tmp_path / name).mkdir()
    for part in ("old.parquet", "part-00001.parquet"):
        write_file(tmp_path / name / part, imbalanced())
    with monkeypatch.context() as patch:  # as if killed after the result was exchanged
        patch.setattr("smotefast.storage.workspace._remove_content", lambda path: None)
        job(source, tmp_path / name)
    os.rename(tmp_path / name, moved)
    job(source, tmp_path / name, resume="require")
    assert contents(tmp_path / name) == contents(moved) == contents(whole)
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "moved", name, whole.name]
