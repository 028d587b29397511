"""Every sampler takes and refuses the same data: containers, layouts, labels, bad values."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse

from tests.helpers.assertions import assert_equal
from tests.helpers.sampler_cases import frame_of
from tests.helpers.sampler_contract import CASES, CLEANERS

pytestmark = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
each = pytest.mark.parametrize("case", CASES, ids=str)


def assert_same(found, expected):
    """Compare the X and y of two results."""
    for one, two in zip(found, expected, strict=True):
        assert_equal(one, two)


def spoiled(case, how):
    X, y = case.data()
    if how in ("NaN", "infinity"):
        X[3, 1] = {"NaN": np.nan, "infinity": np.inf}[how]
    return {
        "one class": (X, y * 0),
        "lengths": (X, y[:-1]),
        "one dimension": (X[:, 0], y),
        "no rows": (X[:0], y[:0]),
        "numbers as labels": (X, np.linspace(0, 1, len(y))),
        "NaN as a label": (X, np.where(y == 0, np.nan, y)),
        "several targets": (X, np.ones((len(y), 2), dtype=int)),
    }.get(how, (X, y))


REFUSALS = {
    "NaN": "contains NaN",
    "infinity": "contains infinity",
    "one class": "needs to have more than 1 class. Got 1 class instead",
    "lengths": "inconsistent numbers of samples",
    "one dimension": "Expected 2D|Reshape your data",
    "no rows": "0 sample|minimum of 1|0 class|empty",
    "numbers as labels": "Unknown label type",
    "NaN as a label": "NaN",
    "several targets": "Multilabel and multioutput targets are not supported",
}


@pytest.mark.parametrize(
    ("case", "how"),
    [
        (case, how)
        for case in CASES
        for how in REFUSALS
        if case.reads_numbers or how not in ("NaN", "infinity")
    ],
    ids=str,
)
def test_bad_data__are_refused_in_plain_words(case, how):
    with pytest.raises(ValueError, match=REFUSALS[how]):
        case.sampler().fit_resample(*spoiled(case, how))


@pytest.mark.parametrize(
    "case", [case for case in CASES if "sampling_strategy" in case.takes], ids=str
)
def test_a_class_that_does_not_occur__is_refused_as_in_imbalanced_learn(case):
    cleans = case.kind._sampling_type == "clean-sampling"
    strategy = {"sampling_strategy": [7] if cleans else {7: 5}}
    makers = (case.sampler, case.theirs) if case.is_in_imblearn else (case.sampler,)
    for sampler in (make(**strategy) for make in makers):
        with pytest.raises(ValueError, match=r"\{7\} target class is/are not present"):
            sampler.fit_resample(*case.data())


@pytest.mark.parametrize("case", CLEANERS, ids=str)
def test_a_ratio__is_refused_by_cleaning_samplers_as_in_imbalanced_learn(case):
    for sampler in (case.sampler(sampling_strategy=0.5), case.theirs(sampling_strategy=0.5)):
        with pytest.raises(ValueError, match="'clean-sampling' methods"):
            sampler.fit_resample(*case.data(5, case.sizes[:2]))


def backwards(rows):
    """Store the columns of each row in descending order, which SciPy allows."""
    columns = [np.arange(*ends)[::-1] for ends in pairwise(rows.indptr.tolist())]
    order = np.concatenate(columns)
    parts = (rows.data[order], rows.indices[order], rows.indptr)
    return sparse.csr_array(parts, shape=rows.shape)


@each
def test_data__are_not_changed_by_resampling_or_by_changes_of_the_result(case):
    pd = pytest.importorskip("pandas")
    X, y = case.data()
    rows = backwards(sparse.csr_array(case.sparse_data()[0]))
    given, frame = (X.copy(), y.copy(), rows.copy()), pd.DataFrame(X.copy())
    X_new, y_new = case.sampler().fit_resample(X, y)
    X_new[:], y_new[:] = 0, 7
    X_new, _ = case.sampler().fit_resample(rows, y)
    X_new.data[:] = 0
    case.sampler().fit_resample(frame, pd.Series(y))
    assert_same((X, y, frame.to_numpy()), (*given[:2], given[0]))
    for name in ("data", "indices", "indptr"):
        assert_equal(getattr(rows, name), getattr(given[2], name))


def rows_of(table):
    """Return the rows of any frame as lists."""
    if hasattr(table, "iloc"):
        return table.to_numpy(dtype=object).tolist()
    if hasattr(table, "to_pylist"):
        return [list(row.values()) for row in table.to_pylist()]
    return [list(row) for row in table.rows()]


@pytest.mark.parametrize("container", ["pandas", "arrow table"])
@each
def test_columns_of_the_same_name__are_refused_in_plain_words(case, container):
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    X, y = case.data()
    names = ["a", "b", *["a"] * (X.shape[1] - 2)]
    table = pd.DataFrame(X, columns=names)
    if container == "arrow table":
        table = pa.table(list(X.T), names=names)
    with pytest.raises(ValueError, match=r"same name: 'a'\. .*Rename the columns") as info:
        case.sampler().fit_resample(table, y)
    assert type(info.value) is ValueError


@pytest.mark.parametrize("container", ["polars", "arrow table", "arrow batch"])
@each
def test_frames__of_other_libraries_give_the_rows_of_pandas(case, container):
    pl, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    frame, y = frame_of(case)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    labels = pl.Series("label", y) if container == "polars" else pa.array(y)
    X = {
        "polars": pl.from_arrow(table),
        "arrow table": table,
        "arrow batch": table.to_batches()[0],
    }[container]
    X_new, y_new = case.sampler().fit_resample(X, labels)
    X_expected, y_expected = case.sampler().fit_resample(frame, y)
    assert (type(X_new), X_new.schema) == (type(X), X.schema)
    assert rows_of(X_new) == rows_of(X_expected)
    assert type(y_new) is type(labels)
    assert y_new.to_numpy().tolist() == y_expected.tolist()


@each
def test_lists__give_the_rows_of_arrays(case):
    X, y = case.data()
    expected = case.sampler().fit_resample(X, y)
    X_new, y_new = case.sampler().fit_resample(X.tolist(), y.tolist())
    assert (X_new, y_new) == tuple(part.tolist() for part in expected)
    assert (type(X_new[0][0]), type(y_new[0])) == (float, int)


@pytest.mark.parametrize("layout", ["F", "strided", "read-only", "other byte order"])
@each
def test_arrays__of_any_layout_give_the_same_rows(case, layout):
    X, y = case.data()
    expected = case.sampler().fit_resample(X, y)
    if layout == "F":
        X = np.asfortranarray(X)
    elif layout == "strided":
        X = np.repeat(X, 2, axis=0)[::2]
    elif layout == "read-only":
        X.flags.writeable = False
    else:
        X = X.astype(X.dtype.newbyteorder())
    found = case.sampler().fit_resample(X, y)
    np.testing.assert_array_equal(found[0], expected[0])
    assert_equal(found[1], expected[1])


LABELS = {
    "text": np.array(["b", "a", "c"]),
    "objects": np.array(["b", "a", "c"], dtype=object),
    "integers": np.array([3, -1, 7]),
    "floats": np.array([1.0, -1.0, 2.0]),
    "booleans": np.array([False, True]),
}


@pytest.mark.parametrize("labels", LABELS)
@each
def test_labels__of_any_type_give_the_rows_of_integers_from_zero(case, labels):
    names = LABELS[labels]
    X, y = case.data(8, case.sizes[: len(names)])
    known, codes = np.unique(names[y], return_inverse=True)
    X_new, y_new = case.sampler().fit_resample(X, names[y])
    X_expected, y_expected = case.sampler().fit_resample(X, codes)
    assert_same((X_new, y_new), (X_expected, known[y_expected]))


@each
def test_one_hot_labels__come_back_one_hot(case):
    X, y = case.data(8)
    one_hot = np.eye(3, dtype=int)
    X_expected, y_expected = case.sampler().fit_resample(X, y)
    found = case.sampler().fit_resample(X, one_hot[y])
    assert_same(found, (X_expected, one_hot[y_expected]))
