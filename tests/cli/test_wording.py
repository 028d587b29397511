"""Messages in the shell name options, and do not change quoted text."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pyarrow as pa
import pytest

import smotefast
from smotefast.cli.wording import OPTIONS, SETTINGS, to_shell_words
from smotefast.engine.param_constraints import COLUMN_OPTIONS
from smotefast.registry import SAMPLERS, sampler_class
from tests.helpers.command_line import shell as shell
from tests.helpers.parquet_files import imbalanced, write_file

ROOT = Path(smotefast.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if path.parent.name != "cli")
LONG = [name for name in (*OPTIONS, *SETTINGS) if "_" in name]
# A Python parameter: with a value, or with a name that is not an English word.
PYTHON = re.compile(
    rf"(?<![\w-])(?<!--set )(?:{'|'.join((*OPTIONS, *SETTINGS))})=|collections\.abc"
    rf"|(?<![\w-])(?<!--set )(?:{'|'.join(LONG)})\b(?!=)"
)


def text_of(node):
    """Return the text of an expression, with placeholders for inserted values."""
    if isinstance(node, ast.Constant):
        return str(node.value) if isinstance(node.value, str) else "0"
    if isinstance(node, ast.FormattedValue):
        return "'value'" if node.conversion == ord("r") else "value"
    if isinstance(node, ast.JoinedStr):
        return "".join(map(text_of, node.values))
    return "value"


def messages():
    """Yield all texts of errors and warnings of the package."""
    for path in MODULES:
        docs = set()
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                first = node.body[0] if node.body else None
                if isinstance(first, ast.Expr):
                    docs.add(first.value)
        inner = {
            part
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            for part in ast.walk(node)
            if part is not node
        }
        for node in ast.walk(tree):
            if node in docs or node in inner:
                continue
            if isinstance(node, ast.JoinedStr | ast.Constant):
                text = text_of(node)
                if " " in text.strip() and re.search(r"[a-z]{3}", text):
                    yield pytest.param(text, id=f"{path.stem}:{node.lineno}")


@pytest.mark.parametrize("text", messages())
def test_every_message__has_no_python_parameters_in_the_shell(text):
    assert not PYTHON.search(to_shell_words(text)), to_shell_words(text)


def test_options_and_settings__have_every_parameter_of_every_sampler():
    for name in SAMPLERS:
        assert set(sampler_class(name)._get_param_names()) <= {*OPTIONS, *SETTINGS}, name


def test_a_name_of_an_option_and_of_a_sampler__is_told_apart_by_its_value():
    shared = {*OPTIONS} & {*SETTINGS}
    assert shared == {"metric", "order"}
    for name, words in (
        ("order", smotefast.cli.options.Order),
        ("metric", ("roc_auc", "f1")),
    ):
        option = OPTIONS[name]
        for word in (getattr(each, "value", each) for each in words):
            assert to_shell_words(f"{name}={word!r}") == f"{option} {word}"
        assert to_shell_words(f"{name}=3") == f"--set {name}=3"
    (allowed,) = (each.options for each in COLUMN_OPTIONS["metric"] if hasattr(each, "options"))
    for word in allowed:
        assert to_shell_words(f"metric={word!r}") == f"--set metric={word}"


def test_options__have_every_parameter_of_jobs_comparisons_and_benchmarks(shell):
    commands = ("resample",), ("compare",), ("bench", "speed"), ("bench", "diff")
    text = "".join(shell(*command, "--help")[1] for command in commands)
    for option in OPTIONS.values():
        assert option[:10] in text or option == "--if-balanced"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("memory_limit=10 MiB is not enough", "--memory-limit 10MiB is not enough"),
        ("Give memory_limit='1.2 GiB'.", "Give --memory-limit 1.2GiB."),
        ("Leave it out with drop=['a', 'b c'].", "Leave it out with --drop a --drop 'b c'."),
        ("overwrite=True replaces it", "--overwrite replaces it"),
        ("sampling_strategy={1: 5}", "--sampling-strategy '{\"1\": 5}'"),
        ("Use search='exact'.", "Use --search exact."),
        ("m_neighbors=20 or n_jobs=1", "--set m_neighbors=20 or --set n_jobs=1"),
        (
            "leave the class out of sampling_strategy.",
            "leave the class out of --sampling-strategy.",
        ),
        ("source='s3://a' is a URL", "SOURCE s3://a is a URL"),
        ("random_state=3", "--seed 3"),
        ("use order='source', or", "use --order source, or"),
        ("lower order=5, or", "lower --set order=5, or"),
        (
            "The 'order' parameter of PolynomFitSMOTE must be an int. Got 'x'",
            "--set order of PolynomFitSMOTE must be an int. Got 'x'",
        ),
        # quoted text belongs to the user
        ("Column 'drop=1' and 'rows'", "Column 'drop=1' and 'rows'"),
        ("'/data/target=1/rows=2/x.parquet'", "'/data/target=1/rows=2/x.parquet'"),
        ("Column 'sampling_strategy' is text", "Column 'sampling_strategy' is text"),
        ("Its columns are ['a', 'memory_limit']", "Its columns are ['a', 'memory_limit']"),
        ("""the class "it's drop=1" of y""", """the class "it's drop=1" of y"""),
        ("imbalanced-learn's k=5 neighbours", "imbalanced-learn's k=5 neighbours"),
    ],
)
def test_to_shell_words__replaces_names_and_values(message, shown):
    assert to_shell_words(message) == shown


def with_columns():
    when = pa.array(range(600), pa.timestamp("s"))
    table = imbalanced().append_column("city", [["a", "b"] * 300])
    return table.append_column("when", when).append_column("__index_level_0__", when)


COMMANDS = {
    "text": (["--drop", "when"], ["--drop city", "--keep city", "--sampler smote-nc"]),
    "text and dates": ([], ["'city' of X is text", "--drop city --drop when"]),
    "dates": (["--drop", "city"], ["dates or times", "--drop when"]),
    "index": (["--drop", "city", "--drop", "when"], ["--drop __index_level_0__"]),
    "memory": (["--memory-limit", "64MiB"], ["--memory-limit 64MiB is not enough"]),
    "size": (["--memory-limit", "x"], ["--memory-limit x is not a size"]),
    "column": (["--drop", "no"], ["--drop no is not a column"]),
    "strategy": (["--sampling-strategy", "x"], ["--sampling-strategy of SMOTE", "JSON object"]),
    "ratio": (["--sampling-strategy", "1.5"], ["--sampling-strategy"]),
    "neighbors": (["--k-neighbors", "0"], ["--k-neighbors of SMOTE must be an int"]),
    "small": (["--small-class", "x"], ["--small-class of SMOTE must be one of"]),
    "search": (["--search", "x"], ["--search of SMOTE must be one of"]),
    "set": (["--set", "n_jobs=x"], ["--set n_jobs of SMOTE must be an int"]),
    "bounds": (
        ["--set", "bounds=x"],
        ["--set bounds of SMOTE must be a JSON object {column: [low, high]}, a JSON list"],
    ),
    "bounds of a column": (["--set", 'bounds={"f0": 1}'], ["column 'f0' are 1 and must be"]),
    "metric": (["--set", "metric=cosine"], ["SMOTE with --set metric=cosine searches rows"]),
    "metrics": (["--set", "metric=x"], ["--set metric of SMOTE must be one of"]),
    "then": (
        ["--then", "random-under", "--then-set", "replacement=x"],
        ["--then-set replacement of RandomUnderSampler must be"],
    ),
    "then adds": (["--then", "smote"], ["--then 'smote' adds rows", "'random-under'"]),
    "kmeans": (
        ["--sampler", "kmeans-smote", "--set", "kmeans_estimator=x"],
        ["--set kmeans_estimator of KMeansSMOTE must be an int in the range [1, inf) or None"],
    ),
    "then strategy": (
        ["--then", "tomek-links", "--then-set", "sampling_strategy=minority"],
        ["--then-set sampling_strategy of TomekLinks must be"],
    ),
    "classes": (["--sampling-strategy", '{"7": 1}'], ["The classes are 0, 1"]),
}


@pytest.mark.parametrize(("options", "words"), COMMANDS.values(), ids=list(COMMANDS))
def test_a_refused_job__says_which_option_to_use(shell, tmp_path, options, words):
    table = with_columns()
    if "index" not in str(words) and "city" not in str(words) and "when" not in str(words):
        table = imbalanced()
    if "__index_level_0__" not in str(words) and "__index_level_0__" in table.column_names:
        table = table.drop_columns(["__index_level_0__"])
    source = write_file(tmp_path / "in.parquet", table)
    given = ["resample", source, tmp_path / "out", "--target", "label", *options]
    code, out, message = shell(*given)
    assert code != 0
    assert out == ""
    for word in words:
        assert word in message
    assert not PYTHON.search(message.replace("--then-set ", "--set "))
    assert message.count("\n") == 1
