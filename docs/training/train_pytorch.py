"""Train a network on resampled rows: ``python train_pytorch.py TRAIN TEST``.

Both are Parquet files with a column ``label``.
"""

import sys
from itertools import zip_longest

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from sklearn.metrics import average_precision_score
from torch.utils.data import DataLoader, IterableDataset, TensorDataset, get_worker_info

import smotefast
from smotefast import SMOTE

EPOCHS, N_PARTS, PART_ROWS = 5, 16, 32


class MixedBatches(IterableDataset):
    """Batches of 512 rows, 32 from each of 16 parts of the rows.

    The originals come first and the synthetic samples last, so batches of rows that follow each
    other would hold one class for a long time.
    """

    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        worker = get_worker_info()
        index, n_workers = (worker.id, worker.num_workers) if worker else (0, 1)
        parts = [self.rows.shard(i, N_PARTS).shard(index, n_workers) for i in range(N_PARTS)]
        for batches in zip_longest(*parts):
            table = pa.Table.from_batches([batch for batch in batches if batch is not None])
            yield tensors(table.select(self.rows.features), table[self.rows.target])


def tensors(features, label):
    """Return the features and the label as float32."""
    matrix = np.column_stack(features.columns).astype(np.float32)
    return torch.from_numpy(matrix), torch.from_numpy(np.asarray(label).astype(np.float32))


def train(loader, n_features):
    """Train a network; return the average precision on the test file."""
    torch.manual_seed(0)
    layers = torch.nn.Linear(n_features, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1)
    model = torch.nn.Sequential(*layers)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    loss_of = torch.nn.BCEWithLogitsLoss()
    for _ in range(EPOCHS):
        for features, label in loader:
            optimizer.zero_grad()
            loss_of(model(features)[:, 0], label).backward()
            optimizer.step()
    test = pq.read_table(sys.argv[2])
    features, label = tensors(test.drop_columns("label"), test["label"])
    with torch.no_grad():
        return average_precision_score(label, model(features)[:, 0])


def main():
    """Train from the file, and for comparison with everything in memory."""
    sampler, path = SMOTE(random_state=0), sys.argv[1]
    options = {"target": "label", "sampler": sampler, "batch_rows": PART_ROWS}
    with smotefast.iter_resampled(path, **options) as rows:
        print(rows.summary)
        loader = DataLoader(MixedBatches(rows), batch_size=None, num_workers=2)
        streamed = train(loader, len(rows.features))

    table = pq.read_table(path)
    X, y = sampler.fit_resample(table.drop_columns("label"), table["label"])
    loader = DataLoader(TensorDataset(*tensors(X, y)), batch_size=512, shuffle=True)
    in_memory = train(loader, X.num_columns)
    print(f"average precision {streamed:.4f}, in memory {in_memory:.4f}")


if __name__ == "__main__":  # workers may import this file
    main()
