"""Strategies of under-samplers and cleaning samplers, resolved as in imbalanced-learn."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.utils import check_sampling_strategy

from smotefast.engine.class_counts import class_counts
from smotefast.engine.sampling_strategy import classes_to_clean, counts_to_keep
from tests.helpers.hypothesis_examples import examples

TARGETS = [
    np.repeat([0, 1], [70, 30]),
    np.repeat([0, 1], [50, 50]),
    np.repeat([0, 1, 2, 3], [10, 40, 40, 10]),
    np.repeat([3, 2, 1, 0], [10, 40, 40, 10]),
    np.repeat(["b", "a", "c"], [5, 9, 20]),
    np.repeat(np.array(["b", "a"], dtype=object), [5, 9]),
    np.repeat([True, False], [5, 9]),
    np.repeat([-1.0, 2.0], [5, 9]),
    np.repeat(np.array(["2020-01-02", "2020-01-01"], dtype="M8[D]"), [5, 9]),
    np.repeat(np.array([3, 2], dtype="m8[ns]"), [5, 9]),
]
WORDS = ["auto", "majority", "not minority", "not majority", "all"]
RESOLVERS = {"under-sampling": counts_to_keep, "clean-sampling": classes_to_clean}
BINARY, SEVERAL = TARGETS[0], TARGETS[2]
each_kind = pytest.mark.parametrize("kind", list(RESOLVERS))
each_target = pytest.mark.parametrize(
    "y", TARGETS, ids=lambda y: f"{y.dtype}: {dict(Counter(y.tolist()))}"
)


def resolved(kind, strategy, y):
    return RESOLVERS[kind](strategy, class_counts(y), y)


def assert_same_counts(kind, strategy, y):
    mine = resolved(kind, strategy, y)
    assert list(mine.items()) == list(check_sampling_strategy(strategy, y, kind).items())
    assert all(type(n) is int for n in mine.values())


@each_kind
@each_target
@pytest.mark.parametrize("word", WORDS)
def test_target_counts__of_a_word_is_imbalanced_learns(kind, word, y):
    assert_same_counts(kind, word, y)


@examples(60)
@given(
    kind=st.sampled_from(list(RESOLVERS)),
    word=st.sampled_from(WORDS),
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=6),
    seed=st.integers(0, 99),
)
def test_target_counts__of_a_word_is_imbalanced_learns_for_any_sizes(kind, word, sizes, seed):
    y = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    assert_same_counts(kind, word, y)


@examples(60)
@given(few=st.integers(1, 300), more=st.integers(0, 300), ratio=st.floats(1e-3, 1))
def test_counts_to_keep__of_a_ratio_is_imbalanced_learns(few, more, ratio):
    y = np.repeat([1, 0], [few, few + more])
    if int(few / ratio) <= few + more:
        assert_same_counts("under-sampling", ratio, y)
        return
    for resolve in (resolved, lambda kind, *given: check_sampling_strategy(*given, kind)):
        with pytest.raises(ValueError, match="Please increase the ratio"):
            resolve("under-sampling", ratio, y)


@pytest.mark.parametrize("ratio", [1, 1.0, np.float32(0.5), 0.43])
def test_counts_to_keep__takes_any_number_as_a_ratio(ratio):
    assert_same_counts("under-sampling", ratio, BINARY)


@pytest.mark.parametrize(
    "mapping",
    [
        {},
        {0: 70, 1: 30},
        {1: 0},
        {1: np.int64(7), 0: 1},
        {np.int64(0): 9},
        lambda y: {0: len(y) // 2},
        lambda y: {1: 3, 0: int((y == 1).sum())},
    ],
)
def test_counts_to_keep__of_a_mapping_is_imbalanced_learns(mapping):
    assert_same_counts("under-sampling", mapping, BINARY)


@each_target
def test_target_counts__of_classes_by_name_is_imbalanced_learns(y):
    labels = list(np.unique(y))
    for subset in (labels, labels[::-1], labels[1:], labels[:1] * 2, []):
        assert_same_counts("clean-sampling", subset, y)
        assert_same_counts("under-sampling", dict.fromkeys(subset, 4), y)


@each_target
def test_classes_to_clean__of_what_a_callable_returns_is_that_of_a_list(y):
    labels = np.unique(y)
    expected = resolved("clean-sampling", list(labels[:-1]), y)
    seen = []
    for answer in (list(labels[:-1]), dict.fromkeys(labels[:-1], 1), labels[:-1]):

        def choose(given, answer=answer):
            seen.append(given)
            return answer

        assert resolved("clean-sampling", choose, y) == expected
    assert [given is y for given in seen] == [True] * 3


@pytest.mark.parametrize(
    ("kind", "strategy", "y", "words"),
    [
        ("under-sampling", "minority", BINARY, "'minority' cannot be used with under-sampler"),
        ("clean-sampling", "minority", BINARY, "'minority' cannot be used with under-sampler"),
        ("under-sampling", "most", BINARY, "needs to be one of"),
        ("clean-sampling", "most", BINARY, "needs to be one of"),
        ("under-sampling", {7: 1}, BINARY, r"\{7\} target class is/are not present"),
        ("clean-sampling", [7, 0], BINARY, r"\{7\} target class is/are not present"),
        ("under-sampling", {1: -1}, BINARY, "cannot be negative"),
        ("under-sampling", {1: 31}, BINARY, r"less or equal.*\D30 samples and 31 samples"),
        ("under-sampling", 0.2, BINARY, "Please increase the ratio"),
        ("under-sampling", 0.0, BINARY, r"in the range \(0, 1\]"),
        ("under-sampling", 1.5, BINARY, r"in the range \(0, 1\]"),
        ("under-sampling", 0.9, SEVERAL, "float only when the type of target is binary"),
        ("under-sampling", [1], BINARY, "cannot be a list for samplers which are not cleaning"),
        ("clean-sampling", 0.5, BINARY, "'clean-sampling' methods"),
        ("clean-sampling", {0: 5}, BINARY, "as a dict for cleaning methods is not supported"),
        ("under-sampling", "auto", np.zeros(9), "Got 1 class instead"),
        ("clean-sampling", "auto", np.zeros(9), "Got 1 class instead"),
    ],
)
def test_target_counts__refuses_in_imbalanced_learns_words(kind, strategy, y, words):
    with pytest.raises(ValueError, match=f"(?s){words}"):
        resolved(kind, strategy, y)
    with pytest.raises(ValueError, match=f"(?s){words}"):
        check_sampling_strategy(strategy, y, kind)


@pytest.mark.parametrize("strategy", [{1: 20.5}, lambda y: None, lambda y: [0], object(), None])
def test_counts_to_keep__refuses_what_is_no_count(strategy):
    with pytest.raises(TypeError, match="sampling_strategy"):
        resolved("under-sampling", strategy, BINARY)


@pytest.mark.parametrize("strategy", [object(), None, (0, 1)])
def test_classes_to_clean__refuses_what_names_no_classes(strategy):
    with pytest.raises(TypeError, match="must be a str, a list or a callable"):
        resolved("clean-sampling", strategy, BINARY)


def test_classes_to_clean__refuses_unknown_classes_of_a_callable():
    with pytest.raises(ValueError, match=r"\{9\} target class is/are not present"):
        resolved("clean-sampling", lambda y: [9], BINARY)


def test_counts_to_keep__says_which_class_has_too_few_rows():
    with pytest.raises(ValueError, match="71 samples are asked for class 0"):
        resolved("under-sampling", {0: 71}, BINARY)
