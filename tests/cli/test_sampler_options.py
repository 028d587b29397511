"""Samplers on the command line: their options, and the command that lists them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smotefast.combine import SMOTETomek
from smotefast.over_sampling import ADASYN, SMOTE, SMOTENC, BorderlineSMOTE
from smotefast.registry import SAMPLERS, sampler_class
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.helpers.command_line import assert_refused, run
from tests.helpers.parquet_files import imbalanced, in_memory, same, write_file


@pytest.fixture
def source(tmp_path):
    table = imbalanced(n_features=3, share=0.2)
    names = [["red", "blue", None][i % 3] for i in range(table.num_rows)]
    table = table.append_column("code", pa.array([i % 4 for i in range(600)]))
    return write_file(tmp_path / "in.parquet", table.append_column("name", pa.array(names)))


@pytest.mark.parametrize(
    ("options", "sampler", "dropped"),
    [
        ("--sampler adasyn --k-neighbors 3", ADASYN(n_neighbors=3), ["name"]),
        (
            "--sampler borderline-smote --set m_neighbors=6 --set kind=borderline-2",
            BorderlineSMOTE(m_neighbors=6, kind="borderline-2"),
            ["name"],
        ),
        ("--sampler smote-nc", SMOTENC(["name"]), []),
        (
            "--sampler SMOTENC --categorical name --categorical code --search exact",
            SMOTENC(["name", "code"]),
            [],
        ),
        ("--small-class clamp --k-neighbors 5", SMOTE(small_class="clamp"), ["name"]),
        (
            '--set bounds={"f0":[-1,null]} --set round_columns=["f1"]',
            SMOTE(bounds={"f0": (-1, None)}, round_columns=["f1"]),
            ["name"],
        ),
        ("--sampler tomek-links", TomekLinks(), ["name"]),
        ("--sampler tomek-links --seed 0 --search exact", TomekLinks(), ["name"]),
        ("--sampler smote-tomek", SMOTETomek(), ["name"]),
    ],
)
def test_resample__sets_the_parameters_of_the_sampler(
    options, sampler, dropped, source, destination
):
    drop = [word for name in dropped for word in ("--drop", name)]
    done = run("resample", source, destination, "--target", "label", *drop, *options.split())
    assert done.returncode == 0, done.stderr
    table = pq.read_table(source).drop_columns(dropped)
    if "random_state" in sampler.get_params():
        sampler.set_params(random_state=0)
    expected = in_memory(table, sampler)
    assert same(pq.read_table(destination), expected)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--sampler smot", "--sampler smot is not one of 'smote', 'borderline-smote'"),
        ("--set m_neighbors", "--set 'm_neighbors' must be NAME=VALUE"),
        (
            "--set m_neighbors=5",
            "SMOTE does not take --set m_neighbors; it takes",
        ),
        ("--categorical code", "SMOTE does not take --categorical;"),
        (
            "--sampler edited-nearest-neighbours",
            "use 'tomek-links', which works from files",
        ),
        ("--sampler random --k-neighbors 3", "RandomOverSampler does not take --k-neighbors;"),
        (
            "--sampler borderline-smote --set m_neighbors=none",
            "--set m_neighbors of BorderlineSMOTE must be an int",
        ),
        ("--sampler smote-n --categorical code", "--k-neighbors, --set n_jobs, --seed, --samp"),
        (
            "--sampler smote-n --categorical code",
            "--sampling-strategy, --search, --small-class",
        ),
        ("--small-class shrink", "--small-class of SMOTE must be one of"),
        ("--sampler smote-nc --categorical colour", "not a column of the dataframe"),
        (
            "--sampler smote-nc --categorical label",
            "'label', which is not a feature: it is the target",
        ),
        ("--k-neighbors 3 --set k_neighbors=4", "use --k-neighbors."),
        ("--sampler adasyn --set n-neighbors=4", "use --k-neighbors."),
        ("--set random_state=1", "use --seed."),
    ],
)
def test_resample__refuses_parameters_that_a_sampler_does_not_have(
    options, words, source, destination
):
    done = run("resample", source, destination, "--target", "label", *options.split())
    assert_refused(done, destination, code=3 if "smote-nc" in options else 2)
    assert words in done.stderr


@pytest.mark.parametrize("seed", [None, 3])
def test_resample__draws_rows_to_keep_from_the_seed(seed, source, destination):
    given = [] if seed is None else ["--seed", str(seed)]
    done = run(
        "resample",
        source,
        destination,
        "--target",
        "label",
        "--sampler",
        "random-under",
        *given,
    )
    assert done.returncode == 0, done.stderr
    sampler = RandomUnderSampler(random_state=seed or 0)
    table = pq.read_table(source)
    sampler.fit_resample(table.drop_columns("label"), table["label"])
    expected = table.take(np.sort(sampler.sample_indices_))  # in the order of the file
    assert pq.read_table(destination).equals(expected)


def test_resample__prints_a_resampling_warning_in_one_line(tmp_path, destination):
    table = imbalanced(400, share=0.01)
    source = write_file(tmp_path / "small.parquet", table)
    options = ["--target", "label", "--small-class", "clamp", "--quiet"]
    done = run("resample", source, destination, *options)
    assert done.returncode == 0
    assert done.stderr.startswith("smotefast: warning: Class 1 has 4 rows")
    assert done.stderr.endswith(" 3 neighbors instead of 5.\n")
    assert done.stderr.count("\n") == 1


def test_samplers__lists_one_sampler_per_line():
    done = run("samplers")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(SAMPLERS)
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", [*SAMPLERS, "BorderlineSMOTE"])
def test_samplers__describes_the_parameters_of_a_sampler(name):
    done = run("samplers", name)
    assert (done.returncode, done.stderr) == (0, "")
    for parameter in sampler_class(name)._get_param_names():
        assert f"\n{parameter} : " in done.stdout
    assert ":class:" not in done.stdout
    assert "Attributes" not in done.stdout


def test_samplers__refuses_an_unknown_name():
    done = run("samplers", "smot")
    assert done.returncode == 2
    assert done.stderr.startswith("smotefast: error: --sampler smot is not one of 'smote',")
