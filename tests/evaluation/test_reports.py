"""Reports: the code runs, the page is self-contained and escaped, the words fit the numbers."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, feather
from pyarrow import parquet as pq
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PowerTransformer

from smotefast import compare
from smotefast.evaluation.data import read_data
from smotefast.evaluation.decisions import Scoring
from smotefast.evaluation.intervals import Interval
from smotefast.evaluation.options import Option, make_options
from smotefast.evaluation.reporting.pipeline_code import pipeline_code
from smotefast.evaluation.scores import metric_names
from smotefast.evaluation.summary import OptionSummary
from smotefast.evaluation.verdict import decide_verdict
from tests.evaluation.tables import mixed, numbers, three_classes

quiet = pytest.mark.filterwarnings("ignore")
MODELS = [
    LogisticRegression(C=0.5),
    HistGradientBoostingClassifier(max_iter=5),
    GaussianNB(),
    make_pipeline(PowerTransformer(), LogisticRegression()),
]
SAMPLERS = ["smote", "random-under-weighted", "near-miss", "tomek-links", "smote-enn"]


def tables():
    pd = pytest.importorskip("pandas")
    columns, labels = mixed(200)
    frame = pd.DataFrame(columns)
    return [
        (*numbers(200), SAMPLERS),
        (frame, labels, ["smote-nc", "adasyn"]),
        (frame[["color", "flag"]], labels, ["smote-n"]),
        (*three_classes(250), ["smote", "random-under"]),
    ]


@quiet
@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_code__runs_and_fits_a_model(model):
    for X, y, samplers in tables():
        data, _ = read_data(X, y, groups=None, time=None, categorical=())
        for option in make_options(data, samplers, [0.6], None):
            if option.use_weights and isinstance(model, type(MODELS[3])):
                continue
            for threshold in (None, 0.3):
                names = {"X": X, "y": y}
                exec(pipeline_code(data, option, model, threshold, seed=0), names)
                predicted = names["model"].predict(X)
                assert set(predicted) <= set(y)
                if threshold is not None and len(set(y)) > 2:
                    assert set(names["predicted"]) <= set(y)


@quiet
def test_code_of_files__reads_them(tmp_path):
    pd = pytest.importorskip("pandas")
    columns, labels = mixed(200)
    path = tmp_path / "it's.parquet"
    pd.DataFrame({**columns, "y": labels}).to_parquet(path)
    result = compare(path, "y", models="logistic", samplers=[], repeats=1, folds=2)
    names = {}
    exec(result.code, names)
    assert set(names["model"].predict(names["X"])) <= {"yes", "no"}


@quiet
@pytest.mark.parametrize(
    ("names", "given"),
    [
        (["a.csv"], "a.csv"),
        (["a.csv.gz"], "a.csv.gz"),
        (["a.arrow"], "a.arrow"),
        (["in/a.csv", "in/b.csv"], "in"),
        (["in/a.parquet", "in/b.parquet"], "in"),
        (["it's a.csv", "it's b.csv"], "it's ?.csv"),
        (["in/a.parquet", "in/b.parquet"], "in/*.parquet"),
    ],
)
def test_code_of_files__reads_what_was_compared(tmp_path, names, given):
    """A class called "NA" is one, in all formats."""
    columns, labels = mixed(200)
    table = pa.table({**columns, "y": np.where(labels == "yes", "NA", "ok")})
    for i, name in enumerate(names):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        rows = table.slice(i * 200 // len(names), 200 // len(names))
        if ".csv" in name:
            with pa.output_stream(path) as file:  # compresses .gz
                csv.write_csv(rows, file)
        elif name.endswith(".arrow"):
            feather.write_feather(rows, path)
        else:
            pq.write_table(rows, path)
    result = compare(tmp_path / given, "y", models="logistic", samplers=[], repeats=1, folds=2)
    code = {}
    exec(result.code, code)
    assert len(code["X"]) == 200
    assert set(code["model"].predict(code["X"])) <= {"NA", "ok"}
    assert dict(zip(*np.unique(code["y"], return_counts=True), strict=True)) == result.counts


@quiet
@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csc_matrix, sparse.coo_array])
def test_code_of_sparse_rows__runs(kind):
    X, y = sparse.random(400, 9, 0.4, random_state=0), np.arange(400) % 8 == 0
    rows = kind(X)
    result = compare(rows, y, models="logistic", samplers=[], repeats=1, folds=2)
    code = {"X": rows, "y": y}
    exec(result.code, code)
    assert code["model"].predict(code["X"]).shape == (400,)


@quiet
def test_code__leaves_out_small_classes_as_the_comparison_did(tmp_path):
    pd = pytest.importorskip("pandas")
    columns, labels = mixed(200)
    labels[:3] = "rare"
    path = tmp_path / "rare.csv"
    pd.DataFrame({**columns, "y": labels}).to_csv(path, index=False)
    result = compare(path, "y", models="logistic", samplers=[], repeats=1, folds=2)
    names = {}
    exec(result.code, names)
    assert len(names["X"]) == 197
    assert set(names["model"].predict(names["X"])) <= {"yes", "no"}


class Page(HTMLParser):
    """Collects tags and what a page loads."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.loaded = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loaded += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@quiet
def test_page__is_self_contained_and_escaped():
    pd = pytest.importorskip("pandas")
    columns, _ = mixed(300)
    evil = "<script>alert('&')</script>"
    labels = np.where(np.arange(300) % 5, "good", evil)
    frame = pd.DataFrame({**columns, evil: np.arange(300) * 1.0})
    models = {f"{evil}1": LogisticRegression(), 'a"b': GaussianNB()}
    result = compare(frame, labels, models=models, repeats=1, folds=2)
    text = result.to_html()
    page = Page(text)
    assert text.startswith("<!doctype html>")
    assert not page.open
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert not page.loaded
    assert page.tags.count("svg") >= 6
    assert "http" not in text
    assert "nan" not in re.sub(r"<pre>.*</pre>", "", text, flags=re.DOTALL).lower()
    assert result._repr_html_() in text


def summary(option, model, difference, tuned=(0.1, -0.1, 0.3), threshold=0.21):
    scoring = Scoring(2, 1)
    names = metric_names(scoring)
    means = {name: 0.5 for name in names}
    means["roc_auc"] = 0.9
    means["average_precision"] += difference[0]
    zero = Interval(0.0, 0.0, 0.0)
    intervals = dict.fromkeys(names, zero)
    intervals["average_precision"] = Interval(*difference)
    intervals["f1_tuned"] = Interval(*tuned)
    scores = {name: np.array([value, value]) for name, value in means.items()}
    return OptionSummary(option, model, 2, 0.1, threshold, scores, intervals)


SMOTE_03 = Option("smote", "smote", 0.3, 5)


def verdict(*summaries):
    return decide_verdict(summaries, "average_precision", Scoring(2, 1), [], 0.25)


def test_verdict__of_no_gain_says_so_and_moves_the_threshold():
    none = summary(Option("none"), "boosting", (0, 0, 0), tuned=(0.1, 0.05, 0.15))
    smote = summary(SMOTE_03, "boosting", (0.01, -0.02, 0.04))
    found = verdict(none, smote)
    assert found.winner is none
    assert found.moves_threshold
    assert found.text == (
        "No option ranks better than doing nothing (average precision). Gains of up to 0.040 "
        "are not ruled out. Move the threshold to 0.210: it improves F1 by 0.100 (0.050 to "
        "0.150) over doing nothing at 0.5 for boosting."
    )


def test_verdict__says_if_nothing_was_compared_and_if_nothing_changed():
    none = summary(Option("none"), "boosting", (0, 0, 0))
    threshold = summary(Option("threshold"), "boosting", (0, 0, 0))
    text = "No option was compared with doing nothing (average precision)."
    assert verdict(none, threshold).text.startswith(text)
    text = "No option changes average precision in any fold."
    same = summary(SMOTE_03, "boosting", (0, 0, 0))
    assert verdict(none, threshold, same).text.startswith(text)
    worse = summary(SMOTE_03, "boosting", (-0.2, -0.3, -0.1))
    text = "Gains are ruled out: the interval of no option reaches above 0."
    assert text in verdict(none, threshold, same, worse).text


@pytest.mark.parametrize("metric", ["average_precision", "f1"])
def test_verdict__of_a_model_at_chance_moves_no_threshold(metric):
    none = summary(Option("none"), "boosting", (0, 0, 0), tuned=(0.1, 0.05, 0.15))
    threshold = summary(Option("threshold"), "boosting", (0, 0, 0))
    for each in (none, threshold):
        each.scores["roc_auc"][:] = 0.45, 0.56
        each.difference["f1"] = Interval(0.1, 0.05, 0.15)
    found = decide_verdict([none, threshold], metric, Scoring(2, 1), [], 0.25)
    assert found.winner is none
    assert not found.moves_threshold
    assert "not shown to rank better than chance" in found.text
    assert "Move the threshold" not in found.text


def test_verdict__of_no_gain_names_none_that_cannot_be():
    none = summary(Option("none"), "boosting", (0, 0, 0))
    none.scores["average_precision"][:] = 0.98
    found = verdict(none, summary(SMOTE_03, "boosting", (0.0, -0.1, 0.1)))
    assert "Gains of up to 0.020 are not ruled out." in found.text


def test_verdict__of_an_interval_beyond_the_range_of_the_metric_says_that_folds_are_few():
    none = summary(Option("none"), "boosting", (0, 0, 0))
    smote = summary(SMOTE_03, "boosting", (-0.2, -31.9, 31.5))
    assert (
        "There are too few folds to say how large a gain can be." in verdict(none, smote).text
    )


def test_verdict__of_a_gain_for_one_classifier_names_it():
    none = [summary(Option("none"), model, (0, 0, 0)) for model in ("logistic", "boosting")]
    better = summary(SMOTE_03, "logistic", (0.04, 0.01, 0.07))
    same = summary(SMOTE_03, "boosting", (0.0, -0.02, 0.02))
    found = verdict(*none, better, same)
    assert found.winner is better
    assert not found.moves_threshold
    assert found.text.startswith(
        "SMOTE at ratio 0.3 improves average precision by 0.040 (0.010 to 0.070) for logistic "
        "regression only. Moving the threshold is not shown to improve F1"
    )


def test_an_option_that_is_only_better_by_chance__is_not_used():
    none = summary(Option("none"), "logistic", (0, 0, 0))
    lucky = summary(SMOTE_03, "logistic", (0.2, -0.01, 0.41))
    assert verdict(none, lucky).winner is none
