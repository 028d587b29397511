"""Steps of a search in files as tasks of a cluster.

Each attempt writes the neighbors that it finds to a file of its own. The process that plans
moves the file of the first attempt to the folder of the job and records it, so another run of
the job goes on from the steps that are done.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from typing import NamedTuple

from smotefast.batch.engines import Engine, Report
from smotefast.neighbors import StepWork
from smotefast.storage import Journal, check_resident_memory
from smotefast.storage.journal import write_array
from smotefast.storage.remote.shared_folder import SharedFolder


class Step(NamedTuple):
    """A step: the name of its result, and the number that its work takes."""

    name: str
    number: int


class StepWriter(NamedTuple):
    """Writes results of steps.

    Attributes
    ----------
    work
        Finds the neighbors of a step.
    folder
        Where the files are published.
    limit
        Largest resident memory of the process, in bytes.
    """

    work: StepWork
    folder: SharedFolder
    limit: int

    def write(self, step: Step, report: Report) -> str:
        """Do a step; return the name of the file with its result."""
        found = self.work(step.number, report)
        check_resident_memory(self.limit)
        path = os.path.join(self.folder.path, f"{step.name}-{secrets.token_hex(4)}.npy")
        write_array(path, found)
        return self.folder.publish(path)


class SearchSteps:
    """Does steps of searches on a cluster; see ``neighbors.StepEngine``.

    Parameters
    ----------
    engine, folder
        The cluster, and the folder for the files.
    journal
        Gets the results.
    limit
        Memory limit of each process, in bytes.
    """

    def __init__(
        self, engine: Engine, folder: SharedFolder, journal: Journal, limit: int
    ) -> None:
        self._engine, self._folder = engine, folder
        self._journal, self._limit = journal, limit

    def do(self, work: StepWork, numbers: Mapping[str, int], report: Report) -> None:
        """Do steps, and save their results by name."""
        writer = StepWriter(work, self._folder, self._limit)
        steps = [Step(*item) for item in numbers.items()]
        self._engine.run(writer.write, steps, report, done=self._record)

    def _record(self, step: Step, name: str) -> None:
        self._journal.take_array(step.name, self._folder.fetch(name))
        self._folder.remove(name)
