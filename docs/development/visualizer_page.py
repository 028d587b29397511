"""Write the computed parts of the visualizer page: scenes of the library, and hashes.

``python docs/development/visualizer_page.py`` runs SVMSMOTE and KMeansSMOTE, writes their
draws into ``smotefast/visualizer/visualizer.html``, and writes the hashes of the script and of
the style into its Content-Security-Policy. ``--check`` only tells whether they are current.
Contours need matplotlib's contourpy.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

from smotefast import SVMSMOTE, KMeansSMOTE

PAGE = Path(__file__).parents[2] / "smotefast/visualizer/visualizer.html"
SCENES = re.compile(r'(?<=<script type="application/json" id="scenes">)[^<]*')


def curved_border() -> tuple[np.ndarray, np.ndarray]:
    """Return a minority around one side of the majority."""
    random = np.random.RandomState(1)
    angle = random.uniform(-0.9, 1.3, 26)
    radius = 1.75 + 0.4 * random.standard_normal(26)
    minority = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    majority = 0.75 * random.standard_normal((94, 2))
    return _rows(majority, minority)


def groups_apart() -> tuple[np.ndarray, np.ndarray]:
    """Return a minority of a dense group, a sparse group, and rows within the majority."""
    random = np.random.RandomState(2)
    centers, spreads, sizes = [(-2.6, 1.4), (2.7, 0.2), (0, 0)], [0.25, 0.7, 0.9], [12, 12, 4]
    parts = [
        center + spread * random.standard_normal((size, 2))
        for center, spread, size in zip(np.array(centers), spreads, sizes, strict=True)
    ]
    return _rows(0.8 * random.standard_normal((92, 2)) + [0, -0.6], np.concatenate(parts))


def _rows(majority: np.ndarray, minority: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return X, rounded so that the page can hold it without loss, and y."""
    codes = np.repeat([0, 1], [len(majority), len(minority)])
    return np.round(np.concatenate([majority, minority]), 3), codes


def svm_scene() -> dict[str, Any]:
    """Return the draws of SVMSMOTE, its support vectors and its boundary."""
    X, y = curved_border()
    sampler = SVMSMOTE(random_state=0)
    sampler.fit_resample(X, y)
    support = [int(row) for row in sampler.svm_estimator_.support_ if y[row] == 1]
    neighbors = sampler.nn_m_.kneighbors(X[support], return_distance=False)[:, 1:]
    n_others, m = (y[neighbors] != 1).sum(axis=1), sampler.m_neighbors
    names = np.where(n_others == m, "noise", np.where(n_others >= m / 2, "danger", "safe"))
    return {
        **_scene(X, y, sampler),
        "support": support,
        "states": [[row, str(name)] for row, name in zip(support, names, strict=True)],
        "boundary": _contours(X, sampler.svm_estimator_),
    }


def _contours(X: np.ndarray, classifier: Any) -> dict[str, list[Any]]:
    """Return lines where the decision function is -1, 0 and 1."""
    import contourpy

    low, high = X.min(axis=0) - 0.2, X.max(axis=0) + 0.2
    x, y = (np.linspace(low[i], high[i], 45) for i in (0, 1))
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    values = classifier.decision_function(grid.reshape(-1, 2)).reshape(45, 45)
    lines = contourpy.contour_generator(x, y, values).lines
    return {
        str(level): [np.round(line[::2], 2).tolist() for line in lines(level) if len(line) > 9]
        for level in (-1, 0, 1)
    }


def kmeans_scene() -> dict[str, Any]:
    """Return the draws of KMeansSMOTE and its clusters."""
    X, y = groups_apart()
    sampler = KMeansSMOTE(random_state=0, kmeans_estimator=8)
    sampler.fit_resample(X, y)
    cluster = sampler.kmeans_estimator_.labels_
    n_new = np.bincount(cluster[sampler.provenance_.base], minlength=8)
    clusters = [
        {"share": round(float(y[cluster == i].mean()), 4), "samples": int(n_new[i])}
        for i in range(8)
    ]
    scene = {**_scene(X, y, sampler), "cluster": cluster.tolist()}
    return {**scene, "clusters": clusters}


def _scene(X: np.ndarray, y: np.ndarray, sampler: Any) -> dict[str, Any]:
    base, neighbor, step = (part.tolist() for part in sampler.provenance_)
    return {
        "python": repr(sampler),
        "params": {"k": sampler.k_neighbors},
        "x": X[:, 0].tolist(),
        "y": X[:, 1].tolist(),
        "codes": y.tolist(),
        **{"base": base, "neighbor": neighbor, "step": step},
    }


def scene(name: str) -> dict[str, Any]:
    """Return a scene by its name in the page."""
    return {"svm": svm_scene, "kmeans": kmeans_scene}[name]()


def with_hashes(page: str) -> str:
    """Return the page with the hashes of its script and style in its policy."""
    for directive, opening, closing in [
        ("script-src", '<script type="module">', "</script>"),
        ("style-src", "<style>", "</style>"),
    ]:
        text = page.partition(opening)[2].partition(closing)[0]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        page = re.sub(rf"(?<={directive} 'sha256-)[^']*", digest, page)
    return page


def current_page(page: str) -> str:
    """Return the page with current scenes and hashes."""
    scenes = {name: scene(name) for name in ("svm", "kmeans")}
    return with_hashes(SCENES.sub(json.dumps(scenes, separators=(",", ":")), page))


def main(arguments: list[str]) -> int:
    """Write the page, or check it; return the exit code."""
    page = PAGE.read_text(encoding="utf-8")
    current = current_page(page)
    if "--check" in arguments:
        if page != current:
            print(f"{PAGE.name} is not current: run python {Path(__file__).name}")
        return int(page != current)
    PAGE.write_text(current, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
