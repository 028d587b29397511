"""Both libraries in turn, each in fresh processes, and the case that comes of it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.cells import not_timed
from benchmarks.programs import OURS, THEIRS, sampler_program, selects
from smotefast.bench.processes import call, run_code
from smotefast.bench.spread import summarize

Answers = dict[str, list[dict[str, Any]]]
Found = dict[str, Any]


class Plan(NamedTuple):
    """Where data are, how often to repeat (None: as the case has it), whether to rehearse."""

    folder: Path
    repeat: int | None = None
    quick: bool = False

    def rounds(self, usual: int) -> int:
        """Return how many times each side is started, turn by turn."""
        return self.repeat or (1 if self.quick else usual)

    def size(self, full: int, quick: int) -> int:
        """Return a size: small ones show that the programs run, not how fast."""
        return quick if self.quick else full


class Side(NamedTuple):
    """A library with its sampler and parameters, and how often a process calls it.

    Attributes
    ----------
    later
        Calls after the first one.
    rounds
        Most processes; for what is too slow to be started in every round.
    speed
        How many times as fast as imbalanced-learn it should be.
    is_same
        Whether it has the parameters of imbalanced-learn's side, so that rows compare.
    more
        Other arguments of ``sampler_calls``.
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
        given = {"sampler": self.sampler, "parameters": self.parameters, "folder": folder}
        given |= {"library": self.library, "later": self.later, **self.more, **arguments}
        return call("benchmarks.sides:sampler_calls", **given)


def take_turns(plan: Plan, folder: str, sides: dict[str, Side], rounds: int) -> Answers:
    """Start the sides in turn, after one process of each of ours that may have to compile."""
    for side in sides.values():
        if side.library == OURS:
            side.call(folder, later=0)
    answers: Answers = {name: [] for name in sides}
    for turn in range(plan.rounds(rounds)):
        for name, side in sides.items():
            if side.rounds is None or turn < side.rounds:
                answers[name].append(side.call(folder, save=saved_rows(plan, name)))
    return answers


def saved_rows(plan: Plan, side: str) -> str:
    """Return the file with what is compared of a side."""
    return str(plan.folder / f"rows-{re.sub('[^a-z0-9]+', '-', side.lower())}.npy")


def compared(plan: Plan, title: str, folder: str, sides: dict[str, Side], rounds: int) -> Found:
    """Take turns and return the case: times, counts, agreement, speeds against targets."""
    answers = take_turns(plan, folder, sides, rounds)
    found = {name: summary_of_calls(of) for name, of in answers.items()}
    for name, side in sides.items():
        if not_timed(found[name]):
            continue
        last = answers[name][-1]
        found[name] |= {"counts": last["counts"], **last["reliability"]}
        if side.library == OURS and side.is_same and not not_timed(found[THEIRS]):
            found[name] |= agreement(plan, side.sampler, name)
    speeds = [
        claim(f"speed, later calls{name.removeprefix(OURS)}", side.speed, ratio(found, name))
        for name, side in sides.items()
        if side.speed is not None
    ]
    return case_of(title, described(folder, answers[OURS][0]), found, speeds)


def case_of(title: str, data: Found, sides: Found, claims: list[Found], *notes: str) -> Found:
    """Return what is stored of a case."""
    return {
        "title": title, "data": data, "sides": sides, "claims": claims, "notes": list(notes)
    }  # fmt: skip


def short_summary(values: list[float]) -> Found:
    """Return minimum, median, maximum and the number of values, without the values."""
    return {name: of for name, of in summarize(values).items() if name != "values"}


def summary_of_calls(answers: list[Found]) -> Found:
    """Put the processes of one side together; what cut one short stands for all."""
    for why in ("stopped", "refused"):
        known = [answer[why] for answer in answers if why in answer]
        if known:
            return {why: known[0], "peak_bytes": max(answer["peak"] for answer in answers)}
    later = [seconds for answer in answers for seconds in answer["later"]]
    return {
        "first_call": short_summary([answer["first"] for answer in answers]),
        "later_calls": short_summary(later) if later else None,
        **summary_of_processes([answer["process"] for answer in answers]),
        "peak_bytes": max(answer["peak"] for answer in answers),
    }


def summary_of_processes(runs: list[Found]) -> Found:
    """Put whole processes of one side together."""
    return {
        "process_wall": short_summary([run["wall"] for run in runs]),
        "process_cpu": short_summary([run["cpu"] for run in runs]),
        "peak_bytes": max(run["peak"] for run in runs),
    }


def claim(
    what: str, target: float, measured: float, unit: str = "x", *, at_most: bool = False
) -> Found:
    """Compare a measured number with its target.

    ``unit`` is "x" for a ratio, "s", "bytes", or empty for a share.
    """
    holds = bool(measured <= target if at_most else measured >= target)
    return {
        "what": what, "target": target, "measured": measured, "unit": unit,
        "at_most": at_most, "holds": holds,
    }  # fmt: skip


def ratio(sides: Found, side: str = OURS, what: str = "later_calls") -> float:
    """Return how many times as fast as imbalanced-learn a side is.

    That is the least it can be where imbalanced-learn was stopped.
    """
    theirs = sides[THEIRS]
    seconds = theirs["stopped"] if "stopped" in theirs else theirs[what]["median"]
    return float(seconds / sides[side][what]["median"])


def described(folder: str, answer: Found) -> Found:
    """Return what is stored of the data."""
    kept = ("input_bytes", "result_bytes", "new_rows", "search")
    return {"shape": os.path.basename(folder)} | {
        name: answer[name] for name in kept if answer[name] is not None
    }


def agreement(plan: Plan, sampler: str, side: str) -> dict[str, float]:
    """Return which shares of the rows, and of decisions, are those of imbalanced-learn."""
    return compare_saved(sampler, saved_rows(plan, side), saved_rows(plan, THEIRS))


def compare_saved(sampler: str, first: str, second: str) -> dict[str, float]:
    """Compare two saved results in a process of its own."""
    function = "selections:compare" if selects(sampler) else "sides:compare_rows"
    shares = call(f"benchmarks.{function}", first=first, second=second)
    del shares["process"]
    return shares


def whole_processes(
    plan: Plan, folder: str, rounds: int, sampler: str = "SMOTE", **parameters: Any
) -> Found:
    """Run whole programs of both sides in turn, after one of ours."""
    programs = {
        side: sampler_program(side, folder, sampler, parameters) for side in (OURS, THEIRS)
    }
    return turns_of_programs(plan, programs, rounds)


def turns_of_programs(plan: Plan, programs: dict[str, str], rounds: int) -> Found:
    """Run programs in turn, each once before."""
    for program in programs.values():
        run_code(program)
    runs: Answers = {name: [] for name in programs}
    for _ in range(plan.rounds(rounds)):
        for name, program in programs.items():
            runs[name].append(run_code(program).times())
    return {name: summary_of_processes(found) for name, found in runs.items()}
