"""How often the candidates of ``diagnose`` help: ``python -m benchmarks.guide_advice FOLDER``.

FOLDER and NAME are those of ``benchmarks.compare_sets``. For each set, the candidates of
the decision guide are compared with doing nothing and with all other samplers that take
numbers, at equal classes, by average precision over 5 folds. The results are stored in
``results/guide_advice.json``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks import real_tables
from benchmarks.tables import markdown
from smotefast import compare, diagnose
from smotefast.evaluation import Comparison

RESULTS = Path(__file__).parent / "results" / "guide_advice.json"
SAMPLERS = (
    *("random", "smote", "borderline-smote", "svm-smote", "kmeans-smote", "adasyn"),
    *("smote-enn", "smote-tomek"),
)
METRIC = "average_precision"
# Suggested for every data set of numbers, whatever the guide finds.
BASELINES = ("threshold", "class-weight", "random", "smote")
NO_SAMPLERS = ("none", "threshold", "class-weight")


def measure(folder: Path, name: str) -> dict[str, Any]:
    """Return what the guide suggests for a set, and how each option does."""
    X, y = real_tables.binary(folder, name)
    report = diagnose(X, y)
    names = [*report.candidates, *SAMPLERS]
    result = compare(
        X,
        y,
        models={"logistic": LogisticRegression(max_iter=1000), "boosting": _boosting()},
        samplers=names,
        ratios=[1.0],
        repeats=1,
        holdout=0,
        n_jobs=1,
        progress=False,
    )
    return {
        "set": name,
        "rows": len(y),
        "suggested": [name for name in report.candidates if name not in BASELINES],
        "models": {model: _options(result, model) for model in ("logistic", "boosting")},
    }


def _boosting() -> HistGradientBoostingClassifier:
    """Return boosting with few trees: all sets take minutes instead of an hour."""
    return HistGradientBoostingClassifier(max_iter=30, random_state=0)


def _options(result: Comparison, model: str) -> dict[str, Any]:
    return {
        each.option.name: {
            "mean": round(each.mean(METRIC) or 0.0, 4),
            "better": each.difference[METRIC].better,
        }
        for each in result.options
        if each.model == model
    }


def best(options: dict[str, Any], names: list[str]) -> str | None:
    """Return the option with the highest mean; None if there is none of these names."""
    known = [name for name in names if name in options]
    return max(known, key=lambda name: options[name]["mean"]) if known else None


def mean_of(options: dict[str, Any], name: str | None) -> float:
    """Return the mean of an option; below all others if there is none."""
    return -1.0 if name is None else float(options[name]["mean"])


def table(sets: list[dict[str, Any]]) -> str:
    """Return the table of docs/diagnose.md."""
    lines = []
    for each in sets:
        row = {
            "set": each["set"],
            "suggested besides the baselines": ", ".join(each["suggested"]) or "none",
        }
        for model, options in each["models"].items():
            suggested = best(options, each["suggested"])
            row[f"{model}: smote"] = _gain(options, "smote")
            row[f"{model}: best suggestion"] = _gain(options, suggested)
            row[f"{model}: highest mean"] = best(options, list(options)) or ""
        lines.append(row)
    return markdown(lines)


def _gain(options: dict[str, Any], name: str | None) -> str:
    if name not in options:
        return ""
    difference = options[name]["mean"] - options["none"]["mean"]
    return f"{difference:+.3f}{' *' if options[name]['better'] else ''}"


class Counts(NamedTuple):
    """What came out for one set with one classifier."""

    is_better: bool  # a sampler is shown to rank better than doing nothing
    is_suggestion_better: bool
    beats_smote: bool  # the best suggestion has a higher mean than SMOTE
    is_best_suggested: bool  # the sampler with the highest mean is suggested
    chance: float  # that it were, for as many samplers drawn at random
    is_nothing_best: bool  # doing nothing has the highest mean


def count(suggested: list[str], options: dict[str, Any]) -> Counts:
    """Return what came out for a set with a classifier."""
    samplers = [name for name in options if name not in NO_SAMPLERS]
    known = [name for name in suggested if name in options]
    return Counts(
        is_better=any(options[name]["better"] for name in samplers),
        is_suggestion_better=any(options[name]["better"] for name in known),
        beats_smote=mean_of(options, best(options, known)) > options["smote"]["mean"],
        is_best_suggested=best(options, samplers) in known,
        chance=len(known) / len(samplers),
        is_nothing_best=best(options, list(options)) in ("none", "threshold"),
    )


def summary(sets: list[dict[str, Any]]) -> dict[str, int]:
    """Return the number of comparisons, and sums of what came out."""
    counts = [
        count(each["suggested"], options)
        for each in sets
        for options in each["models"].values()
    ]
    sums = map(sum, zip(*counts, strict=True))
    return {"compared": len(counts), **dict(zip(Counts._fields, map(round, sums), strict=True))}


def main() -> None:
    """Measure sets and store the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    sets = []
    for name in options.names or real_tables.sets(options.folder):
        sets.append(measure(options.folder, name))
        print(name, flush=True)
        results = {"summary": summary(sets), "sets": sets}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
