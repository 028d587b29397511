"""The comparison of two versions notices every kind of difference."""

import decimal
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

from smotefast.over_sampling import SMOTE
from tests.compare_versions import differences, report
from tests.version_results.digests import digest
from tests.version_results.run import outcome

SAME = {"error": None, "parts": {"X": "1", "y": "2"}}
REFUSED = {"error": "ValueError", "parts": {"exception": "3"}}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (SAME, {"error": None, "parts": {"X": "9", "y": "2"}}, "case: X"),
        (SAME, {"error": None, "parts": {"X": "1"}}, "case: y"),
        (SAME, {"error": None, "parts": {**SAME["parts"], "search_": "4"}}, "case: search_"),
        (SAME, REFUSED, "case: a result before, ValueError now"),
        (REFUSED, {**REFUSED, "error": "TypeError"}, "case: ValueError before, TypeError now"),
        (REFUSED, {**REFUSED, "parts": {"exception": "5"}}, "case: exception"),
    ],
)
def test_comparison__names_the_parts_of_a_result_that_changed(old, new, line):
    assert differences({"case": old, "other": SAME}, {"case": new, "other": SAME}) == [line]


def test_comparison__names_cases_that_only_one_version_has():
    lines = differences({"a": SAME, "both": SAME}, {"both": SAME, "c": SAME})
    assert lines == ["a: only in the old version", "c: only in the new version"]


def test_report__passes_equal_results_and_counts_exceptions():
    results = {"small/a": SAME, "small/refused/b": REFUSED, "small/c": REFUSED}
    text, same = report(results, dict(results))
    assert same
    assert "3 cases ran with both versions; 2 ended in an exception (ValueError 2)" in text
    assert "outside of refused input: small/c" in text


@pytest.mark.parametrize(
    ("old", "new"), [({}, {}), ({"a": SAME}, {}), ({"a": SAME}, {"b": SAME})]
)
def test_report__fails_where_nothing_was_compared(old, new):
    text, same = report(old, new)
    assert not same
    assert "No case ran" in text


FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None]})
PAIRS = {
    "dtype": (np.zeros(2), np.zeros(2, np.float32)),
    "shape": (np.zeros((2, 3)), np.zeros((3, 2))),
    "order": (np.zeros((2, 3)), np.zeros((2, 3), order="F")),
    "sign of zero": (np.array([0.0]), np.array([-0.0])),
    "objects": (np.array([1, "a"], object), np.array([True, "a"], object)),
    "type of a number": (1, np.int64(1)),
    "list": ([1, 2], (1, 2)),
    "nesting": ([[1], 2], [[1, 2]]),
    "order of keys": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "sparse format": (sparse.csr_array(np.eye(2)), sparse.csc_array(np.eye(2))),
    "sparse container": (sparse.csr_array(np.eye(2)), sparse.csr_matrix(np.eye(2))),
    "sparse zeros": (
        sparse.csr_array(([1.0], [0], [0, 1]), shape=(1, 2)),
        sparse.csr_array(([1.0, 0.0], [0, 1], [0, 2]), shape=(1, 2)),
    ),
    "column name": (FRAME, FRAME.rename(columns={"a": "c"})),
    "index": (FRAME, FRAME.set_axis([1, 2])),
    "column dtype": (FRAME, FRAME.astype({"a": "Float64"})),
    "categories": (
        pd.Series(["a", "b"], dtype="category"),
        pd.Series(pd.Categorical(["a", "b"], ["b", "a"])),
    ),
    "name of a series": (pd.Series([1]), pd.Series([1], name="label")),
    "polars": (pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [1]}, schema={"a": pl.Int32})),
    "arrow type": (pa.array([1]), pa.array([1], pa.int32())),
    "arrow null": (pa.array([1.0, None]), pa.array([1.0, 0.0])),
    "arrow metadata": (pa.table({"a": [1]}), pa.table({"a": [1]}, metadata={"k": "v"})),
    "decimal": (decimal.Decimal("1.0"), decimal.Decimal("1.00")),
    "parameter": (SMOTE(), SMOTE(k_neighbors=4)),
    "random state": (np.random.RandomState(0), np.random.RandomState(1)),
}


@pytest.mark.parametrize(("one", "other"), PAIRS.values(), ids=PAIRS.keys())
def test_digests__tell_results_apart(one, other):
    assert digest(one) != digest(other)
    assert digest(one) == digest(one)


def test_digests__see_no_chunks_and_no_addresses():
    whole, cut = pa.chunked_array([["a", "b", "a"]]), pa.chunked_array([["a"], ["b", "a"]])
    assert digest(whole.dictionary_encode()) == digest(cut.dictionary_encode())
    assert digest(object()) == digest(object())


def test_outcomes__hold_warnings_exceptions_and_draws():
    def warn():
        warnings.warn("look out", UserWarning, stacklevel=1)
        return {"": 1}

    plain = outcome(lambda: {"": 1})
    assert plain["error"] is None
    assert outcome(warn)["parts"]["warnings"] != plain["parts"]["warnings"]
    drawn = outcome(lambda: {"": np.random.rand() > 2})
    assert drawn["parts"]["random state"] != plain["parts"]["random state"]
    assert outcome(lambda: 1 / 0)["error"] == "ZeroDivisionError"
