"""CSV files are read as Arrow reads them at once, in whatever pieces and blocks."""

from __future__ import annotations

import gzip
import os
import re

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from smotefast.exceptions import SourceError
from smotefast.storage import check_source, open_any_source
from smotefast.storage.formats import csv_files
from tests.helpers.parquet_files import resample

SIZES = ("_PIECE", "_CSV_BLOCK", "_INFERRED")


def read(path):
    """Read a file as a job does."""
    return pa.Table.from_batches(open_any_source(check_source(path)).reread({}).batches())


def read_at_once(path):
    """Read a file in one block."""
    return pa_csv.read_csv(
        path,
        read_options=pa_csv.ReadOptions(block_size=1 << 20),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
    )


def refuse(*given):
    raise AssertionError("A file is read in blocks.")


ROWS = [f"{i},{i / 8},name {i}" for i in range(100)]
PLAIN = {
    "lines": "\n".join(["a,b,c", *ROWS, ""]),
    "no last line break": "\n".join(["a,b,c", *ROWS]),
    "line breaks of Windows": "\r\n".join(["a,b,c", *ROWS, ""]),
    "empty lines": "\n".join(["a,b,c", *ROWS[:40], "", "", *ROWS[40:], "", ""]),
    "a header in quotes": "\n".join(['"a","b,b","c"', *ROWS]),
    "a byte order mark": "\ufeff" + "\n".join(["a,b,c", *ROWS]),
    "missing values": "\n".join(["a,b,c", *ROWS[:40], ",,", "7,,", *ROWS[40:]]),
}
QUOTED = {
    "values in quotes": "\n".join(["a,b,c", *(f'{i},"{i}","name, {i}"' for i in range(100))]),
    "a late line break in quotes": "\n".join(["a,b,c", *ROWS, '7,7,"x\ny"', *ROWS[:9]]),
    "late values that look like rows": "\n".join(
        ["a,b,c", *ROWS, *(f'{i},{i},"x\n{i},{i},y"' for i in range(100))]
    ),
    "a quote that is a value": "\n".join(["a,b,c", *ROWS, '7,7,5" pipe', *ROWS[:9]]),
    "a line break in the header": "\n".join(['a,"b\n1",c', *ROWS]),
    "quotes in the header": "\n".join(['a,"b""1",c', *ROWS]),
    "an empty line before the header": "\n".join(["", "a,b,c", *ROWS]),
    "line breaks of old Macs": "\r".join(["a,b,c", *ROWS]),
    "a long row": "\n".join(["a,b,c", *ROWS, f"7,7,{'long name ' * 100}", *ROWS[:9]]),
}


@pytest.mark.parametrize("piece", [150, 333, 1 << 20])
@pytest.mark.parametrize("form", [*PLAIN, *QUOTED])
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_pieces__give_the_rows_of_the_file(tmp_path, monkeypatch, form, piece, ending):
    content = (PLAIN | QUOTED)[form].encode()
    path = tmp_path / f"in.{ending}"
    path.write_bytes(gzip.compress(content) if ending == "csv.gz" else content)
    expected = read_at_once(path)
    monkeypatch.setattr(csv_files, "_PIECE", piece)
    assert read(path).equals(expected)


@pytest.mark.parametrize("form", PLAIN)
def test_a_file_without_quotes__is_read_in_pieces_alone(tmp_path, monkeypatch, form):
    (tmp_path / "in.csv").write_text(PLAIN[form], newline="")
    expected = read_at_once(tmp_path / "in.csv")
    monkeypatch.setattr(csv_files, "_PIECE", 333)
    monkeypatch.setattr(csv_files, "_batches_in_blocks", refuse)
    assert read(tmp_path / "in.csv").equals(expected)


def test_a_file_without_a_header__is_explained(tmp_path):
    (tmp_path / "in.csv").write_text("1,-2.5,0\n3,4,1\n")
    with pytest.raises(ValueError, match="the first line of a CSV file must have the names"):
        resample(tmp_path / "in.csv", tmp_path / "out")
    pq.write_table(pa.table({"1": [0.5, 1.5], "0": [0, 1]}), tmp_path / "in.parquet")
    with pytest.raises(ValueError, match=r"Its columns are '1', '0'\.$"):
        resample(tmp_path / "in.parquet", tmp_path / "out")


@pytest.fixture
def small_blocks(monkeypatch):
    """Read CSV files in blocks of 200 bytes, and infer their types from one of them."""
    for name in SIZES:
        monkeypatch.setattr(csv_files, name, 200)


@pytest.mark.usefixtures("small_blocks")
def test_text_columns__get_the_type_that_holds_later_values(tmp_path):
    lines = [f"{i},{i},,x,{i % 3 == 0}" for i in range(100)]
    lines[60] = "60,0.5,7,y,false"
    lines[80] = "eighty,1,0.25,z,maybe"
    (tmp_path / "in.csv").write_text("a,b,c,d,label\n" + "\n".join(lines) + "\n")
    resample(tmp_path / "in.csv", tmp_path / "out.parquet", sampler="random-under", drop=["d"])
    found = pq.read_schema(tmp_path / "out.parquet")
    assert [str(each) for each in found.types] == ["string", "double", "double", "string"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Empty CSV file"),
        (b"x,label\n", r"in\.csv' has no rows\.$"),
        (b"x;label\n1;a\n", "separated by ';', and only commas"),
        (b"x;label\n0,5;a\n", "separated by ';', and only commas"),
        (b"x\tlabel\n1\ta\n", "separated by '.t', and only commas"),
        ("na\u00efve,label\n1,a\n".encode("latin-1"), r"in\.csv' as CSV: it is not in UTF-8"),
        (b"x,x,label\n1,2,a\n", "more than one column named 'x'"),
        ("x,label\n1,a\n".encode("utf-16"), r"in\.csv' as CSV: it is in UTF-16, not in UTF-8"),
        (gzip.compress(b"x,label\n1,a\n", mtime=0), r"its name must end in \.gz"),
        (b"x,label\n1,a\n" + b"1" * (17 << 20) + b",a\n", "a row is longer than 8 MiB, or a "),
    ],
)
def test_text_that_is_no_table__is_refused_with_the_reason(tmp_path, content, message):
    (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises((OSError, ValueError), match=message):
        resample(tmp_path / "in.csv", tmp_path / "out")
    assert os.listdir(tmp_path) == ["in.csv"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (["1.5", "", "unknown", "7"], "'unknown' in row 3 is no number. Leave it out with"),
        (["1", "2", "1_000", "4"], "'1_000' in row 3 is no number. Leave it out with"),
        (["1", "2", "3", "4,5"], "'4,5' in row 4 is no number. Leave it out with"),
        (["a", "1", "b", "2"], "can be compared and interpolated. Leave it out with"),
        (["NA", "a", "1", "2"], "can be compared and interpolated. Leave it out with"),
    ],
)
def test_a_text_among_numbers__is_named_by_the_error(tmp_path, values, reason):
    lines = [f'"{value}",{i}' for i, value in enumerate(values * 9)]
    lines = [f"{line},{i % 3 == 0}" for i, line in enumerate(lines)]
    (tmp_path / "in.csv").write_text("\n".join(["x,z,label", *lines]) + "\n")
    with pytest.raises(ValueError, match=re.escape(reason)):
        resample(tmp_path / "in.csv", tmp_path / "out", sampler="smote")


@pytest.mark.usefixtures("small_blocks")
def test_integers_of_text__are_not_rounded_to_floats(tmp_path):
    lines = [f"{i},{i % 3 == 0}" for i in range(100)]
    lines[90] = "0.5,true"
    (tmp_path / "in.csv").write_text("\n".join(["x,label", *lines, "1e300,true\n"]))
    resample(tmp_path / "in.csv", tmp_path / "out", sampler="random")
    lines[80] = f"{(1 << 53) + 1},true"
    (tmp_path / "in.csv").write_text("\n".join(["x,label", *lines]))
    with pytest.raises(OSError, match=r"Column 'x' of .* has integers above 2\*\*53"):
        resample(tmp_path / "in.csv", tmp_path / "out", sampler="random", overwrite=True)
    without = open_any_source(check_source(tmp_path / "in.csv"), drop=["x"])
    assert sum(batch.num_rows for batch in without.reread({}).batches()) == 100


BIG = 1 << 53


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ([[*range(10**19, 10**19 + 30)]], "10000000000000000001"),
        ([[*range(BIG, BIG + 29), 0.5]], "9007199254740993"),
        ([[0.5, *range(BIG, BIG + 29)]], "9007199254740993"),
        ([[0.5] * 99 + [-BIG - 1]], "-9007199254740993"),
        ([[1, 2], [0.5, 2], [*range(1 << 60, (1 << 60) + 9)]], "1152921504606846977"),
        ([[1, 2], [f'"{10**20 + 1}"', 2]], "100000000000000000001"),
        ([[0.5, f" {BIG + 1}"]], "9007199254740993"),
        ([[0.5, f'" \t{BIG + 1} "']], "9007199254740993"),
    ],
)
@pytest.mark.parametrize("size", [200, 8 << 20])
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_integers_that_no_type_holds__are_refused_wherever_they_are(
    tmp_path, monkeypatch, files, named, size, ending
):
    for name in SIZES:
        monkeypatch.setattr(csv_files, name, size)
    (tmp_path / "in").mkdir()
    for i, values in enumerate(files):
        rows = "".join(f"{value},{i % 7},{i % 2}\n" for i, value in enumerate(values))
        text = f"x,y,label\n{rows}".encode()
        content = gzip.compress(text) if ending == "csv.gz" else text
        (tmp_path / "in" / f"{i}.{ending}").write_bytes(content)
    with pytest.raises(OSError, match=rf"'x' of .* above 2\*\*53, such as {named}, "):
        resample(tmp_path / "in", tmp_path / "out", sampler="random", keep=["x"])
    resample(tmp_path / "in", tmp_path / "out.parquet", sampler="random", drop=["x"])
    with pytest.raises(OSError, match=rf"'x' of .* above 2\*\*53, such as {named}, "):
        resample(tmp_path / "in", tmp_path / "out", target="x", sampler="random")


def test_a_file_that_cannot_be_read_again_for_its_integers__is_named(tmp_path, monkeypatch):
    def fail(*given):
        raise OSError("connection lost")

    monkeypatch.setattr(csv_files, "_refuse_rounded", fail)
    (tmp_path / "in.csv").write_text("x,label\n1e17,0\n2.5,1\n")
    with pytest.raises(SourceError, match=r"Cannot read .*in\.csv': connection lost"):
        resample(tmp_path / "in.csv", tmp_path / "out", sampler="random")


def test_large_numbers_that_are_exact__are_read(tmp_path):
    texts = ["1e300", "-inf", "nan", "", "10000000000000000000", f"{BIG + 2}", "0.5", "1e17"]
    texts += ["9007199254740993.0", "123456789012345678.5", "2" * 309]
    (tmp_path / "in.csv").write_text("x,y\n" + "".join(f"{text},1\n" for text in texts))
    values = read(tmp_path / "in.csv")["x"].to_pylist()
    expected = [None if text in ("", "nan") else float(text) for text in texts]
    assert values == expected


@pytest.mark.parametrize("row", [3, 90])
@pytest.mark.parametrize("form", ["plain", "quotes"])
def test_text_in_another_encoding__names_the_column(tmp_path, monkeypatch, row, form):
    monkeypatch.setattr(csv_files, "_INFERRED", 500)
    monkeypatch.setattr(csv_files, "_PIECE", 500)
    monkeypatch.setattr(csv_files, "_CSV_BLOCK", 500)
    word = "name" if form == "plain" else '"name"'
    lines = [f"{word},{i},{i % 3 == 0}" for i in range(100)]
    lines[row] = f"na\u00efve,{row},true"
    (tmp_path / "in.csv").write_bytes("\n".join(["t,x,label", *lines]).encode("latin-1"))
    with pytest.raises(SourceError, match="column 't' is not in UTF-8"):
        resample(tmp_path / "in.csv", tmp_path / "out", sampler="random")
    resample(tmp_path / "in.csv", tmp_path / "out.parquet", sampler="random", drop=["t"])


@pytest.mark.parametrize("name", ["in.csv", "in.csv.gz", "in.arrow", "in.parquet"])
def test_a_pipe__is_refused(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(SourceError, match="is not a regular file"):
        read(tmp_path / name)


def test_an_empty_text_as_class__is_a_warning(tmp_path):
    rows = "".join(f"{i % 7},{'' if i % 20 == 0 else 'EU'}\n" for i in range(200))
    (tmp_path / "in.csv").write_text(f"x,label\n{rows}")
    with pytest.warns(UserWarning, match=r"'label' is an empty text in 10 of 200 rows"):
        resample(tmp_path / "in.csv", tmp_path / "out.parquet", sampler="random")


@pytest.mark.usefixtures("small_blocks")
def test_large_integers_and_a_late_text__are_a_column_of_text(tmp_path):
    lines = [f"{(1 << 53) + i},{i % 3 == 0}" for i in range(100)]
    lines[90] = "unknown,true"
    (tmp_path / "in.csv").write_text("\n".join(["id,label", *lines]) + "\n")
    resample(tmp_path / "in.csv", tmp_path / "out.parquet", sampler="random-under")
    ids = pq.read_table(tmp_path / "out.parquet")["id"]
    assert ids.type == pa.string()
    assert {"unknown", str(1 << 53)} <= set(ids.to_pylist())


@pytest.mark.parametrize("row", [0, 70, 99])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_of_text_that_are_longer_than_a_block__are_read_once(
    tmp_path, monkeypatch, row, end
):
    monkeypatch.setattr(csv_files, "_CSV_BLOCK", 200)
    monkeypatch.setattr(csv_files, "_PIECE", 200)
    lines = [f"{i},name {i},{i % 3 == 0}" for i in range(100)]
    lines[row] = f"{row},{'long name ' * 100},{row % 3 == 0}"
    (tmp_path / "in.csv").write_bytes((end.join(["x,name,label", *lines]) + end).encode())
    resample(tmp_path / "in.csv", tmp_path / "out.parquet", sampler="random")
    found = pq.read_table(tmp_path / "out.parquet").slice(0, 100)
    assert found["x"].to_pylist() == list(range(100))
    assert len(found["name"][row].as_py()) == 1_000


@pytest.mark.parametrize("block", range(180, 200))
def test_line_breaks_in_quotes__are_values_wherever_blocks_end(tmp_path, monkeypatch, block):
    for name in SIZES:
        monkeypatch.setattr(csv_files, name, block)
    lines = [f'{i},"line\nbreak {i}",{i % 3 == 0}' for i in range(100)]
    (tmp_path / "in.csv").write_text("\n".join(["x,name,label", *lines]) + "\n")
    source = open_any_source(check_source(tmp_path / "in.csv"))
    found = pa.Table.from_batches(source.reread({}).batches())
    assert found["name"].to_pylist() == [f"line\nbreak {i}" for i in range(100)]


@pytest.mark.parametrize("change", ["cut off", "changed"])
@pytest.mark.usefixtures("small_blocks")
def test_compressed_text_that_cannot_be_read_to_its_end__is_an_error_that_names_it(
    tmp_path, change
):
    rng = np.random.default_rng(0)
    lines = [f"{value},{value > 1}" for value in rng.normal(size=40_000)]
    written = gzip.compress(("\n".join(["x,label", *lines]) + "\n").encode())
    half = len(written) // 2
    rest = b"" if change == "cut off" else bytes([255 - written[half]]) + written[half + 1 :]
    (tmp_path / "in.csv.gz").write_bytes(written[:half] + rest)
    with pytest.raises(SourceError, match=r"Cannot read .*in\.csv\.gz"):
        resample(tmp_path / "in.csv.gz", tmp_path / "out", sampler="random")
    assert os.listdir(tmp_path) == ["in.csv.gz"]
