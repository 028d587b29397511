"""Synthetic samples do not depend on blocks, threads, sparse storage or files."""

import itertools

import numpy as np
import pytest
from scipy import sparse

from smotefast.engine.rows import MatrixRows
from tests.helpers.assertions import assert_equal
from tests.helpers.parquet_files import in_memory, resample, same, write_file
from tests.helpers.sampler_contract import CASES, OVER_SAMPLERS

pytestmark = pytest.mark.filterwarnings("ignore::smotefast.ResamplingWarning")
# Their classifier and clustering are scikit-learn's, which rounds sparse rows differently.
FITS_A_MODEL = ("SVMSMOTE", "KMeansSMOTE")
COMPUTES = [case for case in OVER_SAMPLERS if case.columns == "numbers"]


def each(cases):
    return pytest.mark.parametrize("case", cases, ids=str)


@each([case for case in CASES if "n_jobs" in case.takes])
def test_rows__do_not_depend_on_the_number_of_threads(case):
    X, y = case.data()
    expected = case.sampler(n_jobs=1).fit_resample(X, y)
    for one, two in zip(case.sampler(n_jobs=3).fit_resample(X, y), expected, strict=True):
        assert_equal(one, two)


@each(COMPUTES)
def test_samples__do_not_depend_on_blocks(case):
    X, y = case.data(n_features=3)
    sampler = case.sampler()
    n_to_generate = sampler.fit(X, y).sampling_strategy_
    job = sampler.prepare(MatrixRows(X, y), n_to_generate)
    n_samples = job.n_rows
    whole, parts = np.empty((n_samples, 3)), np.full((n_samples, 3), np.nan)
    job.fill(0, n_samples, whole)
    assert n_samples > 40
    for start, stop in itertools.pairwise([0, 7, 31, 32, n_samples]):
        job.fill(start, stop, parts[start:stop])
    assert_equal(parts, whole)


@each([case for case in COMPUTES if case.name not in FITS_A_MODEL])
def test_samples__of_sparse_rows_are_those_of_dense_rows(case):
    X, y = case.sparse_data()
    expected, _ = case.sampler().fit_resample(X, y)
    found, _ = case.sampler().fit_resample(sparse.csr_array(X), y)
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-12)
    assert len(expected) > len(X)


@each([case for case in OVER_SAMPLERS if not case.sampler().needs().why_everything])
def test_a_job_on_files__has_the_rows_of_fit_resample(case, tmp_path):
    pa = pytest.importorskip("pyarrow")
    X, y = case.data()
    names = [f"c{j}" for j in range(X.shape[1])]
    table = pa.table({**dict(zip(names, X.T, strict=True)), "label": y})
    source = write_file(tmp_path / "in.parquet", table, group_rows=30)
    resample(source, tmp_path / "out.parquet", sampler=case.sampler())
    written = pa.parquet.read_table(tmp_path / "out.parquet")
    assert same(written, in_memory(table, case.sampler()))
    assert written.num_rows > table.num_rows
