"""The sampler of the guide "Adding a sampler" works: in memory, on files, with provenance."""

import importlib.util
import itertools
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

import smotefast
from smotefast.engine.job import Job
from smotefast.engine.rows import MatrixRows
from tests.helpers.datasets import classes

PATH = Path(__file__).parent.parent / "docs/development/geometric_smote.py"
STRATEGIES = ["minority", "majority", "combined"]
each_strategy = pytest.mark.parametrize("selection_strategy", STRATEGIES)
SIZES = (80, 30, 50)


@pytest.fixture(scope="module")
def geometric_smote():
    spec = importlib.util.spec_from_file_location(PATH.stem, PATH)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, spec.name, module)  # dataclasses look there
        spec.loader.exec_module(module)
        yield module.GeometricSMOTE


def parts_of(sampler, X, y):
    """Return samples as vectors from the base row, along and across the line to the neighbor.

    In units of the distance between the two.
    """
    X_new, _ = sampler.fit_resample(X, y)
    base, neighbor, step = sampler.provenance_
    assert np.isnan(step).all()
    with pytest.raises(ValueError, match="do not lie between two rows"):
        sampler.resample_aligned(X, "interpolate")
    line = X[neighbor] - X[base]
    radius = np.linalg.norm(line, axis=1)
    moved = (X_new[len(X) :] - X[base]) / radius[:, np.newaxis]
    along = (moved * line).sum(axis=1) / radius
    return along, np.linalg.norm(moved, axis=1), y[base], y[neighbor]


@each_strategy
def test_samples__lie_in_the_ball_around_a_row_that_ends_at_its_neighbor(
    geometric_smote, selection_strategy
):
    X, y = classes(0, SIZES, n_features=4)
    sampler = geometric_smote(
        truncation_factor=0.0, selection_strategy=selection_strategy, random_state=0
    )
    along, distance, label, neighbor_label = parts_of(sampler, X, y)
    assert distance.max() <= 1 + 1e-12
    assert along.min() < -0.5
    share_of_others = np.mean(neighbor_label != label)
    expected = {"minority": 0.0, "majority": 1.0}
    if selection_strategy in expected:
        assert share_of_others == expected[selection_strategy]
    else:
        assert 0 < share_of_others < 1


@each_strategy
def test_samples__of_combined_are_at_most_as_far_as_of_the_other_strategies(
    geometric_smote, selection_strategy
):
    X, y = classes(0, SIZES, n_features=4)
    distances = {}
    for strategy in {selection_strategy, "combined"}:
        sampler = geometric_smote(selection_strategy=strategy, random_state=0)
        sampler.fit_resample(X, y)
        base, neighbor, _ = sampler.provenance_
        distances[strategy] = np.linalg.norm(X[neighbor] - X[base], axis=1)
    assert (distances["combined"] <= distances[selection_strategy]).all()


@pytest.mark.parametrize("factor", [-1.0, -0.4, 0.3, 1.0])
def test_truncation__cuts_a_part_off_the_ball(geometric_smote, factor):
    X, y = classes(1, SIZES, n_features=3)
    along, *_ = parts_of(geometric_smote(truncation_factor=factor, random_state=0), X, y)
    if factor > 0:
        assert along.min() >= factor - 1
    else:
        assert along.max() <= factor + 1


def test_deformation__shrinks_the_ball_to_a_line(geometric_smote):
    X, y = classes(1, SIZES, n_features=3)
    sampler = geometric_smote(deformation_factor=1.0, random_state=0)
    along, distance, *_ = parts_of(sampler, X, y)
    np.testing.assert_allclose(distance, np.abs(along), atol=1e-12)


@each_strategy
def test_a_job_on_files__has_the_rows_of_fit_resample(
    geometric_smote, selection_strategy, tmp_path
):
    pd = pytest.importorskip("pandas")
    X, y = classes(2, SIZES, n_features=3)
    sampler = geometric_smote(selection_strategy=selection_strategy, random_state=0)
    expected, labels = sampler.fit_resample(X, y)
    source, destination = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pd.DataFrame(X, columns=list("abc")).assign(label=y).to_parquet(source)
    smotefast.resample_dataset(
        source, destination, target="label", sampler=sampler, progress=False
    )
    written = pd.read_parquet(destination)
    np.testing.assert_array_equal(written[["a", "b", "c"]].to_numpy(), expected)
    np.testing.assert_array_equal(written["label"], labels)


@each_strategy
def test_samples__do_not_depend_on_blocks_threads_or_sparse_storage(
    geometric_smote, selection_strategy
):
    X, y = classes(3, SIZES, n_features=3)
    sampler = geometric_smote(selection_strategy=selection_strategy, random_state=0, n_jobs=2)
    rows, counts = MatrixRows(X, y), {1: 50, 2: 30}
    whole = filled(sampler.prepare(rows, counts), [0, 80])
    np.testing.assert_array_equal(filled(sampler.prepare(rows, counts), [0, 7, 49, 80]), whole)
    sampler.set_params(n_jobs=1)
    np.testing.assert_array_equal(filled(sampler.prepare(rows, counts), [0, 80]), whole)
    csr_rows = MatrixRows(sparse.csr_array(X), y)
    block = sampler.prepare(csr_rows, counts).sparse_rows(0, 80)
    np.testing.assert_allclose(block.toarray(), whole, rtol=1e-12)


def filled(job: Job, cuts):
    out = np.empty((80, 3))
    for start, stop in itertools.pairwise(cuts):
        job.fill(start, stop, out[start:stop])
    return out
