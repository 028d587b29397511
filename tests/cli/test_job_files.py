"""Job files: keys are options, all jobs are checked before one runs, and they run in order."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
import typer

from smotefast.cli.commands import app
from smotefast.cli.job_file import command_options
from smotefast.over_sampling import SMOTE, BorderlineSMOTE
from tests.helpers.command_line import run
from tests.helpers.parquet_files import imbalanced, in_memory, same, write_file


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a source, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    write_file(tmp_path / "in.parquet", imbalanced())
    return tmp_path


def resample(folder, text, *options, name="job.toml"):
    (folder / name).write_text(text)
    return run("resample", "--config", name, *options)


def outputs(folder):
    return sorted(set(os.listdir(folder)) - {"in.parquet", "job.toml"})


JOBS = """
[defaults]
source = "in.parquet"
target = "label"

[jobs.first]
destination = "first.parquet"
k-neighbors = 3
seed = 7

[jobs."second job"]
destination = "second.parquet"
sampler = "borderline-smote"
search = "exact"
m_neighbors = 8
set = { kind = "borderline-2" }
"""


def expected(name):
    samplers = {
        "first": SMOTE(k_neighbors=3, random_state=7),
        "second": BorderlineSMOTE(
            m_neighbors=8, kind="borderline-2", search="exact", random_state=0
        ),
    }
    return in_memory(imbalanced(), samplers[name])


def test_all_jobs__run_in_order(folder):
    done = resample(folder, JOBS)
    assert done.returncode == 0, done.stderr
    for name in ("first", "second"):
        assert same(pq.read_table(folder / f"{name}.parquet"), expected(name))
    lines = [line for line in done.stderr.splitlines() if "job " in line]
    assert lines == ["smotefast: job 'first' (1 of 2)", "smotefast: job 'second job' (2 of 2)"]
    assert done.stdout.count("rows written") == 2
    assert "SMOTEFAST_JOBS_DONE" not in os.environ


def test_one_job__can_be_chosen(folder):
    done = resample(folder, JOBS, "--job", "second job")
    assert done.returncode == 0, done.stderr
    assert outputs(folder) == ["second.parquet"]
    assert "job " not in done.stderr


def test_a_file_without_jobs__is_a_single_job(folder):
    text = 'source = "in.parquet"\ndestination = "first.parquet"\ntarget = "label"\n'
    done = resample(folder, text + "k_neighbors = 3\nseed = 7\nquiet = true\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert same(pq.read_table(folder / "first.parquet"), expected("first"))
    done = resample(folder, text, "--job", "job", "--overwrite")
    assert done.returncode == 0, done.stderr


def test_options_on_the_command_line__replace_those_of_the_file(folder):
    options = ["--k-neighbors", "4", "--drop", "f1", "--job", "first"]
    done = resample(folder, JOBS.replace("seed = 7", 'drop = ["f0", "f2"]'), *options)
    assert done.returncode == 0, done.stderr
    table = imbalanced().drop_columns(["f1"])
    sampler = SMOTE(k_neighbors=4, random_state=0)
    assert same(pq.read_table(folder / "first.parquet"), in_memory(table, sampler))
    write_file(folder / "other.parquet", imbalanced(300))
    (folder / "job.toml").write_text(JOBS)
    done = run("resample", "other.parquet", "new", "--config", "job.toml", "--job", "first")
    assert done.returncode == 0, done.stderr
    assert pq.read_table(folder / "new").num_rows == 540


def test_paths__are_relative_to_the_folder_of_the_file(folder):
    (folder / "jobs").mkdir()
    write_file(folder / "jobs" / "in.parquet", imbalanced(300))
    text = JOBS.replace('"first.parquet"', '"first.parquet"\nreport = "first.json"')
    (folder / "jobs" / "job.toml").write_text(text)
    done = run("resample", "--config", "jobs/job.toml", "--job", "first")
    assert done.returncode == 0, done.stderr
    names = ["first.json", "first.parquet", "in.parquet", "job.toml"]
    assert sorted(os.listdir(folder / "jobs")) == names
    assert pq.read_table(folder / "jobs" / "first.parquet").num_rows == 540
    done = run(
        "resample", "--config", "jobs/job.toml", "--job", "first", "--report", "here.json"
    )
    assert (done.returncode, done.stderr.count("exists")) == (6, 1)
    text = text.replace('"in.parquet"', f'"{folder / "in.parquet"}"')
    (folder / "jobs" / "job.toml").write_text(text)
    done = run("resample", "--config", "jobs/job.toml", "--job", "first", "--overwrite")
    assert pq.read_table(folder / "jobs" / "first.parquet").num_rows == 1_080


def test_a_job__may_read_what_a_job_before_it_writes(folder):
    text = JOBS + '[jobs.third]\nsource = "first.parquet"\ndestination = "third"\n'
    text += 'sampler = "random-under"\nsampling-strategy = { 1 = 100 }\n'
    assert resample(folder, text).returncode == 0
    assert pq.read_table(folder / "third").num_rows == 640


def test_plan__takes_the_job_files_of_resample(folder):
    job = """
        [defaults]
        target = "label"
        log-format = "text"
        [jobs.first]
        source = "in.parquet"
        destination = "first.parquet"
        [jobs.then]
        source = "first.parquet"
        destination = "then.parquet"
        sampler = "random-under"
        """
    (folder / "job.toml").write_text(job)
    done = run("plan", "--config", "job.toml")
    assert done.returncode == 0, done.stderr
    assert "Nothing is refused." in done.stdout
    assert "first.parquet' is written by an earlier job of the file" in done.stderr
    assert outputs(folder) == []


def test_plan__prints_a_line_of_json_for_each_of_several_jobs(folder):
    (folder / "job.toml").write_text(JOBS)
    lines = run("plan", "--config", "job.toml", "--json").stdout.splitlines()
    assert [json.loads(line)["job"] for line in lines] == ["first", "second job"]


def test_urls__are_compared_and_shown_without_their_options(folder):
    same_file = """
        [defaults]
        source = "in.parquet"
        target = "label"
        [jobs.one]
        destination = "s3://KEYKEY:SECRET@b/out?region=eu-west-1"
        [jobs.two]
        destination = "s3://b/out"
        """
    done = resample(folder, same_file)
    assert done.returncode == 2
    assert "have the same destination, 's3://b/out'" in done.stderr
    assert "SECRET" not in done.stderr


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("k-neighbors", "k-neigbors",
         "[jobs.first] has an unknown key 'k-neigbors'. Did you mean 'k_neighbors'?"),
        ("m_neighbors", "m_neighbours",
         "[jobs.second job] has an unknown key 'm_neighbours'. Did you mean 'm_neighbors'?"),
        ("target =", "tagret =",
         "[defaults] has an unknown key 'tagret'. Did you mean 'target'?"),
        ("seed = 7", "job = 'x'", "[jobs.first] has an unknown key 'job'."),
        ("seed = 7", "k_neighbors = 5",
         "[jobs.first] has both 'k-neighbors' and 'k_neighbors'."),
        ("seed = 7", 'seed = "seven"', 'seed = "seven", which must be a whole number.'),
        ("seed = 7", "seed = 7.5", "seed = 7.5, which must be a whole number."),
        ("seed = 7", "report = 5", "report = 5, which must be the path of a file or a folder"),
        ("seed = 7", "seed = true", "seed = true, which must be a whole number."),
        ("seed = 7", 'overwrite = "yes"', 'overwrite = "yes", which must be true or false.'),
        ("seed = 7", "drop = 3", "drop = 3, which must be a list of texts."),
        ("seed = 7", "drop = [3]", "drop = [3], which must be a list of texts."),
        ("seed = 7", "search = true", "search = true, which must be text."),
        ("seed = 7", "search = 2026-01-01", 'search = "2026-01-01", which must be text.'),
        ("seed = 7", "set = 3", "set = 3, which must be a table of names and values, or"),
        ("seed = 7", "set = { a = 2026-01-01 }", 'set.a = "2026-01-01", which must be text, a'),
        ("seed = 7", 'rows = "some"', "[jobs.first]: Invalid value for '--rows':"),
        ("seed = 7", 'sampler = "smoot"', "job 'first': --sampler smoot is not one of"),
        ("seed = 7", "kind = 'borderline-2'", "job 'first': SMOTE does not take kind;"),
        ("seed = 7", "drop = 'f9'", "job 'first': --drop f9 is not a column of 'in.parquet'."),
        ('destination = "second.parquet"', "",
         "[jobs.second job]: Missing argument 'DESTINATION'."),
        ('target = "label"', "", "[jobs.first]: Missing option '--target'."),
        ('"second.parquet"', '"first.parquet"',
         "Jobs 'first' and 'second job' have the same destination, 'first.parquet'."),
        ('"second.parquet"', '"./first.parquet"', "have the same destination"),
        ("[defaults]", "[default]", "'default' is outside of the jobs. Move it to [defaults]"),
        ("[defaults]", "seed = 3\n[defaults]", "'seed' is outside of the jobs."),
        ("[jobs.first]", "[[jobs.first]]", "[jobs.first] must be a table of options."),
        ("seed = 7", "seed = ", "is not valid TOML: Invalid value (at line 9, column 8)."),
        ('"in.parquet"', '"none.parquet"', "job 'first': "),
    ],
)  # fmt: skip
def test_errors__name_the_table_and_no_job_runs(folder, before, after, message):
    assert before in JOBS
    done = resample(folder, JOBS.replace(before, after, 1))
    assert done.returncode in (2, 3), done.stderr
    first = done.stderr.splitlines()[0]
    assert message in first
    assert first.startswith("smotefast: error: ")
    assert "Traceback" not in done.stderr
    assert (outputs(folder), done.stdout) == ([], "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "job.toml: Missing argument 'SOURCE'."),
        ("[jobs]", "job.toml has no job. Add a table such as [jobs.nightly]."),
        ("[defaults]\ntarget = 'label'", "job.toml has a table [defaults], but no job."),
        ("[job.first]\ntarget = 'label'", "job.toml has a table [job], but no job."),
        ("[[job]]\ntarget = 'label'", "job.toml has a table [job], but no job."),
        ("[[jobs]]\ntarget = 'label'", "each job is a table such as [jobs.nightly], not"),
        ("\udcff", "is not valid TOML: 'utf-8' codec can't decode"),
    ],
)
def test_files_of_another_form__are_refused(folder, text, message):
    (folder / "job.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    done = run("resample", "--config", "job.toml")
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_names_that_do_not_exist__are_refused(folder):
    done = resample(folder, JOBS, "--job", "frist")
    assert done.returncode == 2
    assert "--job frist is not in job.toml. Did you mean 'first'?" in done.stderr
    done = run("resample", "--config", "jobs.toml")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--config jobs.toml cannot be read: No such file or directory." in done.stderr
    done = run("resample", "in.parquet", "out", "--target", "label", "--job", "first")
    assert done.returncode == 2
    assert "--job needs --config" in done.stderr
    assert outputs(folder) == []


def test_the_errors_of_all_jobs__are_printed(folder):
    text = JOBS.replace("seed = 7", "drop = 'f9'").replace('search = "exact"', 'drop = "label"')
    done = resample(folder, text)
    assert done.returncode == 3  # that of the first job
    errors = done.stderr.splitlines()
    assert [error.split("'")[1] for error in errors] == ["first", "second job"]
    assert outputs(folder) == []


def test_jobs__go_on_after_one_that_failed(folder):
    text = JOBS.replace("seed = 7", "sampling-strategy = { 7 = 100 }")
    text += '[jobs.third]\nsource = "first.parquet"\ndestination = "third"\n'
    done = resample(folder, text)
    assert done.returncode == 3
    errors = [line for line in done.stderr.splitlines() if "error" in line]
    assert errors[0].startswith("smotefast: error: job 'first': ")
    assert errors[1:] == [
        "smotefast: error: job 'third' was not run: it reads the destination of 'first', which "
        "failed."
    ]
    assert outputs(folder) == ["second.parquet"]


def test_an_interrupt__ends_all_jobs(folder, monkeypatch):
    import smotefast.batch

    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(smotefast.batch, "resample_dataset", interrupted)
    done = resample(folder, JOBS)
    assert done.returncode == 130
    assert "second job" not in done.stderr


def test_every_option__is_a_key_of_its_type(folder):
    command = typer.main.get_command(app).commands["resample"]
    options = command_options(command)
    names = {max(param.opts, key=len).lstrip("-") for param in command.params}
    assert names - {name.replace("_", "-") for name in options} == {"config", "job"}
    assert options["source"].type is str
    assert options["drop"].type is options["set"].type is list
    assert options["overwrite"].type is bool
    assert options["seed"].type is options["compression_level"].type is int


def test_a_restarted_process__goes_on_with_the_next_job(folder, monkeypatch):
    monkeypatch.setenv("SMOTEFAST_JOBS_DONE", '{"first": 4}')
    done = resample(folder, JOBS)
    assert done.returncode == 4
    assert outputs(folder) == ["second.parquet"]


@pytest.mark.parametrize(
    ("words", "position", "expected"),
    [
        ("smotefast resample --conf", 2, ["--config"]),
        ("smotefast resample --config job.toml --job se", 5, ["second job"]),
        ("smotefast resample --config none.toml --job se", 5, []),
    ],
)
def test_shells__complete_names_of_jobs(folder, words, position, expected):
    (folder / "job.toml").write_text(JOBS)
    code = "import sys; sys.argv = ['smotefast']; from smotefast.cli import main; main()"
    request = {"_SMOTEFAST_COMPLETE": "complete_bash", "COMP_WORDS": words}
    environment = {**os.environ, **request, "COMP_CWORD": str(position)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert [line for line in done.stdout.splitlines() if line] == expected
