"""The recommended sampler, alternatives, and what to try before resampling.

The first rule that applies decides; later rules that apply give the alternatives.
"""

from __future__ import annotations

from collections.abc import Callable

from smotefast.diagnosis.column_kinds import few_valued, real_categories, real_numbers
from smotefast.diagnosis.facts import Facts
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
from smotefast.diagnosis.wording import counted, listed, percent

Choice = tuple[str | None, str]
Rule = Callable[[Facts], Choice | None]

_CLEANING = "SMOTEENN"
_CLEANERS = (
    "SMOTEENN over-samples and removes all rows that their neighbors disagree with; SMOTETomek "
    "removes only Tomek links, and also works with files (--sampler smote-tomek)"
)
_MAJORITY = "takes the majority category among the neighbors"
_DECODE = "decode one-hot columns into the column that they encode"
# German credit (rate .300): a logistic regression predicts .301 on average, .425 with
# class_weight="balanced" and .410 after SMOTE.
_PROBABILITIES = (
    "Only a moved threshold leaves predicted probabilities unchanged. Class weights and "
    "resampling both shift them: calibrate afterwards (CalibratedClassifierCV on rows that "
    "were neither weighted nor resampled) or correct for the class shares."
)


def recommend(facts: Facts) -> Recommendation:
    """Choose a sampler by the first rule that applies."""
    sampler, reason = next(choice for rule in _RULES if (choice := rule(facts)) is not None)
    if sampler is None:
        return Recommendation(None, reason, (), "Train on the rows as they are.")
    others = tuple(choice for choice in _alternatives(facts) if choice[0] != sampler)
    return Recommendation(sampler, reason, others, _before_resampling(facts))


def _imbalance(facts: Facts) -> float:
    """Return the size of the largest class over that of the smallest."""
    sizes = [item.n_rows for item in facts.classes]
    return max(sizes) / min(sizes)


def _balanced(facts: Facts) -> Choice | None:
    ratio = _imbalance(facts)
    if ratio > BALANCED and facts.studied:
        return None
    return None, (
        f"The classes are balanced: the largest class has {ratio:.2g} times the rows of the "
        "smallest. Resampling would change little."
    )


def _categorical(facts: Facts) -> Choice | None:
    binary, _ = few_valued(facts)
    categories, numbers = real_categories(facts), real_numbers(facts)
    if not categories:
        return _binary(facts, len(binary), len(numbers)) if numbers else None
    if len(binary) == len(numbers):
        or_two_values = " or two values" if binary else ""
        return "SMOTEN", (
            f"All columns hold categories{or_two_values}. SMOTEN {_MAJORITY} instead of "
            f"interpolating.{_noise_of_categories(facts)}"
        )
    return "SMOTENC", (
        f"{len(categories)} categorical and {counted(len(numbers), 'numeric column')}. SMOTENC "
        f"interpolates numbers and {_MAJORITY}.{_noise_of_categories(facts)}"
    )


def _binary(facts: Facts, n_binary: int, n_numbers: int) -> Choice | None:
    """Choose a sampler for columns of numbers, if many have only two values."""
    if n_binary == n_numbers:
        return "SMOTEN", (
            f"All columns hold 0 and 1, as one-hot columns do. SMOTEN {_MAJORITY} instead of "
            f"interpolating. For better results, {_DECODE}.{_noise_of_categories(facts)}"
        )
    if n_binary < TWO_VALUED * n_numbers:
        return None
    return "SMOTENC", (
        f"{n_binary} of {n_numbers} columns have two values. Name these in "
        f"categorical_features of SMOTENC, which {_MAJORITY} there and interpolates the other "
        f"columns. For better results, {_DECODE}."
    )


def _noise_of_categories(facts: Facts) -> str:
    if not facts.searched or not _is_noisy(facts):
        return ""
    return (
        f" {percent(facts.mean_share('overlap'))} of the rows to over-sample have a nearest "
        "neighbor of another class: compare with class weights, which add no rows there. "
        "Cleaning (smotefast.under_sampling) takes numbers only: encode the columns first."
    )


def _too_small(facts: Facts) -> Choice | None:
    if facts.searched:
        return None
    if all(item.n_rows <= max(facts.sampler.k, 1) for item in facts.studied):
        return "RandomOverSampler", (
            "The classes to over-sample have too few rows to interpolate between neighbors. "
            "Copies add no values that the data do not hold."
        )
    return "SMOTE", "There are too few rows to judge: the simplest sampler is the safest."


def _is_noisy(facts: Facts) -> bool:
    return (
        facts.mean_share("noise") > CLEAN_NOISE or facts.mean_share("overlap") > CLEAN_OVERLAP
    )


def _noisy(facts: Facts) -> Choice | None:
    if not _is_noisy(facts):
        return None
    return _CLEANING, (
        f"{percent(facts.mean_share('noise'))} of the rows that SMOTE would start from have no "
        f"neighbor of their own class, and {percent(facts.mean_share('overlap'))} have a "
        "nearest neighbor of another class. Synthetic rows there blur the classes: clean them "
        f"afterwards. {_CLEANERS}."
    )


def _grouped(facts: Facts) -> Choice | None:
    groups = facts.separate_groups
    if not groups:
        return None
    label, sizes = max(groups.items(), key=lambda item: len(item[1]))
    return "KMeansSMOTE", (
        f"The rows of {listed('class', [label])} form {len(sizes)} separate groups. "
        "KMeansSMOTE resamples by cluster, generates more rows in sparse clusters, and skips "
        "clusters of other classes."
    )


def _borderline(facts: Facts) -> Choice | None:
    noise, danger = facts.mean_share("noise"), facts.mean_share("danger")
    if danger <= DANGER or noise > BORDER_NOISE:
        return None
    return "BorderlineSMOTE", (
        f"{percent(danger)} of the rows lie at the class border and few are noise "
        f"({percent(noise)}): synthetic rows are most useful there."
    )


def _uneven(facts: Facts) -> Choice | None:
    noise = facts.mean_share("noise")
    deviation = facts.weighted_mean(
        {item.label: facts.unevenness[item.label] for item in facts.searched}
    )
    if deviation < UNEVEN or noise > UNEVEN_NOISE:
        return None
    return "ADASYN", (
        "The share of other classes among the neighbors varies between rows (standard "
        f"deviation {deviation:.2f}) and few rows are noise ({percent(noise)}): ADASYN "
        "generates more rows where this share is high."
    )


def _default(facts: Facts) -> Choice | None:
    noise, danger = facts.mean_share("noise"), facts.mean_share("danger")
    return "SMOTE", (
        "The columns are numeric, and the neighbors give no reason for a variant of SMOTE "
        f"(noise {percent(noise)}, danger {percent(danger)})."
    )


_NEIGHBOR_RULES: tuple[Rule, ...] = (_noisy, _grouped, _borderline, _uneven)
_RULES: tuple[Rule, ...] = (_balanced, _categorical, _too_small, *_NEIGHBOR_RULES, _default)


def _alternatives(facts: Facts) -> list[tuple[str, str]]:
    alternatives = []
    if not real_categories(facts):
        binary, few = few_valued(facts)
        codes = [*binary, *few]
        if 0 < len(codes) < len(facts.columns.numbers):
            alternatives.append(("SMOTENC", f"if there are codes in {facts.listed(codes)}"))
        if facts.searched:
            alternatives += _by_neighbors(facts)
    return [*alternatives, ("RandomOverSampler", "as a baseline")]


def _by_neighbors(facts: Facts) -> list[tuple[str, str]]:
    """Return the choice of each rule about neighbors that applies."""
    alternatives = [(_CLEANING, f"against noise: {_CLEANERS}")] if _is_noisy(facts) else []
    for rule in _NEIGHBOR_RULES[1:]:
        choice = rule(facts)
        if choice is not None and choice[0] is not None:
            alternatives.append((choice[0], choice[1][0].lower() + choice[1][1:].rstrip(".")))
    return alternatives


def _before_resampling(facts: Facts) -> str:
    reasons = []
    if _imbalance(facts) <= MILD:
        reasons.append(f"the imbalance is mild ({_imbalance(facts):.2g} to 1)")
    if facts.searched and facts.mean_share("overlap") < LITTLE_OVERLAP:
        share = percent(facts.mean_share("overlap"))
        reasons.append(
            f"the classes overlap little ({share} of nearest neighbors are of another class)"
        )
    start = "Try class_weight='balanced' or a moved decision threshold before resampling"
    if reasons:
        start += f": {' and '.join(reasons)}, and both leave the data as they are."
    else:
        start += " as a baseline, on the same validation rows."
    return f"{start} {_PROBABILITIES}"
