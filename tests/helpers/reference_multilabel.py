"""Measures and samplers of Charte et al. (2015), written out one row at a time."""

from __future__ import annotations

import math
import statistics


def irlbl(y):
    """Return rows with the most frequent label for each row with a label."""
    counts = [sum(column) for column in zip(*y, strict=True)]
    return [max(counts) / n if n else math.inf for n in counts]


def mean_ir(y):
    """Return the mean of the ratios of labels that some row has."""
    return statistics.mean(ratio for ratio in irlbl(y) if ratio < math.inf)


def cvir(y):
    """Return the standard deviation of the ratios over their mean."""
    return statistics.stdev(ratio for ratio in irlbl(y) if ratio < math.inf) / mean_ir(y)


def ml_ros_is_possible(y, copies, n_new):
    """Return whether ML-ROS could add these rows: a label in turn, none that is balanced."""
    mean, data = mean_ir(y), [list(row) for row in y]
    active = [label for label, ratio in enumerate(irlbl(y)) if mean < ratio < math.inf]
    turn, n_added = 0, 0
    while n_added < n_new and active:
        label = active[turn]
        if n_added == len(copies) or not y[copies[n_added]][label]:
            return False
        data.append(list(y[copies[n_added]]))
        n_added += 1
        turn += 1
        if irlbl(data)[label] <= mean:
            active.remove(label)
            turn -= 1
        turn = turn % len(active) if active else 0
    return n_added == len(copies)


def euclid_and_vdm(one, other, shares_one, shares_other):
    """Squared distance: numbers, and the shares of two categories that have the label."""
    total = sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
    for p, q in zip(shares_one, shares_other, strict=True):
        total += (p - q) ** 2 + ((1 - p) - (1 - q)) ** 2
    return total


def label_set(rows, kind):
    """Return the labels of a sample from those of its base row and of all neighbors."""
    counts = [sum(column) for column in zip(*rows, strict=True)]
    n = len(rows)
    tests = {
        "ranking": lambda count: count > n / 2,
        "union": lambda count: count > 0,
        "intersection": lambda count: count == n,
    }
    return [int(tests[kind](count)) for count in counts]
