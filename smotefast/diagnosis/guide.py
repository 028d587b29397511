"""The decision guide: questions about the data, and candidates to compare.

The guide does not know which candidate is best. It says which are worth a comparison, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from smotefast.diagnosis.facts import Facts
from smotefast.diagnosis.report import Step
from smotefast.diagnosis.wording import counted, listed, percent, ratio_words

# Below this ratio of class sizes, the classes are balanced for any learner.
BALANCED = 1.5
# Up to this ratio, class weights or a moved threshold work as well.
MILD = 5.0
# With so few nearest neighbors of other classes, models separate the class without resampling.
LITTLE_OVERLAP = 0.05
# If every third row is noise, every third synthetic row starts from noise: clean afterwards.
NOISY = 0.3
# If most rows have a nearest neighbor of another class, so will synthetic rows: clean them.
NOISY_OVERLAP = 0.5
# Above this, a third of the class lies at the decision boundary.
BORDER = 0.3
# BorderlineSMOTE skips noise and tolerates some; with more than this too few rows remain.
BORDER_NOISE = 0.2
# Standard deviation of the share of other classes among a row's neighbors; 0.3 is that of a
# class where one row in ten has only neighbors of other classes and the rest has none.
UNEVEN = 0.3
# ADASYN generates most rows from noise.
UNEVEN_NOISE = 0.1
# Columns of categories from which on, beside numbers, they depend on each other in ways that
# a majority vote of neighbors does not keep.
COMPLEX = 10

Answer = tuple[bool, str]
FIRST = ("threshold", "class-weight")
# Question, how to answer it, and the candidates if the answer is yes. They are about classes
# whose neighbors were searched for, in columns of numbers.
_NEIGHBOR_QUESTIONS: tuple[tuple[str, Callable[[Facts], Answer], tuple[str, ...]], ...] = (
    ("Are the classes noisy?", lambda facts: _is_noisy(facts), ("smote-enn", "smote-tomek")),
    ("Has a class separate groups?", lambda facts: _has_groups(facts), ("kmeans-smote",)),
    (
        "Do many rows lie at the class border?",
        lambda facts: _is_at_border(facts),
        ("borderline-smote", "svm-smote"),
    ),
    ("Are some regions harder than others?", lambda facts: _is_uneven(facts), ("adasyn",)),
)


def guide(facts: Facts) -> tuple[Step, ...]:
    """Return the questions that were put to the data, in order, with their answers."""
    return tuple(_steps(facts))


def candidates(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Return what the steps suggest, in their order."""
    return tuple(dict.fromkeys(name for step in steps for name in step.candidates))


def _steps(facts: Facts) -> Iterator[Step]:
    yield Step("Do figures suggest weights or a threshold?", *_weights_first(facts), FIRST)
    is_balanced = facts.imbalance <= BALANCED or not facts.studied
    ratio = (
        f"The largest class has {ratio_words(facts.imbalance)} times the rows of the smallest."
    )
    yield Step("Are the classes balanced?", is_balanced, ratio)
    if is_balanced:
        return
    k = max(facts.sampler.k, 1)
    too_small = [item.label for item in facts.studied if item.n_rows <= k]
    can_interpolate = len(too_small) < len(facts.studied)
    reason = "The classes have enough rows for neighbors; copies are the baseline."
    if not can_interpolate:
        reason = "The classes have too few rows for neighbors. Copies add no values."
    elif too_small:
        reason = (
            f"Not in {listed('class', too_small)}, with {counted(k, 'row')} or fewer; the "
            "other classes have enough rows for neighbors."
        )
    yield Step("Can rows be interpolated?", can_interpolate, reason, ("random",))
    if can_interpolate:
        yield from _samplers(facts)


def _samplers(facts: Facts) -> Iterator[Step]:
    if facts.real_categories:
        yield from _categorical(facts)
        return
    n_flags, reason = len(facts.two_valued), f"{len(facts.real_numbers)} columns of numbers."
    if n_flags:
        reason += (
            f" {n_flags} of them have two values: if they are categories, name them in "
            "categorical= of compare, which then knows 'smote-nc'."
        )
    are_all = 0 < n_flags == len(facts.real_numbers)
    names: tuple[str, ...] = ("smote", "smote-n") if are_all else ("smote",)
    yield Step("Are columns categorical?", are_all, reason, names)
    if not facts.searched:
        yield Step("Can neighbors be judged?", False, "Too few rows were searched.")
        return
    for question, answer, names in _NEIGHBOR_QUESTIONS:
        applies, reason = answer(facts)
        yield Step(question, applies, reason, names if applies else ())


def _categorical(facts: Facts) -> Iterator[Step]:
    categories, numbers = facts.real_categories, facts.real_numbers
    is_mixed = facts.categorical_sampler == "SMOTENC"
    reason = f"{len(categories)} categorical and {counted(len(numbers), 'numeric column')}."
    name = "smote-nc" if is_mixed else "smote-n"
    yield Step("Are columns categorical?", True, reason, (name,))
    if is_mixed:
        yield Step(
            "Are the columns mixed and many?",
            len(categories) >= COMPLEX,
            f"From {COMPLEX} columns of categories beside numbers on, a generative model of "
            "the class may keep what depends on what. smotefast has none.",
        )


def _weights_first(facts: Facts) -> Answer:
    reasons = []
    if facts.imbalance <= MILD:
        reasons.append(f"the imbalance is mild ({ratio_words(facts.imbalance)} to 1)")
    if facts.searched and facts.mean("overlap") < LITTLE_OVERLAP:
        share = percent(facts.mean("overlap"))
        reasons.append(f"few nearest neighbors are of other classes ({share})")
    text = " and ".join(reasons) or "they are a baseline in any case"
    return bool(reasons), (
        f"{text[0].upper()}{text[1:]}. Both leave the data as they are. Only a moved threshold "
        "leaves predicted probabilities unchanged; class weights and resampling both shift "
        "them, so calibrate afterwards or correct for the class shares."
    )


def _is_noisy(facts: Facts) -> Answer:
    noise, overlap = facts.mean("noise"), facts.mean("overlap")
    return noise > NOISY or overlap > NOISY_OVERLAP, (
        f"{percent(noise)} of the rows have no neighbor of their class, and {percent(overlap)} "
        "a nearest neighbor of another class."
    )


def _has_groups(facts: Facts) -> Answer:
    groups = {label: sizes for label, sizes in facts.groups.items() if len(sizes) > 1}
    if not groups:
        return False, "The neighbors of a class connect all of its rows."
    sizes = [f"{len(each)} groups" for each in groups.values()]
    return True, f"Groups that no neighbors connect: {listed('class', list(groups), sizes)}."


def _is_at_border(facts: Facts) -> Answer:
    noise, danger = facts.mean("noise"), facts.mean("danger")
    is_at_border = danger > BORDER
    reason = (
        f"{percent(danger)} of the rows have at least half of their neighbors in other "
        f"classes, and {percent(noise)} all of them."
    )
    if is_at_border and noise > BORDER_NOISE:
        reason += f" With more than {percent(BORDER_NOISE)} noise, too few rows are left there."
    return is_at_border and noise <= BORDER_NOISE, reason


def _is_uneven(facts: Facts) -> Answer:
    noise, deviation = facts.mean("noise"), facts.mean("unevenness")
    is_uneven = deviation >= UNEVEN
    reason = (
        f"The share of other classes among neighbors has a standard deviation of "
        f"{deviation:.2f}, and {percent(noise)} of the rows are noise."
    )
    if is_uneven and noise > UNEVEN_NOISE:
        reason += f" With more than {percent(UNEVEN_NOISE)} noise, most new rows start from it."
    return is_uneven and noise <= UNEVEN_NOISE, reason
