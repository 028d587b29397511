"""Which samplers and which pairs of samplers a job accepts."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

import smotefast
from smotefast import combine, over_sampling, under_sampling
from smotefast.batch.steps import ON_CLUSTER, job_steps, refuse_on_cluster
from smotefast.combine import SMOTEENN, Combination
from smotefast.multilabel import MLROS, MLRUS, MLSMOTE
from smotefast.over_sampling import SMOTE, SMOTENC, RandomOverSampler
from smotefast.registry import SAMPLERS, make_sampler, sampler_class
from smotefast.regression import SMOGN, SMOTER
from smotefast.under_sampling import RandomUnderSampler, TomekLinks
from tests.batch.test_selection import overlapping
from tests.helpers.parquet_files import imbalanced, resample, write_file

IN_MEMORY = [
    *(getattr(under_sampling, name)() for name in under_sampling.__all__
      if name not in ("RandomUnderSampler", "TomekLinks")),
    SMOTEENN(),
    Combination(SMOTE(), under_sampling.NearMiss()),
]  # fmt: skip


@pytest.mark.parametrize("sampler", IN_MEMORY, ids=str)
def test_samplers_that_need_all_rows__are_refused_with_an_alternative(
    sampler, tmp_path, destination
):
    source = write_file(tmp_path / "in.parquet", overlapping())
    with pytest.raises(ValueError, match=r"files do not allow.*'(tomek-links|random-under)'"):
        resample(source, destination, sampler=sampler)
    assert not destination.exists()


@pytest.mark.parametrize("sampler", [SMOTER(), SMOGN(), MLSMOTE(), MLROS(), MLRUS()], ids=str)
def test_samplers_for_other_targets__are_refused_before_the_rows_are_read(sampler):
    what = "numeric target" if isinstance(sampler, SMOTER | SMOGN) else "several labels"
    message = rf"{type(sampler).__name__} is for .*{what}.*in memory with fit_resample.*'smote'"
    for refused in (sampler, Combination(SMOTE(), sampler)):
        with pytest.raises(ValueError, match=message):
            job_steps(refused)


def test_every_sampler__has_a_name():
    for room in (over_sampling, under_sampling, combine):
        for name in room.__all__:
            if name not in ("Combination", "GenerativeOverSampler"):
                assert sampler_class(name) is getattr(room, name)


def test_tomek_links_after_generated_categories__are_refused(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", overlapping())
    sampler = Combination(SMOTENC(["whole"]), TomekLinks())
    with pytest.raises(ValueError, match=r"SMOTENC generates categories.*'random-under'"):
        resample(source, destination, sampler=sampler)


@pytest.mark.parametrize("first", ["smote-nc", "random"])
def test_text_that_tomek_links_cannot_compare__is_an_error_with_advice(
    first, tmp_path, destination
):
    table = overlapping().append_column("note", pa.array([*"xyz"][i % 3] for i in range(700)))
    source = write_file(tmp_path / "in.parquet", table)
    creation = {"smote-nc": SMOTENC("auto"), "random": RandomOverSampler()}[first]
    words = rf"TomekLinks, the step after {type(creation).__name__}, compares rows by numbers"
    with pytest.raises(ValueError, match=rf"{words} alone. Use 'random-under'"):
        resample(source, destination, sampler=Combination(creation, TomekLinks()))
    with pytest.raises(ValueError, match=r"'note' .* use RandomUnderSampler"):
        resample(source, destination, sampler=TomekLinks())
    assert not destination.exists()


def test_the_parameters_of_both_steps__are_checked(tmp_path, destination):
    source = write_file(tmp_path / "in.parquet", overlapping())
    for sampler in (
        Combination(SMOTE(k_neighbors=0), TomekLinks()),
        Combination(SMOTE(), TomekLinks(search="quick")),
    ):
        with pytest.raises(ValueError, match=r"parameter of (SMOTE|TomekLinks) must be"):
            resample(source, destination, sampler=sampler)


@pytest.mark.parametrize("step", ["alone", "first", "second"])
def test_a_subclass_with_its_own_fit_resample__is_refused(step, tmp_path, destination):
    class Mine(SMOTE):
        def fit_resample(self, X, y, **params):
            return super().fit_resample(X, y, **params)

    class Under(RandomUnderSampler):
        def fit(self, X, y, **params):
            return super().fit(X, y, **params)

    sampler = {
        "alone": Mine(),
        "first": Combination(Mine(), RandomUnderSampler()),
        "second": Combination(SMOTE(), Under()),
    }[step]
    source = write_file(tmp_path / "in.parquet", imbalanced())
    with pytest.raises(ValueError, match=r"has its own fit\w*, which a job does not call"):
        resample(source, destination, sampler=sampler)


def test_samplers_that_run_on_a_cluster__are_those_that_message_and_page_name():
    page = Path(smotefast.__file__).parents[1].joinpath("docs", "clusters.md").read_text()
    table = page.partition("### Which samplers run")[2]
    (row,) = (line for line in table.splitlines() if line.startswith("| `smote`,"))
    _, runs, refused, _ = row.split("|")
    for name in SAMPLERS:
        steps = job_steps(make_sampler(name))
        if name in ON_CLUSTER:
            refuse_on_cluster(steps, "source")
            assert f"`{name}`" in runs
        else:
            with pytest.raises(ValueError, match=r"'smote', 'smote-nc', .*, 'random-under' or"):
                refuse_on_cluster(steps, "source")
            assert f"`{name}`" in refused or name == "geometric-smote"
    minority = over_sampling.GeometricSMOTE(selection_strategy="minority")
    refuse_on_cluster(job_steps(minority), "source")
