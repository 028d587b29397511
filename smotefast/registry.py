"""Samplers by name, as the command line and ``resample_dataset`` take them.

A new sampler that works from files adds one line here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection
from importlib import import_module
from typing import Any, NamedTuple

from smotefast._messages import MOST_LISTED, listed, shown_name, similar_names, suggestion
from smotefast.engine.suggestions import parameter_hint


class Entry(NamedTuple):
    """A sampler: where it is, and in a few words what it does."""

    home: str
    line: str


_OVER, _UNDER = "smotefast.over_sampling:", "smotefast.under_sampling:"
_BOTH = "smotefast.combine:"
SAMPLERS = {
    "smote": Entry(f"{_OVER}SMOTE", "between a row and one of its neighbours in the class"),
    "borderline-smote": Entry(
        f"{_OVER}BorderlineSMOTE", "the same, from rows that other classes are near to"
    ),
    "svm-smote": Entry(
        f"{_OVER}SVMSMOTE",
        "the same, from support vectors; all rows in memory",
    ),
    "kmeans-smote": Entry(
        f"{_OVER}KMeansSMOTE", "the same, within clusters of the class; all rows in memory"
    ),
    "adasyn": Entry(f"{_OVER}ADASYN", "the same, more of them where other classes are near"),
    "smote-nc": Entry(f"{_OVER}SMOTENC", "the same for numbers; categories by majority vote"),
    "smote-n": Entry(f"{_OVER}SMOTEN", "categories by majority vote, for categories only"),
    "random": Entry(f"{_OVER}RandomOverSampler", "copies of rows, with noise if asked for"),
    "random-under": Entry(f"{_UNDER}RandomUnderSampler", "keeps some rows, drawn at random"),
    "tomek-links": Entry(
        f"{_UNDER}TomekLinks", "removes rows whose nearest row is of another class, both ways"
    ),
    "smote-tomek": Entry(f"{_BOTH}SMOTETomek", "smote, then tomek-links in all classes"),
}
# Those that need all rows in memory are known, so that a job can say so.
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
    "smote-enn": f"{_BOTH}SMOTEENN",
}


# Samplers that have no name of their own here, or that are often abbreviated.
_ALSO_CALLED = {
    "ros": "random",
    "random-over": "random",
    "rus": "random-under",
    "under": "random-under",
}
# What a job can do after an over-sampler.
TAKING_AWAY = ("random-under", "tomek-links")


def all_names() -> list[str]:
    """Return the names of all samplers, also of those that need all rows in memory."""
    return [*SAMPLERS, *_IN_MEMORY]


def sampler_class(
    name: str, working: Collection[str] = tuple(SAMPLERS), given_as: str = "sampler="
) -> Any:
    """Return the class of a sampler by its name, or by that of the class.

    Parameters
    ----------
    name
        The name.
    working, given_as
        The names that work where it was given, and how, for the error message.

    Raises
    ------
    ValueError
        If there is none.
    """
    homes = {known: entry.home for known, entry in SAMPLERS.items()}
    for known, home in {**homes, **_IN_MEMORY}.items():
        module, own = home.split(":")
        if _plain(name) in (_plain(known), _plain(own)):
            return getattr(import_module(module), own)
    raise _unknown_sampler(name, working, given_as)


def _unknown_sampler(name: str, working: Collection[str], given_as: str) -> ValueError:
    """Suggest samplers that work; of others say that they do not."""
    meant = similar_names(name, [*working, *all_names()], _ALSO_CALLED)
    works = [one for one in meant if one in working]
    hint = suggestion(works or meant)
    if meant and not works:
        hint += " That does not work here."
    return ValueError(f"{given_as}{name!r} is not one of {listed(working)}.{hint}")


def neighbors_parameter(name: str) -> str:
    """Return what a sampler calls the number of its neighbours."""
    return sampler_class(name)._needs.neighbors_parameter or "k_neighbors"


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def make_sampler(sampler: Any, working: Collection[str] = tuple(SAMPLERS)) -> Any:
    """Return a sampler by its name, by its class, or a copy of the one given.

    Parameters
    ----------
    sampler
        A name of ``SAMPLERS``, a sampler, or the class of one.
    working
        The names that work where it is wanted, for the error message.

    Raises
    ------
    ValueError
        If there is no such sampler.
    TypeError
        If it is neither a name nor a sampler of this package.
    """
    from sklearn.base import clone

    from smotefast.engine.base import BaseSampler

    if isinstance(sampler, str):
        return _made(sampler_class(sampler, working=working), {})
    kind = sampler if isinstance(sampler, type) else type(sampler)
    if not issubclass(kind, BaseSampler):
        raise TypeError(
            f"sampler={shown_name(sampler)} is neither one of {listed(working)} nor a sampler "
            f"of smotefast.{_own_namesake(kind.__name__)}"
        )
    return _made(kind, {}) if isinstance(sampler, type) else clone(sampler)


def _own_namesake(name: str) -> str:
    """Point out smotefast's class of the same name, where a sampler of others was given."""
    try:
        own = sampler_class(name)
    except ValueError:
        return ""
    return f" Import {own.__name__} from smotefast."


def make_seeded(name: str, seed: int, params: dict[str, Any], *, then: bool = False) -> Any:
    """Return a sampler by its name, with the seed if it draws anything.

    ``then`` says that it comes after an over-sampler.
    """
    kind = sampler_class(name, TAKING_AWAY, "--then ") if then else sampler_class(name)
    if then and kind._sampling_type == "over-sampling":
        raise ValueError(
            f"--then {name!r} adds rows, and the second step only takes rows away. Take one of "
            f"{listed(TAKING_AWAY)}."
        )
    if "random_state" in kind._get_param_names():
        params = {"random_state": seed, **params}
    return _made(kind, params)


def _made(kind: Any, params: dict[str, Any]) -> Any:
    _refuse_foreign(kind, params)
    if "categorical_features" in kind._get_param_names():
        # In files a column's type says whether it holds numbers.
        params = {"categorical_features": "not numeric", **params}
    return kind(**params)


def _refuse_foreign(kind: Any, params: dict[str, Any]) -> None:
    taken = kind._get_param_names()
    foreign = sorted(set(params) - set(taken))
    if foreign:
        raise ValueError(
            f"{kind.__name__} does not take {', '.join(foreign[:MOST_LISTED])}; it takes "
            f"{', '.join(taken)}.{parameter_hint(kind, foreign[0])}"
        )


def all_samplers() -> str:
    """Return a line for each sampler.

    Examples
    --------
    >>> print(all_samplers().splitlines()[0])
    smote             between a row and one of its neighbours in the class
    """
    width = max(map(len, SAMPLERS))
    return "\n".join(f"{name:<{width}}  {entry.line}" for name, entry in SAMPLERS.items())


def one_sampler(name: str) -> str:
    """Return what a sampler does and what its parameters mean.

    Raises
    ------
    ValueError
        If there is no sampler of that name.
    """
    kind = sampler_class(name)
    text = inspect.getdoc(kind) or ""
    about, _, rest = text.partition("Parameters\n----------\n")
    parameters = re.split(r"\n\n\w+\n-+\n", rest)[0]
    plain = re.sub(r":class:`~?(?:\w+\.)*(\w+)`", r"\1", f"{about}{parameters}")
    return f"{kind.__name__}: {plain.replace('``', '')}"
