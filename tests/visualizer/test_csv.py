"""Pasted CSV: delimiters, headers, quotes, classes, and messages with the line."""

from __future__ import annotations

import pytest

from tests.helpers.visualizer_page import evaluate as evaluate

_READ = """
const [text, columns] = arguments;
try {
  const table = smotefast.readCsv(text);
  const data = smotefast.csvDataSet(table, columns ?? smotefast.guessColumns(table));
  return { ...data, x: [...data.x], y: [...data.y] };
} catch (error) {
  if (!(error instanceof smotefast.InputError)) throw error;
  return error.message;
}
"""


@pytest.mark.parametrize(
    "text",
    [
        "a,b,class\n1,2.5,u\n-3e-2,4,v\n",
        "a;b;class\n1;2,5;u\n-3e-2;4;v\n",
        "a\tb\tclass\r\n1\t2.5\tu\r\n-3e-2\t4\tv",
        "\ufeffclass,a,b\nu,1,2.5\nv,-.03,+4.\n",
        '"a","b","class"\n"1","2.5","u"\n\n"-0.03","4","v"\n',
        "a  b class\n1 2.5   u\n-0.03 4 v",
    ],
    ids=["commas", "decimal commas", "tabs", "class first", "quotes", "spaces"],
)
def test_formats__give_the_same_rows(evaluate, text):
    data = evaluate(_READ, text)
    assert (data["x"], data["y"]) == ([1, -0.03], [2.5, 4])
    assert (data["codes"], data["classes"]) == ([0, 1], ["u", "v"])
    assert data["columns"] == ["a", "b"]


def test_rows_without_a_header__have_numbered_columns(evaluate):
    data = evaluate(_READ, "1,2,10\n3,4,9\n5,6,10")
    assert data["columns"] == ["column 1", "column 2"]
    assert (data["classes"], data["codes"]) == ([9, 10], [1, 0, 1])  # as numbers, in order


def test_quoted_cells__may_hold_delimiters_quotes_and_lines(evaluate):
    data = evaluate(_READ, '"a, b",c,class\n1,2,"x ""y""\nz"\n3,4,w')
    assert data["columns"] == ["a, b", "c"]
    assert data["classes"] == ["w", 'x "y"\nz']


def test_columns__can_be_chosen(evaluate):
    text = "a,b,c,d\n1,2,u,3\n4,5,v,6"
    assert evaluate(_READ, text, {"x": 3, "y": 0, "target": 2})["columns"] == ["d", "a"]
    message = evaluate(_READ, text, {"x": 0, "y": 0, "target": 2})
    assert message == "Choose three different columns."


def test_many_rows__are_thinned_out_evenly(evaluate):
    text = "\n".join(f"{i},{i},{int(i >= 4_500)}" for i in range(5_000))
    data = evaluate(_READ, text)
    assert len(data["x"]) == 2_000
    assert sum(data["codes"]) == 200
    assert "2000 rows of 5000" in data["note"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  \n", "Paste rows first, such as:\nx1,x2,class"),
        ("hello", "Line 1 has one cell. Separate cells with commas"),
        ("a,b,class\n1,2,u\n3,4\n5,6,v", "Line 3 has 2 cells, and line 1 has 3."),
        ("a,b,class\n1,2,u\n3,x,v\n5,6,v", "Line 3: “x” in column b is not a number."),
        ("a,b,class\n1,2,u\n\n3,,v\n5,6,v", "Line 4: column b is empty."),
        ("a,b,class\n1,nan,u\n3,4,v\n5,6,v", "Line 2: “nan” in column b is not a number."),
        ("a,b,class\n1,0x1F,u\n3,4,v\n5,6,v", "Line 2: “0x1F” in column b is not a number."),
        ("a,b,class\n1,1e200,u\n3,4,v", "Line 2: 1e200 in column b is too large."),
        ("a,b,class\n1,2,u\n3,4,\n5,6,v", "Line 3: the class is missing."),
        ("a,b,class\n1,2,u\n3,4,u", "Column class has 1 value; the page takes a class column"),
        ("a,b\n1,u\n3,v", "Two columns of numbers are needed besides the class. Only a has"),
        ('a,b,class\n1,2,"u\n3,4,v', 'Line 2: a quote (") opens and does not close.'),
        ("\n".join(f"{i},{i},{i}" for i in range(20)), "Column column 3 has 20 values"),
        ("\n".join(["a,b,c", "1,2,u", *["x,y,v"] * 4]), "Line 3: “x” in column a"),
    ],
)
def test_faults__are_named_with_their_line_and_column(evaluate, text, message):
    assert message in evaluate(_READ, text)


def test_many_faults__are_counted(evaluate):
    text = "a,b,class\n1,2,u\n" + "\n".join(f"{i},z,v" for i in range(6))
    text += "\n" + "\n".join(f"{i},{i},v" for i in range(6))
    assert evaluate(_READ, text).endswith("And 2 more.")
