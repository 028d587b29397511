"""Compare the results of two versions of smotefast, bit for bit.

    python tests/compare_versions.py OLD_REVISION [--quick] [--only PATTERN] [--cache FOLDER]

runs the cases of ``tests/version_results`` with the package at a commit and with the package of
the working tree, in the same environment, and prints the cases whose results differ. The exit
code is 1 if any case differs, if one ran with one version only, or if none ran. Nothing is
compared with stored hashes, because they would depend on the processor and on libraries.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
QUICK = ("numpy", "small", "files")
GROUPS = (*QUICK, "commands", "large")
# Each result: "error", the exception's type or None, and "parts", a hash of each part.
Results = dict[str, dict[str, Any]]
_BETWEEN_LINES = 30  # seconds


class Version(NamedTuple):
    """A version of the package: its name here, the folder that holds it, compiled kernels."""

    name: str
    root: Path
    kernels: Path

    def run(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a module of Python with this version on the import path."""
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, dict.fromkeys([self.root, PROJECT]))),
            "NUMBA_CACHE_DIR": str(self.kernels),
            "PYTHONHASHSEED": "0",
            "SMOTEFAST_QUIET": "1",
            # With more threads scikit-learn's KMeans adds up in an order of chance.
            "OMP_NUM_THREADS": "2",
            "OMP_WAIT_POLICY": "passive",
        }
        command = [sys.executable, "-P", "-W", "ignore", "-m", *arguments]
        return subprocess.Popen(command, env=environment, text=True, **options)


def at_commit(revision: str, folder: Path) -> Version:
    """Return the package at a commit, whose files have the time of the commit."""
    commit = _git("rev-parse", "--verify", f"{revision}^{{commit}}").decode().strip()
    # Named after its contents, so that commits with the same package share compiled kernels.
    root = folder / _git("rev-parse", f"{commit}:smotefast").decode().strip()
    if not root.exists():
        with tempfile.TemporaryDirectory(dir=folder) as unpacked:
            archive = io.BytesIO(_git("archive", commit, "smotefast"))
            with tarfile.open(fileobj=archive) as files:
                files.extractall(unpacked, filter="data")
            root.mkdir()
            Path(unpacked, "smotefast").rename(root / "smotefast")
    return Version(f"{revision} ({commit[:7]})", root, kernels_of(root, folder))


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", "-C", str(PROJECT), *arguments], stdout=subprocess.PIPE)
    if done.returncode:  # git has said why
        sys.exit(f"git {' '.join(arguments)} failed.")
    return done.stdout


def kernels_of(root: Path, folder: Path) -> Path:
    """Return a folder for the compiled kernels of exactly these sources.

    numba does not notice when a function changes that a kernel in another file calls.
    """
    sha = hashlib.sha256(str(root).encode())
    for path in sorted((root / "smotefast" / "kernels").rglob("*.py")):
        sha.update(path.name.encode() + path.read_bytes())
    return folder / f"kernels-{sha.hexdigest()[:16]}"


def compile_kernels(version: Version) -> None:
    """Compile before the first case: a job that has to compile may lack the memory."""
    done = version.kernels / "compiled"
    if not done.exists():
        print(f"{version.name}: compiling kernels", flush=True)
        if version.run("smotefast", "warmup", "--quiet").wait():
            sys.exit(f"{version.name}: smotefast warmup failed.")
        done.touch()


def results_of(version: Version, group: str, pattern: str) -> Results:
    """Run the cases of a group, in a process of their own."""
    results: Results = {}
    started = shown = time.perf_counter()
    module = ("tests.version_results.run", group, "--only", pattern)
    with tempfile.TemporaryFile("w+") as errors:
        with version.run(*module, stdout=subprocess.PIPE, stderr=errors) as process:
            assert process.stdout is not None
            for line in process.stdout:
                result = json.loads(line)
                if "package" in result:
                    _check_package(version, result["package"])
                    continue
                name = result.pop("case")
                assert name not in results, f"Two cases have the name {name}."
                results[name] = result
                if time.perf_counter() > shown + _BETWEEN_LINES:
                    shown = time.perf_counter()
                    _show(group, version, results, started)
        if process.returncode:
            errors.seek(0)
            last = next(reversed(results), "none")
            sys.exit(
                f"{group}: {version.name} ended with {process.returncode} after case {last}:\n"
                f"{errors.read()[-3000:]}"
            )
    _show(group, version, results, started)
    return results


def _check_package(version: Version, imported: str) -> None:
    if Path(imported).resolve().parents[1] != version.root.resolve():
        sys.exit(f"{version.name}: Python imported {imported}, not that of {version.root}.")


def _show(group: str, version: Version, results: Results, started: float) -> None:
    seconds = time.perf_counter() - started
    print(f"{group}: {version.name}: {len(results)} cases, {seconds:.0f} s", flush=True)


def differences(old: Results, new: Results) -> list[str]:
    """Return a line for each case that differs, or that only one version has."""
    lines = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            lines.append(f"{name}: only in the {'new' if name in new else 'old'} version")
            continue
        before, after = old[name]["parts"], new[name]["parts"]
        changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        errors = [each["error"] or "a result" for each in (old[name], new[name])]
        if errors[0] != errors[1]:
            lines.append(f"{name}: {errors[0]} before, {errors[1]} now")
        elif changed:
            lines.append(f"{name}: {', '.join(changed)}")
    return lines


def report(old: Results, new: Results) -> tuple[str, bool]:
    """Return what to print, and whether the results are the same."""
    lines = differences(old, new)
    ran = old.keys() & new.keys()
    errors = Counter(old[name]["error"] for name in ran if old[name]["error"])
    unexpected = [name for name in ran if old[name]["error"] and "/refused/" not in name]
    kinds = ", ".join(f"{kind} {n}" for kind, n in errors.most_common())
    text = [
        *lines,
        f"{len(ran)} cases ran with both versions; {errors.total()} ended in an exception"
        + (f" ({kinds})." if kinds else "."),
        *(f"  outside of refused input: {name}" for name in sorted(unexpected)),
        f"{len(lines)} cases differ." if ran else "No case ran: nothing was compared.",
    ]
    return "\n".join(text), bool(ran) and not lines


def compare(revision: str, groups: tuple[str, ...], pattern: str, folder: Path) -> bool:
    """Run both versions side by side, group after group; tell whether they agree."""
    versions = (
        at_commit(revision, folder),
        Version("working tree", PROJECT, kernels_of(PROJECT, folder)),
    )
    old: Results = {}
    new: Results = {}
    with ThreadPoolExecutor(2) as both:
        list(both.map(compile_kernels, versions))
        for group in groups:
            run = partial(results_of, group=group, pattern=pattern)
            for known, more in zip((old, new), both.map(run, versions), strict=True):
                known.update(more)
    text, same = report(old, new)
    print(text)
    return same


def main() -> None:
    """Compare two versions as the command line says."""
    parser = argparse.ArgumentParser(description="Compare two versions bit for bit.")
    parser.add_argument("revision", help="the old version, a commit of this repository")
    parser.add_argument(
        "--quick", action="store_true", help="leave out large data and commands"
    )
    parser.add_argument("--only", default="", metavar="PATTERN", help="names to search for")
    parser.add_argument("--cache", type=Path, help="keep old sources and compiled kernels here")
    given = parser.parse_args()
    re.compile(given.only)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.cache or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        same = compare(given.revision, QUICK if given.quick else GROUPS, given.only, folder)
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
