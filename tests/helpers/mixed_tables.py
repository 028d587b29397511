"""Tables of numbers and categories, and the SMOTENC of both libraries."""

import numpy as np
import pytest
from imblearn import over_sampling as theirs

from smotefast.over_sampling import SMOTENC
from tests.helpers.datasets import mixed

NAMES = np.array(list("zwxyvu"))


def pair(columns=(3, 4), **kwargs):
    kwargs = {"random_state": 0, **kwargs}
    return SMOTENC(columns, **kwargs), theirs.SMOTENC(columns, **kwargs)


def as_objects(X, n_numeric=3):
    """Convert the first categorical column to text."""
    objects = X.astype(object)
    objects[:, n_numeric] = NAMES[X[:, n_numeric].astype(int)]
    return objects


def as_frame(seed=0):
    """Return a pandas frame with several dtypes and columns in mixed order."""
    pd = pytest.importorskip("pandas")
    X, y = mixed(seed)
    first, second = X[:, 3].astype(int), X[:, 4].astype(int)
    frame = pd.DataFrame(
        {
            "kind": pd.Categorical(NAMES[first], categories=[*"xwuzyv"], ordered=True),
            "wide": X[:, 0],
            "flag": second > 0,
            "small": X[:, 1].astype(np.float32),
            "name": NAMES[second],
            "count": (X[:, 2] * 1e5).astype(np.int64),
        }
    )
    return frame, y


def other_frames(frame):
    """Yield the same columns as frames of other libraries."""
    pl, pa, nw = (pytest.importorskip(name) for name in ("polars", "pyarrow", "narwhals"))
    polars = pl.DataFrame(
        {name: column.astype(object if name == "kind" else column.dtype).to_numpy()
         for name, column in frame.items()},
        schema_overrides={"kind": pl.Enum(["q", *"xwuzyv"]), "name": pl.String},
    )  # fmt: skip
    yield polars
    yield polars.with_columns(pl.col("kind").cast(pl.String).cast(pl.Categorical))
    yield nw.from_native(polars)
    table = polars.to_arrow()
    yield table
    place = table.schema.get_field_index("kind")
    values = table["kind"].cast(pa.string()).dictionary_encode()
    yield table.set_column(place, "kind", values).to_batches()[0]
