"""``compare`` as users call it: data, results, limits and errors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import imblearn.combine
import imblearn.over_sampling
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import csv
from pyarrow import parquet as pq
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

import smotefast
from smotefast import SMOTE, SMOTENC, Combination, RandomUnderSampler, SMOTETomek, compare
from smotefast.evaluation import holdout
from smotefast.evaluation.data import read_data
from smotefast.evaluation.folds import hold_out, inner_splits, make_folds
from smotefast.evaluation.sources import sample_rows
from tests.evaluation.tables import mixed, numbers, three_classes

quick = {"models": "logistic", "samplers": ["smote"], "ratios": [0.5], "repeats": 1, "folds": 3}
UNDER = RandomUnderSampler(random_state=0)
METRICS = {
    "roc_auc", "average_precision",
    "f1", "mcc", "recall", "precision", "balanced_accuracy",
    "f1_tuned", "mcc_tuned", "recall_tuned", "precision_tuned", "balanced_accuracy_tuned",
    "brier", "log_loss", "calibration_slope", "calibration_in_the_large",
    "brier_corrected", "log_loss_corrected", "calibration_slope_corrected",
    "calibration_in_the_large_corrected",
}  # fmt: skip


def test_json__has_the_promised_form():
    result = compare(*numbers(), **quick)
    plain = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert {"verdict", "options", "warnings"} <= set(plain)
    assert [each["name"] for each in plain["options"]] == [
        "none", "class-weight", "threshold", "smote"
    ]  # fmt: skip
    for option in plain["options"]:
        assert {
            "name",
            "model",
            "sampler",
            "params",
            "seconds",
            "metrics",
            "difference",
        } <= set(option)
        assert set(option["metrics"]) == set(option["difference"]) == METRICS
        for name in METRICS:
            assert set(option["metrics"][name]) == {"mean", "sd"}
            found = option["difference"][name]
            assert set(found) == {"mean", "low", "high", "better"}
            assert found["better"] == (found["low"] is not None and found["low"] > 0)
    smote = plain["options"][3]
    assert smote["sampler"] == "smote"
    assert smote["params"] == {"ratio": 0.5, "k_neighbors": 5}
    assert plain["options"][0]["sampler"] is None


def test_differences__are_to_nothing_at_one_half_and_positive_if_better():
    result = compare(*numbers(), **quick)
    none, _, threshold, smote = (each.to_dict() for each in result.options)

    def mean(option, metric):
        return option["metrics"][metric]["mean"]

    for name in ("roc_auc", "f1", "recall"):
        expected = mean(smote, name) - mean(none, name)
        assert smote["difference"][name]["mean"] == pytest.approx(expected)
    expected = mean(smote, "f1_tuned") - mean(none, "f1")
    assert smote["difference"]["f1_tuned"]["mean"] == pytest.approx(expected)
    for name in ("brier", "log_loss"):
        expected = mean(none, name) - mean(smote, name)
        assert smote["difference"][name]["mean"] == pytest.approx(expected)
    assert mean(threshold, "f1") == mean(none, "f1_tuned")
    assert mean(threshold, "roc_auc") == mean(none, "roc_auc")
    assert all(each["mean"] == 0 for each in [none["difference"][n] for n in ("f1", "brier")])


def test_defaults__are_the_options_that_fit_the_columns():
    names = {each.label for each in compare(*numbers(200), models="logistic", folds=2).options}
    assert {"none", "class-weight", "threshold", "random-under 1", "random 1"} <= names
    assert {"random-under-weighted 1", "smote 0.4", "smote 0.6", "smote 1"} <= names
    assert {"adasyn 1", "borderline-smote 1"} <= names


def test_mixed_columns_of_any_library__give_the_same_results():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    columns, labels = mixed()
    settings = {**quick, "samplers": None, "holdout": 0}
    results = [
        compare(pd.DataFrame(columns), labels, **settings),
        compare(pl.DataFrame(columns), labels.tolist(), **settings),
        compare(pa.table({**columns, "y": labels}), target="y", **settings),
    ]
    assert "smote-nc" in {each.option.name for each in results[0].options}
    plain = [result.to_dict() for result in results]
    for each in plain:
        for option in each["options"]:
            del option["seconds"]
        del each["code"]
    assert plain[0] == plain[1] == plain[2]


def test_lists_and_sparse_rows__are_accepted():
    X, y = numbers()
    expected = compare(X, y, **quick).verdict
    assert compare(X.tolist(), y.tolist(), **quick).verdict == expected
    assert compare(sparse.csr_array(X), y, **quick).verdict == expected


def test_three_classes():
    result = compare(*three_classes(), **{**quick, "samplers": ["smote", "random-under"]})
    assert set(result.counts) == {"big", "middle", "small"}
    assert set(result.options[0].scores) == METRICS
    assert str(result)
    with pytest.raises(ValueError, match="for two classes, and y has 3"):
        compare(*three_classes(), cost_fn=5, cost_fp=1, **quick)


def test_small_classes__are_left_out_with_a_warning():
    X, y = three_classes()
    y[:3] = "tiny"
    result = compare(X, y, **quick)
    assert set(result.counts) == {"big", "middle", "small"}
    assert any(
        "left out: np.str_('tiny')" in text or "'tiny'" in text for text in result.warnings
    )
    with pytest.raises(ValueError, match="need two classes of at least 6 rows"):
        compare(X[:20], ["a"] * 17 + ["b"] * 3, **quick)


def test_classifiers_and_samplers__may_be_objects():
    models = {
        "bayes": GaussianNB(),
        "tree": DecisionTreeClassifier(max_depth=3, random_state=0),
    }
    result = compare(
        *numbers(), **{**quick, "models": models, "samplers": [SMOTE(k_neighbors=3), "random"]}
    )
    labels = {(each.label, each.model) for each in result.options}
    assert {("smote", "bayes"), ("random 0.5", "tree"), ("class-weight", "bayes")} <= labels


def test_costs__set_the_threshold():
    result = compare(*numbers(), cost_fn=20, cost_fp=1, metric="cost", **quick)
    none, threshold = result.options[0], result.options[2]
    assert threshold.mean("cost") < none.mean("cost")
    assert threshold.threshold < 0.3
    assert "cost per row" in result.verdict


@pytest.mark.parametrize("metric", ["f1", "mcc", "recall", "brier", "log_loss", "roc_auc"])
def test_each_metric__gives_a_verdict(metric):
    result = compare(*numbers(), metric=metric, **quick)
    assert result.verdict
    assert result.estimate is not None
    assert str(result)


def test_the_same_seed__gives_the_same_result_in_any_number_of_processes():
    X, y = numbers()
    first, second = (compare(X, y, n_jobs=n, **quick).to_dict() for n in (1, 2))
    for each in (first, second):
        for option in each["options"]:
            del option["seconds"]
    assert first == second


def test_duplicates_across_folds__are_reported():
    X, y = numbers()
    X[:30], y[:30] = X[0], y[0]
    (text,) = [text for text in compare(X, y, **quick).warnings if "equal a" in text]
    assert "training row" in text
    X, y = numbers()
    assert not [text for text in compare(X, y, **quick).warnings if "equal a" in text]


def test_columns_for_groups_and_time__are_no_features():
    pd = pytest.importorskip("pandas")
    X, y = numbers()
    frame = pd.DataFrame(X, columns=list("abc")).assign(y=y, g=np.arange(300) // 3)
    frame["when"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(300), unit="h")
    grouped = compare(frame, target="y", groups="g", drop=["when"], **quick)
    assert "['a', 'b', 'c']" in grouped.code
    forward = compare(frame, target="y", time="when", drop=["g"], **quick)
    assert "['a', 'b', 'c']" in forward.code
    assert forward.n_folds <= 3


def test_columns_that_cannot_be_used__are_named():
    pd = pytest.importorskip("pandas")
    X, y = numbers()
    frame = pd.DataFrame(X, columns=list("abc")).assign(key=[f"k{i}" for i in range(300)])
    frame["when"] = pd.Timestamp("2024-01-01")
    warnings = compare(frame, y, **quick).warnings
    assert [text for text in warnings if "'key'" in text]
    assert [text for text in warnings if "'when'" in text]


def test_max_rows__draws_by_class():
    result = compare(*numbers(1000), max_rows=400, **quick)
    assert list(result.counts.values()) == [320, 80]
    assert any("400 of 1,000 rows" in text for text in result.warnings)


def test_files__give_what_their_table_gives(tmp_path):
    columns, labels = mixed()
    table = pa.table({**columns, "y": labels})
    pq.write_table(table, tmp_path / "a.parquet")
    csv.write_csv(table, tmp_path / "a.csv")
    expected = compare(table, target="y", **quick)
    found = compare(str(tmp_path / "a.parquet"), target="y", **quick)
    assert found.verdict == expected.verdict
    assert compare(tmp_path / "a.csv", "y", **quick).n_folds == 3
    sample = compare(tmp_path / "a.parquet", "y", max_rows=150, drop=["flag"], **quick)
    assert sum(sample.counts.values()) == 150


@pytest.mark.parametrize(
    ("sampler", "words"),
    [
        (SMOTE(bounds={0: (0, 1)}), "SMOTE with 'bounds', and a comparison"),
        (SMOTE(missing="distance", round_columns=[0]), "with 'missing', 'round_columns', and"),
        (SMOTENC([0], distance_columns=[1]), "SMOTENC with 'distance_columns', and"),
        (SMOTETomek(smote=SMOTE(bounds=(0, 1))), "SMOTE with 'bounds', and a comparison"),
    ],
)
def test_parameters_for_columns__are_refused_because_columns_are_prepared_first(sampler, words):
    with pytest.raises(ValueError, match=words):
        compare(*numbers(200), samplers=[sampler], models="logistic")


def test_a_sampler_that_fails__is_left_out_with_its_reason():
    X, y = numbers(share=0.1)
    X[y == 1] += 100  # no row is near another class
    result = compare(X, y, **{**quick, "samplers": ["adasyn", "random"]})
    assert "adasyn" not in {each.option.name for each in result.options}
    assert any(text.startswith("adasyn 0.5 is left out: ") for text in result.warnings)


def test_options_with_the_same_error__share_a_warning():
    X, _ = numbers(200)
    settings = {**quick, "samplers": ["smote", "random"], "ratios": None}
    result = compare(X, np.arange(200) % 2, **settings)
    (text,) = [each for each in result.warnings if "left out" in each]
    assert text.startswith("smote 1 and random 1 are left out: The specified ratio")
    assert result.verdict.startswith("No option changes average precision in any fold.")


@pytest.mark.parametrize(
    ("sampler", "is_warned"),
    [
        ("smote", True),
        (imblearn.over_sampling.SMOTE(), True),
        (imblearn.combine.SMOTETomek(), True),
        ("smote-nc", False),
        (imblearn.over_sampling.SMOTENC("auto"), False),
        ("random", False),
        ("tomek-links", False),
    ],
)
def test_interpolation_of_encoded_categories__is_warned_of(sampler, is_warned):
    X, y = numbers(300, share=0.2)
    frame = pd.DataFrame(X).add_prefix("x").assign(city=np.where(X[:, 0] > 0, "b", "c"))
    result = compare(frame, y, **{**quick, "samplers": [sampler]})
    assert is_warned == any("lie between categories" in text for text in result.warnings)
    assert len(result.options) > 1


def test_imbalanced_learns_categories__are_those_of_the_columns():
    """A sampler of imbalanced-learn gets codes, as that of the same name here does."""
    X, y = numbers(300, share=0.2)
    frame = pd.DataFrame(X).add_prefix("x").assign(city=np.where(X[:, 0] > 0, "b", "c"))
    given = [cls("auto", random_state=0) for cls in (imblearn.over_sampling.SMOTENC, SMOTENC)]
    results = [compare(frame, y, **{**quick, "samplers": [each]}) for each in given]
    scores = [result.options[-1].scores["roc_auc"] for result in results]
    np.testing.assert_array_equal(*scores)


@pytest.mark.parametrize("is_frame", [True, False])
@pytest.mark.parametrize("wrap", [lambda each: each, lambda each: Combination(each, UNDER)])
def test_categories_of_a_sampler__are_columns_of_x_and_not_of_prepared_rows(is_frame, wrap):
    """Numbers come first in prepared rows, and the categories are first in X."""
    X, y = numbers(300, share=0.2)
    frame = pd.DataFrame({"code": (X[:, 0] > 0).astype(int), "a": X[:, 0], "b": X[:, 1]})
    data = frame if is_frame else frame.to_numpy()
    column = "code" if is_frame else 0
    results = [
        compare(data, y, **{**quick, "samplers": [wrap(each)]}, categorical=categorical)
        for each, categorical in (
            (SMOTENC([0], random_state=0), []),
            (SMOTENC([column], random_state=0), []),
            (SMOTENC("auto", random_state=0), [column]),
        )
    ]
    scores = [result.options[-1].scores["log_loss"] for result in results]
    np.testing.assert_array_equal(scores[0], scores[1])
    np.testing.assert_array_equal(scores[0], scores[2])
    with pytest.raises(ValueError, match="name different columns as categorical_features"):
        compare(data, y, **{**quick, "samplers": [SMOTENC([0]), SMOTENC([1])]})


@pytest.mark.parametrize("metric", ["average_precision", "f1"])
def test_verdict__says_if_the_model_ranks_no_better_than_chance(metric):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 3)), np.arange(400) % 10 == 0
    text = "is not shown to rank better than chance: its ROC AUC is 0."
    settings = {**quick, "metric": metric, "repeats": 2}
    result = compare(X, y, **settings)
    assert text in result.verdict
    assert "Move the threshold" not in result.verdict
    assert not result.decision.moves_threshold
    assert "FixedThresholdClassifier" not in result.code
    X[y] += 2
    assert text not in compare(X, y, **settings).verdict


def test_objects_of_the_same_class__have_names_of_their_own():
    given = [SMOTE(), SMOTE(k_neighbors=3), imblearn.over_sampling.SMOTE(), "smote"]
    result = compare(*numbers(200), **{**quick, "samplers": given})
    names = [each.label for each in result.options][3:]
    assert names == ["smote: SMOTE()", "smote: SMOTE(k_neighbors=3)", "smote (2)", "smote 0.5"]


def test_too_few_rows_to_draw__are_refused_and_a_sample_is_drawn_once(tmp_path):
    X, y = numbers(1000, share=0.02)
    table = pa.table({**{f"x{j}": X[:, j] for j in range(X.shape[1])}, "y": y})
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="max_rows=99 must be a whole number from 100 on"):
        compare(X, y, max_rows=99, **quick)
    (text,) = [
        each
        for each in compare(tmp_path / "a.parquet", "y", max_rows=100, **quick).warnings
        if "max_rows" in each
    ]
    assert text == "100 of 1,000 rows, drawn by class: max_rows=100."


def test_groups_and_time__hold_together():
    """A group has no rows on both sides, and no training row is later than a test row."""
    rng = np.random.default_rng(0)
    X, y = numbers(1200, share=0.3)
    groups, when = np.arange(1200) // 50, np.arange(1200) + rng.integers(0, 60, 1200)
    data, _ = read_data(X, y, groups=groups, time=when, categorical=set())
    rows, kept = hold_out(data, 0.2, 0)
    part = data.take(rows)
    folds = [(each.train, each.test) for each in make_folds(part, 4, 1, 0)]
    assert len(folds) == 4
    for source, train, test in [(data, rows, kept), *((part, *each) for each in folds)]:
        assert len(train)
        assert not set(source.groups[train]) & set(source.groups[test])
        assert source.times[train].max() < source.times[test].min()
    inner = part.take(folds[-1][0])
    ((train, test),) = inner_splits(inner, 0)
    assert not set(inner.groups[train]) & set(inner.groups[test])
    with pytest.raises(ValueError, match="Fewer than two folds"):
        compare(X, y, groups=np.arange(1200) % 20, time=when, **quick)


def test_few_groups__hold_out_one_and_name_what_folds_need():
    X, y = numbers(400, share=0.3)
    result = compare(X, y, groups=np.arange(400) % 4, **quick)
    assert result.n_folds == 3
    with pytest.raises(
        ValueError, match=r"folds=4 need as many groups, .* have 3. Lower folds"
    ):
        compare(X, y, groups=np.arange(400) % 4, **{**quick, "folds": 4})


@pytest.mark.parametrize("parameter", ["groups", "time"])
def test_the_target__is_neither_groups_nor_time(parameter):
    X, y = numbers(200)
    frame = pd.DataFrame(X).add_prefix("x").assign(y=y)
    with pytest.raises(ValueError, match=f"{parameter}='y' is the target"):
        compare(frame, "y", **{parameter: "y"}, **quick)


def test_max_rows__keeps_small_classes():
    labels = np.repeat([0, 1, 2], [19_203, 2, 795])
    drawn = labels[sample_rows(labels, 2000, 0)]
    assert len(drawn) == 2000
    assert np.bincount(drawn).tolist() == [1918, 2, 80]
    few = np.repeat([0, 1], [1000, 50])
    assert np.bincount(few[sample_rows(few, 60, 0)]).tolist() == [40, 20]


def test_verdict__names_what_was_not_compared(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(SMOTE, "_recipes", interrupt)
    result = compare(*numbers(1000), samplers=["smote"], models="logistic", n_jobs=1)
    assert result.stopped == "Ctrl-C"
    assert "Not compared, as too few folds were finished: 'smote 0.4'" in result.verdict
    assert [each for each in result.warnings if "left out" in each] == []


def test_time_limit__holds_and_leaves_what_is_finished():
    started = time.monotonic()
    slow = DecisionTreeClassifier(random_state=0)
    X, y = numbers(20_000, n_features=10)
    result = compare(X, y, models={"slow": slow}, time_limit=8, n_jobs=1, repeats=20)
    assert result.stopped == "time limit"
    assert 0 < result.n_folds < 100
    assert any("Stopped by time limit" in text for text in result.warnings)
    assert time.monotonic() - started < 60


def test_time_limit__holds_for_the_estimate_on_the_kept_rows(monkeypatch):
    monkeypatch.setattr(holdout, "_N_DRAWS", 10**7)
    started = time.monotonic()
    result = compare(*three_classes(), **quick, time_limit=15, n_jobs=1)
    assert time.monotonic() - started < 60
    assert result.n_folds == 3
    assert result.estimate is None
    assert any("no estimate on the rows that were kept" in text for text in result.warnings)


def test_ctrl_c_in_the_estimate__leaves_all_folds(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(holdout, "_draws", interrupt)
    result = compare(*numbers(), **quick, n_jobs=1)
    assert result.stopped == "Ctrl-C"
    assert result.n_folds == 3
    assert result.estimate is None
    assert str(result)


INTERRUPTED = """
import os, signal
from smotefast import compare
from tests.evaluation.tables import numbers
n = 0
def stop(text):
    global n
    n += 1
    if n == 2:  # the first line about finished folds
        os.kill(os.getpid(), signal.SIGNAL)
X, y = numbers(4000)
result = compare(X, y, models="logistic", repeats=2000, n_jobs=JOBS, progress=stop)
print(result.stopped, result.n_folds >= 1, result.estimate)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interruption__gives_what_is_finished(jobs, name):
    """The pipes are closed in time: no process of the comparison lives on."""
    code = INTERRUPTED.replace("JOBS", str(jobs)).replace("SIGNAL", name)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ,
        timeout=100,
    )
    stopped = "Ctrl-C" if name == "SIGINT" else name
    assert done.stdout.split() == [stopped, "True", "None"], done.stderr
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_comparison__leaves_no_processes():
    """Workers have the pipe of the output, which ends when the last of them does."""
    code = INTERRUPTED.replace("JOBS", "2").replace("SIGNAL", "SIGKILL")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=100)
    assert done.returncode == -signal.SIGKILL


def test_the_plan__is_said_first():
    lines = []
    compare(*numbers(), progress=lines.append, **quick)
    assert "4 options x 1 model x 3 folds" in lines[0]
    assert "fits, about" in lines[0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"folds": 1}, "folds=1 must be a whole number from 2 on"),
        ({"metric": "auc"}, "metric='auc' is not one of .* Did you mean 'roc_auc'"),
        ({"models": "logistc"}, "Did you mean 'logistic'"),
        ({"samplers": ["smot"]}, "Did you mean 'smote'"),
        ({"ratios": [2]}, "must be above 0 and at most 1"),
        ({"ratios": [0.1]}, "must have one above 0.25"),
        ({"k_neighbors": [0]}, "whole numbers from 1 on"),
        ({"cost_fn": 1}, "belong together"),
        ({"metric": "cost"}, "needs cost_fn and cost_fp"),
        ({"holdout": 0.9}, "holdout=0.9 must be a number between 0 and 0.5"),
        ({"time_limit": 0}, "time_limit=0 must be a number 1 or more"),
        ({"groups": np.arange(10)}, "X has 300 rows and groups has 10"),
        ({"time": np.full(300, np.nan)}, "time has missing values"),
        ({"target": "a"}, "got both y and target"),
        ({"models": [object()]}, "is not a classifier"),
        ({"models": LogisticRegression}, "is not a classifier"),
    ],
)
def test_errors__say_what_to_do(settings, message):
    with pytest.raises((ValueError, TypeError), match=message):
        compare(*numbers(), **{**quick, **settings})


def test_infinite_values__are_refused_by_column():
    X, y = numbers()
    X[3, 1] = np.inf
    with pytest.raises(ValueError, match="Column 1 has infinite values"):
        compare(X, y, **quick)


def test_compare__is_a_public_name():
    assert smotefast.compare is compare


def test_the_interval_of_the_estimate__is_that_of_groups():
    """Copies of a row within its group are no more evidence than the row."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 3)), np.arange(120) % 4 == 0
    estimates = []
    for copies in (1, 10):
        groups = np.repeat(np.arange(120), copies)
        given = {**quick, "samplers": [], "groups": groups}
        result = compare(X[groups], y[groups], **given)
        assert result.estimate.n_rows == 24 * copies
        estimates.append(result.estimate.interval)
    np.testing.assert_allclose(*estimates, rtol=1e-6)


def test_draws_of_groups__are_whole_and_have_all_classes():
    groups, y = np.array([0, 1, 0, 2, 2, 3]), np.array([0, 0, 1, 0, 0, 0])
    rng = np.random.default_rng(0)
    for _ in range(50):
        rows = holdout._drawn_groups(y, holdout._members(groups), rng)
        counts = np.bincount(rows, minlength=6)
        assert counts[0] == counts[2] > 0
        assert counts[3] == counts[4]
    alone = np.arange(3)
    np.testing.assert_array_equal(
        holdout._drawn_groups(alone, holdout._members(alone), _Repeated()), alone
    )


class _Repeated:
    """A generator that draws the first group each time."""

    def integers(self, low, high, size):
        return np.zeros(size, dtype=int)


def test_few_groups__are_a_warning():
    X, y = numbers(300, share=0.3)
    result = compare(X, y, groups=np.arange(300) % 25, **{**quick, "samplers": []})
    assert any("of 5 groups: the interval" in text for text in result.warnings)


def test_row_numbers__are_not_used():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(600, 2)), np.repeat([0, 1], [500, 100])  # sorted by class
    frame = pd.DataFrame(X, columns=["a", "b"]).assign(
        row=np.arange(600), amount=rng.permutation(100_000)[:600], month=np.arange(600) % 12
    )
    quick = {"models": "logistic", "samplers": ["random"], "ratios": [1.0], "random_state": 0}
    result = compare(frame, y, **quick, folds=3, repeats=1, progress=False)
    left_out = [text for text in result.warnings if "is not used" in text]
    assert left_out == ["Column 'row' is not used: no value occurs twice."]
    auc = {each.option.name: each.mean("roc_auc") for each in result.options}
    assert auc["none"] < 0.7
    named = compare(frame, y, **quick, folds=3, repeats=1, drop=["row"], progress=False)
    assert named.verdict == result.verdict
