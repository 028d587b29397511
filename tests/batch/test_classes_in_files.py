"""Classes whose rows are in temporary files give the same output as classes in memory."""

from __future__ import annotations

import datetime
import errno
import os
import pickle
import warnings
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors

import smotefast
from smotefast import _open_files, neighbors
from smotefast._row_files import RowFile
from smotefast.batch import classes_in_files, feature_plan
from smotefast.batch.block_plan import MemoryLimitError
from smotefast.combine import Combination, SMOTETomek
from smotefast.kernels import cell_packing
from smotefast.neighbors import row_file_search
from smotefast.neighbors.cells.row_file_walk import FileWalk
from smotefast.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    BorderlineSMOTE,
    RandomOverSampler,
)
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.helpers.classes_in_files import put_in_files
from tests.helpers.hypothesis_examples import examples
from tests.helpers.parquet_files import imbalanced, resample, same, write_file, write_folder

N_ROWS = 600
SAMPLERS = {
    "random": RandomOverSampler(random_state=0),
    "smote": SMOTE(random_state=0),
    "smote, few": SMOTE(random_state=0, sampling_strategy={1: 60, 2: 200}),
    "smote, exact": SMOTE(random_state=0, search="exact"),
    "smote, generator": SMOTE(random_state=np.random.RandomState(0)),
}


def with_other_columns(table):
    """Add columns of other types and a third class."""
    n_rows = table.num_rows
    label = table["label"].to_numpy().copy()
    label[:150] = 2
    day = datetime.date(2020, 1, 1)
    others = {
        "name": pa.array([f"customer {i}" * (i % 3) for i in range(n_rows)]),
        "day": pa.array([day + datetime.timedelta(i) for i in range(n_rows)]),
        "kind": pa.array([f"k{i % 7}" for i in range(n_rows)]).dictionary_encode(),
    }
    table = table.set_column(table.num_columns - 1, "label", pa.array(label))
    for name, column in others.items():
        table = table.append_column(name, column)
    return table


OTHERS = ["name", "day", "kind"]


@pytest.fixture
def use_files(monkeypatch):
    return partial(put_in_files, monkeypatch)


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize(
    "options",
    [
        {"keep": OTHERS, "keep_fill": "base", "provenance": True},
        {"keep": OTHERS, "order": "shuffled", "rows": "synthetic"},
        {"drop": OTHERS[:2], "keep": ["kind"], "keep_fill": "base", "part_size": 20_000},
        {"drop": OTHERS, "partition_by": ["label"]},
    ],
    ids=["base", "shuffled", "parts", "partitions"],
)
def test_output__is_that_of_classes_in_memory(tmp_path, use_files, name, options):
    source = write_folder(tmp_path / "in", with_other_columns(imbalanced(N_ROWS)), 3)
    if "generator" in name:
        SAMPLERS[name].random_state.seed(0)
    resample(source, tmp_path / "memory", sampler=SAMPLERS[name], **options)
    if "generator" in name:
        SAMPLERS[name].random_state.seed(0)
    use_files(1)
    summary = resample(source, tmp_path / "files", sampler=SAMPLERS[name], **options)
    assert summary.scratch_bytes > 0
    tables = [pq.read_table(tmp_path / each) for each in ("memory", "files")]
    assert same(*tables)
    assert sorted(os.listdir(tmp_path)) == ["files", "in", "memory"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16, np.int64])
@pytest.mark.parametrize("n_classes", [1, 2])
def test_numbers_of_any_type__in_one_file_or_in_several(tmp_path, use_files, dtype, n_classes):
    table = imbalanced(N_ROWS, dtype=dtype)
    label = table["label"].to_numpy().copy()
    label[:150] = 2
    table = table.set_column(table.num_columns - 1, "label", pa.array(label))
    source = write_file(tmp_path / "in.parquet", table)
    resample(source, tmp_path / "memory.parquet")
    use_files(n_classes)
    resample(source, tmp_path / "files.parquet")
    tables = [pq.read_table(tmp_path / f"{each}.parquet") for each in ("memory", "files")]
    assert same(*tables)


@pytest.mark.parametrize("name", ["random", "smote"])
def test_rows_of_an_iterator__are_the_same_and_cannot_be_pickled(tmp_path, use_files, name):
    source = write_file(tmp_path / "in.parquet", imbalanced(N_ROWS))
    sampler = SAMPLERS[name]
    resample(source, tmp_path / "memory.parquet", sampler=sampler)
    use_files(1)
    with smotefast.iter_resampled(source, target="label", sampler=sampler) as rows:
        for _ in range(2):
            read = pa.Table.from_batches(list(rows))
            expected = pq.read_table(tmp_path / "memory.parquet")
            assert read.equals(expected.replace_schema_metadata())
        with pytest.raises(TypeError, match="Raise memory_limit"):
            pickle.dumps(rows)


FILE_SAMPLERS = ["random", "smote", "borderline-smote", "adasyn", "smote-tomek"]


@pytest.mark.parametrize("sampler", FILE_SAMPLERS)
def test_a_plan__counts_the_files(tmp_path, use_files, sampler):
    source = write_file(tmp_path / "in.parquet", imbalanced(N_ROWS))
    in_memory = smotefast.plan_dataset(source, target="label", sampler=sampler)
    use_files(1)
    in_files = smotefast.plan_dataset(source, target="label", sampler=sampler)
    assert in_files.refused == in_files.unknown == ()
    assert in_files.scratch > in_memory.scratch


@pytest.mark.parametrize("n_classes", [0, 1, 2])
def test_plan_and_job__name_the_classes_in_files_beforehand(
    tmp_path, use_files, caplog, n_classes
):
    table = with_other_columns(imbalanced(N_ROWS)).drop_columns(OTHERS)
    source = write_file(tmp_path / "in.parquet", table)
    use_files(n_classes)
    sampler = SMOTE(random_state=0)
    planned = smotefast.plan_dataset(source, target="label", sampler=sampler)
    labels = ((), (2,), (1, 2))[n_classes]
    assert planned.classes_in_files == labels
    assert planned.to_dict()["classes_in_files"] == list(labels)
    line = ("", "rows of class 2 do not fit", "rows of classes 1, 2 do not fit")[n_classes]
    assert ("\nfiles " in str(planned)) == bool(labels)
    assert line in str(planned)
    with caplog.at_level("INFO", logger="smotefast"):
        resample(source, tmp_path / "out.parquet", sampler=sampler)
    logged = [str(each.msg) for each in caplog.records]
    assert any("temporary files" in each for each in logged) == bool(labels)
    if labels:
        first, reading = (
            next(i for i, each in enumerate(logged) if text in each)
            for text in (line, "reading classes")
        )
        assert first < reading


@pytest.mark.parametrize("search", ["auto", "exact"])
def test_a_plan__says_that_duplicates_may_be_needed_in_memory(tmp_path, use_files, search):
    table = imbalanced(60_000, share=0.3)
    label = table["label"].to_numpy()
    values = np.where(label == 1, np.arange(60_000) % 300, table["f0"].to_numpy())
    table = pa.table({**{f"f{j}": values for j in range(6)}, "label": label})
    source = write_file(tmp_path / "in.parquet", table)
    use_files(1)
    plan = smotefast.plan_dataset(source, target="label", sampler=SMOTE(search=search))
    assert [each.method for each in plan.searches] == ["distinct"]
    assert len(plan.unknown) == (search == "auto")
    assert all("class 1 are distinct" in sentence for sentence in plan.unknown)


def test_nested_columns__are_held_in_memory_or_refused(tmp_path):
    table = imbalanced(N_ROWS)
    table = table.append_column("tags", pa.array([[i] for i in range(N_ROWS)]))
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.raises(MemoryLimitError, match="in memory"):
        resample(source, tmp_path / "out.parquet", sampler="random", memory_limit="1MiB")
    assert os.listdir(tmp_path) == ["in.parquet"]


def refusal(tmp_path, table, **options):
    """Return the message of a job that no class fits into the limit of."""
    source = write_file(tmp_path / "in.parquet", table)
    options = {"memory_limit": "1MiB", **options}
    with pytest.raises(MemoryLimitError) as caught:
        resample(source, tmp_path / "out.parquet", **options)
    return str(caught.value)


def labeled(n_rows, dtype, seed):
    """Return rows of three classes that overlap, some of them near rows of their class only."""
    table = imbalanced(n_rows, dtype=dtype, share=0.2, seed=seed)
    values = np.column_stack([column.to_numpy() for column in table.columns[:-1]])
    label = table["label"].to_numpy().copy()
    label[: n_rows // 4] = 2
    values[n_rows // 10 : n_rows // 4] += np.array(200, dtype=dtype)
    columns = {f"f{j}": pa.array(column) for j, column in enumerate(values.T)}
    names = pa.array([f"customer {i}" * (i % 3) for i in range(n_rows)])
    return pa.table({**columns, "label": pa.array(label), "name": names})


BORDER = {
    "borderline-1": BorderlineSMOTE(random_state=0),
    "borderline-1, few": BorderlineSMOTE(random_state=0, sampling_strategy={1: 180, 2: 160}),
    "borderline-2": BorderlineSMOTE(random_state=0, kind="borderline-2"),
    "borderline-2, few": BorderlineSMOTE(
        random_state=0, kind="borderline-2", k_neighbors=7, m_neighbors=4,
        sampling_strategy={1: 180, 2: 160},
    ),
    "adasyn": ADASYN(random_state=0),
    "adasyn, few": ADASYN(random_state=0, sampling_strategy={1: 180}, n_neighbors=9),
    "smote-tomek": SMOTETomek(random_state=0),
    "tomek, majority": Combination(SMOTE(random_state=0), TomekLinks()),
    "tomek, copies": Combination(
        RandomOverSampler(random_state=0), TomekLinks(sampling_strategy="all")
    ),
    "tomek after adasyn": Combination(
        ADASYN(random_state=0, sampling_strategy={1: 200}), TomekLinks(sampling_strategy="all")
    ),
    "under-sampling": Combination(
        BorderlineSMOTE(random_state=0),
        RandomUnderSampler(sampling_strategy={0: 100}, random_state=0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BORDER)
@pytest.mark.parametrize("n_classes", [1, 2])
def test_samplers_that_look_at_all_rows__generate_the_rows_of_classes_in_memory(
    tmp_path, use_files, monkeypatch, name, n_classes
):
    dtype = [np.float32, np.int16][n_classes - 1]
    source = write_folder(tmp_path / "in", labeled(N_ROWS, dtype, 0), 3)
    options = {"sampler": BORDER[name], "keep": ["name"], "keep_fill": "base"}
    options["provenance"] = "tomek" not in name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numbers of samples are rounded
        resample(source, tmp_path / "memory", **options)
        use_files(n_classes)
        monkeypatch.setattr(neighbors, "load_file_search", lambda *_, **__: None)
        summary = resample(source, tmp_path / "files", **options)
    assert summary.scratch_bytes > 0
    tables = [pq.read_table(tmp_path / each) for each in ("memory", "files")]
    assert same(*tables)
    assert sorted(os.listdir(tmp_path)) == ["files", "in", "memory"]


@examples(6)
@given(
    name=st.sampled_from([name for name in BORDER if "tomek" not in name]),
    dtype=st.sampled_from([np.float32, np.float64, np.int64]),
    n_rows=st.integers(80, 400),
    seed=st.integers(0, 99),
    memory=st.sampled_from([1 << 12, 1 << 20]),
)
def test_rows__do_not_depend_on_which_classes_are_in_files_and_on_memory(
    tmp_path_factory, name, dtype, n_rows, seed, memory
):
    folder = tmp_path_factory.mktemp("job")
    source = write_file(folder / "in.parquet", labeled(n_rows, dtype, seed))
    sampler = clone(BORDER[name])
    over_sampler = sampler.creation if hasattr(sampler, "creation") else sampler
    sampler = over_sampler.set_params(sampling_strategy="auto", small_class="duplicate")
    found = []
    for n_classes in range(3):
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            choices = feature_plan.classes_in_files
            patch.setattr(
                feature_plan,
                "classes_in_files",
                lambda *job, n=n_classes, of=choices: list(of(*job))[n : n + 1],
            )
            patch.setattr(row_file_search, "step_bytes_in_file", lambda *_: memory)
            patch.setattr(neighbors, "load_file_search", lambda *_, **__: None)
            try:
                resample(
                    source,
                    folder / f"{n_classes}.parquet",
                    sampler=sampler,
                    keep=["name"],
                    keep_fill="base",
                )
                found.append(pq.read_table(folder / f"{n_classes}.parquet"))
            except (ValueError, RuntimeError) as error:  # no row is near other classes
                found.append(str(error))
    if isinstance(found[0], str):
        assert found[1:] == found[:1] * 2
    else:
        assert same(found[0], found[1])
        assert same(found[0], found[2])


REASONS = {
    "TomekLinks alone compares rows": {"sampler": "tomek-links"},
    "search='approximate' improves neighbors by NN-descent": {
        "sampler": SMOTE(search="approximate")
    },
    "SMOTEN needs the rows of the classes": {"sampler": SMOTEN()},
    "RandomOverSampler needs the rows": {"sampler": RandomOverSampler(shrinkage=1)},
    "NearestNeighbors searches rows in memory; with a number as k_neighbors": {
        "sampler": SMOTE(k_neighbors=NearestNeighbors(n_neighbors=6))
    },
    "Column 'tags' (list<element: int64>) has to be in memory": {
        "drop": [], "keep": [*OTHERS, "tags"], "keep_fill": "base"
    },
}  # fmt: skip


@pytest.mark.parametrize("reason", REASONS)
def test_an_error__says_why_no_class_can_be_in_files(tmp_path, monkeypatch, reason):
    monkeypatch.setattr(feature_plan, "load_kernels", lambda *_, **__: None)
    n_rows = 60_000 if "approximate" in reason else N_ROWS
    table = with_other_columns(imbalanced(n_rows))
    table = table.append_column("tags", pa.array([[i] for i in range(n_rows)]))
    options = {"drop": [*OTHERS, "tags"], **REASONS[reason]}
    message = refusal(tmp_path, table, **options)
    assert reason in message
    assert "temporary files" in message


@pytest.mark.parametrize(
    "sampler",
    [*FILE_SAMPLERS, "random-under"],
)
def test_an_error__gives_no_reason_if_classes_can_be_in_files_or_none_changes(
    tmp_path, sampler
):
    assert "temporary files" not in refusal(tmp_path, imbalanced(N_ROWS), sampler=sampler)


def test_classes__are_in_memory_where_there_are_no_reads_by_position(tmp_path, monkeypatch):
    monkeypatch.setattr(classes_in_files, "HAS_ROW_FILES", False)
    message = refusal(tmp_path, imbalanced(N_ROWS))
    assert "On this system, rows cannot be in temporary files." in message


@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_scratch__is_about_what_the_files_take(tmp_path, use_files, monkeypatch, dtype):
    source = write_file(tmp_path / "in.parquet", imbalanced(6_000, share=0.45, dtype=dtype))
    use_files(1)
    monkeypatch.setattr(neighbors, "load_file_search", lambda *_, **__: None)
    totals, write = [], RowFile._write

    def write_rows(*arguments):
        write(*arguments)
        totals.append(sum(os.fstat(each.number).st_size for each in list(_open_files._open)))

    monkeypatch.setattr(RowFile, "_write", write_rows)
    with smotefast.iter_resampled(source, target="label", sampler="smote") as rows:
        assert 0.7 * rows.summary.scratch_bytes < max(totals) <= rows.summary.scratch_bytes


def test_a_plan__loads_the_code_that_packs_cells_of_files(tmp_path, use_files, monkeypatch):
    source = write_file(tmp_path / "in.parquet", imbalanced(N_ROWS))
    use_files(1)
    n_threads, pack = set(), cell_packing.pack_cells

    def pack_cells(*arguments, **options):
        n_threads.add(options["n_threads"])
        return pack(*arguments, **options)

    monkeypatch.setattr(cell_packing, "pack_cells", pack_cells)
    smotefast.plan_dataset(source, target="label", sampler="smote")
    assert 1 in n_threads


def test_a_full_disk__is_an_error_that_names_the_folder(tmp_path, use_files, monkeypatch):
    source = write_file(tmp_path / "in.parquet", imbalanced(N_ROWS))
    use_files(1)
    monkeypatch.setattr(neighbors, "load_file_search", lambda *_, **__: None)

    def write(self, values, start):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(RowFile, "_write", write)
    with pytest.raises(OSError, match=f"not enough disk space for '{tmp_path}'"):
        smotefast.iter_resampled(source, target="label", scratch=tmp_path)


def test_a_job_interrupted_in_a_search__goes_on_inside_it(tmp_path, use_files, monkeypatch):
    source = write_file(tmp_path / "in.parquet", imbalanced(6_000, share=0.45))
    sampler = SMOTE(random_state=0, search="exact")
    resample(source, tmp_path / "whole", sampler=sampler)
    use_files(1)
    monkeypatch.setattr(neighbors, "load_file_search", lambda *_, **__: None)
    monkeypatch.setattr(row_file_search, "step_bytes_in_file", lambda *_: 1 << 16)
    n_searched, search_step = [0], FileWalk.search

    def search_until(limit):
        def search(self, step, reach):
            n_searched[0] += 1
            if n_searched[0] > limit:
                raise KeyboardInterrupt
            return search_step(self, step, reach)

        n_searched[0] = 0
        monkeypatch.setattr(FileWalk, "search", search)

    search_until(4)
    with pytest.raises(KeyboardInterrupt):
        resample(source, tmp_path / "out", sampler=sampler)
    search_until(1_000)
    resample(source, tmp_path / "again", sampler=sampler)
    n_all = n_searched[0]
    assert n_all > 6
    search_until(1_000)
    resample(source, tmp_path / "out", sampler=sampler)
    assert n_searched[0] == n_all - 4
    tables = [pq.read_table(tmp_path / each) for each in ("whole", "out", "again")]
    assert same(*tables[:2])
    assert same(*tables[1:])
