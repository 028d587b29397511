"""Train XGBoost on resampled rows: ``python train_xgboost.py TRAIN TEST``.

Both are Parquet files with a column ``label``.
"""

import sys

import pyarrow as pa
import pyarrow.parquet as pq
import xgboost as xgb
from sklearn.metrics import average_precision_score

import smotefast
from smotefast import SMOTE

PARAMETERS = {"objective": "binary:logistic", "max_depth": 4, "seed": 0}


class Batches(xgb.DataIter):
    """Resampled rows as XGBoost reads them: several passes over all batches."""

    def __init__(self, rows):
        super().__init__()
        self.rows = rows

    def reset(self):
        """Begin a pass."""
        self.batches = iter(self.rows)

    def next(self, input_data):
        """Hand over a batch; return False after the last one."""
        batch = next(self.batches, None)
        if batch is None:
            return False
        table = pa.table(batch)
        input_data(data=table.select(self.rows.features), label=table[self.rows.target])
        return True


def train(matrix):
    """Train on a matrix; return the average precision on the test file."""
    model = xgb.train(PARAMETERS, matrix, num_boost_round=50)
    test = pq.read_table(sys.argv[2])
    predicted = model.predict(xgb.DMatrix(test.drop_columns("label")))
    return average_precision_score(test["label"], predicted)


with smotefast.iter_resampled(
    sys.argv[1], target="label", sampler=SMOTE(random_state=0)
) as rows:
    print(rows.summary)
    streamed = train(xgb.QuantileDMatrix(Batches(rows)))

table = pq.read_table(sys.argv[1])  # for comparison, with everything in memory
X, y = SMOTE(random_state=0).fit_resample(table.drop_columns("label"), table["label"])
in_memory = train(xgb.QuantileDMatrix(X, y))
print(f"average precision {streamed:.4f}, in memory {in_memory:.4f}")
