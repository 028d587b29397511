"""How often the candidates of ``diagnose`` help: ``python -m benchmarks.guide_advice FOLDER``.

FOLDER and NAME are those of ``benchmarks.compare_sets``. For each set, the candidates of
the decision guide are compared with doing nothing and with all other samplers that take
numbers, at equal classes, by average precision over 5 folds. The results are stored in
``results/guide_advice.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks.measure import RESULTS as FOLDER
from benchmarks.real_tables import binary, sets, study_parser
from benchmarks.tables import markdown
from smotefast import compare, diagnose

RESULTS = FOLDER / "guide_advice.json"
SAMPLERS = (
    *("random", "smote", "borderline-smote", "svm-smote", "kmeans-smote", "adasyn"),
    *("smote-enn", "smote-tomek"),
)
METRIC = "average_precision"
# Suggested for every data set of numbers, whatever the guide finds.
BASELINES = ("threshold", "class-weight", "random", "smote")
NO_SAMPLERS = ("none", "threshold", "class-weight")
Options = dict[str, Any]  # mean and verdict of each


def measure(folder: Path, name: str) -> dict[str, Any]:
    """Return what the guide suggests for a set, and how each option does."""
    X, y = binary(folder, name)
    candidates = diagnose(X, y).candidates
    # With few trees, all sets take minutes instead of an hour.
    boosting = HistGradientBoostingClassifier(max_iter=30, random_state=0)
    how: dict[str, Any] = {"ratios": [1.0], "repeats": 1, "holdout": 0, "n_jobs": 1}
    how["models"] = {"logistic": LogisticRegression(max_iter=1000), "boosting": boosting}
    result = compare(X, y, samplers=[*candidates, *SAMPLERS], progress=False, **how)
    models: dict[str, Options] = {name: {} for name in how["models"]}
    for each in result.options:
        mean = round(each.mean(METRIC) or 0.0, 4)
        better = each.difference[METRIC].better
        models[each.model][each.option.name] = {"mean": mean, "better": better}
    suggested = [name for name in candidates if name not in BASELINES]
    return {"set": name, "rows": len(y), "suggested": suggested, "models": models}


def best(options: Options, names: list[str]) -> str | None:
    """Return the option with the highest mean; None if there is none of these names."""
    known = [name for name in names if name in options]
    return max(known, key=lambda name: options[name]["mean"]) if known else None


def table(stored: list[dict[str, Any]]) -> str:
    """Return the table of docs/diagnose.md."""
    rows = []
    for each in stored:
        suggested = ", ".join(each["suggested"]) or "none"
        row = {"set": each["set"], "suggested besides the baselines": suggested}
        for model, options in each["models"].items():
            row[f"{model}: smote"] = _gain(options, "smote")
            row[f"{model}: best suggestion"] = _gain(options, best(options, each["suggested"]))
            row[f"{model}: highest mean"] = best(options, list(options)) or ""
        rows.append(row)
    return markdown(rows)


def _gain(options: Options, name: str | None) -> str:
    if name not in options:
        return ""
    difference = options[name]["mean"] - options["none"]["mean"]
    return f"{difference:+.3f}{' *' if options[name]['better'] else ''}"


def count(suggested: list[str], options: Options) -> dict[str, float]:
    """Return what came out for a set with a classifier.

    "chance" is that of as many samplers drawn at random to have the one with the highest mean.
    """
    samplers = [name for name in options if name not in NO_SAMPLERS]
    known = [name for name in suggested if name in options]
    top = best(options, known)
    return {
        "compared": 1,
        "is_better": any(options[name]["better"] for name in samplers),
        "is_suggestion_better": any(options[name]["better"] for name in known),
        "beats_smote": bool(top) and options[top]["mean"] > options["smote"]["mean"],
        "is_best_suggested": best(options, samplers) in known,
        "chance": len(known) / len(samplers),
        "is_nothing_best": best(options, list(options)) in ("none", "threshold"),
    }


def summary(stored: list[dict[str, Any]]) -> dict[str, int]:
    """Return the number of comparisons, and sums of what came out."""
    counts = [count(of["suggested"], each) for of in stored for each in of["models"].values()]
    return {name: round(sum(each[name] for each in counts)) for name in counts[0]}


def main() -> None:
    """Measure sets and store the results."""
    given, stored = study_parser(__doc__).parse_args(), []
    for name in given.names or sets(given.folder):
        stored.append(measure(given.folder, name))
        print(name, flush=True)
        results = {"summary": summary(stored), "sets": stored}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
