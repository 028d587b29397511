"""Samplers by name, for the command line, ``resample_dataset`` and ``diagnose``.

A new sampler that works on files adds one line to ``SAMPLERS``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from smotefast._messages import MAX_NAMES, list_names, quote_name, similar_names, suggestion
from smotefast.engine.param_constraints import sampling_type
from smotefast.engine.suggestions import parameter_hint, parameter_names

if TYPE_CHECKING:
    from smotefast.engine.base import BaseSampler


class Entry(NamedTuple):
    """Where to import a sampler from, as "module:class", and what it does in a few words."""

    path: str
    description: str


_OVER, _UNDER = "smotefast.over_sampling:", "smotefast.under_sampling:"
_COMBINE = "smotefast.combine:"
SAMPLERS = {
    "smote": Entry(f"{_OVER}SMOTE", "interpolates between a row and a neighbor of its class"),
    "borderline-smote": Entry(
        f"{_OVER}BorderlineSMOTE", "as smote, but only from rows near the class border"
    ),
    "svm-smote": Entry(
        f"{_OVER}SVMSMOTE", "as smote, but only from support vectors; loads all rows"
    ),
    "kmeans-smote": Entry(
        f"{_OVER}KMeansSMOTE", "as smote, but within clusters of the class; loads all rows"
    ),
    "adasyn": Entry(f"{_OVER}ADASYN", "as smote, with more rows near other classes"),
    "geometric-smote": Entry(
        f"{_OVER}GeometricSMOTE", "in a ball around a row; loads all rows unless minority"
    ),
    "safe-level-smote": Entry(
        f"{_OVER}SafeLevelSMOTE", "as smote, nearer to rows with few rows of other classes"
    ),
    "prowsyn": Entry(
        f"{_OVER}ProWSyn", "between rows as near to other classes; loads all rows"
    ),
    "polynom-fit-smote": Entry(
        f"{_OVER}PolynomFitSMOTE", "between rows and the mean of the class, or on a curve"
    ),
    "rose": Entry(f"{_OVER}ROSE", "copies rows with noise: draws from a density estimate"),
    "smote-nc": Entry(f"{_OVER}SMOTENC", "as smote, for numeric and categorical columns"),
    "smote-n": Entry(f"{_OVER}SMOTEN", "for categorical columns only: majority of neighbors"),
    "random": Entry(f"{_OVER}RandomOverSampler", "copies random rows, optionally with noise"),
    "random-under": Entry(f"{_UNDER}RandomUnderSampler", "keeps a random subset of the rows"),
    "tomek-links": Entry(
        f"{_UNDER}TomekLinks", "removes rows that form Tomek links with another class"
    ),
    "smote-tomek": Entry(f"{_COMBINE}SMOTETomek", "smote, then tomek-links in all classes"),
}
# Samplers for data in memory only; their names are known, so that errors can say so.
_IN_MEMORY = {
    "edited-nearest-neighbours": f"{_UNDER}EditedNearestNeighbours",
    "repeated-edited-nearest-neighbours": f"{_UNDER}RepeatedEditedNearestNeighbours",
    "all-knn": f"{_UNDER}AllKNN",
    "neighbourhood-cleaning-rule": f"{_UNDER}NeighbourhoodCleaningRule",
    "one-sided-selection": f"{_UNDER}OneSidedSelection",
    "condensed-nearest-neighbour": f"{_UNDER}CondensedNearestNeighbour",
    "near-miss": f"{_UNDER}NearMiss",
    "instance-hardness-threshold": f"{_UNDER}InstanceHardnessThreshold",
    "cluster-centroids": f"{_UNDER}ClusterCentroids",
    "smote-enn": f"{_COMBINE}SMOTEENN",
}
_ALIASES = {
    "ros": "random",
    "random-over": "random",
    "rus": "random-under",
    "under": "random-under",
}
# Samplers of objects that no name gives.
_TAKE_OBJECTS = {
    "combination": "Combination(SMOTE(), TomekLinks())",
    "generativeoversampler": "GenerativeOverSampler(synthesizer)",
}
# Samplers for the second step of a job (--then).
SECOND_STEPS = ("random-under", "tomek-links")


def all_names() -> list[str]:
    """Return the names of all samplers, including those for data in memory only."""
    return [*SAMPLERS, *_IN_MEMORY]


def sampler_class(
    name: str, allowed: Collection[str] = tuple(SAMPLERS), prefix: str = "sampler="
) -> type[BaseSampler]:
    """Return the class of a sampler by its name or its class name.

    Parameters
    ----------
    name
        A name such as "smote-nc", or a class name such as "SMOTENC".
    allowed
        The names to list in the error message.
    prefix
        The parameter or option that takes the name, for the error message.

    Raises
    ------
    ValueError
        If no sampler has this name.
    """
    paths = {known: entry.path for known, entry in SAMPLERS.items()} | _IN_MEMORY
    for known, path in paths.items():
        module, class_name = path.split(":")
        if _normalized(name) in (_normalized(known), _normalized(class_name)):
            found: type[BaseSampler] = getattr(import_module(module), class_name)
            return found
    raise _unknown_sampler(name, allowed, prefix)


def _unknown_sampler(name: str, allowed: Collection[str], prefix: str) -> ValueError:
    """Return the error for an unknown name, with similar names."""
    similar = similar_names(name, [*allowed, *all_names()], _ALIASES)
    usable = [candidate for candidate in similar if candidate in allowed]
    hint = suggestion(usable or similar)
    if advice := advice_on_objects(name):
        hint = advice
    elif similar and not usable:
        hint += " That does not work here."
    return ValueError(f"{prefix}{name!r} is not one of {list_names(allowed)}.{hint}")


def advice_on_objects(name: str) -> str:
    """Return what to pass in place of the name of a sampler that takes objects, or nothing."""
    example = _TAKE_OBJECTS.get(_normalized(name))
    if example is None:
        return ""
    return f" It takes objects, which a name does not give: in Python, pass {example}."


def neighbors_parameter(name: str) -> str:
    """Return the sampler's parameter for the number of neighbors."""
    cls = sampler_class(name)
    named = cls.default_needs().neighbors_parameter
    has_other_name = "n_neighbors" in (parameter_names(cls) or ())
    return named or ("n_neighbors" if has_other_name else "k_neighbors")


def _normalized(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def make_sampler(
    sampler: str | BaseSampler | type[BaseSampler], allowed: Collection[str] = tuple(SAMPLERS)
) -> BaseSampler:
    """Return a new sampler for a name or a class, or a copy of a sampler.

    Parameters
    ----------
    sampler
        A name from ``SAMPLERS``, a sampler, or a sampler class.
    allowed
        The names to list in the error message.

    Raises
    ------
    ValueError
        If no sampler has this name.
    TypeError
        If it is neither a name nor a sampler of this package.
    """
    from sklearn.base import clone

    from smotefast.engine.base import BaseSampler

    if isinstance(sampler, str):
        return _create(sampler_class(sampler, allowed), {})
    cls: type = sampler if isinstance(sampler, type) else type(sampler)
    if not issubclass(cls, BaseSampler):
        raise TypeError(
            f"sampler={quote_name(sampler)} is neither one of {list_names(allowed)} nor a "
            f"sampler of smotefast.{_same_class_here(cls.__name__)}"
        )
    if isinstance(sampler, type):
        return _create(cls, {})
    copied: BaseSampler = clone(sampler)
    return copied


def _same_class_here(name: str) -> str:
    """Suggest the sampler of this package with the same name as another library's."""
    try:
        cls = sampler_class(name)
    except ValueError:
        return ""
    return f" Import {cls.__name__} from smotefast."


def make_seeded_sampler(
    name: str, seed: int, params: Mapping[str, object], *, is_second_step: bool = False
) -> BaseSampler:
    """Return a new sampler by name, with ``random_state=seed`` if it has that parameter.

    ``is_second_step`` restricts the names to ``SECOND_STEPS``, for errors about ``--then``.
    """
    if is_second_step:
        cls = sampler_class(name, SECOND_STEPS, "--then ")
        if sampling_type(cls) in ("over-sampling", "combination"):
            raise ValueError(
                f"--then {name!r} adds rows, but the second step can only remove rows. Use "
                f"one of {list_names(SECOND_STEPS)}."
            )
    else:
        cls = sampler_class(name)
    if "random_state" in (parameter_names(cls) or ()):
        params = {"random_state": seed, **params}
    return _create(cls, params)


def _create(cls: type[BaseSampler], params: Mapping[str, object]) -> BaseSampler:
    _refuse_unknown_params(cls, params)
    if "categorical_features" in (parameter_names(cls) or ()):
        # The type of a column in a file tells whether it is numeric.
        params = {"categorical_features": "not numeric", **params}
    return cls(**params)


def _refuse_unknown_params(cls: type[BaseSampler], params: Mapping[str, object]) -> None:
    valid = sorted(parameter_names(cls) or ())
    unknown = sorted(set(params) - set(valid))
    if unknown:
        known = ", ".join(f"`{name}`" for name in valid)
        raise ValueError(
            f"{cls.__name__} does not take {', '.join(unknown[:MAX_NAMES])}; it takes "
            f"{known}.{parameter_hint(cls, unknown[0])}"
        )


def describe_samplers() -> str:
    """Return one line for each sampler: its name and what it does.

    Examples
    --------
    >>> print(describe_samplers().splitlines()[0])
    smote              interpolates between a row and a neighbor of its class
    """
    width = max(map(len, SAMPLERS))
    lines = (f"{name:<{width}}  {entry.description}" for name, entry in SAMPLERS.items())
    return "\n".join(lines)


def describe_sampler(name: str) -> str:
    """Return what a sampler does and its parameters, taken from its docstring.

    Raises
    ------
    ValueError
        If no sampler has this name.
    """
    cls = sampler_class(name)
    text = inspect.getdoc(cls) or ""
    summary, _, rest = text.partition("Parameters\n----------\n")
    parameters = re.split(r"\n\n\w+\n-+\n", rest)[0]
    plain = re.sub(r":class:`~?(?:\w+\.)*(\w+)`", r"\1", f"{summary}{parameters}")
    return f"{cls.__name__}: {plain.replace('``', '')}"
