"""The command ``smotefast``, run in the process of the tests."""

from __future__ import annotations

import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from subprocess import CompletedProcess

import pytest

from smotefast.cli import main


def run(*arguments) -> CompletedProcess[str]:
    """Run ``smotefast ARGUMENTS`` here; a process of its own takes two seconds to start."""
    command = ["smotefast", *map(str, arguments)]
    out, err = StringIO(), StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        warnings.catch_warnings(),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        warnings.simplefilter("default", UserWarning)  # an error elsewhere in the tests
        patch.setattr(sys, "argv", command)
        patch.setenv("SMOTEFAST_STARTED_AGAIN", "1")  # it must not replace this process
        with pytest.raises(SystemExit) as ended:
            main()
    return CompletedProcess(command, ended.value.code, out.getvalue(), err.getvalue())


@pytest.fixture
def shell():
    """Return a function that runs the command and returns code, output and error output."""

    def run_here(*arguments):
        done = run(*arguments)
        return done.returncode, done.stdout, done.stderr

    return run_here
