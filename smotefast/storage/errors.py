"""Errors of files, told apart by what has to be done about them."""

from __future__ import annotations


class SourceError(OSError):
    """A source is missing or cannot be read."""


class SourceMissingError(SourceError, FileNotFoundError):
    """There is no such source."""


class SourceChangedError(SourceError):
    """A file of the source is no longer the one that was opened."""


class DestinationExistsError(FileExistsError, ValueError):
    """Something stands at the destination that is never replaced."""


class ArgumentError(ValueError):
    """Arguments that do not go together, whatever the data hold."""
