"""Measure contenders on cases: in turn, in fresh processes, several rounds."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from smotefast.bench.cases import Case, Contender, DataSet
from smotefast.bench.processes import ProcessError, call, thread_limits
from smotefast.bench.spread import summarize_calls

_CALLS = "smotefast.bench.calls"
Answer = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """How cases are measured.

    Attributes
    ----------
    rounds
        Processes of each contender, one in each round.
    later
        Calls in each process after the first one.
    time_limit
        Seconds after which a call is stopped, and its contender on this case with it.
    in_process
        Measure in this process: no whole processes and no memory.
    plugins
        Files that add contenders or generators.
    """

    rounds: int = 3
    later: int = 5
    time_limit: float | None = None
    in_process: bool = False
    plugins: tuple[str, ...] = ()

    def check(self, kind: str = "speed") -> None:
        """Raise ValueError for numbers that a run of this kind cannot use."""
        if self.rounds < 1:
            raise ValueError(f"rounds={self.rounds} must be a whole number from 1 on.")
        if self.later < 0:
            raise ValueError(f"later={self.later} must be 0 or more.")
        if self.time_limit is not None and not 0 < self.time_limit < math.inf:
            raise ValueError(f"time_limit={self.time_limit} must be above 0 and finite.")
        if self.time_limit is not None and self.in_process:
            raise ValueError(
                f"time_limit={self.time_limit} stops processes, and in_process=True starts "
                "none. Leave out one of them."
            )
        if kind == "memory" and self.in_process:
            raise ValueError(
                "in_process=True measures no memory: this process also holds what was "
                "measured before. Leave it out, or measure speed."
            )

    def call(self, function: str, threads: int | None = None, **arguments: Any) -> Answer:
        """Call a function of ``calls``, in a fresh process or in this one."""
        given = {"plugins": list(self.plugins), **arguments}
        if not self.in_process:
            limits = {} if threads is None else thread_limits(threads)
            return call(f"{_CALLS}:{function}", limits, **given)
        from smotefast.bench import calls

        with _threads(threads):
            answer: Answer = getattr(calls, function)(**given)
        return answer


@contextmanager
def _threads(threads: int | None) -> Iterator[None]:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(threads):
        yield


def measure_cases(
    cases: Sequence[Case],
    contenders: Sequence[Contender],
    plan: Plan,
    base: str,
    progress: Callable[[str], object] | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield what is stored of each case; once for cases that take the same rows of a file.

    Parameters
    ----------
    cases, contenders
        Each contender runs on each case.
    plan
        Rounds and limits.
    base
        The contender that ratios of medians refer to.
    progress
        Gets a line before each case.
    """
    with tempfile.TemporaryDirectory(prefix="smotefast-bench-") as temporary:
        folders: dict[DataSet, tuple[str, dict[str, Any]]] = {}
        names: set[str] = set()
        for number, case in enumerate(cases, 1):
            if progress is not None:
                progress(f"{number} of {len(cases)}: {case.name}")
            if case.data not in folders:
                folders[case.data] = _written(case.data, plan, f"{temporary}/{len(folders)}")
            folder, sizes = folders[case.data]
            name = case.name_with(sizes["rows"])
            if name in names:
                continue
            names.add(name)
            answers = _turns(case, contenders, plan, folder)
            found = [{"name": name, **_summary(of)} for name, of in answers.items()]
            _add_ratios(found, base)
            stored = case.to_dict()
            if case.data.file is not None:  # no folders of the user in what may be published
                stored["data"]["file"] = Path(case.data.file).name
            yield {"name": name, **stored, "sizes": sizes, "contenders": found}


def _written(data: DataSet, plan: Plan, folder: str) -> tuple[str, dict[str, Any]]:
    from dataclasses import asdict

    try:
        answer = plan.call("make_data", data=asdict(data), folder=folder)
    except ProcessError as error:
        raise ValueError(f"The process that makes the data {error.reason}.") from error
    answer.pop("process", None)
    if "error" in answer:
        raise ValueError(answer["error"])
    return folder, answer


def _turns(
    case: Case, contenders: Sequence[Contender], plan: Plan, folder: str
) -> dict[str, list[Answer]]:
    """Return the answers of the contenders, in processes that have nothing to compile."""
    given: dict[str, Any] = {"case": case.to_dict(), "folder": folder}
    if plan.time_limit is not None:
        given["limit"] = plan.time_limit
    sides, refused = {}, {}
    for each in contenders:
        side = partial(_turn, plan, case.threads, contender=each.name, **given)
        answer = side(later=0) if each.compiles and not plan.in_process else {}
        if "refused" in answer:
            refused[each.name] = [answer]
        sides[each.name] = partial(side, later=plan.later)
    usable = {name: side for name, side in sides.items() if name not in refused}
    answers = take_turns(usable, plan.rounds) | refused
    return {name: answers[name] for name in sides}


def take_turns(
    sides: Mapping[str, Callable[[], Answer]], rounds: int
) -> dict[str, list[Answer]]:
    """Call the sides in turn, each second round backwards, and return what they answer.

    A side that was refused or stopped gets no further turn.
    """
    answers: dict[str, list[Answer]] = {name: [] for name in sides}
    for turn in range(rounds):
        for name in list(sides)[:: -1 if turn % 2 else 1]:
            if not any("refused" in each or "stopped" in each for each in answers[name]):
                answers[name].append(sides[name]())
    return answers


def _turn(plan: Plan, threads: int, **given: Any) -> Answer:
    """Return what a contender answers; that its process failed is a refusal, too."""
    try:
        return plan.call("time_case", threads, **given)
    except ProcessError as error:
        return {"refused": error.reason}


def _summary(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return what is stored of a contender, from the answers of its processes."""
    result = summarize_calls(answers)
    if "first_call" in result:
        result |= {name: answers[-1][name] for name in ("rows_after", "search")}
    return result


def call_seconds(contender: Mapping[str, Any]) -> float | None:
    """Return the median of later calls, or of first ones if there are none.

    None for a contender that was refused or stopped.
    """
    calls = contender.get("later_calls") or contender.get("first_call")
    return None if calls is None else float(calls["median"])


def _add_ratios(found: list[dict[str, Any]], base: str) -> None:
    """Add how many times as fast as the base each contender is."""
    seconds = next((call_seconds(each) for each in found if each["name"] == base), None)
    for each in found:
        its = call_seconds(each)
        each["times_as_fast"] = seconds / its if seconds and its else None
