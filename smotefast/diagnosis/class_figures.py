"""From neighbours and copies of drawn rows to figures of each class."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smotefast.diagnosis.data import Data
from smotefast.diagnosis.findings import ClassFigures
from smotefast.diagnosis.neighborhoods import Surroundings
from smotefast.diagnosis.sample import Sample
from smotefast.diagnosis.sampler_facts import Judged
from smotefast.over_sampling.border import is_in_danger, is_noise


class Around(NamedTuple):
    """What the second pass found.

    Attributes
    ----------
    main, as_it_is
        Neighbours by the distance that counts, and by the values as they are.
    n_alike, n_own
        Rows like each drawn row, and those of its class.
    """

    main: Surroundings | None
    as_it_is: Surroundings | None
    n_alike: np.ndarray
    n_own: np.ndarray


def class_figures(
    judged: Judged, data: Data, sample: Sample, around: Around
) -> tuple[ClassFigures, ...]:
    """Return the figures of each class."""
    is_blind = not data.columns.numbers and not data.columns.categories
    within = (around.n_own > 1) & (not is_blind)
    across = (around.n_alike > around.n_own) & (not is_blind)
    sizes = np.bincount(data.classes, minlength=len(data.labels)).tolist()
    figures = []
    for code, label in enumerate(data.labels):
        drawn = sample.classes == code
        foreign = _foreign(around.main, sample, code)
        noise, danger, safe = _shares(foreign, judged.m)
        one = ClassFigures(
            label=label,
            n_rows=sizes[code],
            n_new=judged.quota.get(label, 0),
            n_searched=len(foreign),
            noise=noise,
            danger=danger,
            safe=safe,
            overlap=_overlap(foreign),
            overlap_as_it_is=_overlap(_foreign(around.as_it_is, sample, code)),
            repeated=float(within[drawn].mean()),
            conflicting=float(across[drawn].mean()),
        )
        figures.append(one)
    return tuple(figures)


def unevenness(around: Surroundings | None, data: Data, sample: Sample) -> list[float]:
    """Return for each class how much the foreign share differs around its rows.

    It is the standard deviation, 0 where no rows were searched.
    """
    shares = (_foreign(around, sample, code).mean(axis=1) for code in range(len(data.labels)))
    return [float(np.std(one)) if len(one) else 0.0 for one in shares]


def _foreign(around: Surroundings | None, sample: Sample, code: int) -> np.ndarray:
    """Return which neighbours of a class's rows are foreign; no rows if none were searched."""
    if around is None:
        return np.empty((0, 1), dtype=bool)
    return np.asarray(around.foreign[sample.classes[around.rows] == code])


def _overlap(foreign: np.ndarray) -> float | None:
    return float(foreign[:, 0].mean()) if len(foreign) else None


def _shares(foreign: np.ndarray, m: int) -> tuple[float | None, float | None, float | None]:
    if not len(foreign):
        return None, None, None
    n_others = foreign.sum(axis=1)
    noise, danger = is_noise(n_others, m), is_in_danger(n_others, m)
    return float(noise.mean()), float(danger.mean()), float((~noise & ~danger).mean())
