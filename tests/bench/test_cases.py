"""Data sets, grids, generators and contenders of benchmarks."""

from __future__ import annotations

import operator
import sys
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smotefast.bench import Case, DataSet
from smotefast.bench.cases import product_grid, scale_grid, value_of
from smotefast.bench.contenders import CONTENDERS, choose_contenders
from smotefast.bench.neighbor_estimators import FaissNeighbors, HnswlibNeighbors
from smotefast.bench.plugins import load_registry
from smotefast.bench.shapes import SHAPES, make_rows
from tests.helpers.parquet_files import write_file

KNOWN = {each.name: each for each in CONTENDERS}


@given(
    n_rows=st.integers(100, 10_000),
    n_classes=st.integers(2, 9),
    ratio=st.floats(0.05, 1.0),
)
def test_class_counts__add_up_and_have_the_ratio(n_rows, n_classes, ratio):
    counts = DataSet(n_rows=n_rows, n_classes=n_classes, ratio=ratio).class_counts()
    assert sum(counts) == n_rows
    assert len(set(counts[1:])) == 1
    assert abs(counts[1] - ratio * counts[0]) <= n_classes


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes__have_the_sizes_and_repeat(shape):
    data = DataSet(shape, n_rows=300, n_features=6, n_classes=3, ratio=0.25)
    (X, _), sizes = make_rows(data, SHAPES)
    assert sizes == {"rows": 300, "features": 6, "class_sizes": sorted(data.class_counts())}
    assert X.dtype == np.float64
    assert np.array_equal(X, make_rows(data, SHAPES)[0][0])
    assert (len(np.unique(X, axis=0)) < 100) == (shape == "duplicates")
    is_code = [len(np.unique(column)) <= 20 for column in X.T]
    assert sum(is_code) == data.n_categories


def test_overlapping__moves_rows_of_the_largest_class_only():
    data = DataSet("overlapping", n_rows=2_000, n_features=8, ratio=0.5)
    (X, y), _ = make_rows(data, SHAPES)
    (apart, labels), _ = make_rows(DataSet(n_rows=2_000, n_features=8, ratio=0.5), SHAPES)
    distances = [
        np.linalg.norm(rows - rows[labels == 1].mean(0), axis=1) for rows in (X, apart)
    ]
    assert np.median(distances[0][y == 0]) < np.median(distances[1][labels == 0])


def test_scale_grid__varies_one_axis_at_a_time():
    axes = {"rows": [10, 20, 30], "k": [1, 2], "threads": [1]}
    cases = [case.to_dict() for case in scale_grid(Case(), axes)]
    middle = {"rows": 20, "k": 1, "threads": 1}
    assert {axis: value_of(cases[0], axis) for axis in axes} == middle
    for case in cases[1:]:
        assert sum(value_of(case, axis) != middle[axis] for axis in axes) == 1
    assert len(cases) == 1 + 2 + 1


def test_cases__come_back_from_json_and_differ_by_name():
    grid = product_grid(Case(), {"shape": ["uniform"], "ratio": [0.1, 0.5], "k": [1, 2]})
    assert [Case.from_dict(case.to_dict()) for case in grid] == grid
    assert len({case.name for case in grid}) == 4


def test_a_file__gives_its_numbers_and_complete_rows(tmp_path):
    columns = {
        "a": [1.0, None, 3.0, 4.0] * 20,
        "word": ["x", "y", "z", "z"] * 20,
        "n": list(range(80)),
        "label": ["no", "no", "no", "yes"] * 20,
    }
    path = write_file(tmp_path / "in.parquet", pa.table(columns), group_rows=30)
    data = DataSet("file", n_rows=0, file=str(path), target="label")
    (X, y), sizes = make_rows(data, SHAPES)
    assert X.shape == (60, 2)
    assert np.bincount(y).tolist() == [40, 20]
    assert (sizes["columns_left_out"], sizes["rows_left_out"]) == (1, 20)
    (X, y), _ = make_rows(DataSet("file", 45, file=str(path), target="label"), SHAPES)
    assert len(X) == 45
    with pytest.raises(
        ValueError, match=r"target='lable' is not a column. Did you mean 'label'"
    ):
        make_rows(DataSet("file", file=str(path), target="lable"), SHAPES)


@pytest.mark.parametrize(
    "sampler",
    ["smote", "adasyn", "smote-tomek", "tomek-links", "random", "smote-nc", "smote-n"],
)
def test_contenders__of_both_libraries_give_the_same_rows(sampler):
    shape = {"smote-nc": "mixed", "smote-n": "nominal"}.get(sampler, "clusters")
    case = Case(DataSet(shape, n_rows=200, n_features=4, ratio=0.4), sampler, k=3)
    (X, y), _ = make_rows(case.data, SHAPES)
    results = [
        KNOWN[name].make(case).fit_resample(X, y)[0]
        for name in ("smotefast-exact", "imbalanced-learn")
    ]
    assert np.array_equal(*results)


def test_samplers_of_categories__name_the_data_that_they_take():
    with pytest.raises(ValueError, match="smote-nc takes categories: measure it on --shape mi"):
        KNOWN["smotefast"].make(Case(sampler="smote-nc"))


def test_contenders__say_what_they_lack():
    with pytest.raises(ValueError, match=r"^imbalanced-learn has no ROSE"):
        KNOWN["imbalanced-learn"].make(Case(sampler="rose"))
    data = DataSet("file", file="in.csv", target="label")
    with pytest.raises(ValueError, match="Measure it without a file, on --shape mixed"):
        KNOWN["smotefast"].make(Case(data, sampler="smote-nc"))


def test_contenders__run_once_whatever_the_list_says():
    assert len(choose_contenders(KNOWN, ["smotefast", "smotefast"])[0]) == 1


class AllPairs:
    """An index with the methods of hnswlib and of faiss; it compares all pairs."""

    def __init__(self, *_):
        self.calls = []

    def __getattr__(self, name):  # init_index, set_num_threads, set_ef, train
        return lambda *given, **named: self.calls.append((name, given, named))

    def set_num_threads(self, n):
        assert n >= 1

    def add_items(self, rows, num_threads):
        assert num_threads >= 1
        self.rows = rows

    def knn_query(self, rows, k, num_threads):
        squared = np.square(rows[:, np.newaxis] - self.rows).sum(axis=2)
        indices = np.argsort(squared, axis=1, kind="stable")[:, :k]
        return indices.astype("u8"), np.take_along_axis(squared, indices, axis=1)

    def add(self, rows):
        self.rows = rows

    def search(self, rows, k):
        indices, squared = self.knn_query(rows, k, 1)
        indices = indices.astype("i8")
        indices[0, -1] = -1  # what faiss returns where it finds too few
        return squared, indices


@pytest.mark.parametrize("library", ["hnswlib", "faiss"])
def test_neighbor_estimators__return_the_row_itself_first(library, monkeypatch):
    names = ("Index", "IndexFlatL2", "IndexIVFFlat")
    module = SimpleNamespace(
        **dict.fromkeys(names, AllPairs), omp_set_num_threads=operator.index
    )
    monkeypatch.setitem(sys.modules, library, module)
    rows = np.random.default_rng(0).normal(size=(60, 4))
    cls = {"hnswlib": HnswlibNeighbors, "faiss": FaissNeighbors}[library]
    estimator = cls(n_neighbors=4, n_jobs=None).fit(rows)
    distances, indices = estimator.kneighbors(rows)
    assert indices.dtype.kind == "i"
    assert (indices[:, 0] == np.arange(60)).all()
    true = np.linalg.norm(rows[indices] - rows[:, np.newaxis], axis=2)
    assert np.allclose(distances[1:], true[1:], atol=1e-3)
    assert indices[0, -1] == (0 if library == "faiss" else indices[0, 3])
    assert (estimator.kneighbors_graph(rows).sum(axis=1) == 4).all()
    assert estimator.kneighbors(n_neighbors=2, return_distance=False).shape == (60, 2)


@pytest.mark.parametrize(("sampler", "n_found"), [("smote", 4), ("near-miss", 3)])
def test_neighbor_estimators__find_the_number_that_the_sampler_uses(sampler, n_found):
    instance = KNOWN["imbalanced-learn-hnswlib"].make(Case(sampler=sampler, k=3, threads=2))
    estimator = getattr(instance, "k_neighbors", None) or instance.n_neighbors
    assert (estimator.n_neighbors, estimator.n_jobs) == (n_found, 2)
    assert getattr(instance, "n_jobs", 2) == 2


def test_smote_variants__refuses_to_return_the_rows_unchanged(monkeypatch):
    class SMOTE:
        def __init__(self, **parameters):
            self.is_failing = parameters["n_neighbors"] == 3

        def fit_resample(self, X, y):
            return (X.copy(), y) if self.is_failing else (X[:-1], y[:-1])

    monkeypatch.setitem(sys.modules, "smote_variants", SimpleNamespace(SMOTE=SMOTE))
    X, y = np.eye(4), np.array([0, 0, 0, 1])
    make = KNOWN["smote-variants"].make
    assert len(make(Case(k=2)).fit_resample(X, y)[0]) == 3
    with pytest.raises(ValueError, match="SMOTE of smote-variants returned the rows unchanged"):
        make(Case(k=3)).fit_resample(X, y)


def test_contenders_that_are_not_installed__are_left_out_or_refused(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    chosen, left_out = choose_contenders(KNOWN, None)
    assert [each.name for each in chosen] == [
        "smotefast", "smotefast-exact", "smotefast-approximate"
    ]  # fmt: skip
    assert left_out["imbalanced-learn-faiss"] == "the package faiss is not installed"
    with pytest.raises(
        ValueError, match="'smote-variants' cannot run here: the package smote_v"
    ):
        choose_contenders(KNOWN, ["smote-variants"])
    with pytest.raises(ValueError, match="Did you mean 'imbalanced-learn'"):
        choose_contenders(KNOWN, ["imbalanced-lern"])


def test_a_contender_that_patches__does_not_run_in_process(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    _, left_out = choose_contenders(KNOWN, None, in_process=True)
    slow = left_out.pop("imbalanced-learn-pynndescent")
    assert left_out == {"imbalanced-learn-intelex": "it needs fresh processes"}
    assert "a minute in each process; name it" in slow
    assert choose_contenders(KNOWN, ["imbalanced-learn-pynndescent"])[0]


PLUGIN = """
import numpy as np
from smotefast.bench import Contender

class Twice:
    def fit_resample(self, X, y):
        return np.concatenate([X, X]), np.concatenate([y, y])

def pairs(data, rng):
    return np.repeat(rng.random((data.n_rows // 2, data.n_features)), 2, axis=0), (
        np.arange(data.n_rows // 2 * 2) % 4 == 0).astype(int)

CONTENDERS = [Contender("twice", lambda case: Twice())]
SHAPES = {"pairs": pairs}
"""


TWO = "from smotefast.bench import Contender; CONTENDERS = 2 * [Contender('a', int)]"
WRONG_PLUGINS = {
    "x = ": "cannot be loaded: SyntaxError",
    "import absent_package": "cannot be loaded: ModuleNotFoundError: .*absent_package",
    "raise SystemExit(2)": "cannot be loaded: SystemExit: 2",
    "CONTENDERS = 5": "CONTENDERS=5 must be a list",
    "SHAPES = [1]": "SHAPES=.* must be a dict of generators by name",
    "SHAPES = {'ring': 1}": "SHAPES=.* must be a dict of generators by name",
    TWO: "CONTENDERS has a name twice: a, a",
}


def test_plugins__add_contenders_and_generators(tmp_path):
    path = tmp_path / "twice.py"
    path.write_text(PLUGIN)
    registry = load_registry([str(path)])
    assert list(registry.contenders)[-1] == "twice"
    (X, _), _ = make_rows(DataSet("pairs", n_rows=10), registry.shapes)
    assert (X[::2] == X[1::2]).all()
    with pytest.raises(ValueError, match="the name 'twice' is taken"):
        load_registry([str(path), str(path)])
    path.write_text("X = 1")
    with pytest.raises(ValueError, match="has neither CONTENDERS"):
        load_registry([str(path)])
    for text, message in WRONG_PLUGINS.items():
        path.write_text(text)
        with pytest.raises(ValueError, match=f"twice.py'.*{message}"):
            load_registry([str(path)])
    path.write_text("CONTENDERS = [1]")
    with pytest.raises(ValueError, match=r"CONTENDERS has 1, which is no smotefast.bench.Cont"):
        load_registry([str(path)])
    with pytest.raises(FileNotFoundError, match="is not a file"):
        load_registry([str(tmp_path)])


def test_plugins_of_installed_packages__are_found_by_entry_point(tmp_path, monkeypatch):
    (tmp_path / "installed_twice.py").write_text(PLUGIN)
    info = tmp_path / "twice-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: twice\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[smotefast.bench]\ntwice = installed_twice\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "twice" in load_registry().contenders
    (info / "entry_points.txt").write_text(
        "[smotefast.bench]\na = absent_module\nb = json\ntwice = installed_twice\n"
    )
    with pytest.warns(UserWarning, match="of the installed package 'twice'") as warned:
        assert "twice" in load_registry().contenders
    assert [str(each.message).split(": ")[1] for each in warned] == [
        "ModuleNotFoundError", "ValueError"
    ]  # fmt: skip
