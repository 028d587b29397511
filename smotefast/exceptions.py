"""Warnings and errors of the package, and the one ResamplingWarning of a call."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

from smotefast._messages import MAX_NAMES


class ResamplingWarning(UserWarning):
    """The result is not what was requested, or a column of X is unsuitable for distances.

    A call emits at most one such warning about classes and one about columns. To silence them,
    use ``warnings.simplefilter("ignore", smotefast.ResamplingWarning)``.
    """


class SearchWarning(UserWarning):
    """The nearest-neighbor search used another method than requested."""


class RecallWarning(UserWarning):
    """Approximate search found too few of the true nearest neighbors."""


class PatchWarning(UserWarning):
    """A class, or a version, of imbalanced-learn is not replaced by ``patch_imblearn``."""


class SourceError(OSError):
    """A source file is missing or cannot be read."""


class SourceMissingError(SourceError, FileNotFoundError):
    """The source does not exist, or is a folder without Parquet files."""


class SourceChangedError(SourceError):
    """A source file changed after it was opened."""


class StoreError(OSError):
    """An object store, or another remote file system, refused a request or did not answer."""


class StoreReadError(SourceError, StoreError):
    """A source in a store cannot be read."""


class ClusterError(RuntimeError):
    """A cluster has lost tasks of a job, or its workers cannot run them."""


class MissingPackageError(ImportError):
    """A package of an extra is not installed."""


class DestinationExistsError(FileExistsError, ValueError):
    """The destination exists and is something that is never replaced."""


class DestinationBusyError(FileExistsError):
    """Another job is writing to the destination."""


class ArgumentError(ValueError):
    """Arguments that contradict each other, whatever the data are."""


class NotNumericError(ValueError):
    """Data that are not numbers; a sampler can replace the advice.

    Parameters
    ----------
    before, after
        The message before and after the name of the column.
    column
        Name or position of the column; None if the message is about all of X.
    advice
        What to do.
    """

    def __init__(self, before: str, column: object, after: str, advice: str) -> None:
        super().__init__(before, column, after, advice)

    def __str__(self) -> str:
        before, column, after, advice = self.args
        return f"{before}{'' if column is None else repr(column)}{after} {advice}"

    def with_advice(self, advice: str) -> NotNumericError:
        """Return the same error with other advice."""
        before, column, after, _ = self.args
        return NotNumericError(before, column, after, advice)


def warn_resampling(messages: Sequence[str]) -> None:
    """Emit one ResamplingWarning for all messages of a call, at the caller's line."""
    if messages:
        shown = [*messages[:MAX_NAMES]]
        if len(messages) > MAX_NAMES:
            shown.append(f"The same holds for {len(messages) - MAX_NAMES:,} more classes.")
        warn_at_caller(" ".join(shown), ResamplingWarning)


def warn_at_caller(message: str, category: type[Warning]) -> None:
    """Emit a warning at the line outside the package that led to it."""
    warnings.warn(message, category, stacklevel=_frames_inside() + 1)


def _frames_inside() -> int:
    """Count the frames between this function and the first line outside the package."""
    frame, level = sys._getframe(1), 0
    inside = {"smotefast", "abc"}  # ABCMeta is between a user's class and __init_subclass__
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in inside:
        frame, level = frame.f_back, level + 1
    return level
