"""Both sides of a comparison, process by process in turns, and the case made of it."""

from __future__ import annotations

import os
import re
from typing import Any, NamedTuple

from benchmarks.cells import not_timed
from benchmarks.plan import Plan
from benchmarks.processes import call, run_code
from benchmarks.programs import OURS, THEIRS, sampler_program, selects
from benchmarks.stats import claim, summarise_calls, summarise_processes

CALLS = "benchmarks.sides:sampler_calls"
Answers = dict[str, list[dict[str, Any]]]


class Side(NamedTuple):
    """Whose sampler, set up how, and how often one process calls it after the first time.

    ``rounds`` limits the processes of what is too slow to be started in every round;
    ``speed`` is how many times as fast as imbalanced-learn it should be; ``is_same`` says
    whether it has the parameters of imbalanced-learn's side, so that rows compare; ``more``
    is what else ``sampler_calls`` is given.
    """

    library: str
    later: int
    sampler: str = "SMOTE"
    parameters: dict[str, Any] = {}  # noqa: RUF012 - nobody writes to it
    rounds: int | None = None
    speed: float | None = None
    is_same: bool = True
    more: dict[str, Any] = {}  # noqa: RUF012 - nor to this one

    def call(self, folder: str, **arguments: Any) -> dict[str, Any]:
        """Start a process that resamples the data of a folder."""
        what = {"sampler": self.sampler, "parameters": self.parameters, **self.more}
        given = {"later": self.later, **what, **arguments}
        return call(CALLS, library=self.library, folder=folder, **given)


def take_turns(plan: Plan, folder: str, sides: dict[str, Side], rounds: int) -> Answers:
    """Start the sides in turn, after one process of each of ours that may have to compile."""
    for side in sides.values():
        if side.library == OURS:
            side.call(folder, later=0)
    answers: Answers = {name: [] for name in sides}
    for turn in range(plan.rounds(rounds)):
        for name, side in sides.items():
            if side.rounds is None or turn < side.rounds:
                answer = side.call(folder, save=saved_rows(plan, name))
                answers[name].append(answer)
    return answers


def saved_rows(plan: Plan, side: str) -> str:
    """Return where what compares of a side lies after its turns."""
    return str(plan.folder / f"rows-{re.sub('[^a-z0-9]+', '-', side.lower())}.npy")


def compared(
    plan: Plan, title: str, folder: str, sides: dict[str, Side], rounds: int
) -> dict[str, Any]:
    """Take turns and return the case: times, counts, agreement, speeds against targets."""
    answers = take_turns(plan, folder, sides, rounds)
    found = {name: summarise_calls(of) for name, of in answers.items()}
    for name, side in sides.items():
        if not_timed(found[name]):
            continue
        last = answers[name][-1]
        found[name] |= {"counts": last["counts"], **last["reliability"]}
        if side.library == OURS and side.is_same and not not_timed(found[THEIRS]):
            found[name] |= agreement(plan, side.sampler, name)
    speeds = [
        claim(_speed(name), side.speed, ratio(found, name), "x")
        for name, side in sides.items()
        if side.speed is not None
    ]
    data = described(folder, answers[OURS][0])
    return {"title": title, "data": data, "sides": found, "claims": speeds, "notes": []}


def _speed(side: str) -> str:
    return f"speed, later calls{side.removeprefix(OURS)}"


def ratio(sides: dict[str, Any], side: str = OURS, what: str = "later_calls") -> float:
    """Return how many times as fast as imbalanced-learn a side is.

    That is the least it can be where imbalanced-learn was stopped.
    """
    theirs = sides[THEIRS]
    seconds = theirs["stopped"] if "stopped" in theirs else theirs[what]["median"]
    return float(seconds / sides[side][what]["median"])


def described(folder: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Return what is stored of the data."""
    kept = ("input_bytes", "result_bytes", "new_rows", "search")
    return {"shape": os.path.basename(folder)} | {
        name: answer[name] for name in kept if answer[name] is not None
    }


def agreement(plan: Plan, sampler: str, side: str) -> dict[str, float]:
    """Return which shares of the rows, and of decisions, are those of imbalanced-learn."""
    if not selects(sampler):
        return {"rows_equal": equal_rows(plan, side, THEIRS)}
    shares = _compared_by("benchmarks.selections:compare", plan, side, THEIRS)
    return {name: shares[name] for name in ("decisions_equal", "rows_equal")}


def equal_rows(plan: Plan, side: str, other: str) -> float:
    """Return the share of saved rows that are equal bit for bit."""
    rows = _compared_by("benchmarks.sides:compare_rows", plan, side, other)
    return float(rows["equal"] / max(1, rows["rows"]))


def _compared_by(function: str, plan: Plan, side: str, other: str) -> dict[str, Any]:
    return call(function, first=saved_rows(plan, side), second=saved_rows(plan, other))


def whole_processes(
    plan: Plan, folder: str, rounds: int, sampler: str = "SMOTE", **parameters: Any
) -> dict[str, Any]:
    """Run whole programs of both sides in turn, after one of ours."""
    programs = {
        side: sampler_program(side, folder, sampler, parameters) for side in (OURS, THEIRS)
    }
    run_code(programs[OURS])
    runs: Answers = {side: [] for side in programs}
    for _ in range(plan.rounds(rounds)):
        for side, program in programs.items():
            runs[side].append(run_code(program).times())
    return {side: summarise_processes(found) for side, found in runs.items()}
