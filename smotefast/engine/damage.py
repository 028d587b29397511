"""The one warning about resampling that did not do what was asked of it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence


class ResamplingWarning(UserWarning):
    """Rows were not made, or not as asked for: a class stayed as it was, or missed its size.

    One warning tells of all classes of a call. It is switched off with
    ``warnings.simplefilter("ignore", smotefast.ResamplingWarning)``.
    """


def warn_of(notes: Sequence[str], *, stacklevel: int = 2) -> None:
    """Give one warning with all that there is to say, or none."""
    if notes:
        warnings.warn(" ".join(notes), ResamplingWarning, stacklevel=stacklevel + 1)
