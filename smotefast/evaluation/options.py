"""The options of a comparison: nothing, class weights, and samplers with their parameters."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any

import numpy as np

from smotefast._messages import did_you_mean, list_names
from smotefast.engine.base import BaseSampler
from smotefast.engine.needs import Needs
from smotefast.engine.param_constraints import sampling_type
from smotefast.engine.suggestions import parameter_names
from smotefast.evaluation.data import EvaluationData
from smotefast.evaluation.given_samplers import refuse_column_options, with_categories
from smotefast.evaluation.preprocessing import code_positions
from smotefast.registry import (
    advice_on_objects,
    all_names,
    neighbors_parameter,
    sampler_class,
)

NONE, CLASS_WEIGHT, THRESHOLD = "none", "class-weight", "threshold"
WEIGHTED = "random-under-weighted"
_WITHOUT_SAMPLER = (NONE, CLASS_WEIGHT, THRESHOLD)
_BASELINES = ("random-under", WEIGHTED, "random")


@dataclass(frozen=True)
class Option:
    """Something to do about imbalance.

    Attributes
    ----------
    name
        "none", "class-weight", "threshold", "random-under-weighted" or the name of a sampler.
    sampler
        The sampler by its name in the registry; None without one.
    ratio
        Rows of the smaller class divided by those of the larger one after resampling; None for
        samplers that do not take one.
    k
        Number of neighbors; None for samplers without one.
    given
        A sampler that the user has passed, used as it is.
    """

    name: str
    sampler: str | None = None
    ratio: float | None = None
    k: int | None = None
    given: Any = None

    @property
    def params(self) -> dict[str, Any]:
        """The ratio and the number of neighbors, by the names of their parameters."""
        params: dict[str, Any] = {}
        if self.given is not None:
            return {
                key: value if isinstance(value, str | int | float | None) else _text(value)
                for key, value in self.given.get_params(deep=False).items()
            }
        if self.ratio is not None:
            params["ratio"] = self.ratio
        if self.k is not None and self.sampler is not None:
            params[neighbors_parameter(self.sampler)] = self.k
        return params

    @property
    def label(self) -> str:
        """The name with the ratio, for tables."""
        text = self.name if self.ratio is None else f"{self.name} {self.ratio:g}"
        if self.k is None or self.sampler is None or self.k == _default_k(self.sampler):
            return text
        return f"{text} k={self.k}"

    @property
    def use_weights(self) -> bool:
        """Whether weights restore the class sizes."""
        return self.name == WEIGHTED


def make_options(
    data: EvaluationData,
    samplers: Iterable[Any] | None,
    ratios: Sequence[float] | None,
    k_neighbors: Sequence[int] | None,
) -> list[Option]:
    """Return the options to compare; the first is to do nothing.

    Without ``samplers`` they are the random samplers, which balance the classes, and the
    samplers that fit the columns, at each ratio.
    """
    imbalance = data.counts.min() / data.counts.max()
    usable = _usable_ratios(ratios, imbalance)
    ks = checked_ks(k_neighbors)
    options = [Option(name) for name in _WITHOUT_SAMPLER]
    if samplers is None:
        balanced = usable if ratios is not None else [1.0]
        for name in _BASELINES:
            options += _variants(name, balanced, ks)
        samplers = fitting_samplers(data)
    for sampler in samplers:
        options += _given_variants(sampler, usable, ks)
    return list(dict.fromkeys(_with_own_labels(options)))


def _with_own_labels(options: list[Option]) -> Iterator[Option]:
    """Name objects of the same class by their parameters, then by a number."""
    labels = Counter(each.label for each in options if each.given is not None)
    taken: set[str] = set()
    for option in options:
        name = option.name
        if option.given is not None and labels[option.label] > 1:
            name = " ".join(f"{name}: {option.given!r}".split())
            n = 1
            while name in taken:
                n += 1
                name = f"{option.name} ({n})"
            taken.add(name)
        yield replace(option, name=name)


def fitting_samplers(data: EvaluationData) -> list[str]:
    """Return the samplers for the types of the columns."""
    if data.categorical.all():
        return ["smote-n"]
    if data.categorical.any():
        return ["smote-nc"]
    return ["smote", "borderline-smote", "adasyn"]


def checked_ks(k_neighbors: Sequence[int] | None) -> list[int] | None:
    """Return numbers of neighbors in order, or raise ValueError."""
    if k_neighbors is None:
        return None
    for k in k_neighbors:
        if isinstance(k, bool) or not isinstance(k, Integral) or k < 1:
            raise ValueError(
                f"k_neighbors={list(k_neighbors)} must be whole numbers from 1 on."
            )
    return sorted({int(k) for k in k_neighbors})


def check_ratios(ratios: Sequence[float] | None) -> None:
    """Raise ValueError for ratios that are none."""
    for ratio in ratios or ():
        if not isinstance(ratio, Real) or not 0 < ratio <= 1:
            raise ValueError(
                f"ratios={list(ratios or ())} must be above 0 and at most 1: rows of the "
                "smaller class divided by those of the larger one."
            )


def _usable_ratios(ratios: Sequence[float] | None, imbalance: float) -> list[float]:
    """Return the ratios above that of the data; by default three, the last one balanced."""
    if ratios is None:
        steps = [float(f"{imbalance ** (i / 3):.1g}") for i in (2, 1)]
        return [each for each in dict.fromkeys(steps) if imbalance < each < 1] + [1.0]
    usable = [float(each) for each in sorted(set(ratios)) if each > imbalance]
    if not usable:
        raise ValueError(
            f"ratios={list(ratios)} must have one above {imbalance:.3g}, which is the ratio of "
            "the classes already."
        )
    return usable


def _given_variants(sampler: Any, ratios: list[float], ks: list[int] | None) -> list[Option]:
    if not isinstance(sampler, str):
        return [_given_option(sampler)]
    if sampler in _WITHOUT_SAMPLER:
        return [Option(sampler)]
    return _variants(sampler, ratios, ks)


def check_sampler(sampler: Any) -> None:
    """Raise an error for what is neither a sampler nor the name of an option."""
    if not isinstance(sampler, str):
        _given_option(sampler)
    elif sampler not in _WITHOUT_SAMPLER:
        registry_name(sampler)


def _given_option(sampler: Any) -> Option:
    if isinstance(sampler, type) or not hasattr(sampler, "fit_resample"):
        raise TypeError(
            f"samplers has {sampler!r}, which is neither a name nor a sampler. Pass names such "
            "as 'smote', or objects such as SMOTE()."
        )
    refuse_column_options(sampler)
    name = type(sampler).__name__
    known = {sampler_class(each).__name__: each for each in all_names()}.get(name, name)
    synthesizer = getattr(sampler, "synthesizer", None)  # which makes most of the difference
    shown = known if synthesizer is None else f"{known}({type(synthesizer).__name__})"
    return Option(shown, known, given=sampler)


def _text(value: Any) -> str:
    """Return a parameter as text that is the same in each process: no address of an object."""
    text = repr(value)
    return type(value).__name__ if text == object.__repr__(value) else text


def _variants(name: str, ratios: list[float], ks: list[int] | None) -> list[Option]:
    """Return a sampler at each ratio and with each number of neighbors that it takes."""
    known = registry_name(name)
    option_name = WEIGHTED if name == WEIGHTED else known
    cls = sampler_class(known)
    default = _default_k(known)
    each_k = [default] if ks is None or default is None else ks
    each_ratio = ratios if _takes_ratio(cls) else [None]
    return [Option(option_name, known, ratio, k) for ratio in each_ratio for k in each_k]


def _default_k(name: str) -> int | None:
    """Return the number of neighbors that a sampler uses by default; None without one."""
    cls = sampler_class(name)
    parameter = cls.default_needs().neighbors_parameter
    default = inspect.signature(cls).parameters[parameter].default if parameter else None
    return int(default) if isinstance(default, int) else None


def registry_name(name: str) -> str:
    """Return the name of a sampler in the registry for its name or class name.

    Raises
    ------
    ValueError
        If no sampler has this name.
    """
    if name == WEIGHTED:
        return "random-under"
    allowed = (*_WITHOUT_SAMPLER, WEIGHTED, *all_names())
    cls = None
    try:
        cls = sampler_class(name, allowed, "samplers=")
    except ValueError:
        raise ValueError(
            f"samplers={name!r} is not one of {list_names(allowed)}."
            f"{advice_on_objects(name) or did_you_mean(name, allowed)}"
        ) from None
    return next(each for each in all_names() if sampler_class(each) is cls)


def _takes_ratio(cls: Any) -> bool:
    kind = sampling_type(cls)
    if kind in ("over-sampling", "combination"):
        return True
    return kind == "under-sampling" and bool(cls.default_needs().exact_counts)


@dataclass(frozen=True)
class TargetCounts:
    """A sampling strategy for any number of classes: raise or lower them to a ratio.

    Attributes
    ----------
    ratio
        Rows of a class divided by those of the largest class, if rows are added; else rows of
        the smallest class divided by those of a class.
    adds_rows
        Whether small classes grow; otherwise large ones shrink.
    """

    ratio: float
    adds_rows: bool

    def __call__(self, y: np.ndarray) -> dict[Any, int]:
        """Return the number of rows of each class that changes."""
        labels, counts = np.unique(y, return_counts=True)
        if self.adds_rows:
            goal = int(counts.max() * self.ratio)
            changed = counts < goal
        else:
            goal = int(counts.min() / self.ratio)
            changed = counts > goal
        return {label: goal for label in labels[changed].tolist()}


def make_option_sampler(option: Option, data: EvaluationData, seed: int) -> Any:
    """Return the sampler of an option for prepared rows, or None."""
    if option.given is not None:
        return with_categories(option.given, code_positions(data))
    if option.sampler is None:
        return None
    cls = sampler_class(option.sampler)
    known = parameter_names(cls) or ()
    params = {**_strategy(option, cls, len(data.labels)), **_fixed_params(known, seed)}
    if option.k is not None:
        params[neighbors_parameter(option.sampler)] = option.k
    if "categorical_features" in known:
        params["categorical_features"] = code_positions(data)
    return cls(**params)


def _strategy(option: Option, cls: Any, n_classes: int) -> dict[str, Any]:
    if option.ratio is None:
        return {}
    if n_classes == 2:
        return {"sampling_strategy": option.ratio}
    adds_rows = sampling_type(cls) != "under-sampling"
    return {"sampling_strategy": TargetCounts(option.ratio, adds_rows)}


def _fixed_params(known: Iterable[str], seed: int) -> dict[str, Any]:
    """Return parameters that all samplers of a comparison have: exact neighbors, one thread."""
    fixed = {"random_state": seed, "search": "exact", "small_class": "clamp", "n_jobs": 1}
    return {name: value for name, value in fixed.items() if name in known}


def takes_codes(option: Option) -> bool:
    """Tell whether the sampler takes category codes instead of encoded columns."""
    return option.sampler is not None and bool(_needs(option).takes_categories)


def interpolates_encoded(option: Option) -> bool:
    """Tell whether synthetic rows have numbers between the one-hot codes of categories."""
    if option.sampler is None or takes_codes(option):
        return False
    sampler = sampler_class(option.sampler) if option.given is None else option.given
    makes_rows = sampling_type(sampler) in ("over-sampling", "combination")
    return makes_rows and not _needs(option).copies_rows


def _needs(option: Option) -> Needs:
    """Return what the sampler of an option needs.

    A sampler of another package needs what that of the same name here does.
    """
    if isinstance(option.given, BaseSampler):
        return option.given.needs()
    if option.sampler in all_names():
        return sampler_class(option.sampler).default_needs()
    return Needs()
