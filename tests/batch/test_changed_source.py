"""A source that changes while a job reads it is an error in every phase."""

from __future__ import annotations

import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smotefast
import smotefast.batch
import smotefast.diagnosis.files
from smotefast.batch import feature_plan
from smotefast.combine import SMOTETomek
from smotefast.over_sampling import SMOTE, BorderlineSMOTE, KMeansSMOTE, RandomOverSampler
from smotefast.report import Progress
from smotefast.storage import ParquetSource, SourceChangedError
from tests.helpers.parquet_files import imbalanced, resample, write_file


def same_size_and_time(path):
    """Replace a file by another one that looks the same from outside."""
    before = os.stat(path)
    shutil.copy(path, f"{path}.new")
    with open(f"{path}.new", "r+b") as file:
        file.seek(200)
        file.write(b"\x00")
    os.utime(f"{path}.new", ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(f"{path}.new", path)
    assert (os.stat(path).st_size, os.stat(path).st_mtime_ns) == (
        before.st_size,
        before.st_mtime_ns,
    )


def rewritten_in_place(path):
    """Write to the same inode, and set the time back."""
    before = os.stat(path)
    with open(path, "r+b") as file:
        file.seek(200)
        file.write(b"\x00")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def without_a_column(path):
    pq.write_table(pq.read_table(path).drop_columns(["f1"]), f"{path}.new")
    os.replace(f"{path}.new", path)


def of_another_type(path):
    table = pq.read_table(path)
    place = table.schema.get_field_index("f1")
    pq.write_table(table.set_column(place, "f1", table["f1"].cast("string")), f"{path}.new")
    os.replace(f"{path}.new", path)


def with_other_classes(path):
    table = pq.read_table(path)
    place = table.schema.get_field_index("label")
    pq.write_table(table.set_column(place, "label", [[5] * table.num_rows]), f"{path}.new")
    os.replace(f"{path}.new", path)


def truncated(path):
    os.truncate(path, os.path.getsize(path) // 2)


def no_parquet(path):
    path.write_text("x,y\n1,2\n")


CHANGES = [
    same_size_and_time,
    rewritten_in_place,
    without_a_column,
    of_another_type,
    with_other_classes,
    truncated,
    no_parquet,
    os.remove,
]
SAMPLERS = {
    "smote": SMOTE(random_state=0),
    "borderline": BorderlineSMOTE(random_state=0),
    "kmeans": KMeansSMOTE(random_state=0, cluster_balance_threshold=0.01),
    "random": RandomOverSampler(random_state=0),
    "tomek": SMOTETomek(random_state=0),
}


class Changing(Progress):
    """Changes a file when a phase begins, or after its first rows."""

    def __init__(self, change, phase, *, late=False):
        self.change, self.wanted, self.late, self.is_there = change, phase, late, False

    def phase(self, name, total=None, *, writes=False):
        self.is_there = name == self.wanted
        self._change(not self.late)

    def advance(self, rows):
        self._change(self.late)

    def _change(self, now):
        if self.is_there and now:
            self.is_there, self.wanted = False, None
            self.change()


def change_during(monkeypatch, change, phase, **when):
    changing = Changing(change, phase, **when)
    for module in (smotefast.batch.run_job, smotefast.diagnosis.files):
        monkeypatch.setattr(module, "make_progress", lambda progress: changing)
    return changing


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("sampler", "phase"),
    [
        ("smote", "counting classes"),
        ("smote", "loading kernels"),
        ("smote", "reading classes"),
        ("smote", "finding neighbors"),
        ("smote", "writing"),
        ("borderline", "finding neighbors among all rows"),
        ("kmeans", "reading all rows"),
        ("random", "reading classes"),
        ("tomek", "finding Tomek links"),
    ],
)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_file_changed_in_any_phase__is_an_error_that_names_it(
    tmp_path, monkeypatch, change, sampler, phase, late
):
    if late and phase in ("loading kernels", "finding neighbors"):
        phase = "reading classes"  # nothing advances in these
    source = write_file(tmp_path / "in.parquet", imbalanced(3000))
    changing = change_during(monkeypatch, lambda: change(source), phase, late=late)
    with pytest.raises(SourceChangedError, match=r"in\.parquet' was changed while"):
        resample(source, tmp_path / "out.parquet", sampler=SAMPLERS[sampler])
    assert changing.wanted is None
    assert not (tmp_path / "out.parquet").exists()
    assert [name for name in os.listdir(tmp_path) if "out" in name] == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("phase", ["counting classes", "drawing and searching"])
def test_a_diagnosis_of_a_changed_file__is_an_error(tmp_path, monkeypatch, change, phase):
    source = write_file(tmp_path / "in.parquet", imbalanced(3000))
    change_during(monkeypatch, lambda: change(source), phase)
    with pytest.raises(SourceChangedError, match="was changed while"):
        smotefast.diagnosis.diagnose_dataset(source, target="label")


def test_a_replaced_file_of_a_folder__is_named(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    for name in ("a", "b", "c"):
        write_file(tmp_path / "in" / f"{name}.parquet", imbalanced())
    change_during(
        monkeypatch, lambda: same_size_and_time(tmp_path / "in" / "b.parquet"), "writing"
    )
    with pytest.raises(SourceChangedError, match=r"b\.parquet' was changed"):
        resample(tmp_path / "in", tmp_path / "out")


@pytest.mark.parametrize("sampler", ["smote", "random", "kmeans"])
@pytest.mark.parametrize("change", ["rows", "classes"])
@pytest.mark.parametrize("in_files", [False, True])
def test_rows_that_were_not_counted__are_an_error_that_says_so(
    tmp_path, monkeypatch, sampler, change, in_files
):
    source = write_file(tmp_path / "in.parquet", imbalanced(3000), group_rows=600)
    if in_files and sampler != "kmeans":
        choices = feature_plan.classes_in_files
        monkeypatch.setattr(
            feature_plan, "classes_in_files", lambda *job: list(choices(*job))[1:]
        )
    batches = ParquetSource.batches

    def more(self, columns, n_rows):
        for number, batch in enumerate(batches(self, columns, 600)):
            if change == "classes" and number == 3:
                labels = pa.array([1] * len(batch), batch.schema.field("label").type)
                batch = batch.set_column(batch.schema.names.index("label"), "label", labels)
            yield batch
        if change == "rows":
            yield batch

    phase = "reading all rows" if sampler == "kmeans" else "reading classes"
    change_during(
        monkeypatch, lambda: monkeypatch.setattr(ParquetSource, "batches", more), phase
    )
    message = "more than 3,000 rows" if change == "rows" else r"class 1 has \d+ rows instead of"
    if (sampler, change) == ("kmeans", "classes"):
        return  # reads features and classes apart
    with pytest.raises(SourceChangedError, match=f"{message}.*Start the job again"):
        resample(source, tmp_path / "out.parquet", sampler=SAMPLERS[sampler])
    assert os.listdir(tmp_path) == ["in.parquet"]


def test_a_source_that_another_process_reads__is_not_changed(tmp_path, monkeypatch):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    change_during(monkeypatch, lambda: source.read_bytes(), "writing")
    assert resample(source, tmp_path / "out.parquet").rows_written == 1080


def test_an_error_without_a_changed_file__is_raised_as_it_is(tmp_path, monkeypatch):
    def fail():
        raise RuntimeError("stop here")

    source = write_file(tmp_path / "in.parquet", imbalanced())
    change_during(monkeypatch, fail, "writing")
    with pytest.raises(RuntimeError, match="stop here"):
        resample(source, tmp_path / "out.parquet")
