"""Calls that are stopped when they take too long, inside the process that makes them."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from typing import Any

from benchmarks.worker import peak_bytes


def limited(
    function: Callable[[], Any], seconds: float | None, told: dict[str, Any]
) -> Callable[[], Any]:
    """Return the function with a limit to each call; None sets none.

    A call that takes longer ends the process, whose answer then is ``told`` with the limit as
    "stopped" and the peak memory up to then.
    """
    if seconds is None:
        return function

    def watched() -> Any:
        watch = threading.Timer(seconds, _stop, (seconds, told))
        watch.daemon = True
        watch.start()
        try:
            return function()
        finally:
            watch.cancel()

    return watched


def _stop(seconds: float, told: dict[str, Any]) -> None:
    """Answer and end the process: compiled code hears no signal."""
    print(json.dumps(told | {"stopped": seconds, "peak": peak_bytes()}), flush=True)
    os._exit(0)
