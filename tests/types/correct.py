"""Programs without a type error, for the type checkers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

import smotefast
from smotefast import (
    SMOTE,
    SMOTEENN,
    SMOTENC,
    Combination,
    NearMiss,
    RandomUnderSampler,
    TomekLinks,
    prior_correction,
)
from smotefast.typing import (
    Bounds,
    CleaningStrategy,
    Columns,
    Metric,
    Missing,
    SamplingStrategy,
    Search,
    Seed,
)

if TYPE_CHECKING:
    import polars as pl

rng = np.random.default_rng(0)
X, y = rng.normal(size=(60, 3)), np.repeat([0, 1], [45, 15])


def arrays(search: Search, seed: Seed) -> float:
    sampler = SMOTE(k_neighbors=3, search=search, random_state=seed, n_jobs=2)
    X_new, y_new = sampler.fit_resample(X, y)
    weights = sampler.resample_aligned(np.ones(60))
    steps = sampler.provenance_.step
    return float(X_new.mean() + y_new.sum() + weights.sum() + steps.sum())


def column_options(low: np.ndarray, missing: Missing, metric: Metric) -> list[SMOTE]:
    limits: Bounds = {"age": (0, None), "balance": [-5.5, np.float64(3)]}
    compared: Columns = ["age", "balance"]
    SMOTENC(["a"], missing=missing, bounds=(0, 1), distance_columns=np.array([True, False]))
    return [
        SMOTE(missing=missing, metric=metric, bounds=limits, distance_columns=compared),
        SMOTE(bounds=(low, None), round_columns="integer"),
        SMOTE(bounds=([0, 1], [2, 3]), round_columns=[0, 2], distance_columns=("age",)),
    ]


def frames(frame: pd.DataFrame, target: pd.Series[int]) -> pd.DataFrame:
    X_new, y_new = SMOTENC(["a"], random_state=0).fit_resample(frame, target)
    return X_new.assign(label=y_new.to_numpy())


def polars_frames(frame: pl.DataFrame, target: pl.Series) -> pl.DataFrame:
    X_new, y_new = TomekLinks().fit_resample(frame, target)
    return X_new.with_columns(y_new.alias("label"))


def sparse_rows(rows: csr_array) -> int:
    X_new, _ = SMOTE(random_state=np.random.RandomState(0)).fit_resample(rows, y)
    return int(X_new.nnz)


def lists(rows: list[list[float]], labels: list[str]) -> list[str]:
    _, labels_new = SMOTE().fit_resample(rows, labels)
    return labels_new


def strategies() -> list[SamplingStrategy]:
    counts = Counter(y.tolist())
    cleaning: CleaningStrategy = [0, 1]
    TomekLinks(sampling_strategy=cleaning).fit(X, y).sampling_strategy_.keys()
    NearMiss(sampling_strategy=0.5, version=3, n_neighbors_ver3=2)
    both = Combination(SMOTE(sampling_strategy=0.8), NearMiss())
    both.fit_resample(X, y)[0].astype(np.float32)
    SMOTEENN(sampling_strategy="minority", random_state=np.int64(3))
    return ["auto", 0.5, {0: 45, 1: 30}, counts, lambda labels: {1: len(labels)}]


def probabilities(target: pd.Series[int], predicted: pl.Series) -> float:
    sampler = RandomUnderSampler(random_state=0)
    _, y_new = sampler.fit_resample(X, y)
    weights = sampler.resample_aligned(np.ones(60)) * sampler.sample_weight_
    before, after = Counter(y.tolist()), {0: 15, 1: 15}
    corrected = prior_correction([0.2, 0.5], before, after)
    corrected += prior_correction(predicted, target.value_counts(), after, inverse=True)
    both = prior_correction(np.full((4, 2), 0.5), [45, 15], np.bincount(y_new))
    return float(weights.sum() + corrected.mean() + both[:, 1].max())


def files() -> str:
    summary = smotefast.resample_dataset(
        "in.parquet",
        "out",
        target="label",
        sampler=SMOTE,
        rows="synthetic",
        memory_limit="1GiB",
        compression="zstd",
        report="report.json",
    )
    assert smotefast.verify_dataset("out", "report.json").is_as_reported
    with smotefast.iter_resampled("in.parquet", target="label", batch_rows=500) as rows:
        n_rows = sum(batch.num_rows for batch in rows.shard(0, 2).select(["label"]))
        mean = rows.matrix(np.float32)[:10].mean() + rows.matrix()[[1, 2]].sum()
        print(n_rows, float(mean), rows.summary.counts_before, rows.to_reader().schema)
    report = smotefast.diagnose("in.parquet", target="label")
    return f"{summary.counts_after} {report.candidates}"
