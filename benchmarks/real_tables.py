"""Public tables: how each is read, and which columns are meant."""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path
from typing import Any, NamedTuple

ADULT, TELCO, GERMAN = "adult-train", "telco_churn", "german"
NURSERY, MUSHROOM = "nursery", "mushroom"
KDD, CENSUS = "kddcup99_10_percent", "census_income_kdd_nominal"
COVERTYPE = "covertype_nominal_4_vs_rest"
AMAZON, FRAUD = "amazon_employee_train", "creditcard_subset_4492"
CREDIT = "give_me_some_credit_cs-training"


class Reader(NamedTuple):
    """The target (empty: the last of columns without names), and columns to leave out.

    Rows that have one of ``gaps`` are left out; other marks of missing values are levels.
    """

    target: str = ""
    left_out: str = ""
    gaps: tuple[str, ...] = ()


READERS = {
    **dict.fromkeys((ADULT, GERMAN, KDD), Reader()),
    **dict.fromkeys((NURSERY, MUSHROOM, CENSUS, COVERTYPE), Reader("class")),
    AMAZON: Reader("ACTION"),
    TELCO: Reader("Churn", "customerID", ("", " ")),
    # The rows that are no fraud are of the first hour only.
    FRAUD: Reader("Class", "Time"),
    CREDIT: Reader("SeriousDlqin2yrs", "Unnamed: 0", ("NA",)),
}


def sets(folder: Path) -> list[str]:
    """Return the names of the sets of arrays in ``benchmark/`` of a folder."""
    return sorted(path.stem for path in (folder / "benchmark").glob("*.npz"))


def study_parser(text: str | None) -> argparse.ArgumentParser:
    """Return a parser of the arguments of a study of sets: a folder, and names of sets."""
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser


def read(folder: Path, table: str) -> tuple[Any, Any]:
    """Return the frame of a table without its target, and the target as text."""
    import pandas as pd

    reader, path = READERS[table], folder / "tables" / f"{table}.csv.gz"
    if table in (NURSERY, MUSHROOM):
        frame = _read_arff(folder / "tables" / f"{table}.arff.gz")
    elif reader.target:
        frame = pd.read_csv(path, keep_default_na=False, na_values=reader.gaps)
    else:
        frame = pd.read_csv(path, keep_default_na=False, header=None, skipinitialspace=True)
        frame.columns = [f"column_{i}" for i in range(frame.shape[1])]
    frame = frame.drop(columns=reader.left_out or []).dropna().reset_index(drop=True)
    return frame, frame.pop(reader.target or frame.columns[-1]).astype(str).to_numpy("O")


def _read_arff(path: Path) -> Any:
    """Return a file of nominal attributes."""
    import pandas as pd
    from scipy.io.arff import loadarff

    with gzip.open(path, "rt") as lines:
        return pd.DataFrame(loadarff(lines)[0]).apply(lambda column: column.str.decode("utf-8"))


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
    frame, y = read(Path(folder), table)
    text = list(frame.select_dtypes(exclude="number").columns)
    if columns in ("numeric", "coded"):
        codes = np.unique(y, return_inverse=True)[1]
        return frame.drop(columns=text).to_numpy("f8"), codes if columns == "coded" else y
    if columns == "text":
        frame = frame[text]
    chosen = list(frame.columns) if columns == "all" else text
    numbers = frame.columns.difference(chosen)
    kinds = dict.fromkeys(numbers, "f8") | dict.fromkeys(chosen, "category")
    return frame.astype(kinds), y


def binary(folder: str | Path, table: str) -> tuple[Any, Any]:
    """Return the numeric columns of a table, and 1 for the rows of its smallest class.

    The small class of KDD Cup 99 is that of normal connections; the others are attacks.
    """
    import numpy as np

    X, y = load(str(folder), table, "numeric")
    labels, counts = np.unique(y, return_counts=True)
    small = "normal." if table == KDD else labels[counts.argmin()]
    return X, (y == small).astype(int)


def make_parquet(data: dict[str, str], destination: str) -> None:
    """Turn the numeric columns of a table into Parquet, with the target as "target"."""
    frame, y = read(Path(data["folder"]), data["table"])
    frame = frame.select_dtypes("number").assign(target=y)
    frame.to_parquet(destination, index=False, row_group_size=100_000)
