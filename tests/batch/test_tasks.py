"""Tasks cover all rows once and in order, and parts keep to their size."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.batch.tasks import CopyRows, copy_tasks, generate_tasks, group_into_parts
from smotefast.storage import open_source
from smotefast.storage.source import ParquetSource
from smotefast.storage.source_file import SourceFile
from tests.helpers.parquet_files import imbalanced, write_file

FILES = st.lists(st.lists(st.integers(0, 50), max_size=6), min_size=1, max_size=5)


def source_of(files):
    entries = [SourceFile(f"{i}", tuple(groups), ()) for i, groups in enumerate(files)]
    return ParquetSource("", [], entries, pa.schema([]))


@given(FILES, st.integers(1, 120))
def test_copy_tasks__cover_all_row_groups_in_order(files, part_rows):
    tasks = copy_tasks(source_of(files), part_rows)
    covered = [
        (task.file, g) for task in tasks for g in range(task.first_group, task.last_group)
    ]
    assert covered == sorted(set(covered))
    groups = {(i, g): n for i, groups in enumerate(files) for g, n in enumerate(groups)}
    assert {pair for pair, n in groups.items() if n} <= set(covered)
    start = 0
    for task in tasks:
        sizes = [groups[task.file, g] for g in range(task.first_group, task.last_group)]
        assert (task.start, task.n_rows) == (start, sum(sizes))
        assert task.n_rows <= part_rows or sum(n > 0 for n in sizes) == 1
        start += task.n_rows
    assert start == sum(groups.values())


@given(st.integers(0, 1000), st.integers(1, 300))
def test_generate_tasks__cover_all_samples_in_equal_tasks(n_rows, part_rows):
    tasks = generate_tasks(n_rows, part_rows)
    assert [i for task in tasks for i in range(task.start, task.start + task.n_rows)] == list(
        range(n_rows)
    )
    sizes = {task.n_rows for task in tasks}
    assert not sizes or (max(sizes) <= part_rows and max(sizes) - min(sizes) <= 1)


@given(FILES, st.integers(0, 500), st.integers(1, 120))
def test_parts__keep_the_order_and_are_as_full_as_possible(files, n_generated, part_rows):
    tasks = [*copy_tasks(source_of(files), part_rows), *generate_tasks(n_generated, part_rows)]
    parts = group_into_parts(tasks, part_rows, is_folder=True)
    assert [task for part in parts for task in part.tasks] == tasks
    assert [part.number for part in parts] == list(range(len(parts)))
    sizes = [sum(task.n_rows for task in part.tasks) for part in parts]
    for size, part in zip(sizes, parts, strict=True):
        assert size <= part_rows or len(part.tasks) == 1
    for i in range(len(parts) - 1):
        assert sizes[i] + parts[i + 1].tasks[0].n_rows > part_rows
    assert len(group_into_parts(tasks, part_rows, is_folder=False)) == 1


def test_a_task__reads_its_row_groups(tmp_path):
    table = imbalanced(100)
    source = open_source(write_file(tmp_path / "a.parquet", table, group_rows=30))
    assert source.files[0].group_rows == (30, 30, 30, 10)
    task = CopyRows(0, 1, 3, 30, 60)
    batches = list(task.batches(source, ["label", "f0"], 25))
    assert max(batch.num_rows for batch in batches) <= 25
    found = pa.Table.from_batches(batches)
    assert found.equals(table.select(["label", "f0"]).slice(30, 60))


@pytest.mark.parametrize("n_rows", [0, 5])
def test_a_part__is_named_by_its_number(n_rows):
    parts = group_into_parts(generate_tasks(n_rows, 2), 2, is_folder=True)
    names = [part.name for part in parts]
    assert names == [f"part-{i:05d}.parquet" for i in range(max(1, len(names)))]
