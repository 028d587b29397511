"""The decision guide: questions about the data, and candidates to compare.

The guide does not know which candidate is best. It says which are worth a comparison, and why.
"""

from __future__ import annotations

from collections.abc import Iterator

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

FIRST = ("threshold", "class-weight")


def guide(facts: Facts) -> tuple[Step, ...]:
    """Return the questions that were put to the data, in order, with their answers."""
    return tuple(_steps(facts))


def candidates(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Return what the steps suggest, in their order."""
    return tuple(dict.fromkeys(name for step in steps for name in step.candidates))


def _steps(facts: Facts) -> Iterator[Step]:
    yield _weights_first(facts)
    is_balanced = facts.imbalance <= BALANCED or not facts.studied
    ratio = ratio_words(facts.imbalance)
    reason = f"The largest class has {ratio} times the rows of the smallest."
    yield Step("Are the classes balanced?", is_balanced, reason)
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
    if can_interpolate and facts.real_categories:
        yield from _categorical(facts)
    elif can_interpolate:
        yield _two_valued(facts)
        if facts.searched:
            yield from _neighbors(facts)
        else:
            yield Step("Can neighbors be judged?", False, "Too few rows were searched.")


def _weights_first(facts: Facts) -> Step:
    reasons = []
    if facts.imbalance <= MILD:
        reasons.append(f"the imbalance is mild ({ratio_words(facts.imbalance)} to 1)")
    if facts.searched and facts.mean("overlap") < LITTLE_OVERLAP:
        share = percent(facts.mean("overlap"))
        reasons.append(f"few nearest neighbors are of other classes ({share})")
    text = " and ".join(reasons) or "they are a baseline in any case"
    text = (
        f"{text[0].upper()}{text[1:]}. Both leave the data as they are. Only a moved threshold "
        "leaves predicted probabilities unchanged; class weights and resampling both shift "
        "them, so calibrate afterwards or correct for the class shares."
    )
    return Step("Do figures suggest weights or a threshold?", bool(reasons), text, FIRST)


def _categorical(facts: Facts) -> Iterator[Step]:
    n_categories = len(facts.real_categories)
    numbers = counted(len(facts.real_numbers), "numeric column")
    reason = f"{n_categories} categorical and {numbers}."
    is_mixed = facts.categorical_sampler == "SMOTENC"
    name = "smote-nc" if is_mixed else "smote-n"
    yield Step("Are columns categorical?", True, reason, (name,))
    if is_mixed:
        yield Step(
            "Are the columns mixed and many?",
            n_categories >= COMPLEX,
            f"From {COMPLEX} columns of categories beside numbers on, a generative model of "
            "the class may keep what depends on what. smotefast has none.",
        )


def _two_valued(facts: Facts) -> Step:
    n_flags, reason = len(facts.two_valued), f"{len(facts.real_numbers)} columns of numbers."
    if n_flags:
        reason += (
            f" {n_flags} of them have two values: if they are categories, name them in "
            "categorical= of compare, which then knows 'smote-nc'."
        )
    are_all = 0 < n_flags == len(facts.real_numbers)
    names = ("smote", "smote-n") if are_all else ("smote",)
    return Step("Are columns categorical?", are_all, reason, names)


def _neighbors(facts: Facts) -> Iterator[Step]:
    """Answer the questions about classes whose neighbors were searched for."""
    figures = ("noise", "danger", "overlap", "unevenness")
    noise, danger, overlap, unevenness = map(facts.mean, figures)

    def step(question: str, answer: bool, reason: str, *names: str) -> Step:
        return Step(question, answer, reason, names if answer else ())

    reason = (
        f"{percent(noise)} of the rows have no neighbor of their class, and {percent(overlap)} "
        "a nearest neighbor of another class."
    )
    is_noisy = noise > NOISY or overlap > NOISY_OVERLAP
    yield step("Are the classes noisy?", is_noisy, reason, "smote-enn", "smote-tomek")

    groups = {label: sizes for label, sizes in facts.groups.items() if len(sizes) > 1}
    reason = "The neighbors of a class connect all of its rows."
    if groups:
        sizes = [f"{len(each)} groups" for each in groups.values()]
        reason = f"Groups that no neighbors connect: {listed('class', list(groups), sizes)}."
    yield step("Has a class separate groups?", bool(groups), reason, "kmeans-smote")

    reason = (
        f"{percent(danger)} of the rows have at least half of their neighbors in other "
        f"classes, and {percent(noise)} all of them."
    )
    question, is_clean = "Do many rows lie at the class border?", noise <= BORDER_NOISE
    if danger > BORDER and not is_clean:
        reason += f" With more than {percent(BORDER_NOISE)} noise, too few rows are left there."
    names = "borderline-smote", "svm-smote"
    yield step(question, danger > BORDER and is_clean, reason, *names)

    reason = (
        "The share of other classes among neighbors has a standard deviation of "
        f"{unevenness:.2f}, and {percent(noise)} of the rows are noise."
    )
    question, is_clean = "Are some regions harder than others?", noise <= UNEVEN_NOISE
    if unevenness >= UNEVEN and not is_clean:
        reason += f" With more than {percent(UNEVEN_NOISE)} noise, most new rows start from it."
    yield step(question, unevenness >= UNEVEN and is_clean, reason, "adasyn")
