"""Words of findings: shares, counts, lists of names, and what templates may name."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from smotefast._messages import quote_name
from smotefast.diagnosis.columns import means_missing
from smotefast.diagnosis.facts import Facts

_MOST_LISTED = 6
_PLURALS = {"class": "classes"}


def percent(share: float) -> str:
    """Write a share; only 0 is "0%", and only 1 is "100%".

    Examples
    --------
    >>> percent(0.123), percent(0.001), percent(0.999), percent(1)
    ('12%', 'less than 1%', 'more than 99%', '100%')
    """
    if 0 < share < 0.01:
        return "less than 1%"
    return "more than 99%" if 0.99 < share < 1 else f"{share:.0%}"


def ratio_words(ratio: float, digits: int = 2) -> str:
    """Write how many times one number is another.

    Examples
    --------
    >>> ratio_words(29.6), ratio_words(4991.3)
    ('30', '4,991')
    """
    return f"{ratio:.{digits}g}" if ratio < 10**digits else f"{ratio:,.0f}"


def counted(n: int, noun: str) -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(2_000, "row"), counted(2, "class")
    ('1 row', '2,000 rows', '2 classes')
    """
    return f"{n:,} {_plural(noun, n)}"


def listed(noun: str, names: Sequence[Hashable], figures: Sequence[str] = ()) -> str:
    """List columns or classes by name, with a figure for each if there are any.

    Examples
    --------
    >>> listed("column", ["age"]), listed("column", [0, 3])
    ("column 'age'", 'columns 0 and 3')
    >>> listed("class", range(8), ["9%"] * 8)
    'classes 0 (9%), 1 (9%), 2 (9%), 3 (9%), 4 (9%), 5 (9%) and 2 more'
    """
    shown = [quote_name(name) for name in names[:_MOST_LISTED]]
    if figures:
        shown = [f"{name} ({text})" for name, text in zip(shown, figures, strict=False)]
    n_more = len(names) - len(shown)
    last = f"{n_more} more" if n_more else shown.pop()
    text = f"{', '.join(shown)} and {last}" if shown else last
    return f"{_plural(noun, len(names))} {text}"


def _plural(noun: str, n: int) -> str:
    return noun if n == 1 else _PLURALS.get(noun, f"{noun}s")


_SHOWN: dict[str, Callable[[float], str]] = {
    "count": lambda n: counted(int(n), "row"),
    "number": lambda n: f"{n:,.3g}" if n < 1 else f"{round(n, 1):,g}",
    "percent": percent,
}


class Words(dict[str, Any]):
    """What the templates of a finding may name; each word is computed when it is used."""

    def __init__(
        self, facts: Facts, about: str, shown: str, figures: Mapping[Any, float], limit: float
    ) -> None:
        super().__init__(threshold=limit)
        self.facts, self.about, self.shown, self.figures = facts, about, shown, figures

    def fill(self, template: str) -> str:
        """Fill in a template."""
        return template.format_map(self)

    def __missing__(self, word: str) -> Any:
        return _WORDS[word](self)

    @property
    def names(self) -> list[Hashable]:
        """Names of the columns, or classes or messages."""
        if self.about != "column":
            return list(self.figures)
        return list(self.facts.columns.named(list(self.figures)))

    @property
    def is_frame(self) -> bool:
        """Whether code is for a pandas frame, else for an array or a sparse matrix."""
        return self.facts.columns.container == "frame"

    @property
    def has_names(self) -> bool:
        """Whether all columns have text as names; else their positions are the names."""
        return self.facts.columns.names != list(range(self.facts.n_features))

    def columns_code(self, columns: Sequence[int]) -> str:
        """Return columns of a frame as code: names, or positions if not all names are text."""
        if self.has_names:
            return repr(list(self.facts.columns.named(columns)))
        return f"X.columns[{list(columns)!r}]"


def _subjects(words: Words) -> str:
    shown = _SHOWN.get(words.shown)
    return listed(
        words.about, words.names, [shown(n) for n in words.figures.values()] if shown else ()
    )


def _drop(words: Words) -> str:
    if words.is_frame:
        return f"X = X.drop(columns={words.columns_code(list(words.figures))})"
    # All columns to drop: other columns have other positions afterwards.
    facts = words.facts
    columns = sorted({*words.figures, *facts.keys, *facts.constants, *facts.columns.others})
    again = "  # then diagnose again: positions change"
    if facts.columns.container == "sparse":
        return f"X = X[:, np.delete(np.arange(X.shape[1]), {columns!r})]{again}"
    return f"X = np.delete(X, {columns!r}, axis=1){again}"


def _markers(words: Words) -> list[str]:
    texts = {text for j in words.figures for text in words.facts.figures[j].texts}
    return sorted(filter(means_missing, texts))


def _as_category(words: Words) -> str:
    if words.is_frame:
        columns = words.columns_code(list(words.figures))
        return f"X = X.astype(dict.fromkeys({columns}, 'category'))"
    positions = sorted({*words.figures, *words.facts.real_categories})
    return f"smotefast.SMOTENC(categorical_features={positions!r})"


def _categorical(words: Words) -> str:
    facts = words.facts
    if facts.sampler.cleaner:
        encoder = f"(OneHotEncoder(), {words.names!r})"
        return f"make_column_transformer({encoder}, remainder='passthrough')"
    if facts.categorical_sampler == "SMOTEN":
        return "smotefast.SMOTEN()"
    return f"smotefast.SMOTENC({_categorical_features(words)})"


def _categorical_features(words: Words) -> str:
    """Return the parameter that names the categories of SMOTENC."""
    facts = words.facts
    given = sorted(facts.sampler.categorical)
    if given and words.is_frame and words.has_names:
        return f"categorical_features={list(facts.columns.named(given))!r}"
    if words.is_frame and not given:
        return "categorical_features='not numeric'"
    return f"categorical_features={given or facts.real_categories!r}"


def _over_sampler(parameter: Callable[[Words], str]) -> Callable[[Words], str]:
    """Return the code of the over-sampler with a parameter, in the combination that is judged.

    If no sampler was given, it is the one for the types of the columns.
    """

    def code(words: Words) -> str:
        facts, name = words.facts, words.facts.sampler.over
        if facts.sampler.name is None and facts.real_categories:
            name = facts.categorical_sampler
        first = f"{_categorical_features(words)}, " if name == "SMOTENC" else ""
        over = f"smotefast.{name}({first}{parameter(words)})"
        judged = facts.sampler.name
        if judged in ("SMOTEENN", "SMOTETomek"):
            return f"smotefast.{judged}(smote={over})"
        if judged == "Combination":
            return f"smotefast.Combination({over}, smotefast.{facts.sampler.under}())"
        return over

    return code


def _before_resampling(transformer: str) -> Callable[[Words], str]:
    """Return the code of a pipeline that transforms the numbers; categories pass through."""

    def code(words: Words) -> str:
        facts, lines = words.facts, []
        infinite = [j for j in words.figures if facts.figures[j].n_infinite]
        if facts.real_categories and not words.is_frame:
            lines.append("X = pd.DataFrame(X).infer_objects()")
        if infinite and words.is_frame:
            columns = words.columns_code(infinite)
            lines.append(f"X[{columns}] = X[{columns}].mask(X[{columns}].abs() > 1e150)")
        elif infinite and not facts.real_categories:
            lines.append("X[np.abs(X) > 1e150] = np.nan")
        if not facts.real_categories:
            pipeline = f"make_pipeline({transformer}(), ResampledClassifier(sampler, model))"
            return "\n".join([*lines, pipeline])
        return "\n".join(
            [
                *lines,
                "numbers = make_column_selector(dtype_include='number')",
                f"prepare = make_column_transformer(({transformer}(), numbers),",
                "    remainder='passthrough', verbose_feature_names_out=False)",
                "prepare.set_output(transform='pandas')",
                "make_pipeline(prepare, ResampledClassifier(sampler, model))",
            ]
        )

    return code


def _rows_of(kind: str) -> Callable[[Words], str]:
    def code(words: Words) -> str:
        rows = f"report.rows[{words.names[0]!r}][{kind!r}]"
        return f"X.iloc[{rows}]" if words.is_frame else f"X[{rows}]"

    return code


def _rows_of_class(words: Words) -> str:
    """Return the rows of a class as numbers."""
    rows = f"X[y == {words.names[0]!r}]"
    if not words.facts.real_categories:
        return rows
    return f"pd.get_dummies({rows if words.is_frame else f'pd.DataFrame({rows})'})"


def _frame(words: Words) -> str:
    """Return X as a frame."""
    if words.facts.columns.container == "sparse":
        return "pd.DataFrame.sparse.from_spmatrix(X)"
    return "pd.DataFrame(X)"


def _sizes(words: Words, factor: float) -> dict[Hashable, int]:
    """Return the rows of each class of the finding, times a factor."""
    sizes = {item.label: item.n_rows for item in words.facts.classes}
    return {label: math.ceil(factor * sizes[label]) for label in words.names}


def _fewer(words: Words) -> str:
    """Return the parameters for eleven times the rows of the classes, and others as planned."""
    planned = {item.label: item.n_rows + item.n_new for item in words.facts.oversampled}
    text = f"sampling_strategy={planned | _sizes(words, 11)}"
    small = words.facts.too_small.values()
    return f"{text}, {_parameter_for(words, min(small))}" if small else text


def _sixth(words: Words) -> int:
    """Return the number of columns for which each class has six rows per column."""
    return max(1, min(_sizes(words, 1).values()) // 6)


def _fallback(words: Words) -> str:
    return _parameter_for(words, int(min(words.figures.values())))


def _parameter_for(words: Words, n_rows: int) -> str:
    """Return the parameter with which an over-sampler takes classes of so few rows."""
    if words.facts.sampler.small_class is None:
        return f"{words.facts.sampler.k_name}={max(1, n_rows - 1)}"
    return f"small_class={'duplicate' if n_rows == 1 else 'clamp'!r}"


def _refuser(words: Words) -> str:
    sampler = words.facts.sampler
    if sampler.all_refuse:
        return "No sampler accepts"
    return f"{sampler.display_name} does not accept"


_WORDS: dict[str, Callable[[Words], Any]] = {
    "subjects": _subjects,
    "messages": lambda words: " ".join(map(str, words.names)),
    "columns": lambda words: words.columns_code(list(words.figures)),
    "sampler": lambda words: words.facts.sampler.display_name,
    "refuser": _refuser,
    "under": lambda words: words.facts.sampler.under,
    "k": lambda words: words.facts.sampler.k,
    "k_name": lambda words: words.facts.sampler.k_name,
    "m": lambda words: words.facts.sampler.m,
    "n_features": lambda words: words.facts.n_features,
    "drop": _drop,
    "markers": _markers,
    "as_category": _as_category,
    "categorical": _categorical,
    "over_fallback": _over_sampler(_fallback),
    "over_fewer": _over_sampler(_fewer),
    "impute_first": _before_resampling("SimpleImputer"),
    "scale_first": _before_resampling("StandardScaler"),
    "sixth": _sixth,
    "tenth": lambda words: _sizes(words, 0.1),
    "rows_of_noise": _rows_of("noise"),
    "rows_of_danger": _rows_of("danger"),
    "rows_of_class": _rows_of_class,
    "frame": _frame,
    "most_groups": lambda words: max(words.figures.values()),
}
