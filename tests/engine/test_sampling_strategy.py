from collections import Counter

import numpy as np
import pytest
from imblearn.utils import check_sampling_strategy

from smotefast.engine.class_counts import class_counts
from smotefast.engine.sampling_strategy import counts_to_generate

TARGETS = [
    np.repeat([0, 1], [70, 30]),
    np.repeat([0, 1], [50, 50]),
    np.repeat([0, 1, 2, 3], [10, 40, 40, 10]),
    np.repeat(["b", "a", "c"], [5, 9, 20]),
    np.repeat(np.array(["b", "a"], dtype=object), [5, 9]),
    np.repeat([True, False], [5, 9]),
    np.repeat([-1.0, 2.0], [5, 9]),
    np.repeat(np.array(["2020-01-02", "2020-01-01"], dtype="M8[D]"), [5, 9]),
    np.repeat(np.array(["2020-01-02", "2020-01-01"], dtype="M8[ns]"), [5, 9]),
    np.repeat(np.array([3, 2], dtype="m8[ns]"), [5, 9]),
]
WORDS = ["auto", "minority", "not minority", "not majority", "all"]


def ours(strategy, y):
    return counts_to_generate(strategy, class_counts(y), y)


@pytest.mark.parametrize("y", TARGETS, ids=lambda y: str(dict(Counter(y.tolist()))))
@pytest.mark.parametrize("word", WORDS)
def test_target_counts__of_a_word_is_imbalanced_learns(word, y):
    theirs = check_sampling_strategy(word, y, "over-sampling")
    assert list(ours(word, y).items()) == list(theirs.items())


@pytest.mark.parametrize("ratio", [0.5, 0.8, 1.0, 1, 0.45])
def test_target_counts__of_a_ratio_is_imbalanced_learns(ratio):
    y = TARGETS[0]
    assert ours(ratio, y) == check_sampling_strategy(ratio, y, "over-sampling")


@pytest.mark.parametrize(
    "mapping", [{0: 70, 1: 90}, {1: 30}, {}, {1: np.int64(44)}, lambda y: {1: len(y)}]
)
def test_target_counts__of_a_mapping_is_imbalanced_learns(mapping):
    y = TARGETS[0]
    assert ours(mapping, y) == check_sampling_strategy(mapping, y, "over-sampling")


@pytest.mark.parametrize("y", TARGETS[-3:], ids=lambda y: str(y.dtype))
def test_target_counts__of_a_mapping_from_dates_is_imbalanced_learns(y):
    mapping = {y[0]: 20}
    theirs = check_sampling_strategy(mapping, y, "over-sampling")
    assert list(ours(mapping, y).items()) == list(theirs.items()) == [(y[0], 15)]


@pytest.mark.parametrize(
    ("strategy", "y", "words"),
    [
        ("majority", TARGETS[0], "cannot be used with over-sampler"),
        ("most", TARGETS[0], "needs to be one of"),
        ({7: 100}, TARGETS[0], "not present in the data"),
        ({1: -5}, TARGETS[0], "cannot be negative"),
        ({1: 29}, TARGETS[0], "greater or equal to the original"),
        (0.2, TARGETS[0], "required to remove samples from the minority"),
        (0.0, TARGETS[0], r"in the range \(0, 1\]"),
        (1.5, TARGETS[0], r"in the range \(0, 1\]"),
        (0.9, TARGETS[2], "float only when the type of target is binary"),
        ([1], TARGETS[0], "cannot be a list"),
        ("auto", np.zeros(9), "needs to have more than 1 class. Got 1 class instead"),
    ],
)
def test_target_counts__refuses_in_imbalanced_learns_words(strategy, y, words):
    with pytest.raises(ValueError, match=words):
        ours(strategy, y)
    with pytest.raises(ValueError, match=words.replace("to the original", ".*")):
        check_sampling_strategy(strategy, y, "over-sampling")


@pytest.mark.parametrize("strategy", [{1: 50.5}, lambda y: None, object()])
def test_target_counts__refuses_what_is_no_count(strategy):
    with pytest.raises(TypeError, match="sampling_strategy"):
        ours(strategy, TARGETS[0])


def test_target_counts__of_a_ratio_that_float_arithmetic_rounds_down_is_refused_like_there():
    y = np.repeat([0, 1], [100, 28])  # 100 * 0.29 - 28 = 0.999...
    with pytest.raises(ValueError, match="increase the ratio"):
        ours(0.29, y)
    with pytest.raises(ValueError, match="increase the ratio"):
        check_sampling_strategy(0.29, y, "over-sampling")
