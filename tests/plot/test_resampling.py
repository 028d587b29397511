"""``plot.resampling``: which rows are drawn where, in which color and marker."""

from __future__ import annotations

import sys
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from matplotlib.colors import to_hex
from scipy import sparse

from smotefast import SMOTE, SMOTEENN, EditedNearestNeighbours, RandomOverSampler, plot
from smotefast.plot.style import COLORS, MARKERS, class_style


def two_classes(n_features=2, n_rows=(60, 15)):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], n_rows)
    X = rng.normal(size=(len(y), n_features)) + 1.5 * y[:, np.newaxis]
    return X, y


def collections(axes):
    """The groups of points by the start of their label."""
    return {one.get_label().partition(":")[0]: one for one in axes.collections}


def points(collection):
    return np.asarray(collection.get_offsets())


def same_rows(found, expected):
    return np.array_equal(np.sort(found, axis=0), np.sort(expected, axis=0))


def test_over_sampling__draws_rows_of_the_data_and_new_ones():
    X, y = two_classes()
    X_new, y_new = SMOTE(random_state=0).fit_resample(X, y)
    groups = collections(plot.resampling(X, y, X_new, y_new))
    assert list(groups) == ["class 0", "class 1", "class 1, new"]
    assert np.array_equal(points(groups["class 0"]), X[y == 0])
    assert np.array_equal(points(groups["class 1"]), X[y == 1])
    assert np.array_equal(points(groups["class 1, new"]), X_new[len(X) :])


def test_new_rows__are_hollow_in_the_color_and_marker_of_their_class():
    X, y = two_classes()
    groups = collections(plot.resampling(X, y, *SMOTE(random_state=0).fit_resample(X, y)))
    kept, new = groups["class 1"], groups["class 1, new"]
    assert not len(new.get_facecolor())
    assert (
        to_hex(kept.get_facecolor()[0]) == to_hex(new.get_edgecolor()[0]) == COLORS[1].lower()
    )
    assert np.array_equal(kept.get_paths()[0].vertices, new.get_paths()[0].vertices)
    assert not np.array_equal(
        kept.get_paths()[0].vertices, groups["class 0"].get_paths()[0].vertices
    )


def test_cleaning__draws_removed_rows_as_crosses():
    X, y = two_classes()
    sampler = EditedNearestNeighbours(sampling_strategy="all")
    X_new, y_new = sampler.fit_resample(X, y)
    groups = collections(plot.resampling(X, y, X_new, y_new))
    is_removed = np.ones(len(X), dtype=bool)
    is_removed[sampler.sample_indices_] = False
    assert is_removed.any()
    for label in (0, 1):
        removed = groups[f"class {label}, removed"]
        assert same_rows(points(removed), X[is_removed & (y == label)])
        assert not same_rows(
            removed.get_paths()[0].vertices, groups["class 0"].get_paths()[0].vertices
        )


def test_combinations__have_kept_new_and_removed_rows():
    X, y = two_classes()
    X_new, y_new = SMOTEENN(random_state=0).fit_resample(X, y)
    groups = collections(plot.resampling(X, y, X_new, y_new))
    n_points = {name: len(points(group)) for name, group in groups.items()}
    assert sum(n for name, n in n_points.items() if "removed" not in name) == len(X_new)
    assert sum(n for name, n in n_points.items() if "new" not in name) == len(X)


def test_copies__are_counted_and_not_new():
    X, y = two_classes()
    X_new, y_new = RandomOverSampler(random_state=0).fit_resample(X, y)
    axes = plot.resampling(X, y, X_new, y_new)
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["class 0: 60 rows", "class 1: 15 rows, 60 with copies"]


def test_rows_that_differ_in_columns_that_are_not_drawn__are_new():
    X = pd.DataFrame({"a": [1, 2, 3], "b": [1, 1, 1], "c": [5, 6, 7], "word": list("xyz")})
    X_new = pd.concat([X, X.assign(c=[5, 0, 7], word=["x", "y", "w"])])
    y = np.array(["p", "p", "p"])
    axes = plot.resampling(X, y, X_new, np.r_[y, y], columns=["a", "b"])
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["class p: 3 rows, 4 with copies", "class p, new: 2 rows"]
    assert np.array_equal(points(collections(axes)["class p, new"]), [[2, 1], [3, 1]])


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda X: pd.DataFrame(X, columns=list("abc")).assign(word="w"),
        lambda X: pl.DataFrame(X, schema=list("abc")).with_columns(word=pl.lit("w")),
        lambda X: pa.table({**dict(zip("abc", X.T, strict=True)), "word": ["w"] * len(X)}),
    ],
    ids=["pandas", "polars", "pyarrow"],
)
def test_frames__are_drawn_in_the_columns_that_are_named(wrapped):
    X, y = two_classes(3)
    X_new, y_new = SMOTE(random_state=0).fit_resample(X, y)
    axes = plot.resampling(wrapped(X), y, wrapped(X_new), y_new, columns=["c", "a"])
    assert np.array_equal(points(collections(axes)["class 1, new"]), X_new[len(X) :, [2, 0]])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("c", "a")
    projected = plot.resampling(wrapped(X), y, wrapped(X_new), y_new)
    assert projected.get_xlabel().startswith("component 1 (")


def test_lists_and_sparse_matrices__are_drawn():
    X, y = two_classes()
    axes = plot.resampling(X.tolist(), y.tolist(), X.tolist(), y.tolist())
    assert np.array_equal(points(collections(axes)["class 0"]), X[y == 0])
    wide = sparse.csr_array(two_classes(3)[0])
    axes = plot.resampling(wide, y, wide, y, columns=(0, 2))
    assert np.array_equal(
        points(collections(axes)["class 1"]), wide.toarray()[y == 1][:, [0, 2]]
    )


def test_more_than_two_columns__are_projected_on_the_components_of_the_data():
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    X, y = two_classes(5)
    X_new, y_new = SMOTE(random_state=0).fit_resample(X, y)
    groups = collections(plot.resampling(X, y, X_new, y_new))
    scaler = StandardScaler().fit(X)
    components = PCA(2).fit(scaler.transform(X))
    expected = components.transform(scaler.transform(X_new[len(X) :]))
    assert np.allclose(points(groups["class 1, new"]), expected)


def test_rows_with_missing_values__are_left_out_of_components():
    X, y = two_classes(4)
    X[3, 2] = np.nan
    drawn = np.ma.masked_invalid(points(collections(plot.resampling(X, y, X, y))["class 0"]))
    assert drawn.mask.any(axis=1).sum() == 1


def test_many_rows__are_drawn_as_a_sample_that_has_every_class():
    X, y = two_classes(n_rows=(20_000, 30))
    axes = plot.resampling(X, y, X, y, max_rows=500)
    groups = collections(axes)
    assert len(points(groups["class 0"])) == 499
    assert len(points(groups["class 1"])) == 25
    assert axes.get_legend().get_title().get_text() == "a sample of 20,030 rows"


def test_many_classes__have_different_looks():
    looks = [tuple(class_style(code).values()) for code in range(len(COLORS) * len(MARKERS))]
    assert len(set(looks)) == 56
    assert all(one[0] != two[0] and one[1] != two[1] for one, two in pairwise(looks))
    y = np.repeat(np.arange(30), 2)
    X = np.random.default_rng(0).normal(size=(60, 2))
    axes = plot.resampling(X, y, X, y)
    assert len(axes.collections) == len(axes.get_legend().get_texts()) == 30


@pytest.mark.parametrize("labels", [["$a$", "b$"], ["_a", "_b"], ["", "x\ny"]])
def test_hostile_labels__are_shown_as_text(labels):
    X, y = two_classes()
    axes = plot.resampling(X, np.array(labels)[y], X, np.array(labels)[y])
    axes.figure.canvas.draw()  # would read mathematics between two "$"
    assert len(axes.get_legend().get_texts()) == 2


def test_axes_of_the_caller__are_drawn_on_with_their_arguments(ax):
    X, y = two_classes()
    assert plot.resampling(X, y, X, y, ax=ax, scatter_kwargs={"s": 99, "alpha": 0.5}) is ax
    assert all(one.get_sizes() == [99] for one in ax.collections)
    assert all(one.get_alpha() == 0.5 for one in ax.collections)


@pytest.mark.parametrize(
    ("X", "columns", "message"),
    [
        (np.ones((4, 1)), None, "only 0 is one"),
        (pd.DataFrame({"a": list("wxyz")}), None, "X has none"),
        (np.ones((4, 3)), (0, 5), "has 5, which is not a column"),
        (np.ones((4, 3)), "ab", "must be two columns"),
        (pd.DataFrame(np.ones((4, 3)), columns=["age", "b", "c"]), ["agee", "b"], "mean 'age'"),
        (sparse.csr_array(np.ones((4, 3))), None, "X is sparse"),
        (np.full((4, 3), np.nan), None, "two rows without missing values"),
    ],
)
def test_columns_that_cannot_be_drawn__are_refused_before_a_figure_is_made(X, columns, message):
    from matplotlib import pyplot

    y = [0, 0, 1, 1]
    with pytest.raises(ValueError, match=message):
        plot.resampling(X, y, X, y, columns=columns)
    assert not pyplot.get_fignums()


def test_other_numbers_of_labels__are_refused():
    X, y = two_classes()
    with pytest.raises(ValueError, match="X and y have 75 and 74 rows"):
        plot.resampling(X, y[1:], X, y)
    with pytest.raises(ValueError, match="X_new and y_new have 75 and 74 rows"):
        plot.resampling(X, y, X, y[1:])


def test_without_matplotlib__the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ModuleNotFoundError, match=r"Install 'smotefast\[plot\]'") as caught:
        plot.class_counts([0, 1])
    assert caught.value.name == "matplotlib"
