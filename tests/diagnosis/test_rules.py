"""The table of findings: thresholds, code, and findings that do not contradict each other."""

from __future__ import annotations

import ast
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import sklearn.cluster
import sklearn.decomposition
import sklearn.feature_selection
import sklearn.preprocessing
from scipy import sparse
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import smotefast
from smotefast.diagnosis.rules import RULES, find_points
from smotefast.evaluation import ResampledClassifier
from smotefast.exceptions import ResamplingWarning
from smotefast.registry import all_names
from tests.helpers.diagnosis_data import class_figures, facts_of, find_point, two_classes

# Name of a finding, figures of the smaller class, level; None below the threshold.
TABLE = [
    ("rows_per_feature", {"n_rows": 24}, None),
    ("rows_per_feature", {"n_rows": 23}, "warning"),
    ("far_past_the_data", {"n_new": 10_000}, None),
    ("far_past_the_data", {"n_new": 10_001}, "warning"),
    ("far_past_the_data", {"n_new": 50_001}, "problem"),
    ("small_class", {"n_rows": 6}, None),
    ("small_class", {"n_rows": 5}, "problem"),
    ("noise", {"noise": 0.2}, None),
    ("noise", {"noise": 0.21}, "warning"),
    ("noise", {"noise": 0.51}, "problem"),
    ("noise", {"noise": 0.51, "n_searched": 19}, None),
    ("danger", {"danger": 0.3}, None),
    ("danger", {"danger": 0.31}, "note"),
    ("overlap", {"overlap": 0.3}, None),
    ("overlap", {"overlap": 0.31}, "note"),
    ("overlap", {"overlap": 0.51}, "warning"),
    ("duplicates", {"repeated": 0.05}, None),
    ("duplicates", {"repeated": 0.06}, "note"),
    ("duplicates", {"repeated": 0.26}, "warning"),
    ("conflicting_labels", {"conflicting": 0.01}, None),
    ("conflicting_labels", {"conflicting": 0.02}, "note"),
    ("conflicting_labels", {"conflicting": 0.06}, "warning"),
]


@pytest.mark.parametrize(("name", "changes", "level"), TABLE)
def test_findings__start_at_their_thresholds(name, changes, level):
    found = {point.name: point for point in find_points(facts_of(class_figures(**changes)))}
    assert (found[name].level if name in found else None) == level
    if level is not None and name != "small_class":
        (rule,) = [rule for rule in RULES if rule.name == name]
        assert (found[name].threshold, level) in rule.levels


def hostile_frame(n=600, seed=0):
    """A frame for which nearly every finding about columns is reported."""
    rng = np.random.RandomState(seed)
    y = (rng.uniform(size=n) < 0.06).astype(int)
    frame = pd.DataFrame({"amount": rng.lognormal(6, 1, n), "age": rng.normal(size=n)})
    frame.loc[rng.choice(n, 30, replace=False), "age"] = [np.nan, np.inf, 1e200] * 10
    frame["id"] = rng.permutation(n)
    frame["name {k}"] = [f"p{i}" for i in range(n)]
    frame["one"], frame["none"] = 1, np.nan
    frame["day"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(n), "D")
    frame["total"] = (rng.normal(size=n).round(2)).astype(str)
    frame.loc[3, "total"] = "n.a."
    frame["<b>'\"city"] = rng.choice(["Oslo", "Roma", "?", None], n)
    frame["stage"], frame["flag"] = rng.randint(1, 6, n), rng.randint(0, 2, n)
    return frame, y


@pytest.mark.parametrize("sampler", [None, *all_names()])
def test_columns__that_one_finding_settles_are_in_no_other(sampler):
    frame, y = hostile_frame()
    diagnosis = smotefast.diagnose(frame, y, sampler)
    settled = {rule.name for rule in RULES if rule.settles}
    columns = [name for point in diagnosis.points for name in point.columns]
    for point in diagnosis.points:
        if point.name in settled:
            assert all(columns.count(name) == 1 for name in point.columns), point.name
    types = {"categorical_columns", "code_columns", "numbers_as_categories", *settled}
    kinds = [
        name for point in diagnosis.points if point.name in types for name in point.columns
    ]
    assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize("sampler", [None, *all_names()])
def test_code__is_python_without_a_sampler_that_is_no_candidate(sampler):
    frame, y = hostile_frame()
    diagnosis = smotefast.diagnose(frame, y, sampler)
    judged = {"SMOTE", "SMOTENC", "SMOTEN", diagnosis.judged}
    for point in diagnosis.points:
        for node in ast.walk(ast.parse(point.code)):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "smotefast":
                assert hasattr(smotefast, node.attr)
                assert node.attr in {*judged, "compare"}


def test_code__runs_and_settles_what_it_is_about():
    frame, y = hostile_frame()
    report = smotefast.diagnose(frame, y)
    names = {
        **{"np": np, "pd": pd, "smotefast": smotefast, "sklearn": sklearn, "report": report},
        **{
            "X": frame,
            "y": y,
            "model": LogisticRegression(),
            "sampler": smotefast.SMOTE(),
            "make_pipeline": make_pipeline,
        },
        **{"SimpleImputer": SimpleImputer, "StandardScaler": StandardScaler},
        **{"ResampledClassifier": ResampledClassifier, "OneHotEncoder": OneHotEncoder},
        **{"make_column_transformer": make_column_transformer},
        **{"make_column_selector": make_column_selector},
    }
    for point in report.points:
        if point.name != "overlap":  # which compares
            exec(point.code, names)
    again = smotefast.diagnose(names["X"], names["y"])
    gone = {rule.name for rule in RULES if rule.settles} | {"code_columns"}
    assert gone <= {point.name for point in report.points}
    assert not gone & {point.name for point in again.points}


@pytest.mark.parametrize("is_named", [True, False])
def test_code_of_pipelines__fits_on_numbers_beside_categories(is_named):
    X, y = two_classes(300, 60, n_features=2)
    frame = pd.DataFrame({"city": np.where(X[:, 0] > 0, "b", "c"), "age": X[:, 0]})
    frame["income"] = 1e4 * X[:, 1]
    frame["kind"] = pd.Categorical(np.where(X[:, 1] > 0, "x", "y"))
    frame.loc[::9, "age"] = np.nan
    data = frame if is_named else frame.to_numpy(dtype=object)
    report = smotefast.diagnose(data, y)
    encode = make_column_transformer(
        (OneHotEncoder(), make_column_selector(dtype_exclude="number")), remainder="passthrough"
    )
    names = {
        **{"X": data, "pd": pd, "make_column_transformer": make_column_transformer},
        **{"make_column_selector": make_column_selector, "make_pipeline": make_pipeline},
        **{"SimpleImputer": SimpleImputer, "StandardScaler": StandardScaler},
        "ResampledClassifier": ResampledClassifier,
        "sampler": smotefast.SMOTENC("not numeric", random_state=0),
        "model": make_pipeline(encode, SimpleImputer(), LogisticRegression(max_iter=10_000)),
    }
    for name in ("missing_values", "scales"):
        *lines, last = find_point(report, name).code.splitlines()
        exec("\n".join(lines), names)
        if name == "scales":  # which keeps missing values
            names["sampler"] = smotefast.RandomOverSampler(random_state=0)
        pipeline = eval(last, names).fit(names["X"], y)
        assert pipeline.score(names["X"], y) > 0.5


def test_code_of_over_samplers__is_for_the_types_of_the_columns():
    X, y = two_classes(400, 4)
    frame = pd.DataFrame(X).add_prefix("x").assign(city=np.where(X[:, 0] > 0, "b", "c"))
    expected = "smotefast.SMOTENC(categorical_features={}, small_class='clamp')"
    for data, sampler, columns in (
        (frame, None, "'not numeric'"),
        (frame, smotefast.SMOTENC(["city"]), "['city']"),
        (frame.to_numpy(dtype=object), None, f"[{X.shape[1]}]"),
    ):
        code = find_point(smotefast.diagnose(data, y, sampler), "small_class").code
        assert code == expected.format(columns)
        with pytest.warns(ResamplingWarning, match="3 neighbors instead of 5"):
            labels = eval(code, {"smotefast": smotefast}).fit_resample(data, y)[1]
        assert len(labels) == 800


def test_code__is_for_arrays_if_columns_have_no_names():
    X, y = two_classes()
    X[:, 2] = 7
    report = smotefast.diagnose(X, y)
    assert find_point(report, "constant_columns").code == (
        "X = np.delete(X, [2], axis=1)  # then diagnose again: positions change"
    )


def test_reasons__that_refuse_the_data_are_given_once():
    frame, y = hostile_frame()
    for name in ("smote", "tomek-links"):
        points = [point for point in smotefast.diagnose(frame, y, name).points]
        assert "refused_data" not in {point.name for point in points}
        assert points[0].level == "problem"


def test_a_strategy_of_every_finding__names_one_parameter():
    """No two findings say what to set a parameter to."""
    facts = facts_of(class_figures(n_rows=3, n_new=1_000))
    facts = replace(facts, sampler=replace(facts.sampler, n_to_keep={"often": 10}))
    codes = [point.code for point in find_points(facts) if "sampling_strategy" in point.code]
    assert len(codes) == len({code.split("(")[0] for code in codes})


CONTAINERS = {
    "frame": lambda X: pd.DataFrame(X).add_prefix("x"),
    "frame without text as names": pd.DataFrame,
    "array": lambda X: X,
    "sparse": sparse.csr_array,
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_code_of_numbers__runs_on_each_container(container):
    """Constants are dropped, duplicates and noise are found, infinite values are imputed."""
    X, y = two_classes(2000, 100, n_features=3)
    X[:, 2] = 7
    X[2001:2060, :2] = X[1:60, :2] + 1e-3  # noise
    X[2080:] = X[2060:2080]
    if container != "sparse":
        X[5, 1] = np.inf
        X[7, 0] = np.nan
    data = CONTAINERS[container](X)
    report = smotefast.diagnose(data, y)
    names = {"X": data, "y": y, "np": np, "pd": pd, "report": report, "sklearn": sklearn}
    names |= {"make_pipeline": make_pipeline, "SimpleImputer": SimpleImputer}
    names |= {"ResampledClassifier": ResampledClassifier, "model": LogisticRegression()}
    names["sampler"] = smotefast.SMOTE(random_state=0)
    rows = eval(find_point(report, "noise").code, names)
    assert rows.shape == (len(report.rows[1]["noise"]), 3)
    exec(find_point(report, "constant_columns").code, names)
    assert names["X"].shape == (2100, 2)
    exec(find_point(report, "duplicates").code, names)
    assert names["X"].shape[0] == len(names["y"]) == 2080
    if container != "sparse":
        *lines, last = find_point(report, "missing_values").code.splitlines()
        exec("\n".join(lines), names)
        assert not np.isinf(np.asarray(names["X"])).any()
        eval(last, names).fit(names["X"], names["y"])


def test_code_of_groups__takes_categories():
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b"], [600, 300])
    value = rng.normal(size=900)
    value[y == "b"] += np.where(np.arange(300) % 2, 30, -30)
    frame = pd.DataFrame({"value": value, "kind": np.where(rng.random(900) < 0.5, "u", "v")})
    report = smotefast.diagnose(frame, y)
    code = find_point(report, "separate_groups").code
    assert len(eval(code, {"X": frame, "y": y, "sklearn": sklearn, "pd": pd})) == 300


def test_one_value_beside_missing_ones__is_no_constant():
    X, y = two_classes(300, 60)
    frame = pd.DataFrame(X).add_prefix("x")
    frame["flag"] = np.where(y == 1, "yes", None)
    frame["number"] = np.where(y == 1, 1.0, np.nan)
    frame["empty"] = np.nan
    frame["same"] = 3
    report = smotefast.diagnose(frame, y)
    assert set(find_point(report, "constant_columns").columns) == {"empty", "same"}
    assert {"flag", "number"} <= set(find_point(report, "missing_values").columns)


def test_fewer_rows__keep_the_plan_of_other_classes_and_take_small_ones():
    X, y = two_classes(416, 64)
    y = np.array(["big", "mid"], dtype=object)[y]
    y[-12:-2], y[-2:] = "rare", "single"
    report = smotefast.diagnose(X, y)
    code = find_point(report, "far_past_the_data").code
    with pytest.warns(ResamplingWarning, match="single"):
        labels = eval(code, {"smotefast": smotefast}).fit_resample(X, y)[1]
    counts = dict(zip(*np.unique(labels, return_counts=True), strict=True))
    assert counts == {"big": 416, "mid": 416, "rare": 110, "single": 22}


@pytest.mark.parametrize(
    "sampler",
    [
        smotefast.SMOTEENN(),
        smotefast.SMOTETomek(),
        smotefast.Combination(smotefast.SMOTE(), smotefast.TomekLinks()),
    ],
    ids=lambda sampler: type(sampler).__name__,
)
def test_code_of_combinations__sets_the_parameter_of_their_over_sampler(sampler):
    X, y = two_classes(400, 4)
    code = find_point(smotefast.diagnose(X, y, sampler), "small_class").code
    assert code.startswith(f"smotefast.{type(sampler).__name__}(")
    with pytest.warns(ResamplingWarning, match="3 neighbors instead of 5"):
        resampled = eval(code, {"smotefast": smotefast}).fit_resample(X, y)[1]
    assert (resampled == 1).sum() > 4


def test_columns_of_arrays_to_drop__are_in_one_line():
    """Run one after the other, two lines would drop other columns than the report names."""
    rng = np.random.default_rng(0)
    X = np.c_[rng.permutation(900) + 7.0, np.ones(900), rng.normal(size=(900, 2))]
    y = np.arange(900) % 9 == 0
    for rows in (X, sparse.csr_array(X)):
        points = smotefast.diagnose(rows, y).points
        dropped = [p for p in points if p.name in ("identifier_columns", "constant_columns")]
        (code,) = {point.code for point in dropped}
        names = {"X": rows, "np": np}
        exec(code, names)
        kept = names["X"] if rows is X else names["X"].toarray()
        np.testing.assert_array_equal(kept, X[:, 2:])


def test_codes_beside_categories__are_one_list():
    rng = np.random.default_rng(0)
    X = np.empty((600, 3), dtype=object)
    X[:, 0], X[:, 1] = rng.choice(["a", "b"], 600), rng.integers(0, 4, 600)
    X[:, 2] = rng.normal(size=600)
    points = smotefast.diagnose(X, np.arange(600) % 6 == 0).points
    codes = [point.code for point in points if point.name == "code_columns"]
    assert codes == ["smotefast.SMOTENC(categorical_features=[0, 1])"]


def test_code_of_samplers__keeps_their_parameters():
    X, y = two_classes(400, 20)
    for sampler, expected in (
        (
            smotefast.SMOTE(k_neighbors=50, random_state=3),
            "smotefast.SMOTE(k_neighbors=50, random_state=3, small_class='clamp')",
        ),
        (
            smotefast.BorderlineSMOTE(k_neighbors=50, kind="borderline-2"),
            "smotefast.BorderlineSMOTE(k_neighbors=50, kind='borderline-2', "
            "small_class='clamp')",
        ),
        (
            smotefast.SMOTETomek(smote=smotefast.SMOTE(k_neighbors=50)),
            "smotefast.SMOTETomek(smote=smotefast.SMOTE(k_neighbors=50, small_class='clamp'))",
        ),
    ):
        code = find_point(smotefast.diagnose(X, y, sampler), "small_class").code
        assert sorted(code) == sorted(expected)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResamplingWarning)  # fewer neighbors
            eval(code, {"smotefast": smotefast}).fit_resample(X, y)


def test_code_of_categories__names_those_of_the_sampler_and_of_the_finding():
    X, y = two_classes(400, 60, n_features=3)
    frame = pd.DataFrame(X).add_prefix("x").assign(a=np.where(X[:, 0] > 0, "b", "c"))
    frame["b"], frame["id"] = np.where(X[:, 1] > 0, "b", "c"), [f"p{i}" for i in range(460)]
    for given in (["a"], [3]):
        report = smotefast.diagnose(frame, y, smotefast.SMOTENC(given))
        names = {"X": frame}
        exec(find_point(report, "identifier_columns").code, names)
        code = find_point(report, "categorical_columns").code
        assert code == "smotefast.SMOTENC(categorical_features=['a', 'b'])"
        eval(code, {"smotefast": smotefast}).fit_resample(names["X"], y)
    report = smotefast.diagnose(frame.iloc[:410], y[:410], "smote-nc")
    code = find_point(report, "far_past_the_data").code
    assert code.startswith("smotefast.SMOTENC(categorical_features='not numeric', ")


def test_codes_in_all_columns_of_an_array__are_for_smoten():
    rng = np.random.default_rng(0)
    X, y = np.c_[rng.integers(0, 4, 900), rng.integers(0, 7, 900)], np.arange(900) % 9 == 0
    for data in (X, X.astype(float), sparse.csr_array(X)):
        assert find_point(smotefast.diagnose(data, y), "code_columns").code == (
            "smotefast.SMOTEN()"
        )


@pytest.mark.parametrize("container", [*CONTAINERS, "text beside numbers"])
def test_code_of_scales_and_columns__runs(container):
    X, y = two_classes(300, 20, n_features=8)
    X[:, 1] *= 1e4
    data = CONTAINERS.get(container, CONTAINERS["frame"])(X)
    model = LogisticRegression(max_iter=10_000)
    if container == "text beside numbers":
        data["text"] = np.where(X[:, 0] > 0, "b", "c")
        text = make_column_selector(dtype_exclude="number")
        encode = make_column_transformer((OneHotEncoder(), text), remainder="passthrough")
        model = make_pipeline(encode, model)
    report = smotefast.diagnose(data, y)
    names = {"make_pipeline": make_pipeline, "StandardScaler": StandardScaler, "X": data}
    names |= {"ResampledClassifier": ResampledClassifier, "sklearn": sklearn, "model": model}
    names |= {"make_column_transformer": make_column_transformer, "pd": pd}
    names |= {"make_column_selector": make_column_selector}
    names["sampler"] = smotefast.RandomOverSampler(random_state=0)
    for name in ("scales", "rows_per_feature"):
        *lines, last = find_point(report, name).code.splitlines()
        exec("\n".join(lines), names)
        assert eval(last, names).fit(data, y).score(data, y) > 0.5


def test_code_of_very_wide_sparse_rows__reduces_them():
    X = sparse.random(600, 5_000, density=0.01, format="csr", random_state=0)
    y = np.arange(600) % 6 == 0
    code = find_point(smotefast.diagnose(X, y), "unread_columns").code
    names = {"sklearn": sklearn, "make_pipeline": make_pipeline, "sampler": smotefast.SMOTE()}
    names |= {"ResampledClassifier": ResampledClassifier, "model": LogisticRegression()}
    *lines, last = code.splitlines()
    exec("\n".join(lines), names)
    eval(last, names).fit(X, y)


def test_code_of_numbers_as_categories__bins_them():
    X, y = two_classes(400, 60, n_features=2)
    for data in (X.copy(), pd.DataFrame(X).add_prefix("x")):
        code = find_point(smotefast.diagnose(data, y, "smote-n"), "numbers_as_categories").code
        names = {"X": data, "sklearn": sklearn}
        exec(code, names)
        report = smotefast.diagnose(names["X"], y, "smote-n")
        assert "numbers_as_categories" not in {point.name for point in report.points}


def test_duplicates__are_found_beside_keys():
    X, y = two_classes(400, 60)
    frame = pd.DataFrame(np.r_[X, X]).add_prefix("x").assign(id=[f"K{i}" for i in range(920)])
    frame.index = np.random.default_rng(0).permutation(920)
    labels = pd.Series(np.r_[y, y])  # of another index
    numbers = np.c_[np.r_[X, X], np.arange(920)]
    for data, given in ((frame, labels), (numbers, labels.to_numpy())):
        point = find_point(smotefast.diagnose(data, given), "duplicates")
        assert point.values["share"] == {1: 1.0}
        names = {"X": data, "y": given, "pd": pd}
        exec(point.code, names)
        assert len(names["X"]) == len(names["y"]) == 460
    alone = smotefast.diagnose(frame[["id"]], labels)
    assert [item.repeated for item in alone.classes] == [0, 0]


@pytest.mark.parametrize("is_named", [True, False])
def test_code_of_groups__leaves_out_missing_values(is_named):
    rng = np.random.default_rng(0)
    y, value = np.repeat([0, 1], [600, 300]), rng.normal(size=900)
    value[y == 1] += np.where(np.arange(300) % 2, 30, -30)
    frame = pd.DataFrame({0: value, 1: rng.normal(size=900)})
    frame.loc[880:, 1] = np.nan
    data = frame.assign(**{"kind": "a"}) if is_named else frame.to_numpy()
    if is_named:
        data.loc[::3, "kind"] = "b"
    code = find_point(smotefast.diagnose(data, y), "separate_groups").code
    names = {"X": data, "y": y, "sklearn": sklearn, "pd": pd}
    assert len(eval(code, names)) == 280


def test_scales__show_the_share_of_several_columns_together():
    X = np.random.default_rng(0).normal(size=(500, 15))
    X[:, :3] *= 1e4
    point = find_point(smotefast.diagnose(X, np.arange(500) % 5 == 0), "scales")
    assert set(point.columns) == {0, 1, 2}
    assert "(more than 99% together)." in point.text
