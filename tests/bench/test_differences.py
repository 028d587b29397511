"""Two runs: what counts as a change beyond noise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.bench.differences import (
    changed_cases,
    compare_runs,
    has_regression,
    judge,
    machine_warning,
)
from smotefast.bench.spread import log_log_slope, summarize
from smotefast.bench.text import differences_text

VALUES = st.lists(st.floats(0.01, 100), min_size=3, max_size=6)


def run_of(first_call=(1.0, 1.1, 1.2), peak=(3e8, 3e8, 3e8), cut_short=None):
    entry = {"name": "a", "first_call": summarize(first_call), "peak_bytes": summarize(peak)}
    if cut_short:
        entry = {"name": "a", **cut_short}
    machine = {"cpu": "x", "cores": 2, "memory_gib": 8}
    case = {
        "name": "case", "sampler": "smote", "k": 5, "threads": 1,
        "data": {"shape": "file", "file": "in.csv", "n_rows": 0, "seed": 0},
        "sizes": {"rows": 900, "features": 3, "class_sizes": [100, 800], "checksum": 1},
        "contenders": [entry],
    }  # fmt: skip
    return {"cases": [case], "machine": machine, "in_process": False}


@pytest.mark.parametrize(
    ("new", "verdict"),
    [
        ([1.5, 1.6, 1.7], "worse"),
        ([1.0, 1.6, 1.7], "no change"),  # the intervals overlap
        ([1.21, 1.22, 1.23], "worse"),  # 10.9% of the median
        ([1.201, 1.202, 1.203], "no change"),  # 9.3%
        ([0.5, 0.6, 0.7], "better"),
        ([5.0, 6.0], "too few runs"),
    ],
)
def test_judge__needs_intervals_apart_and_a_difference(new, verdict):
    assert judge("first_call", summarize([1.0, 1.1, 1.2]), summarize(new)) == verdict


def test_judge__ignores_few_bytes_of_memory():
    old, new = summarize([20e6] * 3), summarize([26e6] * 3)
    assert judge("peak_bytes", old, new) == "no change"
    assert judge("peak_bytes", old, summarize([40e6] * 3)) == "worse"


@given(old=VALUES, new=VALUES)
def test_judge__of_two_runs_the_other_way_round_is_the_opposite(old, new):
    both = summarize(old), summarize(new)
    opposite = {"worse": "better", "better": "worse", "no change": "no change"}
    assert judge("first_call", *both) == opposite[judge("first_call", *both[::-1])]


@given(values=VALUES, scale=st.floats(1.2, 5))
def test_a_run_and_itself__never_differ_and_all_slower_by_more_than_the_spread_does(
    values, scale
):
    old = summarize(values)
    assert judge("first_call", old, old) == "no change"
    shifted = [value * scale + old["maximum"] for value in values]
    assert judge("first_call", old, summarize(shifted)) == "worse"


def test_compare_runs__reports_what_is_worse():
    differences = compare_runs(run_of(), run_of(first_call=(2.0, 2.1, 2.2)))
    assert [each.verdict for each in differences] == ["worse", "no change"]
    assert has_regression(differences)
    text = differences_text(differences)
    assert "case, a, first call" in text
    assert "1.1 s (1 s-1.2 s)" in text
    assert "peak memory" not in text
    assert "peak memory" in differences_text(differences, all_rows=True)
    assert text.endswith("2 measurements: 1 worse, 1 no change.")


def test_compare_runs__counts_a_refusal_as_worse():
    differences = compare_runs(run_of(), run_of(cut_short={"refused": "no"}))
    assert [(each.verdict, each.new, each.ratio) for each in differences] == [
        ("worse", None, None)
    ]
    assert not has_regression(compare_runs(run_of(), run_of()))


def test_compare_runs__tells_what_was_not_measured_now():
    new = run_of()
    new["cases"][0]["contenders"][0]["peak_bytes"] = None
    differences = compare_runs(run_of(), new)
    assert [each.verdict for each in differences] == ["no change", "not measured now"]


def test_compare_runs__refuses_runs_without_a_common_case():
    other = run_of()
    other["cases"][0] |= {"name": "other", "k": 3}
    with pytest.raises(ValueError, match="no case and contender in common"):
        compare_runs(run_of(), other)
    with pytest.raises(ValueError, match="measure both alike"):
        compare_runs(run_of(), {**run_of(), "in_process": True})
    for tolerance in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"tolerance={tolerance} must be a finite number"):
            compare_runs(run_of(), run_of(), tolerance)


@pytest.mark.parametrize(
    ("part", "values", "text"),
    [
        ("data", {"seed": 7}, "seed 0 -> 7"),
        ("sizes", {"rows": 950, "checksum": 2}, "rows 900 -> 950"),
        ("sizes", {"features": 4}, "features 3 -> 4"),
        ("sizes", {"class_sizes": [50, 850]}, r"class sizes \[100, 800\] -> \[50, 850\]"),
        ("sizes", {"checksum": 2}, "the values in the file"),
    ],
)
@pytest.mark.parametrize("name", ["case", "renamed by its rows"])
def test_cases_on_other_data__are_listed_and_not_compared(part, values, text, name):
    new = run_of(first_call=(2.0, 2.1, 2.2))
    new["cases"][0]["name"] = name
    assert len(compare_runs(run_of(), new)) == 2
    new["cases"][0][part] |= values
    with pytest.raises(ValueError, match=f"in common.* case: {text}"):
        compare_runs(run_of(), new)
    same = [run_of(), new]
    for run in same:
        run["cases"].append(run_of()["cases"][0] | {"name": "same", "k": 3})
    assert {each.case for each in compare_runs(*same)} == {"same"}
    listed = differences_text(compare_runs(*same), changed=changed_cases(*same))
    assert "not compared, because the data changed: case: " in listed


def test_machines__are_compared():
    other = run_of()
    other["machine"] = {"cpu": "y", "cores": 4, "memory_gib": 8}
    assert machine_warning(run_of(), run_of()) is None
    assert "y with 4 cores" in machine_warning(run_of(), other)


@given(slope=st.floats(-3, 3), factor=st.floats(0.1, 10))
def test_log_log_slope__finds_a_power(slope, factor):
    points = [(x, factor * x**slope) for x in (1, 10, 100)]
    assert log_log_slope(points) == pytest.approx(slope, abs=2e-3)
    assert log_log_slope(points[:1]) is None
