"""The built-in contenders: smotefast, imbalanced-learn with and without others, smote-variants.

Each imports its library when a sampler is made; ``choose_contenders`` tells which can run here.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

from smotefast._messages import did_you_mean, list_names
from smotefast.bench.cases import Case, Contender

SEED = 0
# Samplers of categories, and the generator of data for them.
_OF_CATEGORIES = {"smote-nc": "mixed", "smote-n": "nominal"}
IMBLEARN = "imbalanced-learn"
_LIBRARIES = {"imblearn": IMBLEARN}
# Samplers of smote-variants that do the same.
_VARIANTS = {
    "smote": "SMOTE",
    "borderline-smote": "Borderline_SMOTE1",
    "adasyn": "ADASYN",
    "kmeans-smote": "kmeans_SMOTE",
    "smote-enn": "SMOTE_ENN",
    "smote-tomek": "SMOTE_TomekLinks",
    "safe-level-smote": "Safe_Level_SMOTE",
    "prowsyn": "ProWSyn",
    "polynom-fit-smote": "polynom_fit_SMOTE_star",
    "rose": "ROSE",
}
# Those of them that take a number of neighbors.
_WITH_NEIGHBORS = {
    *("smote", "borderline-smote", "adasyn", "kmeans-smote"),
    *("safe-level-smote", "prowsyn"),
}


def _sampler(case: Case, library: str, *, estimator: Any = None, **parameters: Any) -> Any:
    """Return the sampler of a case of a library that has the names of imbalanced-learn.

    The number of neighbors is given to samplers that search, and to the SMOTE of a
    combination. ``estimator`` makes the neighbor estimator in place of the number.
    """
    from smotefast.engine.suggestions import parameter_names
    from smotefast.registry import sampler_class

    shape = _OF_CATEGORIES.get(case.sampler, case.data.shape)
    if case.data.shape != shape and case.data.file is not None:
        raise ValueError(
            f"{case.sampler} takes categories, and of a file only the columns of numbers are "
            f"read. Measure it without a file, on --shape {shape}."
        )
    if case.data.shape != shape:
        raise ValueError(f"{case.sampler} takes categories: measure it on --shape {shape}.")
    cls = sampler_class(case.sampler)
    names = parameter_names(cls) or ()
    module = import_module(f"{library}.{cls.__module__.split('.')[1]}")
    given = {name: value for name, value in parameters.items() if name in names}
    if "categorical_features" in names:
        n_features = case.data.n_features
        given["categorical_features"] = [*range(n_features)][-case.data.n_categories :]
    if "random_state" in names:
        given["random_state"] = SEED
    searches = next((name for name in ("k_neighbors", "n_neighbors") if name in names), None)
    # All but NearMiss search among rows with the row itself, which is one more neighbor.
    n_found = case.k + (case.sampler != "near-miss")
    k = case.k if estimator is None else estimator(n_neighbors=n_found, n_jobs=case.threads)
    if "smote" in names:
        smote = import_module(f"{library}.over_sampling").SMOTE
        ours = {"n_jobs": parameters["n_jobs"]} if "n_jobs" in parameters else {}
        given["smote"] = smote(k_neighbors=k, random_state=SEED, **ours)
    elif searches is not None:
        given[searches] = k
    elif estimator is not None:
        raise ValueError(f"{case.sampler} takes no estimator of neighbors.")
    if not hasattr(module, cls.__name__):
        raise ValueError(f"{_LIBRARIES.get(library, library)} has no {cls.__name__}.")
    theirs = getattr(module, cls.__name__)
    if estimator is not None and "n_jobs" in (parameter_names(theirs) or ()):
        given["n_jobs"] = case.threads  # the sampler gives it to the estimator
    return theirs(**given)


def _smotefast(case: Case, search: str) -> Any:
    return _sampler(case, "smotefast", search=search, n_jobs=case.threads)


def _imblearn(case: Case) -> Any:
    return _sampler(case, "imblearn")


def _imblearn_intelex(case: Case) -> Any:
    """Patch scikit-learn before imbalanced-learn imports it."""
    import_module("sklearnex").patch_sklearn(verbose=False)
    return _sampler(case, "imblearn")


def _imblearn_with(case: Case, estimator: str) -> Any:
    from smotefast.bench import neighbor_estimators

    return _sampler(case, "imblearn", estimator=getattr(neighbor_estimators, estimator))


def _smote_variants(case: Case) -> Any:
    if case.sampler not in _VARIANTS:
        raise ValueError(f"smote-variants has no sampler that does what {case.sampler} does.")
    if case.data.n_classes > 2:
        raise ValueError("smote-variants resamples two classes.")
    variants = import_module("smote_variants")
    logging.getLogger("smote_variants").setLevel(logging.WARNING)  # it logs each step
    parameters: dict[str, Any] = {"random_state": SEED}
    if case.sampler not in ("rose", "polynom-fit-smote"):
        parameters["n_jobs"] = case.threads
    if case.sampler in _WITH_NEIGHBORS:
        parameters["n_neighbors"] = case.k
    return _Variant(getattr(variants, _VARIANTS[case.sampler])(**parameters))


class _Variant:
    """A sampler of smote-variants; it returns the rows unchanged where it fails."""

    def __init__(self, sampler: Any) -> None:
        self.sampler = sampler

    def fit_resample(self, X: Any, y: Any) -> Any:
        """Return the rows with new ones.

        Raises
        ------
        ValueError
            If there are none.
        """
        X_new, y_new = self.sampler.fit_resample(X, y)
        if len(X_new) == len(X) and (X_new == X).all():
            name = type(self.sampler).__name__
            raise ValueError(f"{name} of smote-variants returned the rows unchanged.")
        return X_new, y_new


def _imblearn_extra(case: Case) -> Any:
    if case.sampler != "geometric-smote":
        raise ValueError(f"imbalanced-learn-extra has no sampler that does {case.sampler}.")
    module = import_module("imblearn_extra.gsmote")
    return module.GeometricSMOTE(k_neighbors=case.k, random_state=SEED, n_jobs=case.threads)


CONTENDERS = (
    Contender("smotefast", partial(_smotefast, search="auto"), compiles=True),
    Contender("smotefast-exact", partial(_smotefast, search="exact"), compiles=True),
    Contender(
        "smotefast-approximate", partial(_smotefast, search="approximate"), compiles=True
    ),
    Contender(IMBLEARN, _imblearn, "imblearn"),
    Contender(f"{IMBLEARN}-intelex", _imblearn_intelex, "sklearnex", changes_process=True),
    Contender(
        f"{IMBLEARN}-faiss", partial(_imblearn_with, estimator="FaissNeighbors"), "faiss"
    ),
    Contender(
        f"{IMBLEARN}-hnswlib", partial(_imblearn_with, estimator="HnswlibNeighbors"), "hnswlib"
    ),
    Contender(
        f"{IMBLEARN}-pynndescent",
        partial(_imblearn_with, estimator="PynndescentNeighbors"),
        "pynndescent",
        # 5,000 rows x 10: 64 CPU seconds in the first call of a process, 0.06 s later.
        on_request="it compiles for a minute in each process; name it to run it",
    ),
    Contender(f"{IMBLEARN}-extra", _imblearn_extra, "imblearn_extra"),
    Contender("smote-variants", _smote_variants, "smote_variants"),
)


def choose_contenders(
    known: Mapping[str, Contender], names: Iterable[str] | None, *, in_process: bool = False
) -> tuple[list[Contender], dict[str, str]]:
    """Return the contenders of these names, once each, and the reasons of those left out.

    For None, these are all but those that run on request.

    Raises
    ------
    ValueError
        If a name is unknown, or what it names cannot run here.
    """
    usable, left_out = [], {}
    for name in known if names is None else dict.fromkeys(names):
        if name not in known:
            raise ValueError(
                f"contender={name!r} is not one of {list_names(list(known))}."
                f"{did_you_mean(name, list(known))}"
            )
        reason = _reason_against(known[name], in_process)
        if names is None:
            reason = reason or known[name].on_request or None
        if reason is None:
            usable.append(known[name])
        elif names is None:
            left_out[name] = reason
        else:
            raise ValueError(f"contender={name!r} cannot run here: {reason}.")
    if not usable:
        raise ValueError("contender: there is none. Name at least one.")
    return usable, left_out


def _reason_against(contender: Contender, in_process: bool) -> str | None:
    """Return why a contender cannot run; None if it can."""
    needed = [contender.package]
    if contender.name.startswith(f"{IMBLEARN}-"):
        needed.append("imblearn")
    for name in needed:
        if name and not _is_installed(name):
            return f"the package {name} is not installed"
    if contender.changes_process and in_process:
        return "it needs fresh processes"
    return None


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:  # an import hook refuses it
        return False
