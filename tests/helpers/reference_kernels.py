"""Slow, obvious references for every kernel, and imbalanced-learn's draws written out."""

from __future__ import annotations

import numpy as np


def interpolate(base, pool, neighbors, choices, steps, dtype):
    """Build the new rows one at a time, in numpy's arithmetic."""
    k = neighbors.shape[1]
    rows = []
    for choice, step in zip(choices, steps, strict=True):
        start = base[choice // k]
        end = pool[neighbors[choice // k, choice % k]]
        rows.append((start + step * (end - start)).astype(dtype))
    return np.array(rows, dtype=dtype).reshape(len(rows), base.shape[1])


def draw(seed, n, high):
    """Draw as imbalanced-learn does for one class: all integers, then all uniforms."""
    generator = np.random.RandomState(seed)
    return generator.randint(0, high, n), generator.uniform(size=n)


def squared_distances(pool, row, codes=None, weight=0.0, query_values=None, query_codes=None):
    """Sum squared differences in float64, feature by feature, then what categories add.

    ``row`` is one of ``query_values``, or of the pool where these are not given.
    """
    query_values = pool if query_values is None else query_values
    totals = np.zeros(pool.shape[0])
    for j in range(pool.shape[1]):
        difference = pool[:, j].astype(np.float64) - np.float64(query_values[row, j])
        totals += difference * difference
    if codes is None:
        return totals
    query_codes = codes if query_codes is None else query_codes
    return totals + weight * (codes != query_codes[row]).sum(axis=1)


def nearest_rows(pool, k, queries=None, excluded=None, **others):
    """Sort all rows but the one excluded by distance, then index, and take the first k."""
    queries = range(pool.shape[0]) if queries is None else queries
    found = []
    for row, itself in zip(queries, queries if excluded is None else excluded, strict=True):
        distances = squared_distances(pool, row, **others)
        order = np.lexsort((np.arange(pool.shape[0]), distances))
        found.append(order[order != itself][:k])
    return np.array(found, dtype=np.int64).reshape(len(found), k)


def between(points, queries):
    """Return points and queries as the functions above take them."""
    return {
        "codes": points.codes,
        "weight": points.weight,
        "query_values": queries.points.values,
        "query_codes": queries.points.codes,
    }


def nearest_points(points, queries, k):
    """Find ``nearest_rows`` of queries that may be rows of other points."""
    others = between(points, queries)
    return nearest_rows(points.values, k, queries.rows, queries.excluded, **others)


def distances_at(points, queries, indices):
    """Return the squared distances of each query to its rows."""
    others = between(points, queries)
    squared = np.empty(indices.shape)
    for i, row in enumerate(queries.rows):
        squared[i] = squared_distances(points.values, row, **others)[indices[i]]
    return squared


def rounded_rows(rows, center):
    """Round differences from a center to multiples of a unit: the longest row has 32766."""
    differences = rows.astype(np.float64) - center
    unit = np.sqrt((differences**2).sum(axis=1).max()) / 32766
    return np.rint(differences / unit), unit


def recall(pool, found, queries, k, **others):
    """Return the share of neighbors that are no farther than the true k-th."""
    hits = 0
    for row, places in zip(queries, found, strict=True):
        distances = squared_distances(pool, row, **others)
        limit = np.sort(np.delete(distances, row))[k - 1]
        hits += int(np.sum(distances[places] <= limit))
    return hits / (k * len(found))


def sums_of_distances(rows):
    """Add up, for each row, the distances to the rows after it."""
    sums = [
        np.sqrt(squared_distances(rows, row)[row + 1 :]).sum() for row in range(rows.shape[0])
    ]
    return np.array(sums, dtype=np.float64)


def winners(codes, neighbors, row, column):
    """List the categories with the most votes of a row's neighbours, ascending."""
    ballots = [int(codes[voter, column]) for voter in neighbors[row]]
    most = max(ballots.count(code) for code in ballots)
    return sorted({code for code in ballots if ballots.count(code) == most})


def mode_of(rows):
    """Return for each column the most frequent value, the lowest of several."""
    everyone = np.arange(len(rows))[np.newaxis]
    return [winners(rows, everyone, 0, column)[0] for column in range(rows.shape[1])]


def class_shares(codes, y):
    """Return for each column the share of each class among the rows of each category."""
    tables = []
    for column in codes.T:
        table = np.zeros((column.max() + 1, len(np.unique(y))))
        for category in range(table.shape[0]):
            for place, label in enumerate(np.unique(y)):
                both = np.sum((column == category) & (y == label))
                table[category, place] = both / max(np.sum(column == category), 1)
        tables.append(table)
    return tables


def value_differences(codes, shares, row):
    """Add up over columns the squared sum of differences of class shares, first to last."""
    totals = np.zeros(len(codes))
    for other in range(len(codes)):
        for column, table in zip(codes.T, shares, strict=True):
            total = 0.0
            for mine, theirs in zip(table[column[row]], table[column[other]], strict=True):
                total += abs(mine - theirs)
            totals[other] += total * total
    return totals


def nearest_by_value_difference(codes, shares, k, queries=None):
    """Sort all other rows by value difference, then index, and take the first k."""
    found = []
    for row in range(len(codes)) if queries is None else queries:
        distances = value_differences(codes, shares, row)
        order = np.lexsort((np.arange(len(codes)), distances))
        found.append(order[order != row][:k])
    return np.array(found, dtype=np.int64).reshape(len(found), k)


def tie_picks(random_state, n_winners, rows):
    """List pairs of a new row and a winner, shuffle them, take the first pair of each row."""
    columns = []
    for column in range(n_winners.shape[1]):
        pairs = [(i, w) for i, row in enumerate(rows) for w in range(n_winners[row, column])]
        shuffled = [pairs[place] for place in random_state.permutation(len(pairs))]
        picked = {}
        for i, winner in shuffled:
            picked.setdefault(i, winner)
        columns.append([picked[i] for i in range(len(rows))])
    return np.array(columns, dtype=np.int32).T


def nearest_remaining(pool, remaining, rows, k):
    """Find ``nearest_rows`` among the rows that remain."""
    kept = np.flatnonzero(remaining)
    return kept[nearest_rows(pool[kept], k, np.searchsorted(kept, rows))]


def linked(y, nearest, cleaned):
    """List the rows of some classes that are their nearest row's nearest, across classes."""
    links = [
        (one, two)
        for one in range(len(y))
        for two in range(len(y))
        if y[one] != y[two] and nearest[one] == two and nearest[two] == one
    ]
    return [one for one, _ in links if y[one] in cleaned]


def choice_of(labels):
    """Return the label that occurs most, the lowest of several."""
    labels = list(labels)
    return min(set(labels), key=lambda label: (-labels.count(label), label))


def agrees(y, row, neighbors, kind_sel):
    """Tell whether all neighbours of a row are of its class, or the choice of most is."""
    if kind_sel == "all":
        return all(y[place] == y[row] for place in neighbors)
    return choice_of(y[place] for place in neighbors) == y[row]


def edited(pool, y, cleaned, k, kind_sel):
    """List the rows, class after class, but those of some classes that disagree."""
    found = nearest_rows(pool, k)
    stays = [
        row
        for row in range(len(y))
        if y[row] not in cleaned or agrees(y, row, found[row], kind_sel)
    ]
    return sorted(stays, key=lambda row: (y[row], row))


def cleaned_around(pool, y, cleaned, minority, k, threshold):
    """List the rows that the neighbourhood cleaning rule keeps."""
    found = nearest_rows(pool, k)
    removed = set(range(len(y))) - set(edited(pool, y, cleaned, k, "mode"))
    sizes = {label: list(y).count(label) for label in set(y.tolist())}
    for row in np.flatnonzero(y == minority):
        voters = [row, *found[row]][:k]
        if choice_of(y[place] for place in voters) != minority:
            removed |= {
                int(place)
                for place in found[row]
                if y[place] in cleaned and sizes[y[place]] > threshold * sizes[minority]
            }
    return [row for row in range(len(y)) if row not in removed]


def same_class_comes_first(values, is_same, n_same, n_other):
    """Tell which rows of a class have n_same others of it closer than n_other of the rest."""
    answers = []
    for row in np.flatnonzero(is_same):
        distances = np.zeros(len(values))
        for column in values.astype(np.float64).T:
            distances += (column - column[row]) ** 2
        order = [
            other for other in np.lexsort((np.arange(len(values)), distances)) if other != row
        ]
        n_closer = n_others = 0
        for other in order:
            n_closer += is_same[other]
            n_others += not is_same[other]
            if n_closer == n_same or n_others == n_other:
                break
        answers.append(n_closer == n_same)
    return np.array(answers, dtype=bool)
