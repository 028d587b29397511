"""Warnings of the package, and how a call emits one warning for all its messages."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

from smotefast._messages import MOST_LISTED


class ResamplingWarning(UserWarning):
    """Rows were not made, or not as asked for, or columns of X should not be computed with.

    One warning tells of all classes of a call, another of all columns. They are switched off
    with ``warnings.simplefilter("ignore", smotefast.ResamplingWarning)``.
    """


class SearchWarning(UserWarning):
    """The search ran in another way than asked for."""


class RecallWarning(UserWarning):
    """An approximate search found fewer of the true neighbours than it should."""


def warn_resampling(notes: Sequence[str]) -> None:
    """Give one warning with all that there is to say, or none, at the line that called us."""
    if notes:
        shown = [*notes[:MOST_LISTED]]
        if len(notes) > MOST_LISTED:
            shown.append(f"The same holds for {len(notes) - MOST_LISTED:,} more classes.")
        warnings.warn(" ".join(shown), ResamplingWarning, stacklevel=_levels_inside() + 1)


def _levels_inside() -> int:
    """Count the frames between the caller and the line of the user."""
    frame, level = sys._getframe(1), 0
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("smotefast."):
        frame, level = frame.f_back, level + 1
    return level
