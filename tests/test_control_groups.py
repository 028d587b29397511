"""CPU quotas of containers: versions 1 and 2, nested groups, and groups without a quota."""

from __future__ import annotations

import pytest

from smotefast import _control_groups, _threads
from smotefast._control_groups import cpu_quota

V2 = "sys/fs/cgroup/"
V1 = "sys/fs/cgroup/cpu/"


def version_1(group, micros, period=100_000):
    return {
        f"{V1}{group}cpu.cfs_quota_us": f"{micros}\n",
        f"{V1}{group}cpu.cfs_period_us": f"{period}\n",
    }


@pytest.fixture
def system(tmp_path, monkeypatch):
    """Return a function that replaces /proc and /sys by files of these contents."""
    monkeypatch.setattr(_control_groups, "ROOT", str(tmp_path))

    def write(groups, files):
        for name, text in {"proc/self/cgroup": groups, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    return write


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ("0::/\n", {V2 + "cpu.max": "200000 100000\n"}, 2),
        ("0::/\n", {V2 + "cpu.max": "150000 100000\n"}, 2),
        ("0::/\n", {V2 + "cpu.max": "10000 100000\n"}, 1),
        ("0::/\n", {V2 + "cpu.max": "max 100000\n"}, None),
        ("0::/\n", {}, None),
        ("0::/a.slice/b.service\n", {V2 + "a.slice/b.service/cpu.max": "300000 100000"}, 3),
        (
            "0::/a.slice/b.service\n",
            {
                V2 + "a.slice/b.service/cpu.max": "max 100000",
                V2 + "a.slice/cpu.max": "400000 100000",
            },
            4,
        ),
        (
            "0::/a/b\n",
            {V2 + "a/b/cpu.max": "600000 100000", V2 + "a/cpu.max": "200000 100000"},
            2,
        ),
        ("0::/only/on/the/host\n", {V2 + "cpu.max": "100000 50000"}, 2),
        ("4:cpu,cpuacct:/\n0::/\n", version_1("", 250_000), 3),
        ("4:cpu,cpuacct:/a/b\n", version_1("a/", 100_000), 1),
        ("4:cpu,cpuacct:/a\n", {**version_1("a/", -1), **version_1("", 500_000)}, 5),
        ("4:cpu:/\n", version_1("", -1), None),
        ("4:cpu:/\n", version_1("", 100_000, period=0), None),
        ("4:cpuset:/\n5:memory:/\n", version_1("", 100_000), None),
        ("", {V2 + "cpu.max": "200000 100000\n"}, None),
    ],
)
def test_cpu_quota__is_the_smallest_of_the_group_and_its_parents(
    groups, files, expected, system
):
    system(groups, files)
    assert cpu_quota() == expected


def test_cpu_quota__of_a_system_without_control_groups_is_none(monkeypatch):
    monkeypatch.setattr(_control_groups, "ROOT", "/nowhere")
    assert cpu_quota() is None


@pytest.mark.parametrize(("n_jobs", "expected"), [(None, 3), (-1, 3), (-2, 2), (8, 8)])
def test_thread_count__follows_the_quota_of_a_nested_group(
    n_jobs, expected, system, monkeypatch
):
    system("0::/a/b\n", {V2 + "a/cpu.max": "300000 100000\n"})
    monkeypatch.delenv("NUMBA_NUM_THREADS", raising=False)
    monkeypatch.setattr("joblib.cpu_count", lambda: 16)
    _threads._usable_cores.cache_clear()
    try:
        assert _threads.thread_count(n_jobs) == expected
    finally:
        _threads._usable_cores.cache_clear()
