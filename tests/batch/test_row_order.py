"""A shuffled output has the rows of the source order, in an order that the seed determines."""

from __future__ import annotations

import decimal
import itertools
import json
import math
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from smotefast.batch import external_sort
from smotefast.batch.external_sort import MergedRuns
from smotefast.batch.shuffle_keys import LAST_KEY, ShuffleKeys, shuffle_seed
from smotefast.batch.shuffle_plan import ShuffleNeed
from smotefast.batch.tasks import ShuffledRows
from smotefast.combine import Combination, SMOTETomek
from smotefast.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    BorderlineSMOTE,
    RandomOverSampler,
)
from smotefast.storage.sorted_runs import SortedRows, run_in_memory
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.helpers.case_names import name_of
from tests.helpers.parquet_files import imbalanced, resample, same, write_file, write_folder

SAMPLERS = [
    SMOTE(random_state=0),
    BorderlineSMOTE(random_state=1, search="exact"),
    ADASYN(random_state=0, search="exact"),
    RandomOverSampler(random_state=2),
    SMOTETomek(random_state=0, search="exact"),
    RandomUnderSampler(random_state=3),
    RandomUnderSampler(random_state=3, replacement=True),
    Combination(
        SMOTE(random_state=4),
        RandomUnderSampler(sampling_strategy={0: 350, 1: 340}, random_state=5),
    ),
    TomekLinks(),
]


def make_runs_small(patch):
    """Sort in runs of a few rows, all but the first one or two in files."""
    patch.setattr("smotefast.batch.shuffle_plan._RUN_BYTES", (3_000, 3_000))
    patch.setattr("smotefast.batch.shuffle_plan._PIECE_BYTES", (0, 0))
    patch.setattr("smotefast.batch.shuffle_plan._KEPT_SHARE", 0)


@pytest.fixture
def small_runs(monkeypatch):
    """Small runs during a test."""
    make_runs_small(monkeypatch)


def in_random_order(table, seed):
    """Return the rows of a table in the order of their keys."""
    keys = ShuffleKeys(seed).of_rows(0, table.num_rows)
    return table.take(np.argsort(keys, kind="stable"))


@pytest.mark.parametrize("sampler", SAMPLERS, ids=name_of)
@pytest.mark.parametrize("name", ["out", "out.parquet"])
@pytest.mark.usefixtures("small_runs")
def test_rows__are_those_of_the_source_order(tmp_path, monkeypatch, sampler, name):
    monkeypatch.setattr("smotefast.batch.layout.PART_BYTES", 90 * 18)
    source = write_file(tmp_path / "in.parquet", imbalanced(share=0.3), group_rows=70)
    resample(source, tmp_path / "ordered", sampler=clone(sampler))
    done = resample(source, tmp_path / name, sampler=clone(sampler), order="shuffled")
    rows = pq.read_table(tmp_path / "ordered")
    found = pq.read_table(tmp_path / name)
    assert done.scratch_bytes > 0
    assert done.rows_written == len(rows)
    assert not found.equals(rows)
    seed = {"Combination": 4, "TomekLinks": 0}.get(type(sampler).__name__)
    assert same(found, in_random_order(rows, sampler.random_state if seed is None else seed))
    assert sorted(os.listdir(tmp_path)) == sorted(["in.parquet", "ordered", name])


@pytest.mark.parametrize("is_small", [False, True])
def test_order__does_not_depend_on_files_parts_runs_memory_and_threads(
    tmp_path, monkeypatch, is_small, request
):
    if is_small:
        request.getfixturevalue("small_runs")
    table = imbalanced(1_000, share=0.3)
    expected = None
    sources = [
        write_file(tmp_path / "one.parquet", table),
        write_folder(tmp_path / "in", table, 4),
    ]
    sources.append(write_file(tmp_path / "groups.parquet", table, group_rows=33))
    options = [
        {"part_size": "1KB"}, {"part_size": "20KB", "row_group_size": 7},
        {"memory_limit": "4GiB"}, {"row_group_size": 1000},
    ]  # fmt: skip
    for source, n_workers in itertools.product(sources, (1, 3)):
        monkeypatch.setattr("smotefast.batch.stages.thread_count", lambda n, k=n_workers: k)
        for number, each in enumerate(options):
            name = f"{source.name}-{n_workers}-{number}"
            resample(source, tmp_path / name, order="shuffled", **each)
            found = pq.read_table(tmp_path / name)
            expected = found if expected is None else expected
            assert same(found, expected)


@pytest.mark.parametrize("options", [{"rows": "synthetic"}, {"provenance": True}], ids=str)
@pytest.mark.usefixtures("small_runs")
def test_order__goes_with_other_options(tmp_path, options):
    source = write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)
    resample(source, tmp_path / "ordered.parquet", **options)
    resample(source, tmp_path / "out", order="shuffled", **options)
    rows = pq.read_table(tmp_path / "ordered.parquet")
    assert same(pq.read_table(tmp_path / "out"), in_random_order(rows, 0))


@pytest.mark.usefixtures("small_runs")
def test_weights__go_with_their_rows(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)
    options = {"sampler": RandomUnderSampler(random_state=5), "weight_column": "w"}
    resample(source, tmp_path / "ordered.parquet", **options)
    resample(source, tmp_path / "out", order="shuffled", **options)
    rows = pq.read_table(tmp_path / "ordered.parquet")
    assert same(pq.read_table(tmp_path / "out"), in_random_order(rows, 5))


def columns_of_all_types(n):
    """Return columns of many types, with nulls."""
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 90, n)
    texts = [None if i % 7 == 0 else f"text {i}" for i in numbers]
    days = np.datetime64("2026-01-01") + numbers
    levels = pa.array(["low", "middle", "never", "high"])
    columns = {
        "text": pa.array(texts),
        "large": pa.array(texts, pa.large_string()),
        "view": pa.array(texts, pa.string_view()),
        "bytes": pa.array([str(i).encode() for i in numbers]),
        "fixed": pa.array([b"%04d" % i for i in numbers], pa.binary(4)),
        "flag": pa.array(numbers % 2 == 0),
        "half": pa.array(numbers.astype(np.float16)),
        "day": pa.array(days),
        "time": pa.array(days.astype("datetime64[us]"), pa.timestamp("us", "UTC")),
        "length": pa.array(numbers.astype("timedelta64[s]")),
        "hour": pa.array((numbers * 1000).astype(np.int32), pa.time32("ms")),
        "price": pa.array([decimal.Decimal(int(i)) / 4 for i in numbers], pa.decimal128(9, 2)),
        "huge": pa.array([decimal.Decimal(int(i)) for i in numbers], pa.decimal256(50, 0)),
        "level": pa.DictionaryArray.from_arrays(
            pa.array(numbers % 4, pa.int8(), mask=numbers % 5 == 0), levels, ordered=True
        ),
        "list": pa.array([None if i % 9 == 0 else [float(i)] * (i % 4) for i in numbers]),
        "texts": pa.array([["a", None, str(i)] for i in numbers]),
        "struct": pa.array([{"a": int(i), "b": {"c": str(i)}} for i in numbers]),
        "map": pa.array([[(str(i), int(i))] for i in numbers], pa.map_("string", pa.int64())),
        "nothing": pa.nulls(n),
    }
    return columns


@pytest.mark.usefixtures("small_runs")
def test_columns_of_all_types__are_shuffled(tmp_path):
    table = imbalanced()
    for name, column in columns_of_all_types(table.num_rows).items():
        table = table.append_column(name, column)
    source = write_file(tmp_path / "in.parquet", table, group_rows=150)
    options = {"keep": table.column_names[5:], "keep_fill": "base"}
    resample(source, tmp_path / "ordered.parquet", **options)
    done = resample(source, tmp_path / "out", order="shuffled", **options)
    assert done.scratch_bytes > 0
    rows = pq.read_table(tmp_path / "ordered.parquet")
    found = pq.read_table(tmp_path / "out")
    assert found.schema.equals(rows.schema, check_metadata=True)
    order = np.argsort(ShuffleKeys(0).of_rows(0, rows.num_rows), kind="stable")
    for name in rows.column_names:
        values = rows[name].to_pylist()
        assert found[name].to_pylist() == [values[row] for row in order], name


@pytest.mark.usefixtures("small_runs")
def test_dictionaries_that_differ_between_files__are_joined(tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(3):
        table = imbalanced(200, seed=number)
        words = pa.array([f"{number}-{i}" for i in range(40)])
        codes = np.random.default_rng(number).integers(0, 40, 200).astype(np.int8)
        column = pa.DictionaryArray.from_arrays(codes, words)
        write_file(tmp_path / "in" / f"{number}.parquet", table.append_column("word", column))
    options = {"sampler": SMOTENC(["word"], random_state=0)}
    resample(tmp_path / "in", tmp_path / "ordered", **options)
    resample(tmp_path / "in", tmp_path / "out", order="shuffled", **options)
    rows = pq.read_table(tmp_path / "ordered")
    found = pq.read_table(tmp_path / "out")
    assert found.schema.equals(rows.schema, check_metadata=True)
    assert found.to_pylist() == in_random_order(rows, 0).to_pylist()


def test_smote_n__is_shuffled_as_well(tmp_path):
    table = imbalanced().select(["label"])
    words = np.random.default_rng(0).choice(["a", "b", "c"], (2, 600))
    table = table.append_column("v", [words[0]]).append_column("w", [words[1]])
    source = write_file(tmp_path / "in.parquet", table)
    options = {"sampler": SMOTEN(random_state=0)}
    resample(source, tmp_path / "ordered.parquet", **options)
    resample(source, tmp_path / "out", order="shuffled", **options)
    rows = pq.read_table(tmp_path / "ordered.parquet")
    assert same(pq.read_table(tmp_path / "out"), in_random_order(rows, 0))


def test_rows_that_fit_into_memory__need_no_temporary_files(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    report = tmp_path / "report.json"
    done = resample(source, tmp_path / "out.parquet", order="shuffled", report=report)
    assert done.scratch_bytes == 0
    assert "scratch" not in str(done)
    written = json.loads(report.read_text())
    assert (written["scratch_bytes"], written["options"]["order"]) == (0, "shuffled")


@pytest.mark.usefixtures("small_runs")
def test_temporary_files__are_counted(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(), group_rows=50)
    report = tmp_path / "report.json"
    done = resample(source, tmp_path / "out", order="shuffled", report=report)
    assert done.scratch_bytes > 1080 * (17 + 8) - 2 * 3_500
    assert "of temporary files" in str(done)
    assert json.loads(report.read_text())["scratch_bytes"] == done.scratch_bytes
    assert list(done.seconds_by_step)[-3:] == ["sorting", "writing", "committing"]


def test_an_unknown_order__is_refused(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(ValueError, match=r"order='suffled' must be .* Did you mean 'shuffled'"):
        resample(source, tmp_path / "out", order="suffled")


def test_too_many_parts__are_refused(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced(120_000))  # one row group
    with pytest.raises(ValueError, match=r"more than 100,000. Choose a larger part_size"):
        resample(source, tmp_path / "out", order="shuffled", part_size=1)
    assert os.listdir(tmp_path) == ["in.parquet"]


@pytest.mark.usefixtures("small_runs")
def test_a_full_disk__leaves_no_file(tmp_path, monkeypatch):
    source = write_file(tmp_path / "in.parquet", imbalanced(), group_rows=50)
    n_written = itertools.count()
    write_before = external_sort.write_run

    def write(path, *arguments):
        if next(n_written) == 1:
            raise OSError(28, "No space left on device")
        return write_before(path, *arguments)

    monkeypatch.setattr(external_sort, "write_run", write)
    with pytest.raises(OSError, match="There is not enough disk space for"):
        resample(source, tmp_path / "out", order="shuffled")
    assert os.listdir(tmp_path) == ["in.parquet"]


def test_a_generator_as_seed__is_not_advanced_by_the_order(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    orders = []
    for seed in (3, 3, 4):
        states = [np.random.RandomState(seed) for _ in range(2)]
        for order, state in zip(("source", "shuffled"), states, strict=True):
            options = {"sampler": SMOTE(random_state=state), "overwrite": True}
            resample(source, tmp_path / order, order=order, **options)
        tables = [pq.read_table(tmp_path / order) for order in ("source", "shuffled")]
        keys = [(name, "ascending") for name in tables[0].column_names]
        assert tables[0].sort_by(keys).equals(tables[1].sort_by(keys))
        orders.append(tables[1])
    assert orders[0].equals(orders[1])
    assert not orders[0].slice(0, 50).equals(orders[2].slice(0, 50))


def test_the_global_generator__is_the_seed_of_none(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    found = []
    for seed in (5, 5, None):
        if seed is not None:
            np.random.seed(seed)
        resample(source, tmp_path / "out", order="shuffled", overwrite=True,
                 sampler=SMOTE())  # fmt: skip
        found.append(pq.read_table(tmp_path / "out"))
    assert found[0].equals(found[1])
    assert not found[0].equals(found[2])


def test_seeds__are_those_of_the_first_sampler_that_has_one():
    assert shuffle_seed([TomekLinks(), SMOTE(random_state=7), SMOTE(random_state=8)]) == 7
    assert shuffle_seed([TomekLinks()]) == 0
    state = np.random.RandomState(0)
    one = shuffle_seed([SMOTE(random_state=state)])
    assert one == shuffle_seed([SMOTE(random_state=np.random.RandomState(0))])
    state.random_sample()
    assert one != shuffle_seed([SMOTE(random_state=state)])


def test_keys__of_a_row_do_not_depend_on_the_rows_before():
    keys = ShuffleKeys(1).of_rows(0, 1_000)
    assert len(np.unique(keys)) == 1_000
    for start, n_rows in ((0, 0), (1, 5), (7, 100), (996, 4), (500, 1)):
        np.testing.assert_array_equal(
            ShuffleKeys(1).of_rows(start, n_rows), keys[start : start + n_rows]
        )
    assert not np.intersect1d(keys, ShuffleKeys(2).of_rows(0, 1_000)).size


@pytest.mark.parametrize("most_exact", [1 << 20, 0])
@pytest.mark.parametrize(("n_rows", "n_ranges"), [(0, 1), (1, 1), (5, 5), (3_000, 7), (99, 98)])
def test_ranges_of_keys__have_equal_numbers_of_rows(monkeypatch, n_rows, n_ranges, most_exact):
    monkeypatch.setattr("smotefast.batch.shuffle_keys._EXACT_ROWS", most_exact)
    keys = ShuffleKeys(0)
    ranges = keys.ranges(n_rows, n_ranges)
    assert len(ranges) == n_ranges
    assert (ranges[0][0], ranges[-1][1]) == (0, LAST_KEY)
    for (_, last), (first, _) in itertools.pairwise(ranges):
        assert first == last + 1
    values = keys.of_rows(0, n_rows)
    sizes = [int(((values >= a) & (values <= b)).sum()) for a, b in ranges]
    assert sum(sizes) == n_rows
    assert max(sizes) - min(sizes) <= (1 if most_exact else 3)


def chi_square_z(order, n_bins=20):
    """Return how far the table of source and output bins is from independence, as a z-score."""
    n_rows = len(order)
    before, after = order * n_bins // n_rows, np.arange(n_rows) * n_bins // n_rows
    counts = np.bincount(before * n_bins + after, minlength=n_bins**2)
    expected = n_rows / n_bins**2
    degrees = (n_bins - 1) ** 2
    statistic = ((counts - expected) ** 2 / expected).sum()
    return (statistic - degrees) / math.sqrt(2 * degrees)


def test_the_permutation__is_uniform():
    n_rows = 100_000
    for seed in range(20):
        order = np.argsort(ShuffleKeys(seed).of_rows(0, n_rows))
        assert abs(chi_square_z(order)) < 4
        steps = np.diff(order)
        assert abs((np.abs(steps) == 1).sum() - 2) < 12  # rows that stay neighbors
        fixed = (order == np.arange(n_rows)).sum()
        assert fixed < 12
    # The test finds an order in which rows stay near their place.
    windows = np.arange(n_rows) + np.random.default_rng(0).uniform(0, n_rows / 10, n_rows)
    assert chi_square_z(np.argsort(windows)) > 100


def test_all_permutations_of_few_rows__are_equally_frequent():
    n_seeds = 24_000
    orders = [tuple(np.argsort(ShuffleKeys(seed).of_rows(3, 4))) for seed in range(n_seeds)]
    counts = np.array([orders.count(each) for each in itertools.permutations(range(4))])
    statistic = ((counts - n_seeds / 24) ** 2 / (n_seeds / 24)).sum()
    assert statistic < 60  # 23 degrees of freedom: 1 of 30,000 is larger


@given(
    st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=30), min_size=1, max_size=6),
    st.integers(1, 8),
    st.integers(1, 400),
    st.lists(st.integers(0, 11), max_size=3),
)
def test_merged_runs__keep_the_order_of_rows_with_equal_keys(runs, batch_rows, size, cuts):
    values = [np.array(run, dtype=np.uint64) for run in runs]
    positions = np.split(np.arange(sum(map(len, values))), np.cumsum([len(v) for v in values]))
    sorted_runs = []
    for keys, rows in zip(values, positions, strict=False):
        order = np.argsort(keys, kind="stable")
        batch = pa.RecordBatch.from_arrays([pa.array(rows[order])], names=["row"])
        sorted_runs.append(run_in_memory(SortedRows(batch, keys[order]), batch_rows))
    merged = MergedRuns(sorted_runs, pa.schema([("row", pa.int64())]), size)
    edges = [0, *sorted(set(cuts) - {0}), LAST_KEY + 1]
    found = [
        batch["row"].to_pylist()
        for first, end in itertools.pairwise(edges)
        for batch in merged.batches(ShuffledRows(0, 0, first, end - 1))
    ]
    expected = np.argsort(np.concatenate(values), kind="stable").tolist()
    assert [row for rows in found for row in rows] == expected


@given(st.integers(1, 1 << 44), st.integers(1, 1 << 31))
def test_sizes_of_runs__keep_pieces_large(total_bytes, part_bytes):
    need = ShuffleNeed(total_bytes, part_bytes, 0)
    sizes = need.run_sizes()
    assert sizes == sorted(sizes, reverse=True)
    for run in sizes:
        assert 1 <= run <= max(total_bytes, 1)
        assert need.range_bytes(run) <= run
    pieces = sizes[-1] ** 2 / total_bytes
    assert pieces >= 0.9 * (16 << 10) or sizes[-1] == total_bytes
