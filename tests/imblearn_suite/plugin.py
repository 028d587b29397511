"""Run imbalanced-learn's tests, as installed, with its samplers replaced.

    python -m pytest -c tests/imblearn_suite/pytest.ini

``expected_failures.txt`` names each test that fails, and why. The run fails if another test
fails, if a test of the list passes, or if there is no such test: the list can only shrink.
"""

from pathlib import Path

import imblearn
import pytest

import smotefast

FOLDER = Path(imblearn.__file__).parent
OUTCOMES = ("passed", "failed", "skipped", "xfailed", "xpassed", "error")
LIST = Path(__file__).with_name("expected_failures.txt")


def pytest_configure(config):
    smotefast.patch_imblearn()


def read_list():
    """Return the reason for each expected failure, by file and name."""
    lines = [line for line in LIST.read_text().splitlines() if line and line[0] != "#"]
    return dict(line.split("  ", 1) for line in lines)


def key_of(item):
    _, _, name = item.nodeid.partition("::")
    return f"{item.path.relative_to(FOLDER).as_posix()}::{name}"


def pytest_collection_modifyitems(items):
    reasons = read_list()
    found = {key_of(item): item for item in items}
    unknown = reasons.keys() - found.keys()
    if unknown and len(items) > 1000:  # not for a run of a part
        raise pytest.UsageError(f"no such tests of {LIST.name}: {', '.join(sorted(unknown))}")
    for key, reason in reasons.items():
        if key in found:
            found[key].add_marker(pytest.mark.xfail(reason=reason, strict=True))


def pytest_terminal_summary(terminalreporter):
    expected = set(read_list().values())
    reports = terminalreporter.stats.get("xfailed", [])
    n = sum(getattr(report, "wasxfail", "") in expected for report in reports)
    total = sum(len(terminalreporter.stats.get(outcome, [])) for outcome in OUTCOMES)
    terminalreporter.write_line(f"{n} of {total:,} tests of imbalanced-learn fail as expected")
