"""Results as dicts, lists, strings and numbers, for ``json.dumps``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def to_plain(value: Any) -> Any:
    """Return dataclasses and mappings as dicts, sequences as lists, and values as in JSON.

    NaN and infinity become None. Dates and other values that JSON cannot hold become strings.

    Examples
    --------
    >>> import numpy as np
    >>> to_plain({np.int64(1): (np.float32(0.5), np.nan), "when": np.datetime64("2020-01-01")})
    {'1': [0.5, None], 'when': '2020-01-01'}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(to_plain(key)): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, np.datetime64 | np.timedelta64):
        return str(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if isinstance(value, str | int | None) else str(value)
