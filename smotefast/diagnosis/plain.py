"""A diagnosis as plain Python: what ``json.dumps`` takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def as_plain(thing: Any) -> Any:
    """Return dataclasses and mappings as dicts, sequences as lists, values as JSON has them.

    NaN and infinity become None; dates and whatever else JSON does not know become text.

    Examples
    --------
    >>> import numpy as np
    >>> as_plain({np.int64(1): (np.float32(0.5), np.nan), "when": np.datetime64("2020-01-01")})
    {'1': [0.5, None], 'when': '2020-01-01'}
    """
    if is_dataclass(thing) and not isinstance(thing, type):
        return {one.name: as_plain(getattr(thing, one.name)) for one in fields(thing)}
    if isinstance(thing, Mapping):
        return {_key(key): as_plain(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [as_plain(value) for value in thing]
    if isinstance(thing, np.datetime64 | np.timedelta64):
        return str(thing)
    if isinstance(thing, np.generic):
        thing = thing.item()
    if isinstance(thing, float):
        return thing if np.isfinite(thing) else None
    return thing if isinstance(thing, str | int | None) else str(thing)


def _key(key: Any) -> str:
    plain = as_plain(key)
    return plain if isinstance(plain, str) else str(plain)
