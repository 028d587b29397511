"""Programs with a type error in each line that says so, for the type checkers."""

import numpy as np
import pandas as pd

import smotefast
from smotefast import SMOTE, BorderlineSMOTE, ClusterCentroids, NearMiss, TomekLinks

X, y = np.zeros((60, 3)), np.repeat([0, 1], [45, 15])

SMOTE(search="aprox")  # error
SMOTE(sampling_strategy=[1, 2])  # error
SMOTE(sampling_strategy="majority")  # error
SMOTE(sampling_strategy={0: "many"})  # error
SMOTE(k_neighbors="five")  # error
SMOTE(k_neighbours=5)  # error
SMOTE(5)  # error
SMOTE(random_state="seed")  # error
SMOTE(n_jobs=1.5)  # error
SMOTE(small_class="drop")  # error
SMOTE(missing="drop")  # error
SMOTE(metric="manhatten")  # error
SMOTE(distance_columns="age")  # error
SMOTE(bounds={"age": 3})  # error
SMOTE(round_columns="integers")  # error
BorderlineSMOTE(metric="cosine")  # error
BorderlineSMOTE(kind="borderline-3")  # error
NearMiss(version=4)  # error
NearMiss(sampling_strategy="minority")  # error
TomekLinks(sampling_strategy=0.5)  # error
TomekLinks(sampling_strategy={0: 10})  # error
ClusterCentroids(voting="loud")  # error
smotefast.resample_dataset("in.parquet", "out", target="y", rows="syntetic")  # error
smotefast.resample_dataset("in.parquet", "out")  # error
smotefast.resample_dataset("in.parquet", "out", target="y", compression="zst")  # error
smotefast.resample_dataset("in.parquet", "out", target="y", if_balanced="stop")  # error
smotefast.iter_resampled("in.parquet", target="y", rows="syntetic")  # error
smotefast.iter_resampled("in.parquet", "out", target="y")  # error
smotefast.iter_resampled("in.parquet", target="y", batch_rows="many")  # error
smotefast.iter_resampled("in.parquet", target="y").shard(0)  # error
smotefast.iter_resampled("in.parquet", target="y").matrix()["x0"]  # error
SMOTE().fit_resample(X)  # error
SMOTE().fit_resample(5, y)  # error
X_new, y_new = SMOTE().fit_resample(X, y)
X_new.does_not_exist()  # error
y_new.does_not_exist()  # error
frame, _ = SMOTE().fit_resample(pd.DataFrame(X), pd.Series(y))
frame.does_not_exist()  # error
SMOTE().resample_aligned(X).does_not_exist()  # error
print(SMOTE().provenance_.origin)  # error
smotefast.prior_correction([0.5])  # error
smotefast.prior_correction([0.5], [9, 1], {0: "one", 1: "one"})  # error
smotefast.prior_correction([0.5], [9, 1], [1, 1], inverse="yes")  # error
