"""The interpolation kernel against a copy of the same bytes, in one process."""

from __future__ import annotations

from typing import Any

from benchmarks.plan import Plan
from benchmarks.processes import call
from benchmarks.stats import claim, summarise

_TURNS = "benchmarks.kernel_turns:take_turns"


def kernel_bandwidth(plan: Plan) -> dict[str, Any]:
    n_new = plan.size(10_000_000, 100_000)
    sides, claims = {}, []
    for n_base in (plan.size(50_000, 2_000), plan.size(2_000_000, 20_000)):
        found = call(_TURNS, n_base=n_base, n_new=n_new, turns=plan.size(12, 2))
        for name, seconds in found["seconds"].items():
            sides[f"{name}, {n_base:,} base rows"] = {
                "first_call": summarise(seconds[:1]),
                "later_calls": summarise(seconds[1:]),
            }
        copy, plain, ours = (
            sides[f"{name}, {n_base:,} base rows"]["later_calls"]["median"]
            for name in ("copy", "plain loop", "smotefast")
        )
        share, plain_share = copy / ours, copy / plain
        target = 0.6 if not claims else plain_share
        claims.append(
            claim(f"share of the copy's bandwidth, {n_base:,} base rows", target, share, "")
        )
    return {
        "title": "Interpolation kernel, 10,000,000 x 30 float32, compared with a parallel copy",
        "data": {"new_rows": n_new, "result_bytes": n_new * 30 * 4},
        "sides": sides,
        "claims": claims,
        "notes": [
            "The copy uses two threads of numpy.copyto, each for half of the result. For "
            "2,000,000 base rows the target is what a plain loop reaches in the same process, "
            "because memory latency limits the gathering of random rows."
        ],
    }
