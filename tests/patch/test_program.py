"""``python -m smotefast script.py``, and the environment variable."""

import os
import py_compile
import subprocess
import sys
import zipfile

import pytest
from imblearn import __version__ as VERSION

import smotefast
from smotefast.cli.commands import app
from smotefast.patch.program import COMMANDS, OPTIONS, is_program, run_program

SCRIPT = """
import atexit, multiprocessing, pickle, sys
import neighbor
from imblearn.over_sampling import SMOTE

def same(x):
    return x

class Mine(SMOTE):
    pass

if __name__ == "__main__":
    print(sys.argv[1:], __file__, SMOTE.__mro__[2].__module__, neighbor.SMOTE is SMOTE)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print([type(one) is Mine for one in pool.map(same, [Mine()])])
    atexit.register(lambda: print(pickle.loads(pickle.dumps(same)) is same))
    sys.exit(3)
"""
PRINT = (
    "import imblearn.over_sampling as o, sys; print(o.SMOTE.__mro__[2].__module__, sys.argv)"
)
# What a program can see of how it was started.
SHOW = """
import inspect, os, sys
def shown():
    origin = getattr(__spec__, "origin", None)
    return __file__, type(__loader__), origin, __package__, sys.argv, sys.path[0]
print(shown())
os.chdir("/")
print(inspect.getsource(shown))
"""
OURS = "smotefast.over_sampling.smote"


def run(*arguments, cwd=None, input=None, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        input=input,
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
    first, *rest = done.stdout.splitlines()
    assert first == f"['--verbose', '-m', 'x'] {script} {OURS} True"
    assert rest == ["[True]", "True"]
    assert done.returncode == 3
    assert done.stderr == ""


def test_a_module__runs(script, tmp_path):
    done = run("-m", "smotefast", "-m", "script", "one", cwd=tmp_path)
    assert done.stdout == f"['one'] {script} {OURS} True\n[True]\nTrue\n"
    assert done.returncode == 3


def test_code__runs():
    done = run("-m", "smotefast", "-c", PRINT, "one", "--search")
    assert done.stdout == f"{OURS} ['-c', 'one', '--search']\n"
    assert done.stderr == ""


@pytest.mark.parametrize("path", ["show.py", "./show.py", "show", "show.txt", "folder"])
def test_a_path__is_run_as_python_runs_it(path, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / (f"{path}/__main__.py" if path == "folder" else path)).write_text(SHOW)
    done = run("-m", "smotefast", path, "one", cwd=tmp_path)
    assert done.stderr == ""
    assert done.stdout == run(path, "one", cwd=tmp_path).stdout
    assert "def shown()" in done.stdout


def test_compiled_files_archives_and_standard_input__run(tmp_path):
    (tmp_path / "code.py").write_text(PRINT)
    py_compile.compile(str(tmp_path / "code.py"), cfile=str(tmp_path / "code.pyc"))
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.write(tmp_path / "code.py", "__main__.py")
    for path in ("code.pyc", "code.zip", "-"):
        done = run("-m", "smotefast", path, "one", cwd=tmp_path, input=PRINT)
        assert (done.stdout, done.stderr) == (f"{OURS} ['{path}', 'one']\n", "")


def test_the_forms_of_arguments_that_python_takes__are_taken(script, tmp_path):
    assert run("-m", "smotefast", f"-c{PRINT}", "one").stdout == f"{OURS} ['-c', 'one']\n"
    expected = f"['one'] {script} {OURS} True"
    for program in (["-mscript"], ["--", "script.py"], ["--force", "--", "script.py"]):
        done = run("-m", "smotefast", *program, "one", cwd=tmp_path)
        assert done.stdout.splitlines()[0] == expected


def test_annotations__are_those_of_the_program(tmp_path):
    code = "def f(x: int): pass\nprint(f.__annotations__)"
    (tmp_path / "code.py").write_text(code)
    for program in (["-c", code], [str(tmp_path / "code.py")]):
        assert run("-m", "smotefast", *program).stdout == "{'x': <class 'int'>}\n"


@pytest.mark.parametrize("code", ["1 / 0", "def", "import sys; sys.excepthook = print; 1 / 0"])
def test_an_error_of_the_program__is_shown_as_by_python(code, tmp_path):
    (tmp_path / "code.py").write_text(code)
    for program in (["-c", code], ["code.py"]):
        done, expected = (
            run("-m", "smotefast", *program, cwd=tmp_path),
            run(*program, cwd=tmp_path),
        )
        assert (done.returncode, done.stderr) == (1, expected.stderr)
        assert done.stdout.split("<traceback")[0] == expected.stdout.split("<traceback")[0]


def test_an_error_of_the_program__reaches_a_debugger():
    code = "import sys; sys.settrace(lambda *event: None); 1 / 0"
    assert "runpy" in run("-m", "smotefast", "-c", code).stderr


def test_the_warning_of_columns__is_ignored_as_the_guide_says():
    code = "X, y = [[i / 7 % 1, 1.0] for i in range(60)], [0] * 45 + [1] * 15"
    code += "; from imblearn.over_sampling import SMOTE; SMOTE().fit_resample(X, y)"
    program = ["-m", "smotefast", "-c", code]
    assert "ResamplingWarning: Check the columns" in run(*program).stderr
    assert run("-W", "ignore:Check the columns", *program).stderr == ""


def test_a_folder_with_a_main_module__runs(script, tmp_path):
    (tmp_path / "__main__.py").write_text(
        "import script; print(script.SMOTE.__mro__[2].__module__)"
    )
    assert run("-m", "smotefast", f"{tmp_path}{os.sep}").stdout == f"{OURS}\n"


def test_options__are_those_of_patch_imblearn():
    code = PRINT + "; print(o.ADASYN.__mro__[1].__module__, o.SMOTE().search)"
    options = ["--samplers", "SMOTE, SMOTENC", "--search=auto", "--verbose"]
    done = run("-m", "smotefast", *options, "-c", code)
    assert done.stdout == f"{OURS} ['-c']\nimblearn.over_sampling.base auto\n"
    patched, last = done.stderr.splitlines()
    assert patched == f"smotefast: samplers of imbalanced-learn {VERSION} that are replaced: 2"
    assert last.startswith("smotefast: 0 calls of fit_resample")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no_file.py"], "there is no file 'no_file.py'"),
        (["--search", "aprox", "x.py"], "search='aprox' is not one of"),
        (["--samplers", "SMOT", "x.py"], "'SMOT' is not one of"),
        (["--verbose"], "a script, -m module or -c code is missing"),
        (["--verbose", "-m"], "a script, -m module or -c code is missing"),
        (["-m", "no_such_module"], "there is no module 'no_such_module' that can be run"),
        (["-m", "no_such.module"], "there is no module 'no_such.module' that can be run"),
        (["--verbos", "x.py"], "unrecognized arguments: --verbos. Did you mean '--verbose'?"),
        (["--verbose", "-x", "x.py"], "unrecognized arguments: -x"),
        (["--"], "a script, -m module or -c code is missing"),
        ([f"{os.path.dirname(__file__)}"], "there is no __main__ module in"),
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


def test_commands__win_over_files(tmp_path, monkeypatch):
    assert sorted(command.callback.__name__ for command in app.registered_commands) == [
        *COMMANDS
    ]
    monkeypatch.chdir(tmp_path)
    for name in ("demo", "program"):
        (tmp_path / name).touch()
    assert not is_program(["demo"])
    assert is_program(["program"])


@pytest.mark.parametrize("arguments", [["--help"], ["--verbose", "--help"]])
def test_help__explains_how_to_run_programs(arguments):
    done = run("-m", "smotefast", *arguments, COLUMNS="200")
    assert done.returncode == 0
    for words in ("script.py", "-m module", "-c code", *OPTIONS):
        assert words in done.stdout


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
        ("smotefast, imblearn", "True", True),
        ("smotefast, imblearn", "0", False),
        ("smotefast, imblearn", "off", False),
    ],
)
def test_the_environment_variable__patches_when_smotefast_is_imported(order, value, is_patched):
    done = run("-c", f"import {order}; {PRINT}", SMOTEFAST_PATCH=value)
    assert done.stdout.startswith(OURS) == is_patched
    assert done.stderr == ""


def test_another_value_of_the_variable__is_warned_of():
    done = run("-W", "default", "-c", "import smotefast", SMOTEFAST_PATCH="yess")
    assert done.returncode == 0
    assert "SMOTEFAST_PATCH='yess' is not one of 1, true, yes, on, 0, false," in done.stderr


def test_the_patch__works_without_registration():
    done = run("-m", "smotefast", "-c", PRINT, SMOTEFAST_REGISTER="0")
    assert done.stdout.startswith(OURS)
