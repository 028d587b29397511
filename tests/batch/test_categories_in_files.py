"""SMOTENC with classes in temporary files generates the rows of ``fit_resample``."""

from __future__ import annotations

import datetime
import os
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import OneHotEncoder

import smotefast
from smotefast.batch import feature_plan, gathered_categories
from smotefast.combine import Combination
from smotefast.engine import majority_vote, mixed_recipes
from smotefast.neighbors import row_file_search
from smotefast.neighbors.cells import partition
from smotefast.over_sampling import SMOTENC
from smotefast.under_sampling import RandomUnderSampler
from tests.helpers.hypothesis_examples import examples
from tests.helpers.parquet_files import in_memory, resample, same, write_file, write_folder

CATEGORIES = ["word", "kind", "flag", "code", "day"]
KINDS = [
    "usual", "ties", "duplicates", "one level", "many levels", "constant numbers",
    "a constant number",
]  # fmt: skip


def mixed(kind="usual", n_rows=300, dtype=np.float32, seed=0):
    """Return a table of numbers and categories, with three classes."""
    rng = np.random.default_rng(seed)
    label = rng.choice(3, n_rows, p=[0.5, 0.3, 0.2])
    label[:18] = np.arange(18) % 3
    numbers = (rng.normal(scale=20, size=(n_rows, 3)) + label[:, np.newaxis]).astype(dtype)
    n_levels = {"one level": 1, "ties": 2, "many levels": n_rows}.get(kind, 5)
    levels = rng.integers(0, n_levels, (n_rows, 5))
    if kind in ("ties", "duplicates"):
        numbers = np.clip(numbers // 20, -1, 1).astype(dtype)
    if kind == "duplicates":
        numbers, levels = numbers[np.arange(n_rows) // 7], levels[np.arange(n_rows) // 7]
    if "constant" in kind:
        numbers[:, : 2 if kind.startswith("a") else 3] = 3
    words = [None if level == 2 else f"word {level}" for level in levels[:, 0]]
    first_day = datetime.date(2020, 1, 1)
    return pa.table(
        {
            "n0": numbers[:, 0],
            "word": pa.array(words, pa.string()),
            "n1": numbers[:, 1],
            "kind": pa.array([f"k{level}" for level in levels[:, 1]]).dictionary_encode(),
            "flag": pa.array(levels[:, 2] > 1),
            "code": pa.array(levels[:, 3].astype(np.int16) - 1),
            "label": pa.array(label),
            "n2": numbers[:, 2],
            "day": pa.array([first_day + datetime.timedelta(int(i)) for i in levels[:, 4]]),
        }
    )


@contextmanager
def classes_put_in_files(n_classes, memory=1 << 14):
    """Let jobs have so many classes in files, and search and vote in small blocks."""
    with pytest.MonkeyPatch.context() as patch:
        choices = feature_plan.classes_in_files

        def choose(*job):
            return list(choices(*job))[n_classes : n_classes + 1]

        patch.setattr(feature_plan, "classes_in_files", choose)
        patch.setattr(feature_plan, "load_kernels", lambda *_, **__: None)
        patch.setattr(row_file_search, "step_bytes_in_file", lambda *_: memory)
        patch.setattr(partition, "_CELL_ROWS", 16)
        patch.setattr(majority_vote, "VOTE_BYTES", memory)
        patch.setattr(gathered_categories, "_CODES_AT_ONCE", 100)
        yield


SAMPLERS = {
    "usual": SMOTENC(CATEGORIES, random_state=0, search="exact"),
    "few": SMOTENC(
        CATEGORIES, random_state=1, search="exact", sampling_strategy={1: 130, 2: 90}
    ),
    "many": SMOTENC(
        CATEGORIES, random_state=2, search="exact", sampling_strategy={1: 500, 2: 600},
        k_neighbors=3,
    ),
    "one neighbor": SMOTENC(CATEGORIES, random_state=3, search="exact", k_neighbors=1),
    "by position": SMOTENC([1, -1], random_state=4, search="exact"),
}  # fmt: skip


@examples(20)
@given(
    name=st.sampled_from(sorted(SAMPLERS)),
    kind=st.sampled_from(KINDS),
    dtype=st.sampled_from([np.float32, np.float64, np.int32]),
    n_rows=st.integers(60, 300),
    seed=st.integers(0, 99),
    n_files=st.integers(1, 3),
    n_classes=st.integers(1, 2),
    memory=st.sampled_from([1 << 10, 1 << 14, 1 << 20]),
    batch_rows=st.sampled_from([7, 64, 1 << 16]),
    n_jobs=st.sampled_from([1, 2]),
)
def test_rows__are_those_of_fit_resample_whatever_is_in_files(
    tmp_path_factory, name, kind, dtype, n_rows, seed, n_files, n_classes, memory, batch_rows,
    n_jobs,
):  # fmt: skip
    folder = tmp_path_factory.mktemp("job")
    table = mixed(kind, n_rows, dtype, seed)
    if name == "by position":
        table = table.drop_columns(CATEGORIES[1:-1])
    source = write_folder(folder / "in", table, n_files)
    sampler = clone(SAMPLERS[name]).set_params(small_class="clamp", n_jobs=n_jobs)
    if name == "few":
        sampler.set_params(sampling_strategy="auto")
    expected = in_memory(pq.read_table(source), clone(sampler))
    with classes_put_in_files(n_classes, memory), pytest.MonkeyPatch.context() as patch:
        patch.setattr("smotefast.batch.block_plan.BATCH_ROWS", batch_rows)
        summary = resample(source, folder / "out.parquet", sampler=sampler)
    assert summary.scratch_bytes > 0
    assert same(pq.read_table(folder / "out.parquet"), expected)
    assert sorted(os.listdir(folder)) == ["in", "out.parquet"]


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("n_classes", [1, 2])
def test_each_sampler__generates_the_rows_of_fit_resample(tmp_path, name, n_classes):
    table = mixed(n_rows=350, seed=n_classes)
    if name == "by position":
        table = table.drop_columns(CATEGORIES[1:-1])
    source = write_file(tmp_path / "in.parquet", table, group_rows=90)
    expected = in_memory(pq.read_table(source), clone(SAMPLERS[name]))
    with classes_put_in_files(n_classes):
        resample(source, tmp_path / "out.parquet", sampler=clone(SAMPLERS[name]))
    assert same(pq.read_table(tmp_path / "out.parquet"), expected)


@pytest.mark.parametrize(
    "options",
    [
        {"keep": ["word", "code"], "keep_fill": "base", "provenance": True},
        {"drop": ["word", "code"], "order": "shuffled", "part_size": 20_000},
    ],
    ids=["base", "shuffled"],
)
def test_options__do_not_change_with_classes_in_files(tmp_path, options):
    source = write_folder(tmp_path / "in", mixed(), 3)
    sampler = SMOTENC("not numeric", random_state=np.random.RandomState(5))
    for n_classes in range(3):
        sampler.random_state.seed(5)
        with classes_put_in_files(n_classes):
            resample(source, tmp_path / str(n_classes), sampler=sampler, **options)
    tables = [pq.read_table(tmp_path / str(n_classes)) for n_classes in range(3)]
    assert same(*tables[:2])
    assert same(*tables[1:])


def test_rows_that_are_drawn_after__are_those_of_classes_in_memory(tmp_path):
    source = write_file(tmp_path / "in.parquet", mixed())
    sampler = Combination(
        SMOTENC("not numeric", random_state=0),
        RandomUnderSampler(sampling_strategy={0: 50}, random_state=0),
    )
    for n_classes in (0, 2):
        with classes_put_in_files(n_classes):
            resample(source, tmp_path / f"{n_classes}.parquet", sampler=sampler)
    assert same(*(pq.read_table(tmp_path / f"{n}.parquet") for n in (0, 2)))


def test_an_encoder_of_the_user__decides_ties_by_its_order(tmp_path):
    table = mixed("ties").select(["n0", "n1", "n2", "word", "label"])
    table = table.set_column(3, "word", table["word"].fill_null("word 7"))
    orders = [
        ["word 7", "word 3", "word 1", "word 0"],
        ["word 0", "word 1", "word 3", "word 7"],
    ]
    source = write_file(tmp_path / "in.parquet", table)
    results = []
    for order in orders:
        encoder = OneHotEncoder(categories=[order])
        sampler = SMOTENC(
            ["word"], categorical_encoder=encoder, random_state=0, search="exact", k_neighbors=2
        )
        results.append(in_memory(pq.read_table(source), clone(sampler)))
        with classes_put_in_files(2):
            resample(source, tmp_path / "out.parquet", sampler=sampler, overwrite=True)
        assert same(pq.read_table(tmp_path / "out.parquet"), results[-1])
    assert not results[0].equals(results[1])


def test_equal_categories_of_other_bits__get_the_value_of_the_first_row_of_a_class(tmp_path):
    rng = np.random.default_rng(0)
    label = np.arange(300) % 3 // 2 + (np.arange(300) > 280)
    values = rng.choice([-0.0, 0.0, 1.5], 300)
    values[np.flatnonzero(label == 1)[0]] = -0.0
    values[np.flatnonzero(label == 2)[0]] = 0.0
    x = pa.array(rng.normal(size=300))
    table = pa.table({"x": x, "value": pa.array(values), "label": pa.array(label)})
    source = write_file(tmp_path / "in.parquet", table)
    sampler = SMOTENC(["value"], random_state=0, search="exact")
    expected = in_memory(pq.read_table(source), clone(sampler))
    for n_classes in range(3):
        with classes_put_in_files(n_classes):
            resample(source, tmp_path / f"{n_classes}.parquet", sampler=sampler)
        found = pq.read_table(tmp_path / f"{n_classes}.parquet")
        assert same(found, expected)
        new = found["value"].to_numpy()[300:]
        assert np.array_equal(np.signbit(new), new == 0)  # the first row of class 1 has -0.0


def test_a_refusal__names_a_limit_and_no_reason_to_have_classes_in_memory(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(feature_plan, "load_kernels", lambda *_, **__: None)
    source = write_file(tmp_path / "in.parquet", mixed())
    options = {"sampler": SMOTENC("not numeric"), "memory_limit": "1MiB"}
    with pytest.raises(MemoryError, match=r"this job needs about [\d.]+ [MG]iB") as caught:
        resample(source, tmp_path / "out.parquet", **options)
    assert "temporary files" not in str(caught.value)
    options["sampler"].set_params(k_neighbors=NearestNeighbors(n_neighbors=4))
    with pytest.raises(MemoryError, match="NearestNeighbors searches rows in memory"):
        resample(source, tmp_path / "out.parquet", **options)


def test_a_plan__counts_the_files(tmp_path):
    source = write_file(tmp_path / "in.parquet", mixed(n_rows=600))
    sampler = SMOTENC("not numeric")
    plans = []
    for n_classes in (0, 2):
        with classes_put_in_files(n_classes):
            plans.append(smotefast.plan_dataset(source, target="label", sampler=sampler))
    assert [plan.refused for plan in plans] == [(), ()]
    assert plans[1].scratch > plans[0].scratch


@pytest.mark.parametrize("n_rows", [1, 2, 5, 777])
@pytest.mark.parametrize("n_columns", [1, 2, 9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_standard_deviations__are_those_of_numpy(monkeypatch, n_rows, n_columns, dtype):
    rows = (np.random.default_rng(0).normal(size=(n_rows, n_columns)) * 99).astype(dtype)
    expected = np.std(rows, axis=0, dtype=np.float64)
    assert np.array_equal(mixed_recipes.standard_deviations(rows), expected)
    if n_columns > 1:  # of one column, NumPy sums pairs
        monkeypatch.setattr(mixed_recipes, "_VALUES", 60)
        assert np.array_equal(mixed_recipes.standard_deviations(rows), expected)
