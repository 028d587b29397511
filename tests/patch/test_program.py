"""``python -m smotefast script.py``, and the environment variable."""

import os
import subprocess
import sys

import pytest

import smotefast
from smotefast.patch.program import is_program, run_program

SCRIPT = """
import atexit, pickle, sys
import neighbor
from imblearn.over_sampling import SMOTE

def double(x):
    return 2 * x

if __name__ == "__main__":
    print(sys.argv[1:], __file__, SMOTE.__mro__[2].__module__, neighbor.SMOTE is SMOTE)
    atexit.register(lambda: print(pickle.loads(pickle.dumps(double)) is double))
    sys.exit(3)
"""
PRINT = (
    "import imblearn.over_sampling as o, sys; print(o.SMOTE.__mro__[2].__module__, sys.argv)"
)
OURS = "smotefast.over_sampling.smote"


def run(*arguments, cwd=None, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
    )


@pytest.fixture
def script(tmp_path):
    (tmp_path / "neighbor.py").write_text("from imblearn.over_sampling import SMOTE")
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return str(path)


def test_a_script__runs_as_without_the_patch(script):
    done = run("-m", "smotefast", script, "--verbose", "-m", "x")
    first, second = done.stdout.splitlines()
    assert first == f"['--verbose', '-m', 'x'] {script} {OURS} True"
    assert second == "True"
    assert done.returncode == 3
    assert done.stderr == ""


def test_a_module__runs(script, tmp_path):
    done = run("-m", "smotefast", "-m", "script", "one", cwd=tmp_path)
    assert done.stdout.startswith(f"['one'] {script} {OURS} True")
    assert done.returncode == 3


def test_code__runs():
    done = run("-m", "smotefast", "-c", PRINT, "one", "--search")
    assert done.stdout == f"{OURS} ['-c', 'one', '--search']\n"
    assert done.stderr == ""


def test_a_folder_with_a_main_module__runs(script, tmp_path):
    (tmp_path / "__main__.py").write_text(
        "import script; print(script.SMOTE.__mro__[2].__module__)"
    )
    assert run("-m", "smotefast", f"{tmp_path}{os.sep}").stdout == f"{OURS}\n"


def test_options__are_those_of_patch_imblearn():
    code = PRINT + "; print(o.ADASYN.__mro__[1].__module__, o.SMOTE().search)"
    options = ["--samplers", "SMOTE,SMOTENC", "--search=auto", "--verbose"]
    done = run("-m", "smotefast", *options, "-c", code)
    assert done.stdout == f"{OURS} ['-c']\nimblearn.over_sampling.base auto\n"
    assert done.stderr.startswith("smotefast: 0 calls of fit_resample")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no_file.py"], "there is no file 'no_file.py'"),
        (["--search", "aprox", "x.py"], "search='aprox' is not one of"),
        (["--samplers", "SMOT", "x.py"], "'SMOT' is not one of"),
        (["--verbose"], "a script, -m module or -c code is missing"),
        (["--verbose", "-m"], "a script, -m module or -c code is missing"),
        (["--verbose", "--verbos", "x.py"], "unrecognized arguments: --verbos"),
    ],
)
def test_errors__end_with_2(capsys, arguments, message):
    assert is_program(arguments)
    with pytest.raises(SystemExit) as caught:
        run_program(arguments)
    smotefast.unpatch_imblearn()
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["samplers"], ["resample", "x.py"], ["--help"], ["--version"], ["-h"]]
)
def test_commands__are_no_programs(arguments):
    assert not is_program(arguments)


def test_commands__still_run():
    assert run("-m", "smotefast", "--version").stdout.startswith("smotefast 0.")


def test_a_program_that_does_not_use_imbalanced_learn__does_not_load_it():
    done = run("-m", "smotefast", "-c", "import sys; print('imblearn' in sys.modules)")
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("order", "value", "is_patched"),
    [
        ("imblearn, smotefast", "1", True),
        ("smotefast, imblearn", "1", True),
        ("smotefast, imblearn", "force", True),
        ("smotefast, imblearn", "0", False),
    ],
)
def test_the_environment_variable__patches_when_smotefast_is_imported(order, value, is_patched):
    done = run("-c", f"import {order}; {PRINT}", SMOTEFAST_PATCH=value)
    assert done.stdout.startswith(OURS) == is_patched
    assert done.stderr == ""


def test_another_value_of_the_variable__is_warned_of():
    done = run("-W", "default", "-c", "import smotefast", SMOTEFAST_PATCH="yes")
    assert done.returncode == 0
    assert "SMOTEFAST_PATCH='yes' is not one of '1', 'force' and '0'" in done.stderr


def test_the_patch__works_without_registration():
    done = run("-m", "smotefast", "-c", PRINT, SMOTEFAST_REGISTER="0")
    assert done.stdout.startswith(OURS)
