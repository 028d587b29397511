"""GenerativeOverSampler: what a synthesizer gets, what may come back, and seeds."""

from __future__ import annotations

import copy
import itertools
import pickle
from copy import deepcopy
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import ks_2samp
from sklearn.base import BaseEstimator, clone
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import Pipeline

import smotefast
from smotefast import Combination, GenerativeOverSampler, RandomUnderSampler
from smotefast.over_sampling.generative.synthesis import sampled_rows
from smotefast.tables.synthetic_frames import FrameSchema
from tests.helpers.datasets import classes
from tests.helpers.hypothesis_examples import examples
from tests.helpers.synthesizers import Returns, TableMixture

pd = pytest.importorskip("pandas")
# Of the frames below: row numbers, and columns that are equal to others.
pytestmark = pytest.mark.filterwarnings("ignore:Check the columns")


def table(n=60, n_small=20):
    """Return a frame of several dtypes, and labels."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "amount": rng.normal(size=n + n_small).astype(np.float32),
            "text": rng.choice(["u", "v", None], n + n_small),
            "count": rng.integers(0, 9, n + n_small),
            "kind": pd.Categorical(rng.choice(["x", "y"], n + n_small), ["z", "y", "x"]),
            "is_new": rng.random(n + n_small) < 0.5,
            "code": pd.array(rng.integers(0, 4, n + n_small), dtype="Int8"),
        }
    )
    return frame, np.repeat(["many", "few"], [n, n_small])


def rows_of(change):
    """Return a synthesizer that returns changed rows of the class."""
    return Returns(lambda rows, n: change(rows))


def test_a_synthesizer__gets_the_rows_of_one_class_with_types_and_names():
    X, y = table()
    sampler = GenerativeOverSampler(Returns(lambda rows, n: rows))
    sampler.fit_resample(X, y)
    assert list(sampler.synthesizers_) == ["few"]
    frame = sampler.synthesizers_["few"].frame
    assert list(frame.columns) == list(X.columns)
    assert frame.dtypes.astype(str).drop("text").to_dict() == {
        "amount": "float32",
        "count": "int64",
        "kind": "category",
        "is_new": "bool",
        "code": "int64",
    }
    few = X[y == "few"].reset_index(drop=True)
    assert frame["text"].isna().equals(few["text"].isna())
    for name in frame:
        assert frame[name].dropna().tolist() == few[name].dropna().tolist()


def test_arrays__have_columns_named_by_position():
    X, y = classes(0, (30, 12), 3)
    sampler = GenerativeOverSampler(Returns(lambda rows, n: rows.to_numpy()))
    X_new, _ = sampler.fit_resample(X, y)
    assert list(sampler.synthesizers_[1].frame) == ["x0", "x1", "x2"]
    np.testing.assert_array_equal(X_new[42:], X[y == 1][np.arange(18) % 12])


@pytest.mark.parametrize("container", ["pandas", "polars", "arrow", "list", "objects"])
def test_dtypes_and_categories__are_kept_in_every_container(container):
    X, y = table()
    sampler = GenerativeOverSampler(
        rows_of(lambda rows: rows.assign(count=rows["count"] + 0.6))
    )
    expected = sampler.fit_resample(X, y)[0]
    assert expected.dtypes.equals(X.dtypes)
    assert (expected["count"][80:] == X["count"][60:].tolist() * 2 + np.int64(1)).all()
    given_X = {
        "pandas": lambda: X,
        "polars": lambda: pytest.importorskip("polars").from_pandas(X),
        "arrow": lambda: pytest.importorskip("pyarrow").Table.from_pandas(X),
        "list": lambda: X.astype(object).where(X.notna(), None).to_numpy().tolist(),
        "objects": lambda: X.astype(object).where(X.notna(), None).to_numpy(),
    }[container]()
    found = GenerativeOverSampler(
        Returns(lambda rows, n: rows.assign(**{rows.columns[2]: rows[rows.columns[2]] + 0.6}))
    ).fit_resample(given_X, y)[0]
    assert type(found) is type(given_X)
    if hasattr(found, "schema"):
        assert found.schema == given_X.schema
        found = found.to_pandas()
    found = pd.DataFrame(found)
    for j, name in enumerate(X.columns):
        one, two = found.iloc[:, j].dropna(), expected[name].dropna()
        assert one.tolist() == two.tolist(), name


def test_sparse_rows__stay_sparse():
    X, y = classes(0, (30, 12), 3)
    X = sparse.csr_array(X * (np.abs(X) > 0.5))
    sampler = GenerativeOverSampler(KernelDensity(bandwidth=0.1), random_state=0)
    X_new, _ = sampler.fit_resample(X, y)
    assert type(X_new) is type(X)
    expected, _ = sampler.fit_resample(X.toarray(), y)
    np.testing.assert_array_equal(X_new.toarray(), expected)


@examples(25)
@given(
    n_small=st.integers(3, 30),
    ratio=st.floats(0.6, 1),
    order=st.permutations(range(6)),
    dtype=st.sampled_from(["int8", "uint8", "int64", "float32", "Int16"]),
)
def test_samples__fit_the_columns_whatever_their_order_and_type(n_small, ratio, order, dtype):
    X, y = table(50, n_small)
    X = X.astype({"count": dtype})
    shuffled = rows_of(lambda rows: rows.iloc[:, order] if n_small % 2 else rows)
    sampler = GenerativeOverSampler(shuffled, sampling_strategy=ratio)
    if int(50 * ratio) <= n_small:
        with pytest.raises(ValueError, match="remove samples"):
            sampler.fit_resample(X, y)
        return
    X_new, y_new = sampler.fit_resample(X, y)
    assert X_new.dtypes.equals(X.dtypes)
    assert (y_new == "few").sum() == int(50 * ratio)
    samples, few = X_new[len(X) :], X[y == "few"]
    for name in X:
        assert set(samples[name].dropna()) <= set(few[name].dropna())


WRONG = {
    "a missing column": (lambda rows: rows.drop(columns="kind"), "lack the columns 'kind'"),
    "another column": (lambda rows: rows.assign(id=1), "not in X, or twice: 'id'"),
    "an unknown category": (
        lambda rows: rows.assign(kind="mauve"),
        "column 'kind' holds 'mauve', and X has only 'x', 'y' there",
    ),
    "a missing category": (
        lambda rows: rows.assign(kind=None),
        "column 'kind' holds a missing value",
    ),
    "a list": (lambda rows: rows.assign(kind=[[1]] * len(rows)), r"column 'kind' holds \[1\]"),
    "text": (lambda rows: rows.assign(count="12"), "column 'count' holds '12'"),
    "a complex number": (lambda rows: rows.assign(count=1j), "column 'count' holds"),
    "NaN": (lambda rows: rows.assign(amount=np.nan), "column 'amount' holds 40 of 40 values"),
    "infinity": (
        lambda rows: rows.assign(count=np.inf),
        "40 of 40 values that are missing or infinite, such as inf",
    ),
    "a number beyond float32": (
        lambda rows: rows.assign(amount=1e39),
        "outside of .* to 3.402823466e\\+38, the range of float32, such as 1e",
    ),
    "a number beyond int8": (
        lambda rows: rows.assign(code=np.where(np.arange(40) < 3, 127.6, 7)),
        "'code' holds 3 of 40 values that are outside of -128 to 127, the range of int8, such "
        r"as 128\. Convert the column of X to a wider dtype",
    ),
    "one dimension": (lambda rows: rows["count"].to_numpy(), r"shape \(40,\), and X has 6"),
    "a tuple of nothing": (lambda rows: (), r"type tuple and shape \(0,\), and X has 6"),
    "sparse rows": (
        lambda rows: sparse.csr_array(np.ones((40, 6))),
        r"type csr_array and shape \(\), and X has 6",
    ),
    "masked values": (
        lambda rows: np.ma.masked_array(rows.to_numpy(), mask=[np.arange(6) < 1] * len(rows)),
        "column 'amount' holds 40 of 40 values that are missing",
    ),
    "few columns": (lambda rows: rows.to_numpy()[:, :5], r"shape \(40, 5\), and X has 6"),
}


@pytest.mark.parametrize("what", WRONG)
def test_samples_that_do_not_fit__are_refused_with_the_class_and_the_column(what):
    change, message = WRONG[what]
    X, y = table()
    start = "The samples of Returns for class 'few' do not fit X: .*"
    with pytest.raises(ValueError, match=start + message):
        GenerativeOverSampler(rows_of(change)).fit_resample(X, y)


def seeded(function):
    """Decorate a method as ctgan does, without functools.wraps."""

    def wrapper(self, *args, **kwargs):
        return function(self, *args, **kwargs)

    return wrapper


class Decorated(Returns):
    """A synthesizer with the signature of ctgan's models."""

    def __init__(self):
        super().__init__(lambda rows, n: rows)

    @seeded
    def fit(self, train_data, discrete_columns=(), epochs=None):
        super().fit(train_data)
        self.discrete = discrete_columns


def test_discrete_columns__are_named_also_behind_a_decorator():
    X, y = table()
    sampler = GenerativeOverSampler(Decorated())
    sampler.fit_resample(X, y)
    assert sampler.synthesizers_["few"].discrete == ["text", "kind", "is_new"]
    sampler.set_params(categorical_features=["count"]).fit(X[["count", "amount"]], y)
    sampler.fit_resample(X[["count", "amount"]], y)
    assert sampler.synthesizers_["few"].discrete == ["count"]
    assert sampler.synthesizers_["few"].frame.dtypes["count"] == "int64"


class NotCopied(Returns):
    """A synthesizer that cannot be pickled before ``fit``, as TVAE of ctgan."""

    def __getstate__(self):
        return {"frame": self.frame, **self.__dict__}


def test_a_synthesizer_that_deepcopy_refuses__is_copied():
    X, y = table()
    sampler = clone(GenerativeOverSampler(NotCopied(lambda rows, n: rows)))
    sampler.fit_resample(X, y)
    assert sampler.synthesizer.requested == []
    assert sampler.synthesizers_["few"].requested == [40]


def same_rows(rows, n):
    return rows


def test_a_synthesizer_that_pickle_refuses__is_passed_to_other_processes():
    X, y = table()
    model = NotCopied(same_rows)
    with pytest.raises(AttributeError):
        pickle.dumps(model)
    sampler = GenerativeOverSampler(model, sampling_strategy=0.9)
    for passed in (pickle.loads(pickle.dumps(sampler)), copy.copy(sampler), deepcopy(sampler)):
        assert type(passed.synthesizer) is NotCopied
        pd.testing.assert_frame_equal(
            passed.fit_resample(X, y)[0], sampler.fit_resample(X, y)[0]
        )
    mixture = GenerativeOverSampler(TableMixture())
    assert pickle.loads(pickle.dumps(mixture)).synthesizer.n_components == 2


def test_missing_rows__are_sampled_again_and_rows_beyond_are_dropped():
    X, y = classes(0, (60, 20), 3)
    sampler = GenerativeOverSampler(Returns(lambda rows, n: rows[:9]))
    assert len(sampler.fit_resample(X, y)[0]) == 120
    assert sampler.synthesizers_[1].requested == [40, 138, 218, 191, 66]
    sampler = GenerativeOverSampler(Returns(lambda rows, n: pd.concat([rows, rows])))
    assert len(sampler.fit_resample(X, y)[0]) == 120


@pytest.mark.parametrize("share", [1 / 3, 0.02])
def test_a_synthesizer_that_rejects_a_share_of_rows__is_requested_more(share):
    X, y = classes(0, (3_000, 20), 3)
    model = Returns(lambda rows, n: rows[: int(share * n)])
    sampler = GenerativeOverSampler(model)
    y_new = sampler.fit_resample(X, y)[1]
    assert (y_new == 1).sum() == 3_000
    requested = sampler.synthesizers_[1].requested
    assert len(requested) <= (3 if share > 0.1 else 6)
    assert max(requested) <= 10 * 2_980


@examples(60)
@given(
    n_new=st.integers(1, 5_000), shares=st.lists(st.floats(0, 1.5), min_size=10, max_size=10)
)
def test_requests__end_after_ten_calls_whatever_is_returned(n_new, shares):
    requested = []

    def samples(n):
        requested.append(n)
        return np.zeros((int(shares[len(requested) - 1] * n), 1))

    schema = FrameSchema(["a"], [0], [], [np.dtype(float)], [None], np.array([False]), [], [])
    model = SimpleNamespace(sample=samples)
    try:
        numbers, codes = sampled_rows(model, schema, "few", n_new, itertools.repeat(None))
        message = f"{len(numbers)} rows, codes {codes.shape}"
    except ValueError as error:
        message = str(error)
    returned = [int(s * n) for s, n in zip(shares, requested, strict=False)]
    if sum(returned) >= n_new:
        assert message == f"{n_new} rows, codes ({n_new}, 0)"
    else:
        assert f"gave {sum(returned):,} of {n_new:,} rows for class 'few' in 10" in message
    assert sum(returned[:-1]) < n_new
    assert all(1 <= n <= 10 * n_new for n in requested)


def test_a_synthesizer_that_gives_too_few_rows__is_refused_after_ten_calls():
    X, y = classes(0, (60, 20), 3)
    sampler = GenerativeOverSampler(Returns(lambda rows, n: rows[:3]))
    message = r"gave 30 of 40 rows for class 1 in 10 calls of sample\(n\), \d,\d+ requested"
    with pytest.raises(ValueError, match=message):
        sampler.fit_resample(X, y)
    with pytest.raises(ValueError, match="gave 0 of 40 rows"):
        sampler.set_params(synthesizer=Returns(lambda rows, n: rows[:0])).fit_resample(X, y)


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_samples__may_be_frames_of_polars_and_arrow_tables(library):
    module = pytest.importorskip(library)
    convert = module.from_pandas if library == "polars" else module.Table.from_pandas
    X, y = table()
    expected = GenerativeOverSampler(rows_of(lambda rows: rows)).fit_resample(X, y)[0]
    found = GenerativeOverSampler(rows_of(convert)).fit_resample(X, y)[0]
    pd.testing.assert_frame_equal(found, expected)


def test_columns_of_text__get_the_advice_to_name_them():
    frame = pd.DataFrame({"a": np.arange(9.0), "b": list("xyz" * 3), "c": [0, 1, 2] * 3})
    sampler = GenerativeOverSampler(GaussianMixture(1), categorical_features=["c"])
    with pytest.raises(ValueError, match=r"'b' of X.*Name it in categorical_features"):
        sampler.fit_resample(frame, [0] * 6 + [1] * 3)


def test_an_error_of_sample__names_the_class():
    X, y = classes(0, (60, 30), 3)
    with pytest.raises(ZeroDivisionError) as info:
        GenerativeOverSampler(rows_of(lambda rows: 1 / 0)).fit_resample(X, y)
    assert info.value.__notes__ == ["While sampling 30 rows of class 1."]


def test_an_error_of_fit__names_the_class():
    X, y = classes(0, (60, 3), 3)
    with pytest.raises(ValueError, match="n_components") as info:
        GenerativeOverSampler(GaussianMixture(5)).fit_resample(X, y)
    assert info.value.__notes__ == ["While fitting the 3 rows of class 1."]


class Seeded(Returns):
    """Seeded as ctgan's models are."""

    def __init__(self):
        super().__init__(lambda rows, n: rows)

    def sample(self, n):
        return super().sample(n) + self.rng.normal(size=(n, 3))

    def set_random_state(self, random_state):
        self.rng = np.random.default_rng(random_state)


SEEDED = {
    "parameter": lambda: TableMixture(),
    "nested parameter": lambda: Nested(Pipeline([("model", GaussianMixture(2))])),
    "method": Seeded,
    "argument of sample": lambda: KernelDensity(bandwidth=0.2),
}


class Nested(BaseEstimator):
    """A synthesizer whose seed is that of an estimator inside."""

    def __init__(self, pipeline):
        self.pipeline = pipeline

    def fit(self, frame):
        self.pipeline.fit(frame)

    def sample(self, n):
        return self.pipeline[-1].sample(n)


@pytest.mark.parametrize("how", SEEDED)
def test_seeds__make_samples_repeatable_and_classes_differ(how):
    X, y = classes(0, (30, 12, 12), 3)
    X[y == 2] = X[y == 1]
    sampler = GenerativeOverSampler(SEEDED[how](), random_state=3)
    state = np.random.get_state()[1].tolist()
    first, labels = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(sampler.fit_resample(X, y)[0], first)
    assert np.random.get_state()[1].tolist() == state
    new, labels = first[len(X) :], labels[len(X) :]
    assert not np.isin(new[labels == 1], new[labels == 2]).any()
    assert not np.isin(sampler.set_params(random_state=4).fit_resample(X, y)[0][54:], new).any()


def test_a_synthesizer_without_a_seed__is_reported_if_a_seed_is_given():
    X, y = classes(0, (30, 12), 3)
    sampler = GenerativeOverSampler(Returns(lambda rows, n: rows), random_state=0)
    with pytest.warns(smotefast.ResamplingWarning, match="Returns takes no seed, so random_st"):
        sampler.fit_resample(X, y)


def test_without_random_state__the_seed_of_the_synthesizer_holds():
    X, y = classes(0, (30, 12), 3)
    sampler = GenerativeOverSampler(GaussianMixture(2, random_state=5))
    found = sampler.fit_resample(X, y)[0][len(X) :]
    names = ["x0", "x1", "x2"]
    fitted = GaussianMixture(2, random_state=5).fit(pd.DataFrame(X[y == 1], columns=names))
    np.testing.assert_array_equal(found, fitted.sample(18)[0])


def test_the_synthesizer__is_not_changed():
    X, y = table()
    mixture = TableMixture()
    before = dict(vars(mixture))
    GenerativeOverSampler(mixture, random_state=0).fit_resample(X, y)
    assert vars(mixture) == before


def test_samples_of_a_mixture__have_the_distribution_of_the_class():
    X, y = classes(0, (2_000, 400), 3)
    found = GenerativeOverSampler(GaussianMixture(2), random_state=0).fit_resample(X, y)[0]
    few = X[y == 1]
    for j in range(3):
        assert ks_2samp(found[len(X) :, j], few[:, j]).pvalue > 0.01
        assert ks_2samp(found[len(X) :, j], few[:, j] + 0.5 * few.std()).pvalue < 0.01


def test_provenance__says_that_samples_come_from_no_row():
    X, y = classes(0, (30, 12), 3)
    sampler = GenerativeOverSampler(KernelDensity())
    sampler.fit_resample(X, y)
    base, neighbor, step = sampler.provenance_
    assert (set(base), set(neighbor), len(base)) == ({-1}, {-1}, 18)
    assert np.isnan(step).all()
    for word in ("base", "interpolate"):
        with pytest.raises(ValueError, match=r"come from no row of X\. Pass a constant"):
            sampler.resample_aligned(np.arange(42.0), word)
    weights = sampler.resample_aligned(np.arange(42.0), 0.5)
    np.testing.assert_array_equal(weights, [*range(42), *[0.5] * 18])
    with pytest.raises(ValueError, match="no samples between two rows"):
        smotefast.plot.provenance(sampler, X, y)


def test_a_combination__removes_rows_after_it():
    X, y = table()
    over = GenerativeOverSampler(TableMixture(), sampling_strategy=0.5, random_state=0)
    X_new, y_new = Combination(over, RandomUnderSampler(random_state=0)).fit_resample(X, y)
    assert X_new.dtypes.equals(X.dtypes)
    assert (y_new == "few").sum() == (y_new == "many").sum() == 30


def test_a_job_on_files__refuses_it_before_anything_is_read(tmp_path):
    pytest.importorskip("pyarrow")
    sampler = GenerativeOverSampler(KernelDensity())
    message = (
        "GenerativeOverSampler fits a synthesizer, whose memory is not known, .* 'smote-nc'"
    )
    with pytest.raises(ValueError, match=message):
        smotefast.resample_dataset(
            tmp_path / "absent.parquet", tmp_path / "out", target="y", sampler=sampler
        )


@pytest.mark.parametrize("name", ["GenerativeOverSampler", "combination"])
def test_its_name_alone__is_refused_with_what_to_pass(name):
    with pytest.raises(ValueError, match="It takes objects, which a name does not give"):
        smotefast.compare(*classes(0, (30, 12), 3), samplers=[name])
    with pytest.raises(ValueError, match="It takes objects, which a name does not give"):
        smotefast.diagnose(*classes(0, (30, 12), 3), sampler=name)


def test_compare__takes_it_beside_smote_nc_with_stable_names():
    X, y = table(120, 60)
    samplers = [GenerativeOverSampler(TableMixture(), random_state=0), "smote-nc"]
    result = smotefast.compare(
        X, y, samplers=samplers, models="logistic", ratios=[1], folds=2, repeats=1, holdout=0
    )
    options = {option["name"]: option for option in result.to_dict()["options"]}
    found = options["GenerativeOverSampler(TableMixture)"]
    assert found["sampler"] == "GenerativeOverSampler"
    assert found["params"]["synthesizer"] == "TableMixture()"
    assert found["seconds"] > 0
    assert options["smote-nc"]["seconds"] > 0
    numbers = X[["amount", "count"]]
    model = GenerativeOverSampler(Returns(lambda rows, n: rows))
    result = smotefast.compare(
        numbers, y, samplers=[model], models="logistic", folds=2, repeats=1, holdout=0
    )
    assert result.options[-1].to_dict()["params"]["synthesizer"] == "Returns"


def test_its_class_as_synthesizer__is_refused():
    sampler = GenerativeOverSampler(GaussianMixture)
    with pytest.raises(ValueError, match=r"'synthesizer' parameter.*instance: GaussianMixture"):
        sampler.fit_resample(*classes(0, (30, 12), 3))
