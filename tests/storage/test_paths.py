"""Paths of sources and destinations: which are accepted, and the errors for all others."""

from __future__ import annotations

import io
import os
import pathlib
import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smotefast
from smotefast.diagnosis import diagnose_dataset
from smotefast.storage.paths import local_path, printable_path
from tests.helpers.command_line import shell as shell
from tests.helpers.parquet_files import imbalanced, resample, write_file


class Path:
    """A path of another library."""

    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return self.path


@pytest.mark.parametrize("kind", [str, pathlib.Path, os.fsencode, Path, np.str_])
def test_every_type_of_path__is_accepted(tmp_path, kind):
    write_file(tmp_path / "in.parquet", imbalanced())
    source, destination = (kind(f"{tmp_path}/{name}.parquet") for name in ("in", "out"))
    assert resample(source, destination).rows_written == 1080
    assert diagnose_dataset(source, target="label")


FRAME = pd.DataFrame({"x": [1.0], "label": [0]})
NO_PATHS = {
    "generator": ((name for name in "ab"), "is a generator.*give a list of paths"),
    "None": (None, "is None, not a path.*Use the path of a Parquet file"),
    "number": (3, "is a int, not a path.*Use the path"),
    "pandas": (FRAME, r"is a pandas\.DataFrame.*fit_resample.*write the table to a Parquet"),
    "polars": (pl.DataFrame(FRAME.to_dict("list")), r"is a polars\.DataFrame.*fit_resample"),
    "arrow": (pa.table({"x": [1.0]}), r"is a pyarrow\.Table.*fit_resample"),
    "numpy": (np.ones((2, 2)), r"is a numpy\.ndarray.*not a path"),
    "open file": (io.BytesIO(b"PAR1"), r"is a _io\.BytesIO.*use the path, such as file\.name"),
}


@pytest.mark.filterwarnings("ignore::polars.exceptions.PerformanceWarning")
@pytest.mark.parametrize(("given", "message"), NO_PATHS.values(), ids=list(NO_PATHS))
def test_a_value_that_is_not_a_path__is_refused_with_the_next_step(given, message, tmp_path):
    with pytest.raises(TypeError, match=f"^source {message}"):
        resample(given, tmp_path / "out")
    with pytest.raises(TypeError, match=f"^source {message}"):
        diagnose_dataset(given, target="label")
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(TypeError, match=r"^destination is .*, not a path"):
        resample(source, given)


INCOMPLETE = ["s3:/bucket/a.parquet", "dbfs:/tables/a"]


@pytest.mark.parametrize("path", INCOMPLETE)
def test_an_incomplete_url__is_refused_with_the_next_step(path, tmp_path, shell):
    message = r"^source=.* is neither a path nor a complete URL. Write .*:// with two slashes"
    with pytest.raises(ValueError, match=message):
        resample(path, tmp_path / "out")
    with pytest.raises(ValueError, match=r"^source=.* is neither"):
        diagnose_dataset(path, target="label")
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(ValueError, match=r"^destination=.* is neither"):
        resample(source, path)
    code, _, message = shell("resample", path, tmp_path / "out", "--target", "label")
    assert code == 2
    assert message.startswith(f"smotefast: error: SOURCE {path} is neither")
    assert os.listdir(tmp_path) == ["in.parquet"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "is empty. Use the path"),
        (" ", "is empty. Use the path"),
        ("-", "standard (input|output)"),
        ("a\0b", "null byte"),
        ("~/a.parquet", "begins with '~'.*expanduser"),
        ("file://server/a.parquet", "names the host 'server'"),
    ],
)
def test_an_empty_or_special_path__is_refused_with_the_next_step(path, message, tmp_path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    for given in ((path, tmp_path / "out"), (source, path)):
        with pytest.raises(ValueError, match=message):
            resample(*given)
    with pytest.raises(ValueError, match=message):
        diagnose_dataset(path, target="label")


@pytest.mark.parametrize("path", ["data/*.parquet", "data/part-?.parquet"])
def test_a_pattern__is_refused_as_a_destination(tmp_path, path):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(ValueError, match="is a pattern"):
        resample(source, path)


def test_a_file_url__is_a_path(tmp_path):
    write_file(tmp_path / "in put.parquet", imbalanced())
    url = (tmp_path / "in put.parquet").as_uri()
    assert "%20" in url
    result = resample(url, (tmp_path / "out").as_uri())
    assert result.rows_written == 1080
    assert sorted(os.listdir(tmp_path)) == ["in put.parquet", "out"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("part-[0-9].parquet", "no file that matches"),
        ("part{1,2}.parquet", r"no file or folder .*Braces are not expanded"),
    ],
)
def test_a_pattern_without_a_match__is_refused(tmp_path, path, message):
    with pytest.raises(FileNotFoundError, match=message):
        resample(tmp_path / path, tmp_path / "out")


def test_existing_files_with_unusual_names__are_accepted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a*.parquet", "~b.parquet", "c[1].parquet"):
        write_file(name, imbalanced())
        assert local_path(name, "source") == name
        assert smotefast.storage.open_source(name).n_rows == 600


SUFFIXES = "csv tsv txt json jsonl ndjson feather arrow ipc avro orc xls xlsx gz zip bz2 xz zst"
MORE = "tar tgz 7z h5 hdf5 npy npz pkl pickle db sqlite duckdb dta sas7bdat sav parquet.gz CSV"


@pytest.mark.parametrize("suffix", [*SUFFIXES.split(), *MORE.split()])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_destination_with_the_extension_of_another_format__is_refused(
    tmp_path, suffix, overwrite
):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(ValueError, match=r"only Parquet is written.* \.parquet for one file"):
        resample(source, tmp_path / f"x.{suffix}", overwrite=overwrite)
    assert os.listdir(tmp_path) == ["in.parquet"]


@pytest.mark.parametrize("suffix", ["parquet", "pq", "parq", "PARQUET", "Parq"])
def test_a_destination_with_a_parquet_extension__is_one_file(tmp_path, suffix):
    resample(write_file(tmp_path / "in.parquet", imbalanced()), tmp_path / f"out.{suffix}")
    assert pq.read_table(tmp_path / f"out.{suffix}").num_rows == 1080
    assert (tmp_path / f"out.{suffix}").is_file()


@pytest.mark.parametrize("name", ["out", "out.v2", "2026.11.28", "balanced.d"])
def test_a_destination_of_any_other_name__is_a_folder(tmp_path, name):
    resample(write_file(tmp_path / "in.parquet", imbalanced()), tmp_path / name)
    assert os.listdir(tmp_path / name) == ["part-00000.parquet"]


@pytest.mark.parametrize("name", ["x.tsv", "x.csv.zst", "x.xlsx", "x.orc"])
def test_a_source_of_another_format__is_refused_with_the_format(tmp_path, name):
    (tmp_path / name).write_bytes(b"x,y\n1,2\n")
    for call in (resample, lambda path, _: diagnose_dataset(path, target="label")):
        with pytest.raises(
            OSError, match=r"has the extension .*formats are Parquet, CSV and Arrow\. Conv"
        ):
            call(tmp_path / name, tmp_path / "out")


def test_a_source_that_is_parquet__is_read_whatever_its_name(tmp_path):
    source = write_file(tmp_path / "x.csv", imbalanced())
    assert resample(source, tmp_path / "out").rows_written == 1080


def test_a_folder_of_another_format__is_refused_with_an_example_file(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.tsv").write_text("x\ty\n")
    with pytest.raises(OSError, match=r"or \.arrow files, only files such as 'a\.tsv'"):
        resample(tmp_path / "in", tmp_path / "out")


# é in Latin 1, which is not valid UTF-8.
ODD = os.fsdecode(b"caf\xe9")


@pytest.mark.parametrize("destination", ["out.parquet", f"{ODD}.parquet", ODD])
@pytest.mark.parametrize("source", [f"{ODD}-in.parquet", f"{ODD}-in", "in"])
def test_paths_that_are_not_utf8__work_as_with_open(tmp_path, source, destination):
    source, destination = tmp_path / source, tmp_path / destination
    if source.suffix:
        write_odd(source)
    else:
        source.mkdir()
        write_odd(source / f"{ODD}.parquet")
    summary = resample(source, destination)
    resample(source, os.fsencode(destination), overwrite=True)
    assert summary.rows_written == 1080
    made = destination / "part-00000.parquet" if destination.is_dir() else destination
    with open(made, "rb") as file:
        assert pq.read_table(pa.BufferReader(file.read())).num_rows == 1080
    assert printable_path(str(destination)) in str(summary)
    str(summary).encode()  # can be printed
    summary._repr_html_().encode()
    assert diagnose_dataset(source, target="label", sampler="borderline-smote")


def write_odd(path, table=None):
    sink = pa.BufferOutputStream()
    pq.write_table(imbalanced() if table is None else table, sink)
    path.write_bytes(sink.getvalue())


def test_messages_with_paths_that_are_not_utf8__can_be_printed(tmp_path, shell):
    write_odd(tmp_path / f"{ODD}.parquet", imbalanced().slice(0, 0))
    code, _, message = shell(
        "resample", tmp_path / f"{ODD}.parquet", "out", "--target", "label"
    )
    assert code == 3
    assert re.search(r"caf.*\.parquet' has no rows", message)


@pytest.mark.parametrize(
    "locale",
    [
        "C",
        *(pytest.param(one, marks=pytest.mark.long) for one in ("latin-1", "C.UTF-8", "ascii")),
    ],
)
def test_the_summary__can_be_printed_in_every_encoding(tmp_path, locale):
    import subprocess
    import sys

    table = imbalanced()
    labels = pa.array(["ä" if one else "b" for one in table["label"].to_pylist()])
    write_odd(tmp_path / f"{ODD}.parquet", table.set_column(4, "label", labels))
    command = [sys.executable, "-m", "smotefast", "resample", f"{ODD}.parquet", f"{ODD}-out"]
    settings = {"LC_ALL": locale} if locale[0] == "C" else {"PYTHONIOENCODING": locale}
    environment = {**os.environ, "PYTHONCOERCECLOCALE": "0", **settings}
    command += ["--target", "label", "--log-format", "none"]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"rows written  1,080 to caf" in done.stdout
    assert os.path.isdir(os.path.join(os.fsencode(tmp_path), b"caf\xe9-out"))
