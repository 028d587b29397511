"""The points of fault injection: every call of each form of a job, with each kind of fault.

Run as a program with the shim preloaded, it does a share of the points and prints a line of
JSON for each. Jobs run in forked children of this process, which is warm: a point takes two
jobs of about 50 ms.

After a fault, the destination is absent, the old one or complete, the error is an OSError with
a message, and no thread or descriptor is left. The next run gives the same bytes as a job
without faults and leaves no other files.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.faults.forms import FORMS, warm_up
from tests.faults.kinds import KINDS, SHORT, Kind
from tests.faults.place import Place, Result
from tests.faults.power_loss import OUTCOMES

# Calls that remove what is not needed: if one fails, files may stay until the next run.
_REMOVING = {"unlink", "rmdir", "open", "close"}


def run_points(root: Path, shim: ctypes.CDLL, share: int, n_shares: int, few: bool) -> None:
    """Run every ``n_shares``-th point and print what was found."""
    point = 0
    for form_number, (form_name, form) in enumerate(FORMS.items()):
        place = Place(root, form, shim)
        for kind_number, (kind_name, kind) in enumerate(KINDS.items()):
            n_points = place.n_points(kind)
            numbers = range(1, n_points + 1 + kind.loses_power)
            if few:  # each form with every sixth kind, at one call somewhere
                chosen = (form_number + kind_number) % 6 == 0 and n_points > 0
                numbers = [1 + (7 * form_number + 5 * kind_number) % n_points] if chosen else []
            for number in numbers:
                point += 1
                if point % n_shares == share:
                    for found in run_point(place, kind, number):
                        name = {"form": form_name, "kind": kind_name, "number": number}
                        print(json.dumps({**name, **found}), flush=True)


def run_point(place: Place, kind: Kind, number: int) -> Iterator[dict[str, Any]]:
    """Run a point, or the points of the outcomes of a power failure."""
    place.put(place.start)
    faulty = place.run(kind, number)
    if faulty.error is not None and not faulty.where and not kind.loses_power:
        return  # threads made fewer calls than before
    if not kind.loses_power:
        yield _found(place, kind, faulty, "")
        return
    history = place.history()
    trees = {outcome: history.surviving(outcome, place.folder) for outcome in OUTCOMES}
    for outcome, tree in trees.items():
        place.put(tree)
        yield _found(place, kind, faulty, outcome)


def _found(place: Place, kind: Kind, faulty: Result, outcome: str) -> dict[str, Any]:
    state = place.state()
    problems = list(problems_after(place, kind, faulty, state))
    problems += problems_of_next_run(place, state)
    return {"outcome": outcome, "where": faulty.where, "state": state, "error": faulty.error,
            "problems": problems}  # fmt: skip


def problems_after(place: Place, kind: Kind, faulty: Result, state: str) -> Iterator[str]:
    """Yield what is wrong after a run with a fault."""
    form = place.form
    yield from faulty.problems
    if not place.source_is_unchanged():
        yield "the source was changed"
    allowed = {place.first_state, "complete"}
    if form.has_gap and (kind.kills or kind.lasts or form.starts_at):
        allowed |= {"absent", "old"}
    if state not in allowed:
        yield f"the destination is {state}"
    if faulty.error is None and not kind.kills:
        yield "the process was killed"
    if faulty.error == "" and state != "complete":
        yield f"the job succeeded, but the destination is {state}"
    if faulty.error and state == "complete" != place.first_state:
        yield f"the destination is complete, but the job failed: {faulty.error}"
    if faulty.error and kind.action == SHORT:
        yield f"a short write is no error: {faulty.error}"
    may_leave = kind.lasts or kind.kills or faulty.where.split(" ")[0] in _REMOVING
    if not may_leave and not (faulty.error and form.starts_at) and place.left_over():
        yield f"left after {faulty.error or 'success'}: {place.left_over()}"


def problems_of_next_run(place: Place, state: str) -> Iterator[str]:
    """Run the job again and yield what is wrong then."""
    again = place.run(None)
    yield from again.problems
    is_there = state == "complete" and not place.form.replaces
    expected_error = "FileExistsError: The destination" if is_there else ""
    error = str(again.error)
    if not error.startswith(expected_error) or bool(error) != is_there:
        yield f"the next run: {error}"
    if place.destination() != place.expected:
        yield "the next run gave other bytes"
    if place.left_over():
        yield f"left after the next run: {place.left_over()}"
    if not place.source_is_unchanged():
        yield "the next run changed the source"


if __name__ == "__main__":
    root, shim = Path(sys.argv[1]), ctypes.CDLL(sys.argv[2])
    shim.faults_where.restype = ctypes.c_char_p
    warm_up(root / "warm")
    run_points(root, shim, int(sys.argv[3]), int(sys.argv[4]), few=sys.argv[5] == "few")
