"""Words of findings: shares, counts, lists of names, and what templates may name."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
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
    """What the templates of a finding may name: values, and words made by methods."""

    def __init__(
        self, facts: Facts, about: str, shown: str, figures: Mapping[Any, float], limit: float
    ) -> None:
        sampler = facts.sampler
        super().__init__(
            threshold=limit,
            n_features=facts.n_features,
            sampler=sampler.display_name,
            **{name: getattr(sampler, name) for name in ("under", "k", "k_name", "m")},
        )
        self._facts, self._about, self._shown, self._figures = facts, about, shown, figures
        self._names = list(facts.columns.named(figures) if about == "column" else figures)
        # Code is for a pandas frame, else for an array or a sparse matrix.
        self._is_frame = facts.columns.container == "frame"
        # If not all names are text, positions are the names.
        self._has_names = facts.columns.names != list(range(facts.n_features))
        self.update(rows="X.iloc" if self._is_frame else "X", first=self._names[0])

    def __missing__(self, word: str) -> Any:
        return getattr(self, f"_{word}")()

    def _subjects(self) -> str:
        shown = _SHOWN.get(self._shown)
        figures = [shown(figure) for figure in self._figures.values()] if shown else []
        return listed(self._about, self._names, figures)

    def _dominant(self) -> str:
        """Return the columns, with their share together."""
        if len(self._names) == 1:
            return self._subjects()
        share = percent(max(self._figures.values()))
        return f"{listed('column', self._names)} ({share} together)"

    def _messages(self) -> str:
        return " ".join(self._names)

    def _refuser(self) -> str:
        sampler = self._facts.sampler
        name = f"{sampler.display_name} does not accept"
        return "No sampler accepts" if sampler.all_refuse else name

    def _columns(self, columns: Iterable[int] | None = None) -> str:
        """Return columns of a frame as code, by default those of the finding."""
        columns = list(self._figures if columns is None else columns)
        if self._has_names:
            return repr(list(self._facts.columns.named(columns)))
        return f"X.columns[{columns!r}]"

    def _as_frame(self, rows: str) -> str:
        """Return rows of X as a frame."""
        if self._facts.columns.container == "sparse":
            return f"pd.DataFrame.sparse.from_spmatrix({rows})"
        return f"pd.DataFrame({rows})"

    def _frame(self) -> str:
        """Return X as a frame, without keys."""
        frame, keys = self._as_frame("X"), self._facts.keys
        if keys and self._is_frame:
            return f"{frame}.drop(columns={self._columns(keys)}, errors='ignore')"
        return f"{frame}.drop(columns={keys})" if keys else frame

    def _drop(self) -> str:
        if self._is_frame:
            return f"X = X.drop(columns={self._columns()})"
        # All columns to drop: other columns have other positions afterwards.
        facts = self._facts
        columns = sorted({*self._figures, *facts.keys, *facts.constants, *facts.columns.others})
        kept = f"np.delete(X, {columns!r}, axis=1)"
        if facts.columns.container == "sparse":
            kept = f"X[:, np.delete(np.arange(X.shape[1]), {columns!r})]"
        return f"X = {kept}  # then diagnose again: positions change"

    def _drop_or_reduce(self) -> str:
        if self._facts.columns.container != "sparse":
            return self._drop()
        return self._before_resampling("sklearn.decomposition.TruncatedSVD(100)")

    def _cells(self) -> str:
        """Return the columns of the finding."""
        return f"X[{self._columns()}]" if self._is_frame else f"X[:, {sorted(self._figures)!r}]"

    def _markers(self) -> list[str]:
        texts = {text for j in self._figures for text in self._facts.figures[j].texts}
        return sorted(filter(means_missing, texts))

    def _as_category(self) -> str:
        if self._is_frame:
            return f"X = X.astype(dict.fromkeys({self._columns()}, 'category'))"
        positions = sorted({*self._figures, *self._facts.real_categories})
        if not set(self._facts.columns.numbers).difference(positions, self._dropped):
            return "smotefast.SMOTEN()"
        return f"smotefast.SMOTENC(categorical_features={positions!r})"

    def _categorical(self) -> str:
        if self._facts.sampler.cleaner:
            encoder = f"(OneHotEncoder(), {self._names!r})"
            return f"make_column_transformer({encoder}, remainder='passthrough')"
        if self._facts.categorical_sampler == "SMOTEN":
            return "smotefast.SMOTEN()"
        return f"smotefast.SMOTENC({self._categorical_features(self._figures)})"

    @property
    def _dropped(self) -> set[int]:
        """Columns that other findings drop or convert."""
        facts = self._facts
        settled = *facts.keys, *facts.constants, *facts.texts_of_numbers, *facts.columns.others
        return set(settled)

    def _categorical_features(self, others: Iterable[int] = ()) -> str:
        """Return the parameter that names the categories of SMOTENC."""
        sampler = self._facts.sampler
        given = sampler.parameters.get("categorical_features", "auto")
        if self._is_frame and isinstance(given, str):
            return "categorical_features='not numeric'"
        columns: list[Any] = sorted({*sampler.categorical, *others} - self._dropped)
        if self._is_frame and self._has_names:
            columns = list(self._facts.columns.named(columns))
        return f"categorical_features={columns or self._facts.real_categories!r}"

    def _over_sampler(self, **changes: Any) -> str:
        """Return the code of the over-sampler with other parameters, in the combination judged.

        If no sampler was given, it is the one for the types of the columns.
        """
        sampler = self._facts.sampler
        name = sampler.over
        if sampler.name is None and self._facts.real_categories:
            name = self._facts.categorical_sampler
        parameters = {**sampler.parameters, **changes}
        parameters.pop("categorical_features", None)
        texts = [f"{key}={value!r}" for key, value in parameters.items()]
        if name == "SMOTENC":
            texts.insert(0, self._categorical_features())
        over = f"smotefast.{name}({', '.join(texts)})"
        if sampler.name in ("SMOTEENN", "SMOTETomek"):
            return f"smotefast.{sampler.name}(smote={over})"
        if sampler.name == "Combination":
            return f"smotefast.Combination({over}, smotefast.{sampler.under}())"
        return over

    def _over_fallback(self) -> str:
        return self._over_sampler(**self._parameter_for(int(min(self._figures.values()))))

    def _over_fewer(self) -> str:
        """Request eleven times the rows of the classes, and others as planned."""
        facts = self._facts
        planned = {item.label: item.n_rows + item.n_new for item in facts.oversampled}
        changes: dict[str, Any] = {"sampling_strategy": planned | self._sizes(11)}
        if facts.too_small:
            changes |= self._parameter_for(min(facts.too_small.values()))
        return self._over_sampler(**changes)

    def _parameter_for(self, n_rows: int) -> dict[str, Any]:
        """Return the parameter with which an over-sampler takes classes of so few rows."""
        if self._facts.sampler.small_class is None:
            return {self._facts.sampler.k_name: max(1, n_rows - 1)}
        return {"small_class": "duplicate" if n_rows == 1 else "clamp"}

    def _impute_first(self) -> str:
        return self._before_resampling("SimpleImputer()")

    def _scale_first(self) -> str:
        is_sparse = self._facts.columns.container == "sparse"
        scaler = "sklearn.preprocessing.MaxAbsScaler()" if is_sparse else "StandardScaler()"
        return self._before_resampling(scaler)

    def _select_first(self) -> str:
        """Keep columns of numbers for which each class has six rows per column."""
        most = min(self._sizes(1).values()) // 6
        k = max(1, min(most, len(self._facts.real_numbers)))
        return self._before_resampling(f"sklearn.feature_selection.SelectKBest(k={k})")

    def _before_resampling(self, first: str) -> str:
        """Return the code of a pipeline that transforms the numbers, not the categories."""
        facts, lines = self._facts, []
        columns = self._figures if self._about == "column" else ()
        infinite = [j for j in columns if j in facts.figures and facts.figures[j].n_infinite]
        if facts.real_categories and not self._is_frame:
            lines.append("X = pd.DataFrame(X).infer_objects()")
        if infinite and self._is_frame:
            names = self._columns(infinite)
            lines.append(f"X[{names}] = X[{names}].mask(X[{names}].abs() > 1e150)")
        elif infinite and not facts.real_categories:
            lines.append("X[np.abs(X) > 1e150] = np.nan")
        name = "prepare" if facts.real_categories or "." in first else first
        if facts.real_categories:
            lines += [
                "numbers = make_column_selector(dtype_include='number')",
                f"prepare = make_column_transformer(({first}, numbers),",
                "    remainder='passthrough', verbose_feature_names_out=False)",
                "prepare.set_output(transform='pandas')",
            ]
        elif name != first:
            lines.append(f"{name} = {first}")
        return "\n".join(
            [*lines, f"make_pipeline({name}, ResampledClassifier(sampler, model))"]
        )

    def _rows_of_class(self) -> str:
        """Return the rows of a class as numbers."""
        rows, facts = f"X[y == {self['first']!r}]", self._facts
        if facts.n_incomplete or facts.real_categories:
            rows = rows if self._is_frame else self._as_frame(rows)
        if facts.n_incomplete:
            rows += ".dropna()"
        return f"pd.get_dummies({rows}).to_numpy()" if facts.real_categories else rows

    def _sizes(self, factor: float) -> dict[Hashable, int]:
        """Return the rows of each class of the finding, times a factor."""
        sizes = {item.label: item.n_rows for item in self._facts.classes}
        return {label: math.ceil(factor * sizes[label]) for label in self._names}

    def _tenth(self) -> dict[Hashable, int]:
        return self._sizes(0.1)

    def _most_groups(self) -> float:
        return max(self._figures.values())
