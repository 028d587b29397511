"""How a case is to be measured."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Plan(NamedTuple):
    """Where data may be put, how often to repeat, and whether this is only a rehearsal.

    ``repeat`` None leaves the number of rounds to the case.
    """

    folder: Path
    repeat: int | None = None
    quick: bool = False

    def rounds(self, usual: int) -> int:
        """Return how many times each side is started, turn by turn."""
        return self.repeat or (1 if self.quick else usual)

    def size(self, full: int, quick: int) -> int:
        """Return a size: small ones show that the programs run, not how fast."""
        return quick if self.quick else full
