"""The default memory limit of a job follows the container and the machine."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.diagnosis import diagnose_dataset
from smotefast.storage.limits import DEFAULT, Limit, default_memory_limit, resolve_memory_limit
from smotefast.storage.process_memory import resident_bytes
from tests.helpers.parquet_files import imbalanced, write_file

MIB = 1 << 20
UNLIMITED = 9223372036854771712


@pytest.fixture
def system(tmp_path):
    """Return a function that writes files of the kernel and returns their root folder."""

    def write(files, total="16777216", available="16000000", own="50000"):
        root = tmp_path / "root"
        usual = {
            "proc/meminfo": f"MemTotal: {total} kB\nMemAvailable: {available} kB",
            "proc/self/status": f"Name:\tpython\nVmRSS:\t 90000 kB\nRssAnon:\t{own} kB",
            "proc/self/cgroup": "0::/",
        }
        for name, text in {**usual, **files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n")
        return str(root)

    return write


def test_default_limit__is_two_gib_without_a_container(system):
    limit = default_memory_limit(system({}))
    assert limit.n_bytes == DEFAULT
    assert "default" in limit.explanation


SMALL = [
    {"sys/fs/cgroup/memory.max": 512 * MIB},
    {"proc/self/cgroup": "0::/a/b", "sys/fs/cgroup/a/b/memory.max": 512 * MIB},
    # The lowest limit of the group and its parents applies.
    {
        "proc/self/cgroup": "0::/a/b",
        "sys/fs/cgroup/a/memory.max": 512 * MIB,
        "sys/fs/cgroup/a/b/memory.max": "max",
    },
    {
        "proc/self/cgroup": "0::/a",
        "sys/fs/cgroup/memory.max": 4096 * MIB,
        "sys/fs/cgroup/a/memory.max": 512 * MIB,
    },
    {"sys/fs/cgroup/memory.max": "max", "sys/fs/cgroup/memory.high": 512 * MIB},
    # A path on the host, of which the container sees only its own group.
    {"proc/self/cgroup": "0::/../docker/x", "sys/fs/cgroup/memory.max": 512 * MIB},
    {
        "proc/self/cgroup": "3:cpu,cpuacct:/a\n2:memory:/a/b\n0::/",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": UNLIMITED,
        "sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": 512 * MIB,
    },
    {
        "proc/self/cgroup": "2:memory:/docker/x",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": UNLIMITED,
        "sys/fs/cgroup/memory/memory.stat": f"hierarchical_memory_limit {512 * MIB}",
    },
    {"proc/self/cgroup": "0::/", "sys/fs/cgroup/unified/memory.max": 512 * MIB},
]


@pytest.mark.parametrize("files", SMALL)
def test_default_limit__is_three_quarters_of_a_small_container(system, files):
    limit = default_memory_limit(system(files))
    assert limit.n_bytes == 384 * MIB
    assert "three quarters of the 512 MiB of memory of the container" in limit.explanation


LARGE = [
    {"sys/fs/cgroup/memory.max": "max"},
    {"sys/fs/cgroup/memory.max": 64 << 30},
    {"proc/self/cgroup": "2:memory:/", "sys/fs/cgroup/memory/memory.limit_in_bytes": UNLIMITED},
    {"sys/fs/cgroup/memory.max": "what is no number"},
    {"proc/self/cgroup": ""},
    {"proc/self/cgroup": "nonsense", "proc/meminfo": "nonsense"},
]


@pytest.mark.parametrize("files", LARGE)
def test_default_limit__is_two_gib_in_a_container_without_a_limit(system, files):
    assert default_memory_limit(system(files)).n_bytes == DEFAULT


def test_default_limit__is_three_quarters_of_a_small_machine(system):
    limit = default_memory_limit(system({}, total="1048576", available="1000000"))
    assert limit.n_bytes == 768 * MIB
    assert "three quarters of the 1.0 GiB of memory of the machine" in limit.explanation


def test_default_limit__is_the_free_memory_of_a_busy_machine(system):
    limit = default_memory_limit(system({}, available="512000", own="102400"))
    assert limit.n_bytes == 600 * MIB
    assert "the free part of the 16.0 GiB of memory of the machine" in limit.explanation


@pytest.mark.parametrize("prefix", ["", "total_"])
def test_default_limit__is_the_free_memory_of_a_full_container(system, prefix):
    version_1 = {
        "proc/self/cgroup": "2:memory:/a",
        "sys/fs/cgroup/memory/a/memory.limit_in_bytes": 1024 * MIB,
        "sys/fs/cgroup/memory/a/memory.usage_in_bytes": 900 * MIB,
    }
    version_2 = {
        "sys/fs/cgroup/memory.max": 1024 * MIB,
        "sys/fs/cgroup/memory.current": 900 * MIB,
    }
    folder = "sys/fs/cgroup/memory/a" if prefix else "sys/fs/cgroup"
    files = version_1 if prefix else version_2
    # The kernel can reclaim cached files; memory of this process is not used by others.
    cached = f"{prefix}active_file {100 * MIB}\n{prefix}inactive_file {200 * MIB}"
    root = system({**files, f"{folder}/memory.stat": cached}, own=str(100 * 1024))
    limit = default_memory_limit(root)
    assert limit.n_bytes == 524 * MIB
    assert "the free part of the 1.0 GiB of memory of the container" in limit.explanation


def test_resolve_memory_limit__uses_the_limit_of_the_user_whatever_the_container(
    system, monkeypatch
):
    monkeypatch.setattr(
        "smotefast.storage.limits.ROOT", system({"sys/fs/cgroup/memory.max": 512 * MIB})
    )
    assert resolve_memory_limit("4GiB") == Limit(4096 * MIB, "")
    assert resolve_memory_limit(None).n_bytes == 384 * MIB


@pytest.fixture
def small_container(system, monkeypatch):
    root = system({"sys/fs/cgroup/memory.max": 64 * MIB})
    monkeypatch.setattr("smotefast.storage.limits.ROOT", root)


SAID = r"this job needs about .*The limit is three quarters of the 64 MiB of memory of the con"


def test_a_job_in_a_small_container__reports_the_memory_it_needs_and_the_limit(
    tmp_path, small_container
):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(MemoryError, match=SAID):
        smotefast.resample_dataset(source, tmp_path / "out.parquet", target="label")
    smotefast.resample_dataset(
        source, tmp_path / "out.parquet", target="label", memory_limit="2GiB"
    )


def test_a_diagnosis_in_a_small_container__reports_the_memory_it_needs_and_the_limit(
    tmp_path, small_container
):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(
        MemoryError, match=r"needs about .*The limit is three quarters of the 64"
    ):
        diagnose_dataset(source, target="label", progress=False)


def test_wide_rows__can_be_diagnosed_within_the_default(tmp_path):
    values = np.random.default_rng(0).normal(size=(3_000, 1_000)).astype(np.float32)
    table = pa.table({f"c{j}": values[:, j] for j in range(1_000)})
    table = table.append_column("label", [np.arange(3_000) % 10 == 0])
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=500)
    resident = resident_bytes()  # includes memory that other tests have left
    limits = [resident + (700 << 20), resident + (4 << 30)]
    one, other = (
        diagnose_dataset(
            tmp_path / "in.parquet", target="label", progress=False, memory_limit=limit
        )
        for limit in limits
    )
    assert one.to_dict() == other.to_dict()
