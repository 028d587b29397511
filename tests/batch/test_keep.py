"""Columns that a job carries through without computing with them, and keys that it warns of."""

import datetime
import decimal
import warnings

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.combine import Combination, SMOTETomek
from smotefast.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTENC,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)
from smotefast.under_sampling import RandomUnderSampler
from tests.helpers.parquet_files import imbalanced, resample, same, write_file, write_folder

# Elsewhere generated tables may have such columns.
pytestmark = pytest.mark.filterwarnings("error")
N_ROWS = 300


def keyed(n_rows=N_ROWS):
    """Features and target, and between them columns of types that nothing computes with."""
    table = imbalanced(n_rows, share=0.2)
    day = datetime.date(2020, 1, 1)
    kept = {
        "id": pa.array(np.random.default_rng(0).permutation(n_rows)),
        "name": pa.array([f"customer {i}" for i in range(n_rows)]),
        "day": pa.array([day + datetime.timedelta(i) for i in range(n_rows)]),
        "paid": pa.array([decimal.Decimal(i).scaleb(-2) for i in range(n_rows)]),
        "tags": pa.array([[f"t{i}", None] for i in range(n_rows)]),
        "at": pa.array([{"x": i, "y": str(i)} for i in range(n_rows)]),
        "kind": pa.array([f"k{i % 7}" for i in range(n_rows)]).dictionary_encode(),
        "raw": pa.array([bytes([i % 256]) for i in range(n_rows)]),
    }
    for place, (name, column) in enumerate(kept.items()):
        table = table.add_column(place + 1, name, column)
    return table, list(kept)


SAMPLERS = [
    SMOTE(random_state=0),
    BorderlineSMOTE(random_state=0),
    ADASYN(random_state=0),
    KMeansSMOTE(random_state=0, cluster_balance_threshold=0.01),
    RandomOverSampler(random_state=0),
    RandomOverSampler(random_state=0, shrinkage=0.5),
    SMOTETomek(random_state=0),
    Combination(RandomOverSampler(random_state=0), RandomUnderSampler(random_state=0)),
    Combination(
        SMOTE(sampling_strategy=0.6, random_state=0), RandomUnderSampler(random_state=0)
    ),
]


def quiet_resample(*arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", smotefast.ResamplingWarning)
        return resample(*arguments, **options)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: str(sampler)[:50])
def test_kept_columns__change_no_row_and_are_null_in_new_ones(sampler, tmp_path, destination):
    table, kept = keyed()
    source = write_folder(tmp_path / "in", table, 3)
    plain = write_file(tmp_path / "plain.parquet", table.drop_columns(kept))
    quiet_resample(source, destination, sampler=sampler, keep=kept)
    quiet_resample(plain, tmp_path / "plain_out.parquet", sampler=sampler)
    result = pq.read_table(destination)
    assert result.column_names == table.column_names
    assert same(result.drop_columns(kept), pq.read_table(tmp_path / "plain_out.parquet"))
    is_new = np.array(result["id"].is_null())
    assert is_new.any()
    for name in kept:
        assert result.schema.field(name).type == table.schema.field(name).type
        assert np.array_equal(np.array(result[name].is_null()), is_new)
    ranks = {value: i for i, value in enumerate(table["id"].to_pylist())}
    originals = result.filter(pa.array(~is_new))
    expected = table.take([ranks[value] for value in originals["id"].to_pylist()])
    assert originals.to_pylist() == expected.to_pylist()


@pytest.mark.parametrize("sampler", SAMPLERS[:6], ids=lambda sampler: str(sampler)[:50])
def test_base_fill__gives_new_rows_the_values_of_their_base_row(sampler, tmp_path, destination):
    table, kept = keyed()
    source = write_folder(tmp_path / "in", table, 3)
    quiet_resample(source, destination, sampler=sampler, keep=kept, keep_fill="base")
    result = pq.read_table(destination)
    features = table.drop_columns([*kept, "label"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", smotefast.ResamplingWarning)
        sampler.fit_resample(features, table["label"])
    base = table.select(kept).take(sampler.provenance_.base)
    assert result.select(kept).slice(N_ROWS).to_pylist() == base.to_pylist()
    assert result.slice(0, N_ROWS).to_pylist() == table.to_pylist()


def test_base_fill__works_for_categories(tmp_path, destination):
    table, kept = keyed()
    table = table.append_column("c", pa.array(["xyz"[i % 3] for i in range(N_ROWS)]))
    source = write_file(tmp_path / "in.parquet", table)
    sampler = SMOTENC(["c"], random_state=0)
    resample(source, destination, sampler=sampler, keep=kept, keep_fill="base")
    sampler.fit_resample(table.drop_columns([*kept, "label"]), table["label"])
    base = table.select(kept).take(sampler.provenance_.base)
    assert pq.read_table(destination).select(kept).slice(N_ROWS).to_pylist() == base.to_pylist()


def test_null_fill__makes_a_required_column_nullable_only_if_rows_are_made(tmp_path):
    table, _ = keyed()
    table = table.select(["f0", "f1", "id", "label"])
    fields = [field.with_nullable(field.name != "id") for field in table.schema]
    source = write_file(tmp_path / "in.parquet", table.cast(pa.schema(fields)))
    made, removed, base = (tmp_path / f"{name}.parquet" for name in ("made", "removed", "base"))
    resample(source, made, keep="id")
    resample(source, removed, keep="id", sampler="random-under")
    resample(source, base, keep="id", keep_fill="base")
    assert pq.read_schema(made).field("id").nullable
    assert not pq.read_schema(removed).field("id").nullable
    assert not pq.read_schema(base).field("id").nullable


def test_kept_columns__do_not_depend_on_files_and_blocks(tmp_path, monkeypatch):
    table, kept = keyed(3_000)
    results = []
    for n_files, batch_rows in ((1, 1 << 16), (7, 97)):
        monkeypatch.setattr("smotefast.batch.block_plan.BATCH_ROWS", batch_rows)
        source = write_folder(tmp_path / f"in{n_files}", table, n_files)
        out = tmp_path / f"out{n_files}.parquet"
        resample(source, out, keep=kept, keep_fill="base")
        results.append(pq.read_table(out))
    assert same(*results)


def test_synthetic_rows_alone__have_the_kept_columns(tmp_path, destination):
    table, kept = keyed()
    resample(
        write_file(tmp_path / "in.parquet", table), destination, keep=kept, rows="synthetic"
    )
    result = pq.read_table(destination)
    assert result.num_rows == 180
    assert result["tags"].null_count == 180


def test_a_pandas_index__can_be_kept(tmp_path, destination):
    import pandas as pd

    table, _ = keyed()
    frame = table.select(["f0", "f1", "label"]).to_pandas()
    frame.index = pd.Index([f"r{i}" for i in range(N_ROWS)], name="row")
    frame.to_parquet(tmp_path / "in.parquet")
    resample(tmp_path / "in.parquet", destination, keep=["row"], keep_fill="base")
    assert pd.read_parquet(destination).index[:3].tolist() == ["r0", "r1", "r2"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"keep": "nothing"}, "keep='nothing' is not a column"),
        ({"keep": ["label"]}, "target column 'label' is written anyway"),
        ({"keep": ["f0"], "drop": ["f0"]}, "'f0' is named in drop and in keep"),
        ({"keep": ["f0", "f1", "f2", "f3"]}, "no column besides the target 'label' and those"),
        ({"keep": ["f0"], "keep_fill": "zero"}, "keep_fill='zero' must be 'null' or 'base'"),
        ({"keep_fill": "base"}, "keep_fill='base' needs keep"),
    ],
)
def test_keep__refuses_what_it_cannot_do(options, said, tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(ValueError, match=said):
        resample(source, destination, **options)
    assert not destination.exists()


@pytest.mark.parametrize(
    ("sampler", "said"),
    [
        (
            "smote",
            r"column 'id' has a different value .*drop=\['id'\].*keep=\['id'\]",
        ),
        ("adasyn", "column 'id' has a different value in every row"),
        ("smote-tomek", "column 'id' has a different value in every row"),
        ("tomek-links", "column 'id' has a different value in every row"),
    ],
)
def test_a_job__warns_of_a_key_once(sampler, said, tmp_path, destination):
    table, _ = keyed()
    source = write_folder(tmp_path / "in", table.select(["f0", "f1", "id", "label"]), 3)
    with pytest.warns(smotefast.ResamplingWarning, match=said) as given:
        resample(source, destination, sampler=sampler)
    assert sum("Check the columns" in str(one.message) for one in given) == 1


def test_a_job__warns_of_text_constants_and_copies_of_the_target(tmp_path, destination):
    table, _ = keyed()
    table = table.select(["f0", "f1", "name", "label"])
    table = table.append_column("same", pa.array(["x"] * N_ROWS).dictionary_encode())
    table = table.append_column("leak", pa.array(["fn"[i] for i in table["label"].to_pylist()]))
    source = write_folder(tmp_path / "in", table, 3)
    said = (
        "column 'name' has a different.*column 'same' has the same.*column 'leak' has one value"
    )
    with pytest.warns(smotefast.ResamplingWarning, match=said):
        resample(source, destination, sampler="smote-nc")


@pytest.mark.parametrize("sampler", ["random", "random-under"])
def test_a_job_that_copies_rows__looks_at_no_values(sampler, tmp_path, destination):
    table, _ = keyed()
    resample(write_file(tmp_path / "in.parquet", table), destination, sampler=sampler)


def test_required_fields_of_a_struct__may_be_null_in_new_rows(tmp_path, destination):
    inner = pa.struct([pa.field("x", pa.int64(), nullable=False)])
    kind = pa.struct([pa.field("s", inner, nullable=False), pa.field("t", pa.string())])
    values = [{"s": {"x": i}, "t": str(i)} for i in range(N_ROWS)]
    table = keyed()[0].select(["f0", "f1", "label"])
    table = table.append_column(pa.field("at", kind, nullable=False), pa.array(values, kind))
    source = write_file(tmp_path / "in.parquet", table)
    resample(source, destination, keep=["at"])
    result = pq.read_table(destination)["at"].to_pylist()
    assert result[:N_ROWS] == values
    assert set(map(str, result[N_ROWS:])) == {"None"}
    resample(source, destination, keep=["at"], keep_fill="base", overwrite=True)
    assert pq.read_schema(destination).field("at").equals(table.schema.field("at"))


@pytest.mark.parametrize("kind", [pa.decimal128(38, 0), pa.decimal64(12, 2)])
def test_decimal_row_numbers__are_keys(kind, tmp_path, destination):
    numbers = pa.array([decimal.Decimal(i) for i in range(N_ROWS)]).cast(kind)
    table = keyed()[0].select(["f0", "f1", "label"]).append_column("number", numbers)
    source = write_file(tmp_path / "in.parquet", table)
    with pytest.warns(smotefast.ResamplingWarning, match="column 'number' has a different"):
        resample(source, destination)


def test_dates_and_binary_values_that_never_repeat__are_keys_among_categories(
    tmp_path, destination
):
    table = keyed()[0].select(["f0", "f1", "day", "label"])
    table = table.append_column("raw", pa.array([f"{i}".encode() for i in range(N_ROWS)]))
    source = write_file(tmp_path / "in.parquet", table)
    said = "columns 'day', 'raw' have a different value"
    with pytest.warns(smotefast.ResamplingWarning, match=said):
        resample(source, destination, sampler="smote-nc")


def test_infinite_values_in_other_classes__are_no_trouble(tmp_path, destination):
    table = keyed()[0].select(["f0", "f1", "label"])
    numbers = np.arange(float(N_ROWS))
    numbers[table["label"].to_pylist().index(0)] = np.inf
    source = write_file(tmp_path / "in.parquet", table.append_column("n", pa.array(numbers)))
    resample(source, destination)


@pytest.mark.parametrize("step", ["alone", "first", "second"])
def test_a_subclass_with_its_own_fit_resample__is_refused_by_a_job(step, tmp_path, destination):
    class Mine(SMOTE):
        def fit_resample(self, X, y, **params):
            return super().fit_resample(X, y, **params)

    class Under(RandomUnderSampler):
        def fit(self, X, y, **params):
            return super().fit(X, y, **params)

    sampler = {
        "alone": Mine(),
        "first": Combination(Mine(), RandomUnderSampler()),
        "second": Combination(SMOTE(), Under()),
    }[step]
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(ValueError, match=r"has a fit\w* of its own, which a job does not call"):
        resample(source, destination, sampler=sampler)


def test_values_that_repeat_in_later_files__make_a_column_no_key(tmp_path, destination):
    table = imbalanced(3_000)
    numbers = np.tile(np.arange(1_500), 2)  # each file numbers its rows from 0
    texts = pa.array([f"row {i}" for i in numbers])
    constant = pa.array(np.r_[np.zeros(2_999), 1])
    table = table.append_column("n", pa.array(numbers)).append_column("c", constant)
    resample(write_folder(tmp_path / "in", table, 2), destination)
    table = table.append_column("t", texts).drop_columns(["n"])
    resample(
        write_folder(tmp_path / "in2", table, 2), tmp_path / "o.parquet", sampler="smote-nc"
    )


def test_many_keys__are_compared_within_little_memory(tmp_path):
    from smotefast.batch.column_checks import check_columns
    from smotefast.storage import open_source

    n = 300_000
    ids = np.random.default_rng(0).permutation(n)
    late = ids.copy()
    late[-3_000:] = late[:3_000]  # one value in a hundred comes twice
    table = pa.table({"id": ids, "late": late, "y": ids % 2})
    opened = open_source(write_folder(tmp_path / "in", table, 2))
    assert check_columns(opened, "y", [0, 1], ["id", "late"]) == (["id"], [], [])
