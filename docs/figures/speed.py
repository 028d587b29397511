"""The figure of the benchmarks, drawn from the stored measurements while the site is built."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.measure import OURS, THEIRS, load_all
from benchmarks.render import SYNTHETIC


def median(case: dict[str, Any], side: str) -> float | None:
    """Return the median seconds of later calls, or None if there are none."""
    calls = case["sides"].get(side, {}).get("later_calls")
    return None if calls is None else float(calls["median"])


def measured() -> list[tuple[str, float, float]]:
    """Return title and seconds of both libraries, where both ran the same calls."""
    stored = load_all()
    cases = [case for group in SYNTHETIC for case in stored[group]]
    rows = [(case["title"], median(case, OURS), median(case, THEIRS)) for case in cases]
    return [(title, ours, theirs) for title, ours, theirs in rows if ours and theirs]


def later_calls() -> None:
    """Draw one line for each case, from the time of one library to that of the other."""
    rows = sorted(measured(), key=lambda row: row[2] / row[1])
    titles, ours, theirs = zip(*rows, strict=True)
    places = np.arange(len(rows))
    _, ax = plt.subplots(figsize=(7.5, 0.27 * len(rows) + 0.9), layout="constrained")
    ax.hlines(places, ours, theirs, color="#9aa5b1", lw=1)
    ax.plot(theirs, places, "s", c="#d55e00", ms=4, label=THEIRS)
    ax.plot(ours, places, "o", c="#0072b2", ms=4, label=OURS)
    for place, ours_one, theirs_one in zip(places, ours, theirs, strict=True):
        ratio = theirs_one / ours_one
        times = f"{ratio:.1f}x" if ratio < 10 else f"{ratio:.0f}x"
        ax.annotate(times, (theirs_one, place), (5, 0), textcoords="offset points", va="center",
                    fontsize=8)  # fmt: skip
    ax.set_yticks(places, titles, fontsize=8)
    ax.set(xscale="log", xlabel="seconds of a call (median)")
    ax.margins(x=0.1, y=0.02)
    ax.figure.legend(loc="outside upper center", ncols=2)
