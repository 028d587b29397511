"""The page in Firefox: rows of the library, neighbors of a click, steps, no errors."""

from __future__ import annotations

import numpy as np
import pytest

from smotefast import BorderlineSMOTE
from smotefast.neighbors import find_neighbors
from smotefast.visualizer import PAGE
from tests.helpers.firefox import Firefox
from tests.helpers.visualizer_page import resample_in_page


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    browser = Firefox(str(tmp_path_factory.mktemp("firefox")))
    yield browser
    browser.close()


@pytest.fixture
def page(firefox):
    firefox.open(PAGE.as_uri())
    firefox(
        "document.body.dataset.faults = '';"
        "addEventListener('error', (one) => { document.body.dataset.faults += one.message; })"
    )
    yield firefox
    assert firefox("return document.body.dataset.faults") == ""


def test_samplers__return_the_rows_of_the_library(page):
    random = np.random.RandomState(0)
    X = np.concatenate([random.normal(size=(90, 2)), random.normal(1, 1, (30, 2))])
    y = np.repeat([0, 1], [90, 30])
    for kind in ("borderline-1", "borderline-2"):
        found = resample_in_page(page, X, y, [0, 1], kind, seed=3)
        X_new, y_new = BorderlineSMOTE(kind=kind, random_state=3).fit_resample(X, y)
        np.testing.assert_array_equal(found["X"], X_new)
        np.testing.assert_array_equal(found["codes"], y_new)


def test_a_click__lights_the_neighbors_and_a_step_is_placed(page):
    x, y, codes = page(
        "const { data } = smotefast.state; return [[...data.x], [...data.y], data.codes]"
    )
    X, minority = np.column_stack([x, y]), np.flatnonzero(np.array(codes) == 1)
    expected = minority[find_neighbors(X[minority], 5, search="exact", n_threads=1).indices]
    lit = page(
        "const plot = document.getElementById('plot');"
        "const path = plot.querySelector('.rows:not(.picked) .k1').getAttribute('d');"
        "const [, px, py] = /M([^,]+),([^ma]+)/.exec(path);"
        "const { left, top } = plot.getBoundingClientRect();"
        "plot.dispatchEvent(new MouseEvent('click', { bubbles: true,"
        "  clientX: left + Number(px), clientY: top + Number(py) }));"
        "return [...plot.querySelectorAll('.picked .neighbor')].map((one) =>"
        "Number(one.dataset.row))"
    )
    assert page("return smotefast.state.picked") == minority[0]
    assert set(lit) == set(expected[0].tolist())
    page("document.getElementById('place').click()")
    ((a, b),) = page("return smotefast.state.byHand.map(({ x, y }) => [x, y])")
    middle = X[minority[0]] + 0.5 * (X[expected[0][0]] - X[minority[0]])
    assert [a, b] == middle.tolist()


def test_samplers__fill_up_without_faults(page):
    names = page("return [...document.getElementById('sampler').options].map((o) => o.value)")
    for name in names:
        n, total = page(
            "const select = document.getElementById('sampler'); select.value = arguments[0];"
            "select.dispatchEvent(new Event('change'));"
            "for (let i = 0; i < 2; i += 1) document.getElementById('fill').click();"
            "const { shown, result } = smotefast.state;"
            "return [shown, result.samples.length + result.removed.length]",
            name,
        )
        assert n == total, name
    widths = page("return [document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
