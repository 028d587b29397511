"""Run the tests in environments with the oldest and with the newest packages.

    python tests/environments.py [NAME ...] [--quick]

Each environment is new, and has the oldest NumPy, scikit-learn, pyarrow, pandas and polars that
pyproject.toml allows or the newest ones. In it run imbalanced-learn's tests under the patch and
the usual tests, or with --quick those of the rows, the patch, tables and files. Without names,
all six run. Needs uv (``pip install ".[dev]"``)
and the Pythons, which uv finds on PATH or downloads.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = {
    f"{python}-{age}": (python, age)
    for python in ("3.11", "3.12", "3.13")
    for age in ("oldest", "newest")
}
AGED = ("numpy", "scikit-learn", "pyarrow", "pandas", "polars")
RUNS = {
    "imbalanced-learn's tests": ["-c", "tests/imblearn_suite/pytest.ini"],
    "tests": [],
}
# An old scikit-learn calls what a new SciPy deprecates, and passes options that it dropped.
IGNORED = {
    "oldest": ["-W", "ignore::DeprecationWarning", "-W", "ignore:Unknown solver options"],
    "newest": [],
}
QUICK = {
    "quick tests": [
        "tests/test_sampler_rows.py",
        "tests/test_estimator_checks.py",
        "tests/patch",
        "tests/tables",
        "tests/storage",
    ]
}
VERSIONS = """
import sys
from importlib.metadata import version
names = ["numpy", "scipy", "scikit-learn", "numba", "imbalanced-learn", "pyarrow",
         "pandas", "polars"]
print("Python", sys.version.split()[0], *(f"{name} {version(name)}" for name in names))
"""
# The result in pytest's last line.
_RESULT = re.compile(r"^\d+ (?:passed|failed|error).*", re.MULTILINE)


def oldest():
    """Return the requirements of pyproject.toml on the packages whose age matters."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    all_requirements = [*project["dependencies"], *extras["pandas"], *extras["polars"]]
    return [one for one in all_requirements if one.startswith(AGED)]


def run(name, folder, is_quick):
    """Run the tests in one environment; return whether all of them passed."""
    python_version, age = ENVIRONMENTS[name]
    environment = {**os.environ, "VIRTUAL_ENV": folder, "NUMBA_CACHE_DIR": f"{folder}/cache"}
    environment.pop("PYTHONPATH", None)
    install = ["uv", "pip", "install", "--quiet", "--only-binary", ":all:"]
    steps = [
        ["uv", "venv", "--quiet", "--python", python_version, folder],
        # The second step keeps what the first one installs.
        *([[*install, "--resolution", "lowest-direct", *oldest()]] if age == "oldest" else []),
        [*install, "--no-binary", "smotefast", f"smotefast[test] @ {ROOT.as_uri()}"],
    ]
    for step in steps:
        subprocess.run(step, check=True, env=environment)
    python = os.path.join(folder, "Scripts" if os.name == "nt" else "bin", "python")
    print(f"== {name}")
    subprocess.run([python, "-c", VERSIONS], check=True)
    runs = QUICK if is_quick else RUNS
    results = [
        run_tests(python, title, [*arguments, *IGNORED[age]], environment)
        for title, arguments in runs.items()
    ]
    return all(results)


def run_tests(python, title, arguments, environment):
    start = time.monotonic()
    done = subprocess.run(
        [python, "-m", "pytest", "-q", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    results = _RESULT.findall(done.stdout) or ["no result"]
    print(f"{title}: {results[-1]} ({time.monotonic() - start:.0f} s)", flush=True)
    if done.returncode:
        print(done.stdout)
    return done.returncode == 0


def main():
    """Run what the command line names; exit with 1 if a test failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[[], *ENVIRONMENTS], metavar="NAME",
                        help=", ".join(ENVIRONMENTS))  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="not all tests")
    options = parser.parse_args()
    names = options.names or ENVIRONMENTS
    with tempfile.TemporaryDirectory() as folder:
        results = [run(name, os.path.join(folder, name), options.quick) for name in names]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
