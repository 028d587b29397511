"""Public tables: how each is read, and which columns are meant."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

ADULT, TELCO, GERMAN = "adult-train", "telco_churn", "german"
NURSERY, MUSHROOM = "nursery", "mushroom"
KDD, CENSUS = "kddcup99_10_percent", "census_income_kdd_nominal"
COVERTYPE = "covertype_nominal_4_vs_rest"
AMAZON, FRAUD = "amazon_employee_train", "creditcard_subset_4492"
CREDIT = "give_me_some_credit_cs-training"


def sets(folder: Path) -> list[str]:
    """Return the names of the sets of arrays in ``benchmark/`` of a folder."""
    return sorted(path.stem for path in (folder / "benchmark").glob("*.npz"))


def load(folder: str, table: str, columns: str) -> tuple[Any, Any]:
    """Return X and y of a table.

    ``columns`` tells which columns X has and in which form: "numeric" ones as a float64
    array, the same with "coded" labels, a frame of "text" ones or of "all" as categories, or a
    "mixed" frame of float64 and of categories. (Where all numbers are integers,
    imbalanced-learn's SMOTENC gives categories no weight and draws them at random; floats keep
    both sides comparable.)
    """
    import numpy as np

    path = Path(folder) / "benchmark" / f"{table}.npz"
    if path.exists():
        with np.load(path) as stored:
            return stored["data"], stored["label"]
    frame, y = READERS[table](Path(folder) / "tables")
    text = list(frame.select_dtypes(exclude="number").columns)
    if columns in ("numeric", "coded"):
        return frame.drop(columns=text).to_numpy("f8"), _codes(y) if columns == "coded" else y
    if columns == "text":
        frame = frame[text]
    chosen = list(frame.columns) if columns == "all" else text
    numbers = frame.columns.difference(chosen)
    kinds = dict.fromkeys(numbers, "f8") | dict.fromkeys(chosen, "category")
    return frame.astype(kinds), y


def _codes(y: Any) -> Any:
    """Return labels as numbers, in the order of the labels."""
    import numpy as np

    return np.unique(y, return_inverse=True)[1]


def binary(folder: str | Path, table: str) -> tuple[Any, Any]:
    """Return the numeric columns of a table, and 1 for the rows of its small class, or 0.

    The small class of KDD Cup 99 is that of normal connections; the others are attacks.
    """
    import numpy as np

    X, y = load(str(folder), table, "numeric")
    labels, counts = np.unique(y, return_counts=True)
    small = "normal." if table == KDD else labels[counts.argmin()]
    return X, (y == small).astype(int)


def _without_header(table: str) -> Callable[[Path], tuple[Any, Any]]:
    """Return a reader of a CSV file without names, whose last column is the target."""

    def read(tables: Path) -> tuple[Any, Any]:
        frame = _csv(tables / f"{table}.csv.gz", header=None, skipinitialspace=True)
        frame.columns = [f"column_{i}" for i in range(frame.shape[1])]
        return _apart(frame, frame.columns[-1])

    return read


def _with_header(table: str, target: str) -> Callable[[Path], tuple[Any, Any]]:
    return lambda tables: _apart(_csv(tables / f"{table}.csv.gz"), target)


def _telco(tables: Path) -> tuple[Any, Any]:
    """Leave out the customer number and the rows without their charges."""
    import pandas as pd

    frame = _csv(tables / f"{TELCO}.csv.gz").drop(columns="customerID")
    frame["TotalCharges"] = pd.to_numeric(frame["TotalCharges"], errors="coerce")
    return _apart(frame.dropna().reset_index(drop=True), "Churn")


def _fraud(tables: Path) -> tuple[Any, Any]:
    """Leave out the time: the rows that are no fraud are of the first hour only."""
    return _apart(_csv(tables / f"{FRAUD}.csv.gz").drop(columns="Time"), "Class")


def _credit(tables: Path) -> tuple[Any, Any]:
    return _apart(_read_credit(tables).reset_index(drop=True), "SeriousDlqin2yrs")


def _read_credit(tables: Path) -> Any:
    """Return the rows of Give Me Some Credit that miss no value."""
    import pandas as pd

    return pd.read_csv(tables / f"{CREDIT}.csv.gz", index_col=0).dropna()


def _arff(table: str) -> Callable[[Path], tuple[Any, Any]]:
    """Return a reader of an ARFF file of nominal attributes, "class" among them."""

    def read(tables: Path) -> tuple[Any, Any]:
        import pandas as pd

        names, rows, is_data = [], [], False
        with gzip.open(tables / f"{table}.arff.gz", "rt") as lines:
            for line in lines:
                word = line.split(maxsplit=2)[:2]
                if is_data and word and not line.startswith("%"):
                    rows.append(line.strip())
                elif word and word[0].lower() == "@attribute":
                    names.append(word[1].strip("'"))
                is_data = is_data or line.lower().startswith("@data")
        return _apart(pd.DataFrame(csv.reader(rows, quotechar="'"), columns=names), "class")

    return read


def _csv(path: Path, **how: Any) -> Any:
    """Read a CSV file; marks of missing values stay, as levels of their own."""
    import pandas as pd

    return pd.read_csv(path, keep_default_na=False, **how)


def _apart(frame: Any, target: str) -> tuple[Any, Any]:
    return frame, frame.pop(target).astype(str).to_numpy("O")


READERS: dict[str, Callable[[Path], tuple[Any, Any]]] = {
    **{name: _without_header(name) for name in (ADULT, GERMAN, KDD)},
    **{name: _arff(name) for name in (NURSERY, MUSHROOM)},
    TELCO: _telco,
    FRAUD: _fraud,
    CREDIT: _credit,
    **{name: _with_header(name, "class") for name in (CENSUS, COVERTYPE)},
    AMAZON: _with_header(AMAZON, "ACTION"),
}


def make_parquet(table: str, folder: str, destination: str) -> None:
    """Turn a table into Parquet: numeric columns and the target, rows without a gap."""
    import pandas as pd

    if table == KDD:
        path = Path(folder) / f"{table}.csv.gz"
        frame = pd.read_csv(path, header=None, dtype={41: str})
        frame.columns = [*(f"column_{i}" for i in range(41)), "attack"]
        frame = frame.select_dtypes("number").assign(attack=frame["attack"])
    else:
        frame = _read_credit(Path(folder))
    frame.to_parquet(destination, index=False, row_group_size=100_000)
