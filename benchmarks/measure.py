"""A case: one sampler of both libraries on one data set, in turn, in fresh processes."""

from __future__ import annotations

import math
import re
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.data import Generated, Table
from benchmarks.libraries import EXACT, OURS, THEIRS, sampler_program
from smotefast.bench.measure import take_turns
from smotefast.bench.processes import call, run_code
from smotefast.bench.spread import summarize, summarize_calls, summarize_processes

Found = dict[str, Any]
# What a case stores of its data and of each side, from what ``sides.sampler_calls`` answers.
_OF_DATA = ("rows", "features", "before", "input_bytes", "result_bytes")
_OF_SIDES = ("counts", "new_rows", "search", "recall", "disagreement")


class Plan(NamedTuple):
    """Where data are, how often to repeat (None: as the case has it), whether to rehearse."""

    folder: Path
    repeat: int | None = None
    quick: bool = False
    tables: Path | None = None

    def rounds(self, usual: int) -> int:
        """Return how many times each side is started, turn by turn."""
        return self.repeat or (1 if self.quick else usual)

    def size(self, full: int, quick: int) -> int:
        """Return a size: small ones show that the programs run, not how fast."""
        return quick if self.quick else full


class Case(NamedTuple):
    """A sampler on a data set.

    Attributes
    ----------
    parameters
        What both libraries get.
    ours
        Our sides, with the parameters that only smotefast has. Those in ``libraries`` are
        compared with imbalanced-learn's result.
    speed
        How many times as fast as imbalanced-learn our sides should be.
    later
        Calls after the first one, of our sides and of imbalanced-learn.
    rounds
        Processes of each side.
    limit, enough, gib
        Seconds that imbalanced-learn's call gets, seconds of calls that suffice, and the
        address space of a process.
    recall
        Whether to measure the recall of the neighbors that were used.
    whole
        How many whole processes to measure as well.
    is_equal
        Whether all rows must be those of imbalanced-learn.
    """

    name: str
    title: str
    sampler: str
    data: Generated | Table
    parameters: dict[str, Any] = {}  # noqa: RUF012 - nobody writes to it
    ours: dict[str, dict[str, Any]] = {OURS: {}}  # noqa: RUF012 - nor to this one
    speed: dict[str, float] = {}  # noqa: RUF012 - nor to this one
    later: tuple[int, int] = (5, 1)
    rounds: int = 3
    limit: float | None = None
    enough: float = math.inf
    gib: float | None = None
    recall: bool = False
    whole: int = 0
    is_equal: bool = False
    notes: tuple[str, ...] = ()

    def measure(self, plan: Plan) -> Found:
        """Return what is stored of the case."""
        sides = {of: partial(self._call, plan, of) for of in (*self.ours, THEIRS)}
        for side in self.ours:  # what has to be compiled is compiled
            sides[side](later=0)
        answers = take_turns(sides, plan.rounds(self.rounds))
        found = {side: _described(given) for side, given in answers.items()}
        for side in (OURS, EXACT):
            if side in found and all("first_call" in found[of] for of in (side, THEIRS)):
                paths = _saved(plan, side), _saved(plan, THEIRS)
                shares = call("benchmarks.agreement:compare", first=paths[0], second=paths[1])
                del shares["process"]
                found[side] |= shares
        ours = answers[OURS][0]
        data = {name: ours[name] for name in _OF_DATA if ours.get(name) is not None}
        claims = [
            claim(f"speed, later calls{side.removeprefix(OURS)}", target, ratio(found, side))
            for side, target in self.speed.items()
        ]
        claims += self._other_claims(plan, found)
        return case_of(self.title, data, found, claims, *self.notes)

    def _call(self, plan: Plan, side: str, **more: Any) -> Found:
        """Start a process that resamples the data."""
        is_ours = side != THEIRS
        given = {
            "library": OURS if is_ours else THEIRS,
            "sampler": self.sampler,
            "data": self.data.arguments(plan),
            "parameters": self.parameters | self.ours.get(side, {}),
            "later": min(self.later[not is_ours], plan.size(1_000, 1)),
            "save": _saved(plan, side),
            "limit": None if is_ours else self.limit,
            "enough": self.enough,
            "gib": self.gib,
        }
        if math.isinf(self.enough):
            del given["enough"]
        return call("benchmarks.sides:sampler_calls", **(given | more))

    def _other_claims(self, plan: Plan, found: Found) -> list[Found]:
        """Measure recall and whole processes; return the claims that have a target."""
        claims = []
        if self.recall:
            recall = self._call(plan, OURS, later=0, recall=True)["recall_of_sample"]
            claims.append(claim("recall@5", 0.95, recall, ""))
        if self.is_equal:
            equal = found[OURS]["rows_equal"]
            claims.append(claim("rows equal bit for bit", 1, equal, ""))
        if self.whole:
            whole = self._whole_processes(plan)
            for side, numbers in whole.items():
                found[side] |= numbers | {"peak_bytes": found[side]["peak_bytes"]}
            claims.append(claim("speed, whole process", 1, ratio(whole, what="process_wall")))
        return claims

    def _whole_processes(self, plan: Plan) -> Found:
        assert isinstance(self.data, Generated)
        folder = self.data.folder(plan)
        parameters = self.parameters | self.ours[OURS]
        programs = {
            OURS: sampler_program(OURS, folder, self.sampler, parameters),
            THEIRS: sampler_program(THEIRS, folder, self.sampler, self.parameters),
        }
        return programs_in_turn(programs, plan.rounds(self.whole))


def _saved(plan: Plan, side: str) -> str:
    """Return the file with what is compared of a side."""
    return str(plan.folder / f"rows-{re.sub('[^a-z0-9]+', '-', side.lower())}.npz")


def _described(answers: list[Found]) -> Found:
    """Return what is stored of a side."""
    last = {name: answers[-1][name] for name in _OF_SIDES if answers[-1].get(name) is not None}
    peaks = {"peak_bytes": summarize([answer["peak"] for answer in answers])}
    return summarize_calls(answers) | peaks | last


def programs_in_turn(programs: dict[str, str], rounds: int) -> Found:
    """Run whole programs in turn, each once before; return what is stored of them."""
    for program in programs.values():
        run_code(program)
    sides = {name: partial(_times, program) for name, program in programs.items()}
    answers = take_turns(sides, rounds)
    return {name: summarize_processes(runs) for name, runs in answers.items()}


def _times(program: str) -> Found:
    return run_code(program).times()


def case_of(title: str, data: Found, sides: Found, claims: list[Found], *notes: str) -> Found:
    """Return what is stored of a case."""
    return {
        "title": title, "data": data, "sides": sides, "claims": claims, "notes": list(notes)
    }  # fmt: skip


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
    """Return how many times as fast as imbalanced-learn a side is."""
    return float(sides[THEIRS][what]["median"] / sides[side][what]["median"])
