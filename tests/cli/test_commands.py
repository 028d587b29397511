"""The command ``smotefast``: output, files and the end of its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast import __version__
from smotefast._messages import COMPLETE, COMPLETE_WITHOUT_REPORT
from smotefast.batch import job_report
from smotefast.over_sampling import SMOTE, RandomOverSampler
from smotefast.storage import workspace
from tests.helpers.command_line import assert_refused, run
from tests.helpers.parquet_files import imbalanced, in_memory, same, write_file


def start(*arguments, **options):
    """Run the command in a new process."""
    command = [sys.executable, "-m", "smotefast", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


@pytest.fixture
def source(tmp_path):
    return write_file(tmp_path / "in.parquet", imbalanced())


def test_version__is_printed_without_heavy_imports():
    done = start("--version")
    assert (done.returncode, done.stdout) == (0, f"smotefast {__version__}\n")
    code = "import sys, smotefast.cli\nprint(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert not {"numba", "pyarrow", "sklearn", "numpy"} & set(loaded)


@pytest.mark.parametrize("arguments", [["--help"], ["resample", "--help"], ["demo", "-h"], []])
def test_help__lists_the_options(arguments, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    done = run(*arguments)
    assert "Usage:" in done.stdout
    assert done.returncode == (0 if arguments else 2)


def test_resample__writes_the_rows_of_fit_resample_and_a_summary(source, destination):
    done = start("resample", source, destination, "--target", "label")
    assert done.returncode == 0
    assert "\x1b" not in done.stderr  # no progress bar in a pipe
    assert "rows written  1,080" in done.stdout
    expected = in_memory(pq.read_table(source), SMOTE(random_state=0))
    assert same(pq.read_table(destination), expected)


def test_resample__accepts_every_option(source, destination):
    table = pq.read_table(source)
    write_file(source, table.append_column("id", [[str(i) for i in range(600)]]))
    destination.write_text("old")
    options = (
        "--target label --sampler smote --sampling-strategy 0.5 --k-neighbors 3 --search exact "
        "--seed 7 --memory-limit 4GiB --rows synthetic --order source --drop id "
        "--overwrite --quiet --debug"
    )
    done = run("resample", source, destination, *options.split())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    sampler = SMOTE(sampling_strategy=0.5, k_neighbors=3, search="exact", random_state=7)
    assert same(pq.read_table(destination), in_memory(table, sampler).slice(600))


def test_resample__copies_rows_and_reads_counts_as_json(source, tmp_path):
    counts = '{"1": 100}'
    options = ["--target", "label", "--sampler", "random", "--sampling-strategy", counts]
    done = run("resample", source, tmp_path / "out", *options)
    assert done.returncode == 0, done.stderr
    sampler = RandomOverSampler(sampling_strategy={1: 100}, random_state=0)
    expected = in_memory(pq.read_table(source), sampler)
    assert same(pq.read_table(tmp_path / "out"), expected)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--target", "lable"], 3, "--target lable is not a column"),
        (["--memory-limit", "10MiB"], 4, "--memory-limit 10MiB is not enough"),
        (["--sampler", "smoot"], 2, "--sampler smoot is not one of"),
        (["--sampling-strategy", "{1: 2}"], 2, "is not valid JSON"),
        (["--sampling-strategy", "often"], 2, "--sampling-strategy of SMOTE must be"),
        (
            ["--sampler", "random", "--k-neighbors", "3"],
            2,
            "RandomOverSampler does not take --k-neighbors",
        ),
    ],
)
def test_resample__prints_an_error_in_one_line(source, destination, options, code, message):
    usual = [] if "--target" in options else ["--target", "label"]
    done = run("resample", source, destination, *usual, *options)
    assert_refused(done, destination, code=code)
    assert message in done.stderr


def test_resample__refuses_an_existing_destination(source, destination):
    destination.write_text("precious")
    done = start("resample", source, destination, "--target", "label")
    assert done.returncode == 6
    assert "exists" in done.stderr
    assert destination.read_text() == "precious"


def test_debug__shows_the_traceback(source, destination):
    done = start("resample", source, destination, "--target", "lable", "--debug")
    assert done.returncode == 3
    assert "Traceback" in done.stderr
    assert "ValueError: target='lable'" in done.stderr


@pytest.mark.parametrize("arguments", [["resample"], ["resample", "a", "b"], ["resampel"]])
def test_usage_errors__exit_with_2(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_resample__says_when_the_disk_is_full(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", imbalanced(20_000))
    code = (
        "import resource, sys\n"
        "from smotefast.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        f"sys.argv = ['smotefast', 'resample', {str(source)!r}, {str(destination)!r}, "
        "'--target', 'label', '--log-format', 'none']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert_refused(done, destination, code=5)
    assert "not enough disk space for" in done.stderr
    assert os.listdir(tmp_path) == ["in.parquet"]


# The command with a callback that reports the first row group and waits there.
LINGERING = """
import sys, time
import smotefast.batch as batch
from smotefast.cli import main
resample_dataset = batch.resample_dataset
def linger(done, total):
    if done:
        print("writing", flush=True)
        time.sleep(60)
def lingering(*args, **options):
    return resample_dataset(*args, **{**options, "progress": linger})
batch.resample_dataset = lingering
sys.argv = ["smotefast", "resample", *sys.argv[1:], "--target", "label"]
main()
"""


@pytest.mark.parametrize(
    ("sent", "code", "message"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "")],
)
def test_resample__leaves_no_destination_when_interrupted(
    source, destination, sent, code, message
):
    command = [sys.executable, "-c", LINGERING, str(source), str(destination)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as job:
        assert job.stdout.readline() == "writing\n"
        assert len(os.listdir(source.parent)) == 2  # the folder of the job exists
        time.sleep(0.05)
        job.send_signal(sent)
        stderr = job.communicate(timeout=120)[1]
    assert job.returncode == code
    assert message in stderr
    assert "Traceback" not in stderr
    assert not os.path.exists(destination)
    kept = set(os.listdir(source.parent)) - {"in.parquet"}
    assert bool(kept) == ("smotefast clean" in stderr)
    start("clean", str(destination))
    assert os.listdir(source.parent) == ["in.parquet"]


def test_an_interrupt_while_the_report_is_written__says_that_the_destination_is_complete(
    source, destination, monkeypatch
):
    def interrupt(path, text):
        raise KeyboardInterrupt

    monkeypatch.setattr(job_report, "replace_file", interrupt)
    options = ("--target", "label", "--report", source.parent / "report.json")
    done = run("resample", source, destination, *options)
    assert done.returncode == 130
    assert done.stderr == f"smotefast: interrupted; {COMPLETE_WITHOUT_REPORT}\n"
    assert len(pq.read_table(destination)) > 0
    assert {*os.listdir(source.parent)} == {source.name, os.path.basename(destination)}


def test_an_interrupt_after_the_last_rename__says_that_the_destination_is_complete(
    source, destination
):
    def interrupt(path):
        if os.path.exists(destination):
            raise KeyboardInterrupt

    arguments = ("resample", source, destination, "--target", "label")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workspace, "_remove_content", interrupt)
        done = run(*arguments)
    assert done.returncode == 130
    assert done.stderr == f"smotefast: interrupted; {COMPLETE}\n"
    assert len(pq.read_table(destination)) > 0
    assert run(*arguments).returncode == 6  # it exists
    left = {*os.listdir(source.parent)} - {source.name, os.path.basename(destination)}
    assert not left


@pytest.mark.parametrize(
    ("words", "position", "expected"),
    [("smotefast res", 1, ["resample"]), ("smotefast resample --prov", 2, ["--provenance"])],
)
def test_shells__complete_commands_and_options(words, position, expected):
    code = "import sys; sys.argv = ['smotefast']; from smotefast.cli import main; main()"
    request = {"_SMOTEFAST_COMPLETE": "complete_bash", "COMP_WORDS": words}
    environment = {**os.environ, **request, "COMP_CWORD": str(position)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.stdout.split() == expected


def test_clean__says_what_it_removed(source, destination):
    done = start("clean", str(destination))
    assert (done.returncode, done.stdout) == (0, "Nothing to remove.\n")
    folder = destination.parent / f".{destination.name}.smotefast"
    folder.mkdir()
    (folder / "data").write_bytes(bytes(3_250_000))
    done = start("clean", str(destination))
    assert (done.returncode, done.stdout) == (0, "3 MiB removed.\n")
    assert os.listdir(source.parent) == ["in.parquet"]


def test_restart_and_resume__contradict_each_other(source, destination):
    done = start("resample", source, destination, "--target", "label", "--restart", "--resume")
    assert done.returncode == 2
    assert "--restart and --resume contradict each other" in done.stderr


def test_resume__fails_without_an_interrupted_job(source, destination):
    done = start("resample", source, destination, "--target", "label", "--resume")
    assert done.returncode == 3
    assert "There is no interrupted job to resume" in done.stderr
    assert os.listdir(source.parent) == ["in.parquet"]


def test_warnings__are_one_line_each(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", imbalanced())
    code = (
        "import sys, warnings\n"
        "import smotefast.batch as batch\n"
        "batch.resample_dataset = lambda *a, **k: warnings.warn('look\\nout')\n"
        "from smotefast.cli import main\n"
        f"sys.argv = ['smotefast', 'resample', {str(source)!r}, 'x', '--target', 'label']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == "smotefast: warning: look out\n"


def test_demo__prints_the_job_and_the_next_command():
    done = start("demo", "--rows", "20000")
    assert done.returncode == 0, done.stderr
    assert "Generated 20,000 rows" in done.stdout
    assert "peak memory" in done.stdout
    assert "smotefast resample transactions.parquet" in done.stdout


def test_demo__removes_its_files_when_stopped(tmp_path):
    command = [sys.executable, "-m", "smotefast", "demo", "--rows", "100000000"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as job:
        while not os.listdir(tmp_path):
            time.sleep(0.05)
        time.sleep(0.5)  # the data are being generated
        job.terminate()
        stderr = job.communicate(timeout=120)[1]
    assert (job.returncode, stderr) == (143, b"")
    assert os.listdir(tmp_path) == []


def test_resample__succeeds_if_the_reader_of_the_summary_is_gone(source, destination):
    command = [sys.executable, "-m", "smotefast", "resample", source, destination]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*map(str, command), "--target", "label", "--log-format", "none"],
        stdout=writer,
        stderr=subprocess.PIPE,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
    assert pq.ParquetFile(destination).metadata.num_rows == 1080


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_resample__succeeds_if_the_summary_cannot_be_printed(source, destination):
    command = [sys.executable, "-m", "smotefast", "resample", source, destination]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*map(str, command), "--target", "label", "--log-format", "none"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 0
    assert done.stderr.startswith("smotefast: warning: All rows were written, but the summary")
    assert done.stderr.count("\n") == 1
    assert pq.ParquetFile(destination).metadata.num_rows == 1080


def test_a_folder_of_files__becomes_a_folder_of_parts(tmp_path):
    table = imbalanced()
    (tmp_path / "in").mkdir()
    for i in range(3):
        pq.write_table(table.slice(200 * i, 200), tmp_path / "in" / f"{i}.parquet")
    done = run("resample", tmp_path / "in", tmp_path / "out", "--target", "label")
    assert done.returncode == 0, done.stderr
    assert isinstance(pq.read_table(tmp_path / "out"), pa.Table)
    assert same(pq.read_table(tmp_path / "out"), in_memory(table, SMOTE(random_state=0)))


def test_keep__copies_columns(source, tmp_path, destination):
    table = pq.read_table(source)
    table = table.append_column("id", pa.array(range(table.num_rows)))
    source = write_file(tmp_path / "keyed.parquet", table)
    warned = run("resample", source, tmp_path / "a.parquet", "--target", "label")
    assert warned.stderr.startswith("smotefast: warning: Check the columns: column 'id' has")
    assert "--keep id" in warned.stderr
    arguments = ["--target", "label", "--keep", "id", "--keep-fill", "base"]
    done = run("resample", source, destination, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    kept = pq.read_table(destination)["id"].to_pylist()
    assert kept[: table.num_rows] == list(range(table.num_rows))
    assert set(kept[table.num_rows :]) < set(range(table.num_rows))
