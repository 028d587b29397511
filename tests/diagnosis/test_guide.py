"""The guide shows the output of its example, and names every point and rule."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from smotefast.diagnosis.advice import recommend

import smotefast
from smotefast.diagnosis import thresholds
from tests.helpers.diagnosis_data import class_figures, column_figures, facts_of

GUIDE = Path(__file__).parent.parent.parent / "docs" / "diagnose.md"


def test_guide__shows_what_its_example_prints(tmp_path):
    text = GUIDE.read_text()
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    shown = re.search(r"```text\n(.*?)```", text, re.DOTALL)[1]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == shown


def test_guide__names_every_point():
    folder = Path(smotefast.__file__).parent / "diagnosis"
    points = set()
    for path in folder.glob("*_points.py"):
        points |= set(re.findall(r'(?:Point|point)\(\n\s+"(\w+)",', path.read_text()))
    assert len(points) > 20
    assert points <= set(re.findall(r"`(\w+)`", GUIDE.read_text()))


FLAG = column_figures(is_whole=True, n_distinct=2, low=0.0, high=1.0)
# For each rule of the page: data for which it is the first that applies, and the sampler.
RULES = [
    [(facts_of(class_figures(n_rows=5_334)), "none")],
    [
        (facts_of(kinds=["text", "category"]), "SMOTEN"),
        (facts_of(columns=dict.fromkeys(range(4), FLAG)), "SMOTEN"),
        (facts_of(class_figures(danger=0.4), kinds=["number", "text"]), "SMOTENC"),
        (facts_of(class_figures(danger=0.4), columns=dict.fromkeys(range(2), FLAG)), "SMOTENC"),
    ],
    [
        (facts_of(class_figures(n_searched=5, n_rows=5)), "RandomOverSampler"),
        (facts_of(class_figures(n_searched=19, n_rows=19, noise=0.9)), "SMOTE"),
    ],
    [
        (facts_of(class_figures(noise=0.31)), "SMOTEENN"),
        (facts_of(class_figures(overlap=0.51), groups={"rare": [600, 400]}), "SMOTEENN"),
    ],
    [(facts_of(class_figures(danger=0.4), groups={"rare": [600, 400]}), "KMeansSMOTE")],
    [
        (
            facts_of(class_figures(danger=0.31, noise=0.2), unevenness={"rare": 0.5}),
            "BorderlineSMOTE",
        )
    ],
    [(facts_of(class_figures(noise=0.1), unevenness={"rare": 0.3}), "ADASYN")],
    [(facts_of(class_figures(danger=0.31, noise=0.21)), "SMOTE")],
]


def rules_on_the_page():
    text = GUIDE.read_text().split("## Which sampler")[1]
    return [
        " ".join(rule.split()) for rule in re.findall(r"^\d\. (.*(?:\n   .*)*)", text, re.M)
    ]


def test_guide__has_the_rules_of_the_code_in_their_order():
    page = rules_on_the_page()
    assert len(page) == len(RULES)
    for rule, examples in zip(page, RULES, strict=True):
        for data, sampler in examples:
            assert (recommend(data).sampler or "none") == sampler
            assert re.search(rf"\b{sampler}\b", rule), rule


def test_guide__has_the_thresholds_of_the_code():
    page = rules_on_the_page()
    for place, words in (
        (0, f"{thresholds.BALANCED} times"),
        (1, {0.5: "at least half have two values"}[thresholds.TWO_VALUED]),
        (2, f"{thresholds.JUDGED_ROWS} rows"),
        (3, f"{thresholds.CLEAN_NOISE:.0%} noise"),
        (3, {0.5: "more than half"}[thresholds.CLEAN_OVERLAP]),
        (5, f"{thresholds.DANGER:.0%} in danger and at most {thresholds.BORDER_NOISE:.0%}"),
        (6, f"standard deviation {thresholds.UNEVEN}"),
        (6, f"at most {thresholds.UNEVEN_NOISE:.0%}"),
    ):
        assert words in page[place]


def test_columns_of_two_values_beside_amounts__lead_to_smotenc():
    """A table like thyroid_sick: 45 of 52 columns are yes or no, many rows at the border."""
    rng = np.random.RandomState(0)
    X = rng.normal(size=(1_500, 52))
    X[:, 7:] = X[:, 7:] > 1.5
    y = (X[:, 0] + 0.7 * rng.normal(size=1_500) > 1.9).astype(int)
    diagnosis = smotefast.diagnose(X, y)
    assert diagnosis.advice.sampler == "SMOTENC"
    assert "45 of 52 columns have two values" in diagnosis.advice.reason


def test_claim_about_probabilities__holds_for_models():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.RandomState(0)
    y = (rng.uniform(size=3_000) < 0.2).astype(int)
    X = rng.normal(size=(3_000, 4)) + 0.7 * y[:, np.newaxis]

    def mean_of(model, *data):
        return model.fit(*data).predict_proba(X)[:, 1].mean()

    weighted = LogisticRegression(class_weight="balanced")
    resampled = smotefast.SMOTE(random_state=0).fit_resample(X, y)
    assert mean_of(LogisticRegression(), X, y) == pytest.approx(y.mean(), abs=0.005)
    assert mean_of(weighted, X, y) > 1.5 * y.mean()
    assert mean_of(LogisticRegression(), *resampled) > 1.5 * y.mean()


def test_texts__never_claim_that_weights_preserve_probabilities():
    root = Path(smotefast.__file__).parent
    for path in [
        GUIDE.parent.parent / "README.md",
        *GUIDE.parent.rglob("*.md"),
        *root.rglob("*.py"),
    ]:
        text = " ".join(path.read_text().split())
        assert not re.search(r"probabilities (kept |stay )?right\b", text), path
