"""Samples of files for the page: rows, columns, components, classes; and their embedding."""

from __future__ import annotations

import json
import re

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from smotefast.visualizer import PAGE, PlotData, page_with, sample_files
from smotefast.visualizer.file_sample import named_components, sample_positions


def table_of(n_rows=600, n_minority=60, **columns):
    random = np.random.RandomState(0)
    labels = np.repeat([0, 1], [n_rows - n_minority, n_minority])
    numbers = {name: random.standard_normal(n_rows) for name in ("a", "b", "c")}
    return pa.table({**numbers, **columns, "label": random.permutation(labels)})


def written(tmp_path, table, name="data.parquet"):
    path = str(tmp_path / name)
    write = pyarrow.csv.write_csv if name.endswith(".csv") else pq.write_table
    write(table, path)
    return path


@pytest.mark.parametrize("name", ["data.parquet", "data.csv"])
def test_two_columns__keep_every_bit(tmp_path, name):
    table = table_of(city=["x"] * 600)
    path = written(tmp_path, table, name)
    data = sample_files(path, "label", feature=["c", "a"], progress=False)
    assert (data.name, data.columns, data.classes) == (name, ("c", "a"), [0, 1])
    assert data.x == table["c"].to_pylist()
    assert data.y == table["a"].to_pylist()
    assert data.codes == table["label"].to_pylist()
    assert data.about == "All 600 rows."


def test_more_columns__are_projected(tmp_path):
    table = table_of(city=["x"] * 600, when=pa.array(range(600), pa.timestamp("s")))
    data = sample_files(written(tmp_path, table), "label", progress=False)
    assert data.columns[0].startswith("component 1 (")
    assert "Columns without numbers are left out: 'city', 'when'." in data.about
    assert "3 standardized columns" in data.about
    assert len(data.x) == 600


def test_components__are_those_of_scikit_learn():
    from sklearn.decomposition import PCA

    values = np.random.RandomState(1).standard_normal((80, 5)) @ np.diag([9, 5, 1, 1, 0])
    found, names, _ = named_components(values)
    scale = np.where(values.std(axis=0) > 0, values.std(axis=0), 1)
    model = PCA(2).fit((values - values.mean(axis=0)) / scale)
    expected = model.transform((values - values.mean(axis=0)) / scale)
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-3)
    assert names[0] == f"component 1 ({model.explained_variance_ratio_[0]:.0%})"


def test_rows__are_drawn_by_class_and_the_same_each_time(tmp_path):
    path = written(tmp_path, table_of(20_000, 100))
    first = sample_files(path, "label", feature=["a", "b"], n_rows=500, progress=False)
    again = sample_files(path, "label", feature=["a", "b"], n_rows=500, progress=False)
    assert first == again
    assert np.bincount(first.codes).tolist() == [475, 25]
    assert first.about.startswith("500 of 20,000 rows (19,900 of class 0, 100 of class 1)")


@pytest.mark.parametrize(
    ("counts", "n_rows", "sizes"),
    [
        ([900, 100], 1_000, [900, 100]),
        ([9_000, 1_000], 100, [90, 10]),
        ([99_990, 10], 200, [190, 10]),
        ([3, 99_997], 200, [3, 197]),
        ([50_000, 30_000, 20], 100, [58, 37, 5]),
    ],
)
def test_sizes_of_samples__keep_shares_and_small_classes(counts, n_rows, sizes):
    classes = np.repeat(np.arange(len(counts)), counts)
    positions = sample_positions(classes, counts, n_rows)
    assert (np.diff(positions) > 0).all()
    assert np.bincount(classes[positions]).tolist() == sizes


def test_missing_and_infinite_values__are_left_out_and_counted(tmp_path):
    values = np.arange(600.0)
    values[:3] = np.nan, np.inf, 1e200
    table = table_of(d=values).set_column(0, "a", pa.array([*[1.0] * 599, None]))
    data = sample_files(written(tmp_path, table), "label", feature=["a", "d"], progress=False)
    assert len(data.x) == 596
    assert "4 of them have missing or infinite values." in data.about


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"feature": ["a"]}, r"two or more. Of 'a', these hold numbers: 'a'"),
        ({"feature": ["a", "bb"]}, r"feature='bb' is not a column to draw. Did you mean 'b'"),
        ({"feature": ["a", "city"]}, r"Of 'a', 'city', these hold numbers: 'a'"),
        ({"feature": ["a", "label"]}, r"feature='label' is not a column to draw"),
        ({"drop": ["a", "b", "c"]}, r"Of 'id', 'city', these hold numbers: 'id'"),
        ({"target": "id"}, r"has 600 classes; the page shows at most 8"),
        ({"target": "nothing"}, r"target='nothing' is not a column"),
        ({"target": "a"}, r"continuous"),
    ],
)
def test_columns_that_do_not_fit__are_refused(tmp_path, options, message):
    table = table_of(id=np.arange(600), city=["x"] * 600)
    options = {"target": "label", "progress": False, **options}
    with pytest.raises(ValueError, match=message):
        sample_files(written(tmp_path, table), **options)


def test_a_column_without_any_number__is_left_out_unless_too_few_remain(tmp_path):
    path = written(tmp_path, table_of(empty=pa.nulls(600, pa.float64())))
    data = sample_files(path, "label", progress=False)
    assert len(data.x) == 600
    assert "Columns without finite numbers are left out: 'empty'." in data.about
    with pytest.raises(ValueError, match="have none in 'empty'"):
        sample_files(path, "label", feature=["a", "empty"], progress=False)


def test_a_class_without_finite_rows__is_refused(tmp_path):
    table = table_of()
    gaps = np.where(np.asarray(table["label"]) == 1, np.nan, 1.0)
    path = written(tmp_path, table.append_column("d", pa.array(gaps)))
    with pytest.raises(ValueError, match="have 1 classes; two are needed"):
        sample_files(path, "label", feature=["a", "d"], progress=False)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["</script>", "é\u2028"], ["</script>", "é\u2028"]),
        ([True, False], [False, True]),
        ([2**60, -1], [-1, str(2**60)]),
        ([0.0, 2.0], [0.0, 2.0]),
    ],
)
def test_labels__survive_the_embedding(tmp_path, labels, classes):
    table = table_of(4, 2).set_column(3, "label", pa.array([labels[0], labels[1]] * 2))
    data = sample_files(written(tmp_path, table), "label", feature=["a", "b"], progress=False)
    page = page_with(data)
    text = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1]
    assert json.loads(text)["classes"] == classes
    assert not re.search("[<>&]", text)
    assert page.count("</script>") == PAGE.read_text(encoding="utf-8").count("</script>")


def test_page_with_data__differs_from_the_page_only_in_them():
    data = PlotData("<x>", ("a", "b"), [0.1], [1e-300], [0], ["u"], "")
    before, after = PAGE.read_text(encoding="utf-8"), page_with(data)
    start, _, end = after.partition('id="data">')[2].partition("</script>")
    assert after.replace(f'id="data">{start}</script>{end}', "") in before
    assert before.endswith(end)
