"""Columns named by ``keep=``: written, but not used as features."""

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
    ProWSyn,
    RandomOverSampler,
)
from smotefast.under_sampling import RandomUnderSampler
from tests.helpers.parquet_files import imbalanced, resample, same, write_file, write_folder

# Other test files ignore the warning about keys: their generated tables may have such columns.
pytestmark = pytest.mark.filterwarnings("error")
N_ROWS = 300


def keyed(n_rows=N_ROWS):
    """Return features and a target, and between them columns of types that are not features."""
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
    ProWSyn(random_state=0),
    RandomOverSampler(random_state=0),
    RandomOverSampler(random_state=0, shrinkage=0.5),
    SMOTETomek(random_state=0),
    Combination(RandomOverSampler(random_state=0), RandomUnderSampler(random_state=0)),
    Combination(
        SMOTE(sampling_strategy=0.6, random_state=0), RandomUnderSampler(random_state=0)
    ),
]


def resample_without_warnings(*arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", smotefast.ResamplingWarning)
        return resample(*arguments, **options)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: str(sampler)[:50])
def test_kept_columns__change_no_row_and_are_null_in_synthetic_samples(
    sampler, tmp_path, destination
):
    table, kept = keyed()
    source = write_folder(tmp_path / "in", table, 3)
    plain = write_file(tmp_path / "plain.parquet", table.drop_columns(kept))
    resample_without_warnings(source, destination, sampler=sampler, keep=kept)
    resample_without_warnings(plain, tmp_path / "plain_out.parquet", sampler=sampler)
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


@pytest.mark.parametrize("sampler", SAMPLERS[:7], ids=lambda sampler: str(sampler)[:50])
def test_base_fill__gives_synthetic_samples_the_values_of_their_base_row(
    sampler, tmp_path, destination
):
    table, kept = keyed()
    source = write_folder(tmp_path / "in", table, 3)
    resample_without_warnings(source, destination, sampler=sampler, keep=kept, keep_fill="base")
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


def test_null_fill__makes_a_required_column_nullable_only_if_samples_are_generated(tmp_path):
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


def test_kept_columns__do_not_depend_on_files_or_blocks(tmp_path, monkeypatch):
    table, kept = keyed(3_000)
    results = []
    for n_files, batch_rows in ((1, 1 << 16), (7, 97)):
        monkeypatch.setattr("smotefast.batch.block_plan.BATCH_ROWS", batch_rows)
        source = write_folder(tmp_path / f"in{n_files}", table, n_files)
        out = tmp_path / f"out{n_files}.parquet"
        resample(source, out, keep=kept, keep_fill="base")
        results.append(pq.read_table(out))
    assert same(*results)


def test_synthetic_samples_alone__have_the_kept_columns(tmp_path, destination):
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
def test_keep__refuses_invalid_arguments(options, said, tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(ValueError, match=said):
        resample(source, destination, **options)
    assert not destination.exists()


def test_required_fields_of_a_struct__become_nullable(tmp_path, destination):
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
