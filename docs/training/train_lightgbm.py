"""Train LightGBM on resampled rows: ``python train_lightgbm.py TRAIN TEST``.

Both are Parquet files with a column ``label``.
"""

import sys

import lightgbm as lgb
import numpy as np
import pyarrow.parquet as pq
from sklearn.metrics import average_precision_score

import smotefast
from smotefast import SMOTE

PARAMETERS = {"objective": "binary", "num_leaves": 15, "seed": 0, "verbose": -1}


class Features(lgb.Sequence):
    """Features as LightGBM reads them: a sample of single rows, then slices in their order."""

    def __init__(self, rows):
        self.matrix = rows.matrix()
        self.batch_size = rows.batch_rows

    def __len__(self):
        return len(self.matrix)

    def __getitem__(self, index):
        return self.matrix[index]


def train(data, label):
    """Train a model; return the average precision on the test file."""
    model = lgb.train(PARAMETERS, lgb.Dataset(data, label), num_boost_round=50)
    test = pq.read_table(sys.argv[2])
    features = np.column_stack(test.drop_columns("label").columns)
    return average_precision_score(test["label"], model.predict(features))


with smotefast.iter_resampled(
    sys.argv[1], target="label", sampler=SMOTE(random_state=0)
) as rows:
    print(rows.summary)
    label = np.concatenate([batch["label"] for batch in rows.select("label")])
    streamed = train(Features(rows), label)

table = pq.read_table(sys.argv[1])  # for comparison, with everything in memory
X, y = SMOTE(random_state=0).fit_resample(table.drop_columns("label"), table["label"])
in_memory = train(np.column_stack(X.columns), np.asarray(y))
print(f"average precision {streamed:.4f}, in memory {in_memory:.4f}")
