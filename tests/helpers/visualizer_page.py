"""Run the page of the visualizer: its script in Node.js, the whole page in Chromium.

``chromium`` skips a test, and says why, where the browser, its driver or selenium is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from importlib.util import find_spec

import numpy as np
import pytest

from smotefast.visualizer import PAGE

BROWSERS = "chromium", "chromium-browser", "google-chrome"
_OPTIONS = "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"


def script_text() -> str:
    """Return the JavaScript module of the page."""
    page = PAGE.read_text(encoding="utf-8")
    return page.partition('<script type="module">')[2].partition("</script>")[0]


def why_no_chromium() -> str:
    """Return what the tests in Chromium lack, or nothing."""
    if not find_spec("selenium"):
        return "selenium is not installed"
    if not any(map(shutil.which, BROWSERS)):
        return "Chromium is not installed"
    return "" if shutil.which("chromedriver") else "chromedriver is not installed"


def start_chromium(width: int = 1280, height: int = 900, *, is_phone: bool = False):
    """Return a driver of a new Chromium window that wants reduced motion."""
    if why_no_chromium():
        pytest.skip(why_no_chromium())
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = next(filter(None, map(shutil.which, BROWSERS)))
    for option in _OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = Service(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    prefer(driver)
    return driver


def prefer(driver, scheme: str = "light", motion: str = "reduce") -> None:
    """Set what the reader prefers: colors and motion."""
    features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": motion}
    media = [{"name": name, "value": value} for name, value in features.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})


def called(body: str) -> str:
    """Return a script that calls a function with this body; values pass as JSON.

    So they keep all bits. The page's policy forbids to compile text, such as by ``Function``.
    """
    call = "apply(null, JSON.parse(arguments[0]))"
    return f"return JSON.stringify((function () {{ {body} }}).{call} ?? null);"


class NodeScript:
    """The module of the page in Node.js, without a document."""

    def __init__(self, folder):
        if not shutil.which("node"):
            pytest.skip("neither Chromium nor Node.js is installed")
        self._path = os.path.join(folder, "page.mjs")
        with open(self._path, "w", encoding="utf-8") as file:
            file.write(
                f"import {{ readFileSync }} from 'node:fs';\n{script_text()}\n"
                "const { body, args } = JSON.parse(readFileSync(0, 'utf8'));\n"
                "const value = new Function(body).apply(null, args);\n"
                "process.stdout.write(JSON.stringify(value ?? null));\n"
            )

    def __call__(self, body, *args):
        """Call a function of JavaScript with this body; return its value."""
        given = json.dumps({"body": body, "args": args})
        command = ["node", self._path]
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


class ChromiumScript:
    """The page in Chromium; numbers pass as text, so that they keep all bits."""

    def __init__(self, driver):
        self._driver = driver

    def __call__(self, body, *args):
        """Call a function of JavaScript with this body; return its value."""
        return json.loads(self._driver.execute_script(called(body), json.dumps(args)))


@pytest.fixture(scope="module")
def evaluate(tmp_path_factory):
    """Run a function of JavaScript: in Chromium, or in Node.js where there is none."""
    if why_no_chromium():
        yield NodeScript(tmp_path_factory.mktemp("node"))
        return
    driver = start_chromium()
    driver.get(PAGE.as_uri())
    yield ChromiumScript(driver)
    driver.quit()


_RESAMPLED = """
const [data, name, params] = arguments;
const given = { ...data, x: Float64Array.from(data.x), y: Float64Array.from(data.y) };
try {
  const result = smotefast.resample(name, given, params);
  return { rows: smotefast.resampledRows(given, result), kept: result.kept,
    samples: result.samples, removed: result.removed, links: result.links ?? [] };
} catch (error) {
  if (!(error instanceof smotefast.InputError)) throw error;
  return { error: error.message };
}
"""


def resample_in_page(evaluate, X, codes, classes, name, **params):
    """Resample in the page; return its result, with rows as X, or its error."""
    params = {"k": 5, "m": 10, "n": 3, "ratio": 1, "seed": 0, **params}
    data = {"x": X[:, 0].tolist(), "y": X[:, 1].tolist(), "codes": codes.tolist()}
    result = evaluate(_RESAMPLED, {**data, "classes": classes}, name, params)
    if "rows" in result:
        rows = np.array(result["rows"]).reshape(-1, 3)
        result["X"], result["codes"] = rows[:, :2], rows[:, 2].astype(int)
    return result
