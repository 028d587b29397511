"""The inside of a measured process: ``python -m smotefast.bench.worker`` calls a function.

This module imports nothing large, so that a process that measures another library
loads only that.
"""

from __future__ import annotations

import gc
import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from smotefast._process import peak_bytes, read_status, reset_peak


def time_calls(
    function: Callable[[], Any], later: int, enough: float = math.inf
) -> tuple[dict[str, Any], Any]:
    """Call a function once and ``later`` times more, fewer after ``enough`` seconds.

    Returns
    -------
    dict
        Seconds of the "first" call and a list for the "later" ones; "peak", the peak memory of
        the process in bytes, and "added", by how much the first call exceeded the memory
        before it, None where the system does not tell.
    result
        What the last call returned. Earlier results are released before the next call.
    """
    seconds: list[float] = []
    result, before, peak_before = None, read_status("VmRSS"), peak_bytes()
    can_reset = reset_peak()
    added = None
    for _ in range(1 + later):
        result = None
        gc.collect()
        started = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - started)
        if len(seconds) == 1 and can_reset:
            added = max(0, peak_bytes() - before)
        if sum(seconds) > enough:
            break
    peak = max(peak_before, peak_bytes())
    return {"first": seconds[0], "later": seconds[1:], "peak": peak, "added": added}, result


def limited(
    function: Callable[[], Any], seconds: float | None, known: dict[str, Any]
) -> Callable[[], Any]:
    """Return the function with a limit to each call; None sets none.

    A call that takes longer ends the process; its answer is ``known`` with the limit as
    "stopped" and the peak memory up to then.
    """
    if seconds is None:
        return function

    def watched() -> Any:
        timer = threading.Timer(seconds, _stop, (seconds, known))
        timer.daemon = True
        timer.start()
        try:
            return function()
        finally:
            timer.cancel()

    return watched


def _stop(seconds: float, known: dict[str, Any]) -> None:
    """Answer and end the process: compiled code reacts to no signal."""
    _answer(known | {"stopped": seconds, "peak": peak_bytes()})
    os._exit(0)


def _answer(answer: dict[str, Any] | None) -> None:
    with open(sys.argv[3], "w") as file:
        json.dump(answer or {}, file)


def main() -> None:
    """Call the function that the arguments name, and write what it returns."""
    module, name = sys.argv[1].split(":")
    # The module may need limited() of this one, which runs under the name __main__.
    sys.modules["smotefast.bench.worker"] = sys.modules["__main__"]
    _answer(getattr(import_module(module), name)(**json.loads(sys.argv[2])))


if __name__ == "__main__":
    main()
