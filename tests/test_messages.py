"""Messages suggest names similar to misspelled ones, and list at most ten names."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast._messages import did_you_mean, list_names, similar_names
from smotefast.over_sampling import SMOTE, SMOTENC, RandomOverSampler
from smotefast.under_sampling import TomekLinks

SIMILAR = [
    ("lable", ["age", "label"], ["label"]),
    ("class", ["Class", "glass"], ["Class"]),
    ("CLASS_NAME", ["class-name", "class"], ["class-name"]),
    ("aprox", ["auto", "exact", "approximate"], ["approximate"]),
    ("minorty", ["minority", "not minority", "all"], ["minority"]),
    ("enn", ["tomek-links", "edited-nearest-neighbours"], ["edited-nearest-neighbours"]),
    ("border", ["smote", "borderline-smote"], ["borderline-smote"]),
    ("1", [1, 10], [1]),
    (True, ["True", "False"], ["True"]),
    ("colour", ["age", "label"], []),
    ("", ["age"], []),
    ("c40000", [f"c{i}" for i in range(4_000)], ["c400", "c3400", "c3000"]),
]


@pytest.mark.parametrize(("given", "known", "expected"), SIMILAR)
def test_similar_names__are_found_for_misspelled_ones(given, known, expected):
    found = similar_names(given, known)
    assert len(found) <= 3
    assert found == expected or set(found) <= set(expected)
    assert bool(found) == bool(expected)


def test_former_names__suggest_current_names():
    assert similar_names("ratio", ["sampling_strategy", "random_state"]) == []
    former = {"ratio": "sampling_strategy"}
    assert did_you_mean("ratio", ["sampling_strategy"], former).endswith("'sampling_strategy'?")
    assert did_you_mean("ratio", ["n_jobs"], former) == ""


def test_lists__have_ten_names_and_long_names_are_shortened():
    assert list_names(["a", "b"]) == "'a', 'b'"
    assert list_names(range(10)).endswith("8, 9")
    assert list_names(range(4_000)).endswith("9 and 3,990 more")
    assert len(list_names(["x" * 10_000])) < 70


def wide_frame():
    import pandas as pd

    return pd.DataFrame(np.eye(8, 4_000), columns=[f"column_{i}" for i in range(4_000)])


def of_wide_table(tmp_path, **changes):
    names = [f"column_{i}" for i in range(3_999)]
    table = pa.table({**{name: [0.0, 1.0, 2.0] for name in names}, "y": ["a", "a", "b"]})
    pq.write_table(table, tmp_path / "in.parquet")
    arguments = {"target": "y", "progress": False, **changes}
    smotefast.resample_dataset(tmp_path / "in.parquet", tmp_path / "out.parquet", **arguments)


def other_schema(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for part, start in (("a", 0), ("b", 5_000)):
        columns = {f"column_{i}": [0.0] for i in range(start, start + 4_000)}
        pq.write_table(pa.table(columns), folder / f"{part}.parquet")
    smotefast.resample_dataset(folder, tmp_path / "out", target="column_0", progress=False)


MANY = {
    "categorical_features by name": lambda path: SMOTENC(["colum_7"]).fit_resample(
        wide_frame(), [0] * 6 + [1] * 2
    ),
    "many categorical_features by name": lambda path: SMOTENC(
        [f"other_{i}" for i in range(4_000)]
    ).fit_resample(wide_frame(), [0] * 6 + [1] * 2),
    "names for an array": lambda path: SMOTENC([f"c{i}" for i in range(4_000)]).fit_resample(
        np.eye(8), [0] * 6 + [1] * 2
    ),
    "positions beyond": lambda path: SMOTENC(list(range(9, 4_009))).fit_resample(
        np.eye(8), [0] * 6 + [1] * 2
    ),
    "a column twice": lambda path: SMOTENC([0, *range(4_000)]).fit_resample(
        wide_frame(), [0] * 6 + [1] * 2
    ),
    "classes": lambda path: SMOTE(sampling_strategy={"7": 9}).fit_resample(
        np.ones((4_001, 1)), [*range(4_000), 0]
    ),
    "unknown classes": lambda path: TomekLinks(
        sampling_strategy=list(range(10, 4_010))
    ).fit_resample(np.ones((9, 1)), [0] * 6 + [1] * 3),
    "negative counts": lambda path: SMOTE(
        sampling_strategy=dict.fromkeys(range(4_000), -1)
    ).fit_resample(np.ones((4_001, 1)), [*range(4_000), 0]),
    "a value of a parameter": lambda path: TomekLinks(
        sampling_strategy=dict.fromkeys(range(4_000), 1)
    ).fit_resample(np.ones((9, 1)), [0] * 6 + [1] * 3),
    "shrinkage": lambda path: RandomOverSampler(shrinkage={}).fit_resample(
        np.ones((4_001, 1)), [*range(4_000), 0]
    ),
    "fields of a structured array": lambda path: SMOTE().fit_resample(
        np.zeros(9, dtype=[(f"f{i}", "f8") for i in range(4_000)]), [0] * 6 + [1] * 3
    ),
    "extra arguments": lambda path: SMOTE().fit_resample(
        [[1.0]], [0], **{f"p{i}": 1 for i in range(4_000)}
    ),
    "target of a file": lambda path: of_wide_table(path, target="colum_7"),
    "drop of a file": lambda path: of_wide_table(path, drop=["colum_7"]),
    "another schema": other_schema,
    "y as a name": lambda path: smotefast.diagnose(wide_frame(), "colum_7"),
}


# Those that name a column which does not exist.
SUGGESTING = {"target of a file", "drop of a file", "y as a name"}


@pytest.mark.parametrize("name", MANY)
def test_thousands_of_names__are_never_listed_but_one_is_suggested(name, tmp_path):
    with pytest.raises((TypeError, ValueError)) as caught:
        MANY[name](tmp_path)
    message = str(caught.value)
    assert len(message) < 900
    assert message.count(",") < 40
    assert name not in SUGGESTING or "Did you mean 'column_7'" in message


def test_a_warning__lists_ten_classes_and_the_number_of_others():
    X = np.random.RandomState(0).normal(size=(60, 1))
    y = [*range(20)] * 2 + [20] * 20
    with pytest.warns(smotefast.ResamplingWarning) as caught:
        SMOTE(small_class="clamp").fit_resample(X, y)
    text = str(caught[0].message)
    assert text.count("neighbors instead of") == 10
    assert "10 more classes" in text


def test_classes_of_a_dict__are_suggested():
    X, y = np.arange(8.0).reshape(-1, 1), ["fine"] * 6 + ["fraud"] * 2
    with pytest.raises(ValueError, match=r"not present in the data\. Did you mean 'fraud'\?"):
        SMOTE(sampling_strategy={"frud": 6}).fit_resample(X, y)
    with pytest.raises(ValueError, match=r"Did you mean 1\?"):
        SMOTE(sampling_strategy={"1": 6}).fit_resample(X, [0] * 6 + [1] * 2)


def test_rows_and_samplers_of_a_job__are_suggested(tmp_path):
    for changes, words in (
        ({"rows": "synthetc"}, "rows='synthetc' must be .* Did you mean 'synthetic'"),
        ({"sampler": "smoote"}, "Did you mean 'smote'"),
        ({"sampler": "enn"}, "'edited-nearest-neighbours'. That does not work here"),
        ({"sampler": "ros"}, "Did you mean 'random'"),
    ):
        with pytest.raises(ValueError, match=words):
            of_wide_table(tmp_path, **changes)
