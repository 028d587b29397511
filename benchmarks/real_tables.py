"""The tables of ``real_data``: how each becomes Parquet, and what is asked of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

KDD, CREDIT = "kddcup99_10_percent", "give_me_some_credit_cs-training"

# Attacks of 6 rows and more, which five neighbours need, and fewer than 20,000.
_KDD_ATTACKS = (
    "back",
    "satan",
    "ipsweep",
    "portsweep",
    "warezclient",
    "teardrop",
    "pod",
    "nmap",
    "guess_passwd",
    "buffer_overflow",
    "land",
    "warezmaster",
    "imap",
    "rootkit",
    "loadmodule",
    "ftp_write",
    "multihop",
)


class Task(NamedTuple):
    """One resampling of one table; ``strategy`` None means "auto"."""

    name: str
    table: str
    target: str
    k: int = 5
    strategy: dict[str, int] | None = None
    memory_limit: str = "1GiB"

    def strategy_text(self) -> str:
        """Return the strategy as the command line takes it."""
        return json.dumps(self.strategy) if self.strategy else "auto"


TASKS = (
    Task("KDD Cup 99, one rare attack", KDD, "attack", strategy={"buffer_overflow.": 50_000}),
    Task(
        "KDD Cup 99, 17 attacks to 20,000 each",
        KDD,
        "attack",
        strategy={f"{name}.": 20_000 for name in _KDD_ATTACKS},
    ),
    Task("KDD Cup 99, all 23 classes balanced, k=1", KDD, "attack", k=1),
    Task("Give Me Some Credit", CREDIT, "SeriousDlqin2yrs"),
)


def make_parquet(table: str, folder: str, destination: str) -> None:
    """Turn a table into Parquet: numeric columns and the target, rows without a gap."""
    import pandas as pd

    if table == KDD:
        path = Path(folder) / f"{table}.csv.gz"
        frame = pd.read_csv(path, header=None, dtype={41: str})
        frame.columns = [*(f"column_{i}" for i in range(41)), "attack"]
        numeric = frame.select_dtypes("number")
        frame = numeric.assign(attack=frame["attack"])
    else:
        frame = read_credit(Path(folder))
    frame.to_parquet(destination, index=False, row_group_size=100_000)


def read_credit(tables: Path) -> Any:
    """Return the rows of Give Me Some Credit that miss no value."""
    import pandas as pd

    return pd.read_csv(tables / f"{CREDIT}.csv.gz", index_col=0).dropna()
