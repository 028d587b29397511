"""The page in Chromium: points, steps, samplers, keyboard, phones, dark mode, no requests."""

from __future__ import annotations

import itertools
import json
import re

import numpy as np
import pytest

from smotefast.neighbors import find_neighbors
from smotefast.visualizer import PAGE
from tests.helpers.visualizer_page import prefer, start_chromium

SAMPLERS = (
    *("smote", "borderline-1", "borderline-2", "adasyn", "random-over", "svm", "kmeans"),
    *("smote-enn", "smote-tomek", "tomek", "enn", "random-under"),
)
SOURCES = "moons", "blobs", "subgroups", "levels", "own", "pasted", "svm", "kmeans"


class Page:
    """The page as a reader uses it."""

    def __init__(self, driver):
        self.driver = driver

    def js(self, body, *args):
        """Call a function with this body in the page."""
        return self.driver.execute_script(body, *args)

    def find(self, selector):
        return self.driver.find_elements("css selector", selector)

    def one(self, selector):
        (element,) = self.find(selector)
        return element

    def click(self, selector):
        element = self.one(selector)
        self.js("arguments[0].scrollIntoView({ block: 'center' })", element)
        element.click()

    def text(self, selector):
        return self.one(selector).text

    def set(self, name, value):
        """Move a slider or choose an entry; wait for the frame that follows."""
        self.driver.execute_async_script(
            "const [id, value, done] = arguments;"
            "const input = document.getElementById(id); input.value = value;"
            "const kind = input.matches('#sampler, #source') ? 'change' : 'input';"
            "input.dispatchEvent(new Event(kind, { bubbles: true }));"
            "requestAnimationFrame(() => requestAnimationFrame(done));",
            name,
            str(value),
        )

    def state(self, expression):
        """Return a value of the state, with all bits of its numbers."""
        return json.loads(
            self.js(f"const {{ state }} = smotefast; return JSON.stringify({expression})")
        )

    def data(self):
        """Return X and y of the data."""
        x, y, codes = self.state("[[...state.data.x], [...state.data.y], state.data.codes]")
        return np.column_stack([x, y]), np.array(codes)

    def pixels(self, code):
        """Return the centers of the rows of a class, in pixels of the window."""
        path = self.one(f"#plot .rows:not(.picked) .k{code}").get_attribute("d")
        centers = np.array(re.findall(r"M(-?[\d.]+),(-?[\d.]+)", path), dtype=float)
        frame = self.js(
            "const plot = document.getElementById('plot');"
            "plot.scrollIntoView({ block: 'center' });"
            "const { left, top } = plot.getBoundingClientRect(); return [left, top]"
        )
        return centers + frame

    def press_at(self, x, y):
        """Click with the mouse at a pixel of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            self.driver.execute_cdp_cmd(
                "Input.dispatchMouseEvent",
                {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1},
            )

    def keys(self, *names):
        from selenium.webdriver import ActionChains, Keys

        for name in names:
            ActionChains(self.driver).send_keys(getattr(Keys, name, name)).perform()

    def focused(self):
        return self.js("return document.activeElement.id")

    def lit(self):
        """Return the picked row, and the rows that are lit as its neighbors."""
        rows = self.js(
            "return [...document.querySelectorAll('#plot .picked path')].map("
            "(node) => [node.getAttribute('class').split(' ')[1], Number(node.dataset.row)])"
        )
        bases = [row for name, row in rows if name == "base"]
        return bases, {row for name, row in rows if name == "neighbor"}

    def lines(self):
        return self.js(
            "return [...document.querySelectorAll('#plot .lines line')].map("
            "(node) => [Number(node.dataset.from), Number(node.dataset.to)])"
        )

    def n_new(self):
        """Count the new rows in the plot."""
        return self.js(
            "return [...document.querySelectorAll('#plot .news path')].reduce("
            "(n, node) => n + node.getAttribute('d').split('M').length - 1, 0)"
        )

    def no_errors(self):
        errors = [entry for entry in self.driver.get_log("browser")]
        assert not errors, errors


@pytest.fixture(scope="module")
def desktop():
    driver = start_chromium()
    yield Page(driver)
    driver.quit()


@pytest.fixture
def page(desktop):
    prefer(desktop.driver)
    desktop.driver.get(PAGE.as_uri())
    yield desktop
    desktop.no_errors()


@pytest.fixture(scope="module")
def phone():
    driver = start_chromium(360, 740, is_phone=True)
    driver.get(PAGE.as_uri())
    yield Page(driver)
    driver.quit()


@pytest.mark.parametrize("k", [1, 5, 8])
def test_a_click_on_a_minority_point__lights_exactly_its_neighbors(page, k):
    page.set("k", k)
    X, y = page.data()
    minority = np.flatnonzero(y == 1)
    expected = minority[find_neighbors(X[minority], k, search="exact", n_threads=1).indices]
    for i in (0, 7, len(minority) - 1):
        page.press_at(*page.pixels(1)[i])
        row = int(minority[i])
        assert page.lit() == ([row], set(expected[i].tolist()))
        assert page.lines() == [[row, other] for other in expected[i].tolist()]
        labels = [label.text.split(" · ")[0] for label in page.find("#neighbors label")]
        assert labels == [f"row {other}" for other in expected[i]]
        assert str(row) in page.text("#status")
        page.keys("TAB")
        page.click("#clear") if page.one("#clear").is_enabled() else None
        page.js("document.getElementById('plot').focus()")
        page.keys("ESCAPE")
        assert page.lit() == ([], set())


def test_a_click_on_the_majority__says_what_to_pick(page):
    pixels = page.pixels(0)
    others = page.pixels(1)
    distances = np.linalg.norm(pixels[:, None] - others, axis=2).min(axis=1)
    page.press_at(*pixels[distances.argmax()])
    assert page.lit() == ([], set())
    assert "minority" in page.text("#status")


def test_a_step__lands_on_the_line_with_its_numbers_beside_it(page):
    page.click("#next-base")
    page.find("#neighbors input")[2].click()
    page.set("lambda", 0.37)
    base, neighbor = page.state("[state.picked, state.choice.rows[2]]")
    X, _ = page.data()
    expected = X[base] + 0.37 * (X[neighbor] - X[base])
    shown = page.text("#numbers").splitlines()
    assert shown[-1].startswith("new point")
    values = [float(value.replace("\N{MINUS SIGN}", "-")) for value in shown[-1].split()[2:]]
    np.testing.assert_allclose(values, expected, rtol=1e-3, atol=1e-4)
    assert "λ" in page.text("#formula")
    page.click("#place")
    ((x, y),) = page.state("state.byHand.map(({ x, y }) => [x, y])")
    assert [x, y] == expected.tolist()
    assert page.n_new() == 1
    ends = page.js(
        "const line = document.querySelector('#plot .lines .chosen');"
        "return ['x1', 'y1', 'x2', 'y2'].map((name) => Number(line.getAttribute(name)))"
    )
    path = page.one("#plot .news path").get_attribute("d")
    spot = np.array(re.match(r"M(-?[\d.]+),(-?[\d.]+)", path).groups(), dtype=float)
    start, end = np.array(ends[:2]), np.array(ends[2:])
    np.testing.assert_allclose(spot, start + 0.37 * (end - start), atol=0.2)
    page.click("#undo")
    assert page.n_new() == 0


def test_dice__choose_a_base_a_neighbor_and_a_step(page):
    steps = set()
    for _ in range(5):
        page.click("#random-base")
        page.click("#random-neighbor")
        page.click("#random-lambda")
        steps.add(page.state("state.step"))
        assert 0 <= page.state("state.choice.index") < 5
        page.click("#place")
    assert len(steps) == 5
    assert all(0 <= step < 1 for step in steps)
    assert page.n_new() == 5


def test_one_more__shows_the_samples_of_the_seed_one_by_one(page):
    samples = page.state("state.result.samples")
    for i, sample in enumerate(samples[:3]):
        page.click("#more")
        chosen = page.state("[state.picked, state.choice.rows[state.choice.index], state.step]")
        assert chosen == [sample["base"], sample["neighbor"], sample["step"]]
        assert page.n_new() == i + 1
        assert f"Sample {i + 1} of {len(samples)}" in page.text("#status")
    page.click("#fill")
    assert page.n_new() == len(samples) == 72
    page.click("#undo")
    assert page.n_new() == 3
    page.click("#undo")
    assert page.n_new() == 2
    page.click("#clear")
    assert page.n_new() == 0
    page.click("#undo")
    assert page.n_new() == 2


def test_a_step_moves__unless_the_reader_wants_little_motion(page):
    prefer(page.driver, motion="no-preference")
    positions = page.driver.execute_async_script(
        "const done = arguments[0]; const seen = [];"
        "document.getElementById('more').click();"
        "const look = () => { seen.push(document.querySelector('.preview')"
        ".getAttribute('transform')); if (smotefast.state.shown) done(seen);"
        "else requestAnimationFrame(look); }; look();"
    )
    assert len(set(positions)) > 3
    prefer(page.driver, motion="reduce")
    page.js("document.getElementById('more').click()")
    assert page.state("state.shown") == 2


@pytest.mark.parametrize("name", SAMPLERS)
def test_each_sampler__fills_up_and_cleans(page, name):
    page.set("noise", 0.8)
    page.set("overlap", 0.6)
    page.set("sampler", name)
    n_samples, n_removed = page.state(
        "[state.result.samples.length, state.result.removed.length]"
    )
    assert n_samples + n_removed
    if n_samples:
        page.click("#fill")
        assert page.n_new() == n_samples
    if n_removed:
        assert page.text("#step-title") == "What goes, and why"
        page.click("#more")
        page.click("#fill")
        crosses = page.one("#plot .marks .removed").get_attribute("data-rows").split()
        assert len(crosses) == n_removed
    kept = page.state("state.result.kept.length")
    after = [int(row.text.split()[-1]) for row in page.find("#counts tr")[1:]]
    now = [int(row.text.split()[-2]) for row in page.find("#counts tr")[1:]]
    assert after == now
    assert sum(after) == kept
    assert page.text("#python").count("fit_resample") == 1


def test_danger_and_noise__are_shown_and_explained(page):
    page.set("source", "blobs")
    page.set("sampler", "borderline-1")
    last = len(page.data()[1]) - 1
    noise = page.one("#plot .marks .noise").get_attribute("data-rows").split()
    assert str(last) in noise
    states = dict(page.state("[...state.result.states]"))
    danger = page.one("#plot .marks .danger").get_attribute("data-rows").split()
    assert {int(row) for row in danger} == {r for r, name in states.items() if name == "danger"}
    page.click("#previous-base")
    assert page.state("state.picked") == last
    assert "noise" in page.text("#base-note")
    assert not page.one("#place").is_enabled()


def test_weights_of_adasyn__are_disks(page):
    page.set("overlap", 0.6)
    page.set("sampler", "adasyn")
    weights = {row: n for row, n in page.state("[...state.result.weights]") if n}
    disks = page.one("#plot .weights .weight")
    assert [int(row) for row in disks.get_attribute("data-rows").split()] == list(weights)
    radii = re.findall(r"a([\d.]+),", disks.get_attribute("d"))[::2]
    order = np.argsort(list(weights.values()), kind="stable")
    assert (np.diff(np.array(radii, dtype=float)[order]) >= 0).all()


def test_cleaning__says_why_a_row_goes_or_stays(page):
    page.set("noise", 0.8)
    page.set("overlap", 0.8)
    page.set("sampler", "tomek")
    (first, second), *_ = page.state("state.result.links")
    removed = page.state("state.result.removed")
    assert {first, second} & set(removed)
    page.click("#more")
    text = page.text("#verdict")
    assert "a Tomek link" in text
    assert "removed" in text
    page.set("sampler", "enn")
    page.click("#more")
    assert "of its 3 nearest rows are of other classes" in page.text("#verdict")


def test_cards__set_the_scene(page):
    for card in page.find("#cards button"):
        card.click()
        assert card.get_attribute("aria-pressed") == "true"
        technique = card.text.split("→ ")[1].lower()
        chosen = page.js("return document.getElementById('sampler').selectedOptions[0].text")
        assert chosen.lower().startswith(technique)
        assert page.state("state.shown") > 0
        status = page.text("#status")
        page.click("#show-problem")
        assert page.state("state.sampler") == "smote"
        assert page.text("#status") != status
        page.click("#show-technique")
        assert page.text("#status") == status


def test_sliders__change_data_and_result(page):
    page.click("#fill")
    page.set("ratio", 0.5)
    assert page.n_new() == page.state("state.result.samples.length") == 24
    before = page.data()[0]
    for name in ("noise", "overlap", "share"):
        page.set(name, 0.4)
        after = page.data()[0]
        assert not np.array_equal(before, after)
        before = after
    page.set("k", 15)
    page.set("share", 0.05)
    assert "k = 15 needs at least 16 rows of class 1, which has 6" in page.text("#status")
    page.set("seed", "-1")
    assert "whole number" in page.text("#status")
    assert page.one("#seed").get_attribute("aria-invalid") == "true"
    page.set("seed", "4294967295")
    assert page.state("state.params.seed") == 4294967295


def test_two_sliders_in_one_frame__both_count(page):
    before = page.data()[0]
    page.js(
        "for (const [id, value] of [['noise', 0.9], ['k', 2]]) {"
        "  const input = document.getElementById(id); input.value = value;"
        "  input.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    page.set("ratio", 0.5)
    assert not np.array_equal(before, page.data()[0])
    assert page.state("[state.params.k, state.result.samples.length]") == [2, 24]


def test_the_keyboard__picks_steps_and_places(page):
    order = []
    while "place" not in order:
        page.keys("TAB")
        order.append(page.focused())
        assert len(order) < 40
        if order[-1] == "plot":
            page.keys("ARROW_RIGHT", "ARROW_RIGHT", "ARROW_UP", "ENTER")
            assert page.state("state.picked") is not None
        elif order[-1] == "lambda":
            page.keys("HOME", "ARROW_RIGHT", "ARROW_RIGHT")
            assert page.state("state.step") == 0.02
    names = [name for name in order if name]
    expected = "plot more fill previous-base next-base random-base".split()
    assert [name for name in names if name in expected] == expected
    page.keys("ENTER")
    assert page.n_new() == 1
    assert "Placed by hand" in page.text("#status")


def test_own_points__are_added_by_mouse_and_keyboard(page):
    page.set("source", "own")
    assert "Click into the plot" in page.text("#status")
    left, top = page.js(
        "const { left, top } = document.getElementById('plot').getBoundingClientRect();"
        "return [left, top]"
    )
    for x, y in [(100, 80), (200, 90), (300, 120), (180, 200)]:
        page.press_at(left + x, top + y)
    page.click('input[name="click"][value="1"]')
    page.js("document.getElementById('plot').focus({ preventScroll: true })")
    page.keys("ARROW_RIGHT", "ENTER", "ARROW_RIGHT", "ARROW_DOWN", "ENTER")
    assert page.data()[1].tolist() == [0, 0, 0, 0, 1, 1]
    page.set("k", 1)
    page.click("#fill")
    assert page.n_new() == 2
    page.click("#remove-last")
    assert len(page.data()[1]) == 5
    page.click("#remove-all")
    assert len(page.data()[1]) == 0


def test_a_pasted_csv__is_shown_escaped_or_refused_with_its_line(page):
    page.set("source", "pasted")
    label = '<img src=x onerror="document.title=1">'
    rows = [f'{i}.5;{i % 3},25;"{label.replace(chr(34), chr(34) * 2)}"' for i in range(9)]
    rows += [f"{i};7;b" for i in range(4)]
    text = "\n".join(["<b>a</b>;b;class", *rows])
    page.js("document.getElementById('csv').value = arguments[0]", text)
    page.click("#use-csv")
    assert page.text("#csv-error") == ""
    X, y = page.data()
    assert X[1].tolist() == [1.5, 1.25]
    assert np.bincount(y).tolist() == [9, 4]
    page.set("k", 3)
    page.click("#fill")
    page.click("#data-csv summary")
    assert label[:20] in page.text("#counts")
    assert not page.find("img, #plot b, #counts b")
    assert page.driver.title.startswith("Interactive SMOTE")
    text = text.replace("2.5;2,25", "2.5;two")
    page.js("document.getElementById('csv').value = arguments[0]", text)
    page.click("#use-csv")
    assert page.text("#csv-error") == "Line 4: “two” in column b is not a number."


def test_python_code_of_the_page__returns_the_rows_of_the_page(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page.click("#data-csv summary")
    for source, name in itertools.product(("blobs", "levels"), SAMPLERS):
        page.set("source", source)
        page.set("ratio", 0.75)
        page.set("sampler", name)
        page.set("k", 4)
        (tmp_path / "data.csv").write_text(page.one("#data-text").get_attribute("value"))
        found = {}
        with pytest.warns() if name == "kmeans" else pytest.MonkeyPatch.context():
            exec(page.js("return document.getElementById('python').textContent"), found)
        rows = page.js(
            "const { state, resampledRows } = smotefast;"
            "return JSON.stringify(resampledRows(state.data, state.result))"
        )
        X_new = np.column_stack([column.to_numpy() for column in found["X_new"].columns])
        expected = np.column_stack([X_new, np.asarray(found["y_new"])])
        np.testing.assert_array_equal(json.loads(rows), expected)


def test_no_request__leaves_the_page(page):
    page.driver.get_log("performance")
    page.driver.refresh()
    for source, sampler in [*zip(SOURCES, SAMPLERS, strict=False), ("moons", "smote-enn")]:
        page.set("source", source)
        page.set("sampler", sampler)
        page.js("document.getElementById('fill').click()")
    for card in page.find("#cards button"):
        card.click()
    messages = [json.loads(e["message"])["message"] for e in page.driver.get_log("performance")]
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    urls = {params["request"]["url"] for params in sent}
    assert urls <= {PAGE.as_uri(), "data:,"}
    refused = page.driver.execute_async_script(
        "const done = arguments[0]; fetch('https://example.org/').then(() => done('sent'),"
        "() => done('refused'));"
    )
    assert refused == "refused"
    messages = [entry["message"] for entry in page.driver.get_log("browser")]
    assert messages
    assert all("Content Security Policy" in message for message in messages)


@pytest.mark.parametrize("source", SOURCES)
def test_a_phone__has_no_horizontal_scrolling(phone, source):
    prefer(phone.driver)
    phone.set("source", source)
    for name in SAMPLERS[: 5 if source in ("own", "pasted") else None]:
        phone.set("sampler", name)
        phone.js("document.getElementById('fill').click()")
        phone.js("document.getElementById('random-base').click()")
        widths = phone.js("return [document.documentElement.scrollWidth, innerWidth]")
        assert widths == [360, 360], name
        if name in ("svm", "kmeans"):
            phone.set("source", source)
    phone.js("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert phone.js("return document.documentElement.scrollWidth") == 360
    phone.no_errors()


def test_a_phone__picks_by_touch(phone):
    phone.driver.get(PAGE.as_uri())
    x, y = phone.pixels(1)[3]
    for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
        phone.driver.execute_cdp_cmd(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
        )
    phone.driver.implicitly_wait(2)
    assert phone.find("#plot .picked .base")
    assert len(phone.lit()[1]) == 5


# Contrast of each text with the background behind it, by WCAG's formula.
_CONTRAST = """
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const light = (color) => {
  const [r, g, b] = color.slice(0, 3).map((v) => v / 255).map((v) =>
    v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (node) => {
  for (let one = node; one; one = one.parentElement) {
    const color = parse(getComputedStyle(one).backgroundColor);
    if (color.length < 4 || color[3] > 0) return color;
  }
  return [255, 255, 255];
};
const ratio = (a, b) => {
  const [low, high] = [light(a), light(b)].sort((p, q) => p - q);
  return (high + 0.05) / (low + 0.05);
};
const found = [];
for (const node of document.querySelectorAll('body *')) {
  const isText = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
  if (!isText || !node.checkVisibility() || node.closest('script, .hide, .skip')) continue;
  const style = getComputedStyle(node);
  const color = parse(node.closest('svg') ? style.fill : style.color);
  found.push([node.textContent.slice(0, 30), ratio(color, behind(node)), 4.5]);
}
for (const node of document.querySelectorAll('#plot path, #legend path')) {
  const style = getComputedStyle(node);
  const paint = [style.fill, style.stroke].filter((one) => one.startsWith('rgb'))
    .map((one) => ratio(parse(one), behind(node)));
  found.push([node.getAttribute('class'), Math.max(...paint), 3]);
}
return found;
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colors__have_enough_contrast(page, scheme):
    prefer(page.driver, scheme)
    dark = (
        page.js("return getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 27)"
    )
    assert dark == (scheme == "dark")
    for card in range(5):
        page.find("#cards button")[card].click()
        page.js("document.getElementById('random-base').click()")
        found = page.js(_CONTRAST)
        assert len(found) > 40
        assert not [entry for entry in found if entry[1] < entry[2]]


def test_classes__differ_in_shape_as_well(page):
    page.set("source", "pasted")
    rows = [f"{i},{i * i % 7},{i % 8}" for i in range(80)]
    page.js("document.getElementById('csv').value = arguments[0]", "\n".join(rows))
    page.click("#use-csv")
    keys = page.js(
        "return [...document.querySelectorAll('#legend path')].map((node) =>"
        "[node.getAttribute('d'), getComputedStyle(node).fill])"
    )
    shapes, colors = zip(*keys[:8], strict=True)
    assert len(set(shapes)) == len(set(colors)) == 8


def test_2000_points__are_few_nodes(page):
    page.set("size", 2000)
    page.set("sampler", "smote-enn")
    page.click("#fill")
    page.click("#fill")
    assert len(page.data()[1]) == 2000
    assert page.js("return document.querySelectorAll('#plot *').length") < 100


def test_screen_readers__have_names_roles_and_news(page):
    unnamed = page.js(
        "return [...document.querySelectorAll('button, input, select, textarea')].filter("
        "(node) => !node.labels?.length && !node.textContent.trim() && !node.ariaLabel)"
        ".map((node) => node.id)"
    )
    assert not unnamed
    assert page.one("#status").get_attribute("aria-live") == "polite"
    assert page.one("#plot").get_attribute("role") == "application"
    assert "96 of class 0, 24 of class 1" in page.one("#plot").get_attribute("aria-label")
    page.click("#fill")
    assert "96 of class 0, 96 of class 1" in page.one("#plot").get_attribute("aria-label")
    levels = page.js(
        "return [...document.querySelectorAll('h1, h2, h3')].map((node) => node.tagName)"
    )
    assert levels[0] == "H1"
    assert levels.count("H1") == 1
    duplicates = page.js(
        "const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);"
        "return ids.length - new Set(ids).size"
    )
    assert duplicates == 0
