"""Run the command ``smotefast`` in the process of the tests."""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from subprocess import CompletedProcess

import pytest

from smotefast.cli import main

_FORMAT = "--log-format"


def run(*arguments) -> CompletedProcess[str]:
    """Run ``smotefast ARGUMENTS`` in this process; a new process takes two seconds to start.

    A job prints no lines about its progress, unless ``--log-format`` is given.
    """
    command = ["smotefast", *map(str, arguments)]
    if arguments[:1] == ("resample",) and len(arguments) > 3 and _FORMAT not in arguments:
        command += [_FORMAT, "none"]
    out, err = StringIO(), StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        warnings.catch_warnings(),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        warnings.simplefilter("default", UserWarning)  # not an error, as in other tests
        patch.setattr(sys, "argv", command)
        patch.setenv("SMOTEFAST_RESTARTED", "3")  # prevents a restart of this process
        with pytest.raises(SystemExit) as ended:
            main()
    return CompletedProcess(command, ended.value.code, out.getvalue(), err.getvalue())


def assert_refused(done, destination, *, code):
    """Check that a command failed with one line, this exit code and no destination."""
    assert done.returncode == code
    assert done.stderr.startswith("smotefast: error: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert not os.path.exists(destination)


@pytest.fixture
def shell():
    """Return a function that runs the command and returns code, output and error output."""

    def run_here(*arguments):
        done = run(*arguments)
        return done.returncode, done.stdout, done.stderr

    return run_here
