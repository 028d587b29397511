"""The report of a job says what was done; ``verify_dataset`` finds what has changed since."""

from __future__ import annotations

import datetime
import json
import os
from decimal import Decimal
from inspect import signature

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.batch.job_report import _plain
from smotefast.combine import Combination
from smotefast.exceptions import ArgumentError, SourceError
from smotefast.over_sampling import SMOTE
from smotefast.under_sampling import RandomUnderSampler
from tests.helpers.parquet_files import imbalanced, resample, write_file, write_folder

PARTS = {"part_size": "4KB", "row_group_size": 50}


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced(), group_rows=100)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "report.json"


def load(path):
    """Read strict JSON, without NaN and the like."""

    def refuse(text):
        raise ValueError(text)

    return json.loads(path.read_text(), parse_constant=refuse)


def differences(destination, path):
    return list(smotefast.verify_dataset(destination, path).differences)


def test_a_report__says_what_was_done(source, tmp_path, path):
    summary = resample(source, tmp_path / "out", report=path, keep=["f1"], **PARTS)
    found = load(path)
    (file,) = found["source"]["files"]
    state = os.stat(source)
    assert (file["rows"], file["bytes"]) == (600, state.st_size)
    assert file["modified_ns"] == state.st_mtime_ns
    assert found["classes"] == [
        {"label": 0, "before": 540, "after": 540, "made": 0},
        {"label": 1, "before": 60, "after": 540, "made": 480},
    ]
    assert (found["seed"], found["target"], found["search"]) == (0, "label", "exact")
    assert found["samplers"][0]["class"] == "SMOTE"
    assert found["samplers"][0]["parameters"]["k_neighbors"] == 5
    assert found["options"]["keep"] == ["f1"]
    assert found["options"]["row_group_size"] == 50
    assert found["versions"]["smotefast"] == smotefast.__version__
    assert 0 < found["peak_memory"] <= found["memory_limit"]
    steps = ["counting", "planning", "gathering", "searching", "writing", "committing"]
    assert list(found["seconds_by_step"]) == steps
    assert found["seconds"] == pytest.approx(sum(found["seconds_by_step"].values()))
    assert found["seconds"] == summary.seconds
    assert found["rows"] == sum(part["rows"] for part in found["parts"]) == 1080
    assert [part["file"] for part in found["parts"]] == sorted(os.listdir(tmp_path / "out"))
    assert {part["group_rows"] for part in found["parts"]} == {50}
    assert not any(part["resumed"] for part in found["parts"])


def test_a_report_of_a_single_file__names_the_file(source, tmp_path, path):
    resample(source, tmp_path / "out.parquet", report=str(path))
    (part,) = load(path)["parts"]
    assert (part["file"], part["rows"]) == ("out.parquet", 1080)
    assert part["bytes"] == os.path.getsize(tmp_path / "out.parquet")


def test_a_report_of_a_resumed_job__says_which_parts_were_resumed(source, tmp_path, path):
    def stop(done, total):
        if done > 500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resample(source, tmp_path / "out", report=path, progress=stop, **PARTS)
    assert not path.exists()
    summary = resample(source, tmp_path / "out", report=path, resume="require", **PARTS)
    resumed = [part["resumed"] for part in load(path)["parts"]]
    assert 0 < sum(resumed) < len(resumed)
    assert f"resumed       {sum(resumed)} of {len(resumed)} parts" in str(summary).splitlines()
    assert differences(tmp_path / "out", path) == []


def test_a_job_that_was_not_interrupted__does_not_mention_it(source, tmp_path):
    assert "resumed" not in str(resample(source, tmp_path / "out"))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([3, 7], [3, 7]),
        (["a", "b"], ["a", "b"]),
        (["1", "1.0"], ["1", "1.0"]),
        ([1.0, 2.0], [1.0, 2.0]),
        ([False, True], [False, True]),
        (pa.array([Decimal("1.00"), Decimal("2.00")]), [1, 2]),
        (pa.array(["x", "é\n"]).dictionary_encode(), ["x", "é\n"]),
    ],
    ids=str,
)
def test_labels__keep_their_types(tmp_path, path, labels, expected):
    codes = imbalanced(200)["label"].to_numpy()
    column = (labels if isinstance(labels, pa.Array) else pa.array(labels)).take(
        pa.array(codes)
    )
    table = pa.table({"x": np.arange(200.0), "label": column})
    source = write_file(tmp_path / "in.parquet", table)
    sampler = SMOTE(sampling_strategy={expected[1]: 50}, random_state=0)
    with pytest.warns(smotefast.ResamplingWarning):  # x is a key
        resample(source, tmp_path / "out", report=path, sampler=sampler)
    found = load(path)
    labels = [entry["label"] for entry in found["classes"]]
    assert (labels, list(map(type, labels))) == (expected, list(map(type, expected)))
    strategy = found["samplers"][0]["parameters"]["sampling_strategy"]
    if isinstance(expected[1], str):
        assert strategy == {expected[1]: 50}
    else:
        assert strategy == [{"label": expected[1], "value": 50}]


def test_values_that_json_lacks__become_text():
    values = [float("nan"), float("inf"), b"\xff", datetime.date(2026, 1, 2), np.float32]
    text = json.dumps(_plain(values), allow_nan=False)
    assert json.loads(text)[:3] == ["nan", "inf", "b'\\xff'"]
    assert _plain({np.int64(1): np.float32(0.5)}) == [{"label": 1, "value": 0.5}]
    assert " at 0x" not in json.dumps(_plain([object()]))


def test_a_combination__has_two_samplers_and_a_selection_one(source, tmp_path, path):
    drawn = RandomUnderSampler(random_state=3)
    resample(source, tmp_path / "a", sampler=Combination(SMOTE(), drawn), report=path)
    assert [each["class"] for each in load(path)["samplers"]] == ["SMOTE", "RandomUnderSampler"]
    assert load(path)["seed"] is None
    resample(source, tmp_path / "b", sampler=drawn, report=path)  # replaces the old report
    assert [each["class"] for each in load(path)["samplers"]] == ["RandomUnderSampler"]
    assert load(path)["seed"] == 3


def test_a_report_in_a_path_that_is_not_utf8__is_json(tmp_path, path):
    folder = os.path.join(os.fsencode(tmp_path), b"caf\xe9")
    os.mkdir(folder)
    source = write_file(tmp_path / "in.parquet", imbalanced())
    resample(source, os.path.join(folder, b"out"), report=path)
    assert os.fsencode(load(path)["destination"]) == os.path.join(folder, b"out")
    assert differences(os.path.join(folder, b"out"), path) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("in.parquet", "is the source"),
        ("in/000.parquet", "is the source"),
        ("out", "is the destination"),
        ("out/report.json", "is inside the destination"),
        ("no/report.json", "does not exist"),
        ("a_folder", "is not a regular file"),
        ("/dev/null", "is not a regular file"),
    ],
)
def test_a_path_that_cannot_be_a_report__is_refused_at_once(tmp_path, name, message):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    if name.startswith("in/"):
        source = write_folder(tmp_path / "in", imbalanced(), 2)
    (tmp_path / "a_folder").mkdir()
    resample(source, tmp_path / "out")
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(ArgumentError, match=message):
        resample(source, tmp_path / "out", overwrite=True, report=tmp_path / name)
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no /proc")
def test_a_folder_that_is_not_writable__is_refused_at_once(source, tmp_path):
    with pytest.raises(OSError, match="The folder '/proc' of the report is not writable"):
        resample(source, tmp_path / "out", report="/proc/report.json")
    assert os.listdir(tmp_path) == ["in.parquet"]


@pytest.mark.parametrize(("report", "error"), [(3, TypeError), ("", ValueError)])
def test_something_that_is_no_path__is_refused(source, tmp_path, report, error):
    with pytest.raises(error, match=r"report=.* the path of a file"):
        resample(source, tmp_path / "out", report=report)


def test_a_report_that_cannot_be_written__is_an_error_that_says_the_rows_are(
    source, tmp_path, path, monkeypatch
):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("smotefast.batch.job_report.replace_file", fail)
    with pytest.raises(
        OSError, match=r"All rows were written to .* but the report .* No space"
    ):
        resample(source, tmp_path / "out", report=path)
    assert pq.read_table(tmp_path / "out").num_rows == 1080


def test_a_crash_while_the_report_is_written__leaves_the_old_one(
    source, tmp_path, path, monkeypatch
):
    path.write_text("old")

    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("smotefast.storage.files.os.replace", stop)
    from smotefast.storage.files import replace_file

    with pytest.raises(KeyboardInterrupt):
        replace_file(str(path), "new")
    assert path.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["in.parquet", "report.json"]


@pytest.fixture(params=["out", "out.parquet"])
def output(request, source, tmp_path, path):
    """The output of a job with a report: a folder or a file."""
    options = PARTS if request.param == "out" else {}
    resample(source, tmp_path / request.param, report=path, **options)
    return tmp_path / request.param


def first_file(output):
    return output / "part-00000.parquet" if output.is_dir() else output


def test_verify__accepts_the_output_also_when_it_was_moved(output, tmp_path, path):
    result = smotefast.verify_dataset(output, path)
    assert result.is_as_reported
    assert str(result).endswith("1,080 rows: as reported.")
    moved = tmp_path / f"moved{output.suffix}"
    output.rename(moved)
    assert differences(moved, path) == []
    assert len(differences(output, path)) == 1


def test_verify__finds_a_flipped_byte(output, path):
    file = first_file(output)
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)
    (difference,) = differences(output, path)
    assert difference.startswith(f"{file.name}: has the checksum crc32:")


def test_verify__finds_another_file(output, path):
    file = first_file(output)
    write_file(file, imbalanced(10))
    size, rows = differences(output, path)
    assert size.startswith(f"{file.name}: has ")
    assert " bytes instead of " in size
    assert rows.startswith(f"{file.name}: has 10 rows instead of ")


def test_verify__finds_a_file_that_was_cut(output, path):
    file = first_file(output)
    os.truncate(file, 200)
    size, unreadable = differences(output, path)
    assert "has 200 bytes instead of" in size
    assert "cannot be read as Parquet" in unreadable


def test_verify__finds_missing_and_additional_files(source, tmp_path, path):
    out = tmp_path / "out"
    resample(source, out, report=path, **PARTS)
    (out / "_SUCCESS").touch()
    (out / ".part-00000.parquet.crc").touch()
    assert differences(out, path) == []
    (out / "part-00001.parquet").unlink()
    (out / "more.parquet").touch()
    (out / "folder").mkdir()
    assert differences(out, path) == [
        "part-00001.parquet: is missing",
        "folder: is not in the report",
        "more.parquet: is not in the report",
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "smotefast report 1"}', "\xff"])
def test_verify__refuses_what_is_no_report(output, path, text):
    path.write_bytes(text.encode("latin1"))
    with pytest.raises(ValueError, match="is not a report that this version"):
        smotefast.verify_dataset(output, path)


def test_verify__needs_the_report(output, tmp_path):
    with pytest.raises(SourceError, match="Cannot read the report"):
        smotefast.verify_dataset(output, tmp_path / "no.json")


def test_the_options_of_a_report__are_all_that_the_rows_depend_on(tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    resample(source, tmp_path / "out.parquet", report=tmp_path / "report.json")
    options = json.loads((tmp_path / "report.json").read_text())["options"]
    others = {"source", "destination", "target", "sampler", "memory_limit", "overwrite"}
    others |= {"progress", "resume", "report", "scratch", "cluster"}
    assert set(options) == set(signature(smotefast.resample_dataset).parameters) - others
