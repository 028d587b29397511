"""Which sampler fits, and what to try before any.

One small policy: the first rule that holds decides, and says why.
"""

from __future__ import annotations

from collections.abc import Callable

from smotefast.diagnosis.column_kinds import few_valued, real_categories, real_numbers
from smotefast.diagnosis.facts import Facts, percent, several
from smotefast.diagnosis.findings import Recommendation
from smotefast.diagnosis.thresholds import (
    BALANCED,
    BORDER_NOISE,
    CLEAN_NOISE,
    CLEAN_OVERLAP,
    DANGER,
    LITTLE_OVERLAP,
    MILD,
    TWO_VALUED,
    UNEVEN,
    UNEVEN_NOISE,
)

Choice = tuple[str | None, str]
Rule = Callable[[Facts], Choice | None]

_CLEANING = "SMOTEENN"
_CLEANED = (
    "SMOTEENN makes rows and removes all that their neighbours disagree with; SMOTETomek "
    "removes only pairs of rows that are each other's nearest, and works from files, too "
    "(--sampler smote-tomek)"
)


# German credit (rate .300): a logistic regression predicts .301 on average, .425 with
# class_weight="balanced" and .410 after SMOTE.
_PROBABILITIES = (
    "Only a moved threshold leaves predicted probabilities as they are. Class weights and "
    "resampling both shift them: calibrate afterwards (CalibratedClassifierCV on rows that "
    "were neither weighted nor resampled) or correct for the class shares."
)


def recommend(facts: Facts) -> Recommendation:
    """Choose a sampler."""
    for rule in _RULES:
        choice = rule(facts)
        if choice is not None:
            sampler, reason = choice
            break
    others = tuple(one for one in _alternatives(facts) if one[0] != sampler)
    if sampler is None:
        return Recommendation(None, reason, (), "Train on the rows as they are.")
    return Recommendation(sampler, reason, others, _first(facts))


def ratio(facts: Facts) -> float:
    """Return the rows of the largest class over those of the smallest."""
    sizes = [one.n_rows for one in facts.classes]
    return max(sizes) / min(sizes)


def _balanced(facts: Facts) -> Choice | None:
    if ratio(facts) > BALANCED and facts.studied:
        return None
    why = f"the largest class has {ratio(facts):.2g} times the rows of the smallest"
    return None, f"The classes are balanced: {why}. Resampling would change little."


def _of_categories(facts: Facts) -> Choice | None:
    two, _ = few_valued(facts)
    categories, numbers = real_categories(facts), real_numbers(facts)
    if numbers and not categories:
        return _of_two_values(facts, two, numbers)
    if not categories:
        return None
    if len(two) == len(numbers):
        return "SMOTEN", (
            "All columns hold categories"
            + (" or two values" if two else "")
            + ". SMOTEN takes the most frequent category among neighbours instead of a value "
            "between." + _and_cleaning(facts)
        )
    return "SMOTENC", (
        f"{several(len(categories), 'column')} {'hold' if len(categories) > 1 else 'holds'} "
        f"categories, {len(numbers)} numbers. "
        "SMOTENC interpolates numbers and takes the most frequent category among neighbours."
        + _and_cleaning(facts)
    )


def _of_two_values(facts: Facts, two: list[int], numbers: list[int]) -> Choice | None:
    """Choose for columns of numbers of which many are yes or no."""
    if len(two) == len(numbers):
        return "SMOTEN", (
            "All columns hold 0 and 1, as one-hot columns are. SMOTEN takes the most frequent "
            "category among neighbours instead of a value between; it works best on the "
            "columns before one-hot encoding." + _and_cleaning(facts)
        )
    if len(two) < TWO_VALUED * len(numbers):
        return None
    return "SMOTENC", (
        f"{len(two)} of {len(numbers)} columns have two values. SMOTENC with these as "
        "categorical_features interpolates the others and takes the more frequent value among "
        "neighbours; one-hot columns are better put back into the one column they came from."
    )


def _and_cleaning(facts: Facts) -> str:
    if not facts.searched or not _is_noisy(facts):
        return ""
    return (
        f" {percent(facts.pooled('overlap'))} of the rows to go out from have a foreign "
        "nearest row: compare with class weights, which add no rows there. Cleaning (with "
        "smotefast.under_sampling) takes numbers only, so it comes after encoding."
    )


def _too_small(facts: Facts) -> Choice | None:
    if facts.searched:
        return None
    if all(one.n_rows <= max(facts.judged.k, 1) for one in facts.studied):
        return "RandomOverSampler", (
            "The classes that would grow have too few rows for neighbours. Copies add nothing "
            "that the data do not hold."
        )
    return "SMOTE", "There are too few rows to tell more: the plainest sampler is the safest."


def _is_noisy(facts: Facts) -> bool:
    return facts.pooled("noise") > CLEAN_NOISE or facts.pooled("overlap") > CLEAN_OVERLAP


def _noisy(facts: Facts) -> Choice | None:
    if not _is_noisy(facts):
        return None
    return _CLEANING, (
        f"{percent(facts.pooled('noise'))} of the rows that would be gone out from lie among "
        f"foreign rows only, and {percent(facts.pooled('overlap'))} have a foreign nearest "
        f"row. New rows there blur the classes, so they are to be cleaned: {_CLEANED}."
    )


def _grouped(facts: Facts) -> Choice | None:
    found = {label: sizes for label, sizes in facts.groups.items() if len(sizes) > 1}
    if not found:
        return None
    label, sizes = max(found.items(), key=lambda item: len(item[1]))
    return "KMeansSMOTE", (
        f"Class {label!r} lies in {len(sizes)} groups that are apart. KMeansSMOTE resamples by "
        "cluster, gives sparse ones more, and leaves out clusters of other classes."
    )


def _bordering(facts: Facts) -> Choice | None:
    if facts.pooled("danger") <= DANGER or facts.pooled("noise") > BORDER_NOISE:
        return None
    return "BorderlineSMOTE", (
        f"{percent(facts.pooled('danger'))} of the rows lie at the border and few are noise "
        f"({percent(facts.pooled('noise'))}): new rows are worth most there."
    )


def _uneven(facts: Facts) -> Choice | None:
    weights = {one.label: facts.judged.weights[one.label] for one in facts.searched}
    uneven = sum(facts.uneven[label] * n for label, n in weights.items()) / sum(
        weights.values()
    )
    if uneven < UNEVEN or facts.pooled("noise") > UNEVEN_NOISE:
        return None
    return "ADASYN", (
        f"How foreign the neighbours are differs much from row to row (standard deviation "
        f"{uneven:.2f}) and few rows are noise ({percent(facts.pooled('noise'))}): ADASYN "
        "makes more rows where it is harder."
    )


def _plain(facts: Facts) -> Choice | None:
    return "SMOTE", (
        "The columns are numbers, and nothing around the rows asks for more than plain SMOTE "
        f"(noise {percent(facts.pooled('noise'))}, danger {percent(facts.pooled('danger'))})."
    )


_RULES: tuple[Rule, ...] = (
    _balanced,
    _of_categories,
    _too_small,
    _noisy,
    _grouped,
    _bordering,
    _uneven,
    _plain,
)


def _alternatives(facts: Facts) -> list[tuple[str, str]]:
    two, few = few_valued(facts)
    found = []
    some_amounts = len(two) + len(few) < len(facts.columns.numbers)
    if (two or few) and some_amounts and not real_categories(facts):
        found.append(
            ("SMOTENC", f"if {facts.named([*two, *few])} hold codes rather than amounts")
        )
    if facts.searched and _is_noisy(facts) and not real_categories(facts):
        found.append((_CLEANING, f"against noise: {_CLEANED}"))
    for rule in (_grouped, _bordering, _uneven):
        choice = rule(facts) if facts.searched and not real_categories(facts) else None
        if choice is not None and choice[0] is not None:
            found.append((choice[0], choice[1][0].lower() + choice[1][1:].rstrip(".")))
    found.append(("RandomOverSampler", "as the measure that any other sampler has to beat"))
    return found


def _first(facts: Facts) -> str:
    reasons = []
    if ratio(facts) <= MILD:
        reasons.append(f"the imbalance is mild ({ratio(facts):.2g} to 1)")
    if facts.searched and facts.pooled("overlap") < LITTLE_OVERLAP:
        reasons.append(
            f"the classes overlap little ({percent(facts.pooled('overlap'))} of nearest rows "
            "are foreign)"
        )
    start = "Before resampling, try class_weight='balanced' or a moved decision threshold"
    if reasons:
        start += f": {' and '.join(reasons)}, and both keep the data as they are."
    else:
        start += " as a baseline, on the same validation rows."
    return f"{start} {_PROBABILITIES}"
