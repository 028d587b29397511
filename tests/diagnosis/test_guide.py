"""The page about diagnosis: its example, the table of findings, and measured advice."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import smotefast
from benchmarks.guide_advice import RESULTS, summary
from smotefast.diagnosis import guide
from smotefast.diagnosis.report import LEVELS
from smotefast.diagnosis.rules import RULES

GUIDE = Path(__file__).parent.parent.parent / "docs" / "diagnose.md"
TEXT = GUIDE.read_text()


def test_guide__shows_what_its_example_prints():
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)[1]
    shown = re.search(r"```text\n(.*?)```", TEXT, re.DOTALL)[1]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == shown


def test_guide__has_every_finding_with_its_levels_and_thresholds():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|", TEXT, re.M)
    findings = {name: f"{condition}; {levels}" for name, condition, levels in rows}
    for rule in RULES:
        described = findings[rule.name]
        for threshold, level in rule.levels:
            assert level in described
            if 0 < threshold < 100:
                shown = f"{threshold:.0%}" if rule.shown == "percent" else f"{threshold:g}"
                assert re.search(rf"\b{shown}", described), (rule.name, shown)
    assert list(LEVELS) == ["problem", "warning", "note"]


def test_guide__has_the_thresholds_of_the_decision_guide():
    page = " ".join(TEXT.split("## The decision guide")[1].split("## ")[0].split())
    for words in (
        f"at most {guide.BALANCED} times",
        f"more than {guide.NOISY:.0%} noise",
        {0.5: "more than half of the nearest neighbors"}[guide.NOISY_OVERLAP],
        f"more than {guide.BORDER:.0%} in danger and at most {guide.BORDER_NOISE:.0%} noise",
        f"standard deviation of at least {guide.UNEVEN}",
        f"at most {guide.UNEVEN_NOISE:.0%} noise",
        f"up to {guide.MILD:g} to 1",
        f"less than {guide.LITTLE_OVERLAP:.0%}",
        f"{guide.COMPLEX} columns of categories",
    ):
        assert words in page, words


def test_guide__has_the_stored_results_about_advice():
    stored = json.loads(RESULTS.read_text())
    assert stored["summary"] == summary(stored["sets"])
    page = " ".join(TEXT.split("## How often")[1].split())
    counts = stored["summary"]
    assert f"shown to rank better than doing nothing in {counts['is_better']} of" in page
    assert f"is one that the guide suggests in {counts['is_best_suggested']} of" in page


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
