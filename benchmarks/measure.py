"""A case: sides that take turns in fresh processes, and what is stored of them."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.data import QUICK_ROWS, Generated, Table
from smotefast.bench.measure import take_turns
from smotefast.bench.processes import call, run_command
from smotefast.bench.spread import rounded, summarize_calls, summarize_processes

OURS, THEIRS = "smotefast", "imbalanced-learn"
EXACT = f'{OURS}, search="exact"'
RESULTS = Path(__file__).parent / "results"
Found = dict[str, Any]
Stored = list[Found]
# What is stored of the data and of each side, from what a side answers.
_OF_DATA = ("rows", "features", "before", "input_bytes", "result_bytes")
_OF_SIDES = (
    *("counts", "new_rows", "result_bytes", "rows_equal", "decisions_equal"),
    *("search", "recall", "disagreement"),
)


class Plan(NamedTuple):
    """Where data are, how often to repeat (None: as the case has it), whether to rehearse."""

    folder: Path
    repeat: int | None = None
    quick: bool = False
    tables: Path | None = None

    def resolve(self, value: Any) -> Any:
        """Return an argument as a process gets it: data in folders, in a rehearsal few rows."""
        if isinstance(value, Generated | Table):
            return value.arguments(self)
        if isinstance(value, str):
            return value.replace("{folder}", f"{self.folder}")
        return min(value, QUICK_ROWS) if self.quick and isinstance(value, int) else value


class Side(NamedTuple):
    """What a process does: call a function of this folder, or run Python with a command.

    Arguments of both may be data; ``{folder}`` in a text is that of the plan. With
    ``is_cold``, nothing is compiled.
    """

    function: str = ""
    arguments: dict[str, Any] = {}  # noqa: RUF012 - nobody writes to it
    command: tuple[Any, ...] = ()
    is_cold: bool = False

    def run(self, plan: Plan) -> Found:
        """Return the answer of a process, and what the process took."""
        given = {name: plan.resolve(value) for name, value in self.arguments.items()}
        if plan.quick and "later" in given:
            given["later"] = min(1, given["later"])
        os.sync()  # what one side left to be written must not slow the other
        with tempfile.TemporaryDirectory() as cache:
            env = {"NUMBA_CACHE_DIR": cache} if self.is_cold else {}
            if self.function:
                return call(f"benchmarks.{self.function}", env, **given)
            command = [sys.executable, *(str(plan.resolve(word)) for word in self.command)]
            done = run_command(command, env)
        return {"process": done.times(), "output": done.output}


class Case(NamedTuple):
    """Sides to measure beside each other, in turn.

    Attributes
    ----------
    prepare
        What runs once before, by side: it compiles, or makes files. What it finds out about a
        result is stored with its side.
    checks
        What runs after, by side, and compares its result with that of imbalanced-learn.
    table
        The public table that is needed.
    """

    name: str
    title: str
    sides: dict[str, Side]
    rounds: int = 3
    prepare: dict[str, Side] = {}  # noqa: RUF012 - nobody writes to it
    checks: dict[str, Side] = {}  # noqa: RUF012 - nor to this one
    notes: tuple[str, ...] = ()
    table: str = ""

    def measure(self, plan: Plan) -> Found:
        """Return what is stored of the case."""
        prepared = {name: side.run(plan) for name, side in self.prepare.items()}
        turns = {name: partial(side.run, plan) for name, side in self.sides.items()}
        answers = take_turns(turns, plan.repeat or (1 if plan.quick else self.rounds))
        sides = {
            name: _described(runs) | _chosen(prepared.get(name, {}), _OF_SIDES)
            for name, runs in answers.items()
        }
        for name, check in self.checks.items():
            if not any({"refused", "stopped"} & sides[of].keys() for of in (name, THEIRS)):
                sides[name] |= _chosen(check.run(plan), _OF_SIDES)
        texts = {run.get("output") for runs in answers.values() for run in runs}
        if all(texts):  # programs that print what they find
            sides[OURS]["outputs_equal"] = float(len(texts) == 1)
        data = [_chosen(runs[0], _OF_DATA) for runs in answers.values()]
        stored = {"title": self.title, "data": next(filter(None, data), {}), "sides": sides}
        return stored | {"notes": list(self.notes)}


def _described(answers: list[Found]) -> Found:
    """Return what is stored of a side: times of calls if there are any, or of processes."""
    if {"first", "refused", "stopped"} & answers[-1].keys():
        return summarize_calls(answers) | _chosen(answers[-1], _OF_SIDES)
    return summarize_processes([answer["process"] for answer in answers])


def _chosen(answer: Found, names: tuple[str, ...]) -> Found:
    return {name: answer[name] for name in names if answer.get(name) is not None}


def save(path: Path, measured: Found) -> None:
    """Put a case into a file, in place of an earlier one of the same name.

    It is done after each of them, because all take hours.
    """
    stored: Stored = json.loads(path.read_text()) if path.exists() else []
    by_name = {case["name"]: case for case in stored} | {measured["name"]: rounded(measured)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([*by_name.values()], indent=1, ensure_ascii=False) + "\n")


def load_all(folder: Path = RESULTS) -> dict[str, Stored]:
    """Return the stored cases of each group."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
