"""The samplers of the page return the library's rows for the same seed, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

import smotefast
from smotefast.neighbors import find_neighbors
from tests.helpers.visualizer_page import evaluate as evaluate
from tests.helpers.visualizer_page import resample_in_page

SAMPLERS = (
    *("smote", "borderline-1", "borderline-2", "adasyn", "random-over", "random-under"),
    *("tomek", "enn", "smote-tomek", "smote-enn"),
)
SETTINGS = [
    {},
    {"seed": 7, "ratio": 0.8, "k": 3, "m": 6, "n": 5},
    {"seed": 2**32 - 1, "ratio": 0.55, "k": 1, "m": 3, "n": 1},
    {"seed": 123_456, "ratio": 0.95, "k": 9, "m": 15, "n": 4},
]


def library_sampler(name, strategy, *, k=5, m=10, n=3, seed=0):
    """Return the library's sampler for the settings of the page."""
    drawn = {"sampling_strategy": strategy, "random_state": seed}
    enn = smotefast.EditedNearestNeighbours(sampling_strategy="all", n_neighbors=n)
    smote = smotefast.SMOTE(k_neighbors=k, **drawn)
    border = {"k_neighbors": k, "m_neighbors": m, **drawn}
    return {
        "smote": smote,
        "borderline-1": smotefast.BorderlineSMOTE(kind="borderline-1", **border),
        "borderline-2": smotefast.BorderlineSMOTE(kind="borderline-2", **border),
        "adasyn": smotefast.ADASYN(n_neighbors=k, **drawn),
        "random-over": smotefast.RandomOverSampler(**drawn),
        "random-under": smotefast.RandomUnderSampler(**drawn),
        "tomek": smotefast.TomekLinks(),
        "enn": smotefast.EditedNearestNeighbours(n_neighbors=n),
        "smote-tomek": smotefast.SMOTETomek(smote=smote),
        "smote-enn": smotefast.SMOTEENN(smote=smote, enn=enn),
    }[name]


def rounded_blobs(seed, sizes, decimals):
    """Return overlapping classes; few decimals give duplicates and equal distances."""
    random = np.random.RandomState(seed)
    parts = [random.normal(1.2 * code, 1, (n, 2)) for code, n in enumerate(sizes)]
    return np.round(np.concatenate(parts), decimals), np.repeat(np.arange(len(sizes)), sizes)


def assert_same_rows(evaluate, X, y, name, settings, strategy=None):
    params = {key: value for key, value in settings.items() if key != "ratio"}
    found = resample_in_page(evaluate, X, y, np.unique(y).tolist(), name, **settings)
    sampler = library_sampler(name, strategy or float(settings.get("ratio", 1)), **params)
    try:
        X_new, y_new = sampler.fit_resample(X, y)
    except (ValueError, RuntimeError):
        assert "error" in found
        return
    assert "error" not in found, found
    np.testing.assert_array_equal(found["X"], X_new)
    np.testing.assert_array_equal(found["codes"], y_new)


@pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("source", ["moons", "blobs", "subgroups", "levels"])
def test_data_sets_of_the_page__give_the_rows_of_the_library(evaluate, source, name, settings):
    options = {"size": 150, "share": 0.25, "noise": 0.7, "overlap": 0.6, "seed": 5}
    make = "const { x, y, codes } = smotefast.GENERATORS[arguments[0]](arguments[1]);"
    made = evaluate(f"{make} return [[...x], [...y], codes]", source, options)
    X, y = np.column_stack(made[:2]), np.array(made[2])
    assert_same_rows(evaluate, X, y, name, settings)


@pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
@pytest.mark.filterwarnings("ignore:Check the columns")
@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("decimals", [0, 1, 12], ids="{} decimals".format)
@pytest.mark.parametrize("sizes", [(40, 9), (300, 150), (7, 6), (700, 200)], ids=str)
def test_duplicates_and_ties__give_the_rows_of_the_library(evaluate, sizes, decimals, name):
    X, y = rounded_blobs(sum(sizes) + decimals, sizes, decimals)
    assert_same_rows(evaluate, X, y, name, {"seed": 11, "k": 4, "m": 7, "n": 2})


@pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
@pytest.mark.parametrize("name", SAMPLERS)
def test_several_classes__give_the_rows_of_the_library(evaluate, name):
    X, y = rounded_blobs(3, (20, 90, 35, 12), 6)
    largest, smallest, ratio = 90, 12, 0.5
    strategy = {code: int(largest * ratio) for code in (0, 2, 3)}
    if name == "random-under":
        strategy = {code: int(smallest / ratio) for code in (1, 2)}
    settings = {"seed": 4, "ratio": ratio, "k": 3}
    assert_same_rows(evaluate, X, y, name, settings, strategy)


@pytest.mark.parametrize("seed", [0, 1, 42, 2**31, 2**32 - 1])
def test_random_numbers__are_those_of_numpy(evaluate, seed):
    body = """
    const random = new smotefast.RandomState(arguments[0]);
    return [random.integers(1, 3), random.integers(7, 700), random.uniforms(700),
      random.integers(4294967296, 5), random.permutation(50), random.uniform()];
    """
    random = np.random.RandomState(seed)
    expected = [
        random.randint(0, 1, 3, dtype=np.int64).tolist(),
        random.randint(0, 7, 700, dtype=np.int64).tolist(),
        random.uniform(size=700).tolist(),
        random.randint(0, 2**32, 5, dtype=np.int64).tolist(),
        random.permutation(50).tolist(),
        random.uniform(),
    ]
    assert evaluate(body, seed) == expected


def test_sums_and_rounding__are_those_of_numpy(evaluate):
    random = np.random.RandomState(0)
    for n in (1, 7, 8, 9, 127, 128, 129, 200, 1000, 2001):
        values = random.randint(0, 8, n) / 7
        total = evaluate("return smotefast.pairwiseSum(arguments[0])", values.tolist())
        assert total == np.sum(values)
    halves = np.arange(-8, 9) / 4
    body = "return arguments[0].map(smotefast.roundHalfEven)"
    assert evaluate(body, halves.tolist()) == np.rint(halves).tolist()


@pytest.mark.parametrize("decimals", [0, 1, 9])
def test_neighbors__are_those_of_the_library(evaluate, decimals):
    X, _ = rounded_blobs(decimals, (400, 100), decimals)
    body = """
    const [x, y, k] = arguments;
    const all = x.map((_, i) => i);
    return smotefast.nearestRows({ x, y }, all, all, k).map((rows) => [...rows]);
    """
    found = evaluate(body, X[:, 0].tolist(), X[:, 1].tolist(), 15)
    expected = find_neighbors(X, 15, search="exact", n_threads=1).indices
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("name", "sizes", "settings", "message"),
    [
        ("smote", (20, 5), {"k": 5}, "k = 5 needs at least 6 rows of class 1, which has 5"),
        ("smote", (20, 15), {"ratio": 0.5}, "Ratio 0.5 asks for no new rows"),
        ("borderline-1", (8, 2), {"m": 10}, "m = 10 needs at least 11 rows"),
        ("random-under", (12, 10), {"ratio": 0.5}, "Ratio 0.5 removes no rows"),
        ("enn", (2, 1), {"n": 3}, "n = 3 needs at least 4 rows"),
        ("adasyn", (20, 10), {"ratio": 0.55, "k": 1}, "Raise the ratio"),
    ],
)
def test_settings_without_a_result__are_explained(evaluate, name, sizes, settings, message):
    X, y = rounded_blobs(1, sizes, 6)
    found = resample_in_page(evaluate, X, y, [0, 1], name, **settings)
    assert message in found["error"]
