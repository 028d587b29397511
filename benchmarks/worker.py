"""The inside of a measured process: ``python -m benchmarks.worker module:function JSON``."""

from __future__ import annotations

import gc
import json
import math
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any


def time_calls(
    function: Callable[[], Any], later: int, enough: float = math.inf
) -> tuple[dict[str, Any], Any]:
    """Call a function once and ``later`` times more, fewer after ``enough`` seconds.

    Returns
    -------
    dict
        Seconds of the first call and a list for the later ones, and the peak of the
        process so far, in bytes.
    result
        What the last call returned. Earlier results are let go before the next call.
    """
    seconds, result = [], None
    for _ in range(1 + later):
        result = None
        gc.collect()
        started = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - started)
        if sum(seconds) > enough:
            break
    return {"first": seconds[0], "later": seconds[1:], "peak": peak_bytes()}, result


def peak_bytes() -> int:
    """Return the largest resident set of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    module, name = sys.argv[1].split(":")
    answer = getattr(import_module(module), name)(**json.loads(sys.argv[2]))
    print(json.dumps(answer or {}))


if __name__ == "__main__":
    main()
