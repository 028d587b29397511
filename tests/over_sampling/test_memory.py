"""A call takes the memory of its result and of the class's rows, not of a copy of X as well."""

import tracemalloc

import numpy as np
import pytest

from smotefast.over_sampling import SMOTE, RandomOverSampler

N, FEATURES = 60_000, 20


def containers(name):
    X = np.random.default_rng(0).normal(size=(N, FEATURES)).astype(np.float32)
    if name == "Fortran":
        return np.asfortranarray(X)
    if name == "strided":
        return np.repeat(X, 2, axis=0)[::2]
    pd = pytest.importorskip("pandas")
    if name == "frame of one block":
        return pd.DataFrame(X)
    columns = {f"c{j}": X[:, j].copy() for j in range(FEATURES)}
    if name == "frame of two dtypes":
        columns["c0"] = columns["c0"].astype(np.float64)
    return pd.DataFrame(columns)


def peak_of(call):
    call()  # what is imported and compiled stays
    tracemalloc.start()
    out = call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, out


@pytest.mark.parametrize("name", ["Fortran", "strided", "frame of one block", "frame of many"])
def test_smote__peaks_at_its_result(name):
    X, y = containers(name), (np.arange(N) % 40 == 0).astype(int)
    sampler = SMOTE(random_state=0, sampling_strategy=0.8, n_jobs=1)
    peak, (X_new, _) = peak_of(lambda: sampler.fit_resample(X, y))
    result = X_new.shape[0] * FEATURES * 4
    assert peak < 1.35 * result


def test_the_matrix_of_a_frame__is_freed_before_the_result_is_allocated():
    X, y = containers("frame of two dtypes"), (np.arange(N) % 40 == 0).astype(int)
    sampler = SMOTE(random_state=0, sampling_strategy=0.8, n_jobs=1)
    peak, (X_new, _) = peak_of(lambda: sampler.fit_resample(X, y))
    n_new = len(X_new) - N
    result, samples = len(X_new) * (FEATURES + 1) * 4, n_new * FEATURES * 8
    assert peak < 1.15 * (result + samples)


def test_noise__takes_the_draws_and_the_result(monkeypatch):
    monkeypatch.setattr("smotefast.engine.draws._CHECKPOINT", 1 << 16)
    X, y = containers("Fortran"), (np.arange(N) % 40 == 0).astype(int)
    sampler = RandomOverSampler(random_state=0, shrinkage=0.5)
    peak, (X_new, _) = peak_of(lambda: sampler.fit_resample(X, y))
    draws = (len(X_new) - N) * FEATURES * 8
    assert peak < 1.25 * (X_new.nbytes + draws)
