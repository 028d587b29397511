"""Runs: what is measured and stored, in fresh processes and in this one; text and HTML."""

from __future__ import annotations

import json

import pytest

from smotefast.bench import Case, Contender, DataSet
from smotefast.bench.cases import scale_grid
from smotefast.bench.measure import Plan
from smotefast.bench.page import to_html_page
from smotefast.bench.plugins import load_registry
from smotefast.bench.results import load_run, measure_run, save_run, slopes
from smotefast.bench.spread import summarize
from smotefast.bench.text import run_text

PLUGIN = """
import os, signal, sys, time
import numpy as np
from smotefast.bench import Contender

class Sleeper:
    def __init__(self, seconds, n_bytes):
        self.seconds, self.n_bytes = seconds, n_bytes

    def fit_resample(self, X, y):
        held = np.ones(self.n_bytes, dtype="u1")
        time.sleep(self.seconds)
        return X[: len(X) - int(held[0])], y

def refuse(case):
    raise ValueError("no <b>such</b>\\n sampler")

CONTENDERS = [
    Contender("quick", lambda case: Sleeper(0.001, 1)),
    Contender("large", lambda case: Sleeper(0.03, 60_000_000)),
    Contender("endless", lambda case: Sleeper(60, 1)),
    Contender("refusing <i>", refuse),
    Contender("killed", lambda case: os.kill(os.getpid(), signal.SIGKILL)),
    Contender("silent", lambda case: os._exit(0)),
    Contender("failing", lambda case: os._exit(3)),
    Contender("leaving", lambda case: sys.exit("no licence")),
]

def break_off(data, rng):
    raise KeyError("license")

SHAPES = {"broken": break_off}
"""
START = '{"format": "smotefast-bench", "version": 1'
CASE = Case(DataSet(n_rows=200, n_features=3), k=3)


@pytest.fixture
def plugin(tmp_path):
    path = tmp_path / "sleepers.py"
    path.write_text(PLUGIN)
    return str(path)


def measured(kind, cases, plan, names, base="quick"):
    known = load_registry(plan.plugins).contenders
    return measure_run(kind, cases, [known[name] for name in names], plan, base=base)


def test_fresh_processes__measure_seconds_memory_limits_and_refusals(plugin, tmp_path):
    plan = Plan(rounds=2, later=1, time_limit=1.0, plugins=(plugin,))
    names = ["quick", "large", "endless", "refusing <i>"]
    run = measured("memory", [CASE], plan, names)
    quick, large, endless, refusing = run["cases"][0]["contenders"]
    assert large["first_call"]["minimum"] >= 0.03
    processes, calls = (large[name]["values"] for name in ("process_wall", "first_call"))
    assert all(process > first for process, first in zip(processes, calls, strict=True))
    assert large["added_bytes"]["minimum"] > 55_000_000 > quick["added_bytes"]["maximum"]
    assert large["peak_bytes"]["median"] > quick["peak_bytes"]["median"] + 40_000_000
    medians = [each["later_calls"]["median"] for each in (quick, large)]
    assert large["times_as_fast"] == pytest.approx(medians[0] / medians[1], rel=1e-3)
    assert quick["times_as_fast"] == 1
    assert quick["rows_after"] == 199
    assert endless["stopped"] == 1.0
    assert refusing["refused"] == "no <b>such</b> sampler"
    assert run["cases"][0]["sizes"]["rows"] == 200
    save_run(run, tmp_path / "run.json")
    assert load_run(tmp_path / "run.json") == json.loads(json.dumps(run))
    text = run_text(run)
    assert "endless       stopped after 1 s" in text
    assert "added memory" in text
    page = to_html_page(run)
    assert "<b>" not in page
    assert "<i>" not in page
    assert "refused: no &lt;b&gt;such" in page


def test_processes_that_end__are_refusals_of_their_contender(plugin):
    plan = Plan(rounds=1, later=0, plugins=(plugin,))
    run = measured("speed", [CASE], plan, ["killed", "silent", "failing", "leaving", "quick"])
    *ended, quick = run["cases"][0]["contenders"]
    assert [each["refused"] for each in ended] == [
        "ended by signal 9, perhaps out of memory",
        "ended without an answer",
        "exited with 3",
        "no licence",
    ]
    assert quick["first_call"]["n"] == 1


def test_errors__keep_finished_cases(plugin):
    plan = Plan(rounds=1, in_process=True, plugins=(plugin,))
    broken = Case(DataSet("broken"))
    run = measured("speed", [CASE, broken], plan, ["quick"])
    assert [case["name"] for case in run["cases"]] == [CASE.name]
    assert run["error"] == "shape='broken': KeyError: 'license'"
    assert "cases above are complete; an error ended the run: shape='bro" in run_text(run)
    assert "cases below are complete; an error ended the run: shape=" in to_html_page(run)
    with pytest.raises(ValueError, match="shape='broken': KeyError"):
        measured("speed", [broken], plan, ["quick"])


def test_scale__has_slopes_and_charts():
    class Same:
        def fit_resample(self, X, y):
            return X, y

    contenders = [Contender("linear", lambda case: Same())]
    axes = {"rows": [100, 200, 400, 800], "k": [1, 2]}
    plan = Plan(rounds=1, later=2, in_process=True)
    with pytest.MonkeyPatch.context() as patch:
        known = {"linear": contenders[0]}
        patch.setattr("smotefast.bench.plugins.CONTENDERS", list(known.values()))
        run = measure_run("scale", scale_grid(CASE, axes), contenders, plan, base="linear")
    rows, k = run["slopes"]
    assert [x for x, _ in rows["seconds"]["points"]] == axes["rows"]
    assert (rows["axis"], k["axis"]) == ("rows", "k")
    assert rows["bytes"] == {"points": [], "slope": None}
    for case in run["cases"]:
        n, k = case["data"]["n_rows"], case["k"]
        case["contenders"][0]["later_calls"] = summarize([1e-6 * n * k])
        case["contenders"][0]["added_bytes"] = summarize([n**2])
    run["slopes"] = slopes(run["cases"])
    rows, k = run["slopes"]
    assert (rows["seconds"]["slope"], rows["bytes"]["slope"]) == (1.0, 2.0)
    assert (k["seconds"]["slope"], k["bytes"]["slope"]) == (1.0, 0.0)
    assert "Slopes on log-log axes" in run_text(run)
    page = to_html_page(run)
    assert page.count("<svg") == 4
    assert 'aria-label="seconds against rows"' in page


def test_ctrl_c__keeps_finished_cases():
    def make(case):
        if case.k == 2:
            raise KeyboardInterrupt
        raise ValueError("not today")

    contenders = [Contender("once", make)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("smotefast.bench.plugins.CONTENDERS", contenders)
        cases = [Case(CASE.data, k=1), Case(CASE.data, k=2)]
        run = measure_run("speed", cases, contenders, Plan(in_process=True), base="once")
    assert (run["stopped"], run["stopped_by"]) == (True, "SIGINT")
    assert [case["k"] for case in run["cases"]] == [1]
    assert run_text(run).endswith("Stopped by Ctrl-C: the cases above are complete.")
    assert "Stopped by Ctrl-C" in to_html_page(run)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no", "is not a JSON file"),
        ('{"format": "smotefast-be', "or not a whole one"),
        ("[]", "is no run of 'smotefast bench'"),
        (START + "}", "is not a whole run of .*: 'machine' is missing"),
        (START + ', "machine": {}, "cases": [{}]}', "'name' is missing or of another type"),
        ('{"format": "smotefast-bench", "version": 9}', "has version 9 of the format"),
    ],
)
def test_files_that_are_no_runs__are_refused(tmp_path, text, message):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(ValueError, match=message):
        load_run(tmp_path / "run.json")


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (Plan(rounds=0), "rounds=0 must be"),
        (Plan(later=-1), "later=-1 must be"),
        (Plan(time_limit=0), "time_limit=0 must be above 0"),
        (Plan(time_limit=float("inf")), "time_limit=inf must be above 0 and finite"),
        (Plan(time_limit=1, in_process=True), "time_limit=1 stops processes"),
    ],
)
def test_plans__refuse_numbers_by_name(plan, message):
    with pytest.raises(ValueError, match=message):
        plan.check()


def test_memory__is_not_measured_in_process():
    with pytest.raises(ValueError, match="in_process=True measures no memory"):
        Plan(in_process=True).check("memory")
