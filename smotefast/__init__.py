"""Compiled, parallel, out-of-core resampling for imbalanced classification.

Names are loaded on first use, so that ``import smotefast`` costs next to nothing.

>>> import smotefast
>>> smotefast.__version__
'0.1.0'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from smotefast import _forks as _forks
from smotefast._version import __version__

if TYPE_CHECKING:
    from smotefast import combine, over_sampling, under_sampling
    from smotefast.batch import resample_dataset
    from smotefast.diagnosis import diagnose
    from smotefast.engine.damage import ResamplingWarning

__all__ = [
    "ResamplingWarning",
    "__version__",
    "combine",
    "diagnose",
    "over_sampling",
    "resample_dataset",
    "under_sampling",
]

_HOME = {
    "ResamplingWarning": "smotefast.engine.damage",
    "diagnose": "smotefast.diagnosis",
    "resample_dataset": "smotefast.batch",
}
_ROOMS = {"batch", "combine", "over_sampling", "under_sampling"}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _ROOMS:
        return import_module(f"smotefast.{name}")
    raise AttributeError(f"module 'smotefast' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
