"""Cases in memory that take milliseconds: every sampler, container and type of label."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from scipy import sparse

import smotefast
from smotefast import combine, over_sampling, under_sampling
from tests.version_results.data_sets import (
    LIBRARIES,
    SMALL,
    categories_in,
    data,
    gaussians,
    labels_in_forms,
    numbers_in,
    suited,
    thinned,
)
from tests.version_results.samplers import (
    KINDS,
    Case,
    Parts,
    fit,
    make,
    resample,
    strategies,
    takes,
    variants,
)


def small_data() -> Iterator[Case]:
    """Every sampler on every small data set, and with other parameters on some of them."""
    for name in KINDS:
        searches = ("auto", "exact", "approximate") if takes(name, "search") else ("none",)
        for kind in SMALL:
            for dtype in ("float32", "float64", "int64"):
                X, y = data(kind, dtype)
                for search in searches:
                    sampler = make(name, **({} if search == "none" else {"search": search}))
                    run = partial(resample, sampler, suited(name, X), y)
                    yield f"{name}/{kind}/{dtype}/{search}", run
        yield from _other_parameters(name)


def _other_parameters(name: str) -> Iterator[Case]:
    for kind in ("overlap", "clusters"):
        X, y = data(kind)
        for shown, sampler in variants(name):
            yield f"{name}/{kind}/{shown}", partial(resample, sampler, suited(name, X), y)
    if name != "SMOTEN":  # which takes no sparse matrix
        thin = sparse.csr_array(thinned(*data("overlap"))[0])
        for shown, sampler in variants(name):
            yield f"{name}/csr/{shown}", partial(resample, sampler, thin, data("overlap")[1])
    if takes(name, "sampling_strategy"):
        for kind, choices in strategies(name).items():
            X, y = data(kind)
            for choice in choices:
                sampler = make(name, sampling_strategy=choice)
                shown = getattr(choice, "__name__", repr(choice))
                run = partial(resample, sampler, suited(name, X), y)
                yield f"{name}/{kind}/sampling_strategy={shown}", run


def without_kernels() -> Iterator[Case]:
    """The same with the search that samplers choose; sparse rows always need kernels."""
    for name, run in small_data():
        if not name.endswith(("/exact", "/approximate")) and "/csr/" not in name:
            yield name, run


def containers() -> Iterator[Case]:
    """Every sampler on every container of numbers; labels of every type."""
    X, y = data("overlap")
    thin = thinned(X, y)[0]
    forms: dict[str, Any] = {
        "list": (X.tolist(), y.tolist()),
        "fortran": (np.asfortranarray(X), y),
        "strided": (np.repeat(X, 2, axis=1)[:, ::2], y),
        "float16": (X.astype(np.float16), y),
        **{dtype: ((10 * X).astype(dtype), y) for dtype in ("int8", "object", ">f8")},
        "csr_matrix": (sparse.csr_matrix(thin), y),
        "csr_array float32": (sparse.csr_array(thin.astype(np.float32)), y),
        "csc_array": (sparse.csc_array(thin), y),
        "coo_matrix": (sparse.coo_matrix(thin), y),
        "with a key": (np.column_stack([X, np.arange(len(X)), np.ones(len(X)), y]), y),
    }
    for library in LIBRARIES:
        forms[library] = numbers_in(library)
    for name in KINDS:
        sampler = make(name, **({"categorical_features": [4]} if name == "SMOTENC" else {}))
        for form, (X_form, y_form) in forms.items():
            yield f"{name}/{form}", partial(resample, sampler, X_form, y_form)
        yield f"{name}/fit", partial(fit, sampler, *forms["pandas"])
    for form, labels in labels_in_forms(y).items():
        for name in ("SMOTE", "SMOTENC", "TomekLinks", "RandomUnderSampler", "SMOTEENN"):
            yield f"{name}/labels {form}", partial(resample, make(name), X, labels)


# Samplers that take categories, and the columns that each is given; none means all.
_MIXED: list[tuple[Any, tuple[str, ...]]] = [
    (make("SMOTENC", categorical_features="auto"), ("n0", "category", "n1", "whole")),
    (make("SMOTENC", categorical_features="auto"), ("n0", "text", "flag")),
    (make("SMOTENC", categorical_features="not numeric"), ()),
    (make("SMOTENC", categorical_features=["text", "code"]), ("text", "n1", "code", "n0")),
    (make("SMOTEN"), ()),
    (make("RandomOverSampler"), ()),
    (make("RandomUnderSampler"), ()),
    (
        combine.Combination(
            make("SMOTENC", categorical_features="not numeric"),
            make("RandomUnderSampler", replacement=True),
        ),
        (),
    ),
]


def mixed_containers() -> Iterator[Case]:
    for library in ("pandas", "polars", "arrow"):
        for number, (sampler, columns) in enumerate(_MIXED):
            run = partial(resample, sampler, *categories_in(library, *columns))
            yield f"{type(sampler).__name__}/mixed {library}/{number}", run


def small_classes() -> Iterator[Case]:
    X, y = data("tiny")
    for name in KINDS:
        if takes(name, "small_class"):
            for choice, strategy in (("clamp", {1: 100, 2: 60}), ("duplicate", "auto")):
                sampler = make(name, small_class=choice, sampling_strategy=strategy)
                run = partial(resample, sampler, suited(name, X), y)
                yield f"{name}/tiny/{choice}", run


def public_names() -> Iterator[Case]:
    functions = ("resample_dataset", "diagnose", "diagnose_dataset")
    for name, function in {**KINDS, **{f: getattr(smotefast, f) for f in functions}}.items():
        yield f"names/{name}", partial(_parameters, function)
    packages = (smotefast, over_sampling, under_sampling, combine)
    yield (
        "names/all",
        lambda: {package.__name__: sorted(package.__all__) for package in packages},
    )


def _parameters(function: Any) -> Parts:
    parameters = inspect.signature(function).parameters.values()
    return {each.name: [each.kind.name, each.default] for each in parameters}


# Keys of a diagnosis that hold sentences, which may be reworded.
_PROSE = {"text", "advice", "code", "question", "reason", "distance"}


def without_prose(plain: Any) -> Any:
    """Return names, levels, columns and figures of a diagnosis that is a dict."""
    if isinstance(plain, list):
        return [without_prose(each) for each in plain]
    if not isinstance(plain, dict):
        return plain
    return {
        key: without_prose(value)
        for key, value in plain.items()
        if not (key in _PROSE and isinstance(value, str))
    }


def diagnose(*arguments: Any, **options: Any) -> Parts:
    plain: Parts = without_prose(smotefast.diagnose(*arguments, **options).to_dict())
    return plain


def diagnoses() -> Iterator[Case]:
    samplers = [
        *(None, "smote-enn", "kmeans-smote"),
        make("BorderlineSMOTE", m_neighbors=5),
        make("SMOTENC"),
        make("RandomUnderSampler", sampling_strategy="majority"),
        make("SMOTE", small_class="clamp"),
    ]
    X, y = data("overlap")
    ties = data("ties")
    forms: dict[str, Any] = {
        **{kind: data(kind) for kind in (*SMALL, "tiny")},
        "wide": (np.tile(X, (1, 12)), y),
        "scaled": (X * [1, 1, 1, 1, 1e4], y),
        "conflicting": (ties[0], np.random.default_rng(0).permutation(ties[1])),
        "missing": (np.where(X > 2.5, np.nan, X), y),
        "with a key": (np.column_stack([X, np.arange(len(X)), np.ones(len(X))]), y),
        "csr": (sparse.csr_array(thinned(X, y)[0]), y),
        "apart": gaussians((700, 60), 3, apart=9.0, n_centers=3),
        **{library: categories_in(library) for library in ("pandas", "polars", "arrow")},
        "larger": tuple(part[::4] for part in data("large clusters")),
    }
    for form, (X_form, y_form) in forms.items():
        for number, sampler in enumerate(samplers):
            yield f"diagnose/{form}/{number}", partial(diagnose, X_form, y_form, sampler)
