"""The findings as one table: name, figure, thresholds with levels, text, advice and code.

Texts, advice and code are templates; ``wording.Words`` has what they may name. Two findings
never contradict each other: they change the data or a parameter, and which samplers to compare
is left to the guide. A column that one finding settles (drops, or converts to numbers) is in no
later finding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from smotefast.diagnosis import measures
from smotefast.diagnosis.facts import SCALE_SHARE_SERIOUS, Facts
from smotefast.diagnosis.measures import Figures
from smotefast.diagnosis.report import LEVELS, Point
from smotefast.diagnosis.wording import Words

_ANY = 0.0


class Rule(NamedTuple):
    """A finding: when it is reported, and its words."""

    name: str  # an identifier for programs
    # Figures by index of columns, class or message of an error; or only these.
    measure: Callable[[Facts], Figures | Collection[Any]]
    about: str  # "column", "class" or "message": what the figures are about
    figure: str  # name of the figure in ``Point.values``, unless it starts with "is_"
    shown: str  # how the text shows it, see ``wording``
    levels: tuple[tuple[float, str], ...]  # thresholds, each with the level beyond it
    text: str  # a template, as the next two
    advice: str
    code: str
    below: bool = False  # whether figures below the thresholds are findings
    settles: bool = False  # whether the columns are in no later finding
    # Whether the sampler refuses such data, which makes the finding a problem.
    refused: Callable[[Facts, Figures], bool] | None = None
    detail: Callable[[Facts, Figures], str] | None = None  # more text

    def exceeds(self, figure: float, threshold: float) -> bool:
        """Tell whether a figure is beyond a threshold."""
        return figure < threshold if self.below else figure > threshold


RULES = (
    Rule(
        "identifier_columns",
        lambda facts: facts.keys,
        *("column", "is_key", "", ((_ANY, "warning"),)),
        "A different value in each sampled row, like names, row numbers and keys: {subjects}. "
        "Distances in this report leave them out.",
        "Drop identifiers from X: distances between them have no meaning, and a synthetic row "
        "must not carry the identifier of an original one. Convert dates and amounts that are "
        "written as text: they are no identifiers.",
        "{drop}",
        settles=True,
    ),
    Rule(
        "constant_columns",
        lambda facts: facts.constants,
        *("column", "is_constant", "", ((_ANY, "note"),)),
        "The same value in all rows, or none in any: {subjects}.",
        "Drop constant columns: they carry no information.",
        "{drop}",
        settles=True,
    ),
    Rule(
        "unread_columns",
        lambda facts: facts.columns.others,
        *("column", "is_unread", "", ((_ANY, "warning"),)),
        "Neither numbers nor categories (but dates, lists, or very wide sparse rows): "
        "{subjects}. Distances in this report leave them out.",
        "Convert dates to numbers, such as days since a date, and drop what cannot be "
        "converted. Reduce sparse rows to fewer columns, on the training rows.",
        "{drop_or_reduce}",
        settles=True,
        refused=measures.refuses_unread,
    ),
    Rule(
        "numbers_as_text",
        lambda facts: facts.texts_of_numbers,
        *("column", "is_number_text", "", ((_ANY, "warning"),)),
        "Numbers written as text: {subjects}.",
        "Convert them to numbers, and other text to missing values. As text, each number is a "
        "category of its own.",
        "X[{columns}] = X[{columns}].apply(pd.to_numeric, errors='coerce')",
        settles=True,
        detail=measures.texts_beside_numbers,
    ),
    Rule(
        "refused_parameter",
        lambda facts: facts.sampler.parameter_errors,
        *("message", "is_refused", "", ((_ANY, "problem"),)),
        "{sampler} does not accept its parameters for these data: {messages}",
        "Change the parameter. The rest of this report uses its default.",
        "help(type(sampler))",
    ),
    Rule(
        "not_for_files",
        lambda facts: {facts.sampler.file_error} - {""},
        *("message", "is_refused", "", ((_ANY, "problem"),)),
        "{sampler} cannot resample files. {messages}",
        "Resample in memory, or choose a sampler that 'smotefast samplers' lists.",
        "sampler.fit_resample(X, y)",
    ),
    Rule(
        "small_class",
        lambda facts: facts.too_small,
        *("class", "rows", "count", ((math.inf, "warning"),)),
        "{k_name}={k} needs one row more in a class to over-sample. Too small: {subjects}.",
        "Collect more rows, merge the class with a related one, or leave it out with a dict as "
        "sampling_strategy. Or use as many neighbors as there are, and copy single rows.",
        "{over_fallback}",
        below=True,
        refused=measures.refuses_small_classes,
    ),
    Rule(
        # A row and its 5 neighbors are 6 points: with fewer rows per column than that, they do
        # not span the directions in which the class extends. With fewer rows than columns the
        # class lies in a hyperplane that does not hold other rows.
        "rows_per_feature",
        lambda facts: {
            item.label: item.n_rows / facts.n_features
            for item in facts.oversampled
            if 0 < facts.sampler.k < item.n_rows
        },
        *("class", "rows_per_feature", "number", ((6.0, "warning"), (1.0, "problem"))),
        "Few rows per column, with {n_features} columns: {subjects}. Synthetic rows cannot "
        "reflect the shape of the class.",
        "Use fewer columns, selected on the training rows.",
        "{select_first}",
        below=True,
    ),
    Rule(
        # A row and 5 neighbors make 5 line segments; above 10 synthetic rows per original row
        # each is used twice, and more rows only add density. Above 50, about ten times.
        "far_past_the_data",
        lambda facts: {item.label: item.n_new / item.n_rows for item in facts.oversampled},
        *("class", "new_per_row", "number", ((10.0, "warning"), (50.0, "problem"))),
        "sampling_strategy asks for many new rows per original row: {subjects}. Beyond about "
        "{threshold:g} per row, more rows add density but no information.",
        "Generate fewer rows, as many as validation on rows that were not resampled supports.",
        "{over_fewer}",
    ),
    Rule(
        # A class that loses nine rows in ten loses nine tenths of its information.
        "rows_removed",
        lambda facts: {
            item.label: 1 - facts.sampler.n_to_keep[item.label] / (item.n_rows + item.n_new)
            for item in facts.classes
            if item.label in facts.sampler.n_to_keep
        },
        *("class", "share_removed", "percent", ((0.9, "note"),)),
        "{sampler} removes most rows: {subjects}. The information in them is lost.",
        "Keep more rows, as many as validation supports. An ensemble over several random draws "
        "uses more rows.",
        "smotefast.{under}(sampling_strategy={tenth})",
    ),
    Rule(
        "missing_values",
        lambda facts: {j: f.n_missing + f.n_infinite for j, f in facts.figures.items()},
        *("column", "rows", "count", ((_ANY, "note"),)),
        "Missing or infinite values (above 1e150): {subjects}.",
        "Impute numbers on the training rows, before resampling in the same pipeline; make "
        "infinite ones missing first. Or use missing='distance' of SMOTE and SMOTENC, in "
        "memory. A missing category may count as one more category.",
        "{impute_first}",
        refused=lambda facts, figures: (
            facts.sampler.refuses_missing
            and bool({*figures}.intersection(facts.columns.numbers))
        ),
        detail=measures.rows_without_neighbors,
    ),
    Rule(
        "missing_markers",
        lambda facts: {j: f.marked_missing for j, f in facts.figures.items()},
        *("column", "share", "percent", ((_ANY, "note"),)),
        "Text such as '?', 'NA' or an empty string instead of a missing value, in the sampled "
        "rows: {subjects}.",
        "Nothing to do if missing may count as one more category. Otherwise read this text as "
        "missing values, and impute them.",
        "X[{columns}] = X[{columns}].mask(X[{columns}].isin({markers}))",
    ),
    Rule(
        "categorical_columns",
        measures.categories_as_numbers,
        *("column", "is_categorical", "", ((_ANY, "note"),)),
        "Categories: {subjects}. Interpolation between them, or between their one-hot "
        "columns, has no meaning.",
        "Name them as categories of the over-sampler, or encode them before a step that "
        "compares numbers.",
        "{categorical}",
        refused=measures.refuses_categories,
        detail=measures.samplers_of_categories,
    ),
    Rule(
        "numbers_as_categories",
        measures.numbers_as_categories,
        *("column", "distinct", "number", ((_ANY, "problem"),)),
        "{sampler} treats numbers as categories, with a different category in nearly every "
        "row: {subjects}.",
        "Take them out of the categories, or bin the values.",
        "bins = sklearn.preprocessing.KBinsDiscretizer(encode='ordinal')\n"
        "{cells} = bins.fit_transform({cells})",
    ),
    Rule(
        "code_columns",
        lambda facts: {
            j: facts.figures[j].n_distinct
            for j in facts.columns.numbers
            if facts.sampler.interpolates and facts.figures[j].has_few_values
        },
        *("column", "distinct", "number", ((_ANY, "note"),)),
        "Few different whole numbers, which may be codes: {subjects}. Halfway between code 1 "
        "and code 3 is not code 2.",
        "Nothing to do if they count or grade something. If they are codes, make them "
        "categories; decode one-hot columns into the column that they encode.",
        "{as_category}",
    ),
    Rule(
        "scales",
        lambda facts: facts.dominant if facts.sampler.measures_distance else {},
        *("column", "share", "percent", ((_ANY, "warning"), (SCALE_SHARE_SERIOUS, "problem"))),
        "The distance between two rows comes from few columns: {dominant}.",
        "Scale the columns on the training rows, before resampling in the same pipeline. Use "
        "RobustScaler or a logarithm for columns with outliers.",
        "{scale_first}",
        detail=measures.range_of_spreads,
    ),
    Rule(
        # One duplicate in twenty rows happens by chance in columns of few values. With one in
        # four, many rows have only their own duplicates as neighbors.
        "duplicates",
        lambda facts: {item.label: item.repeated for item in facts.searched if facts.sampler.k},
        *("class", "share", "percent", ((0.05, "note"), (0.25, "warning"))),
        "Rows with a duplicate in their class: {subjects}. Interpolation between duplicates "
        "generates more duplicates.",
        "Drop duplicates before splitting: on both sides of a split they inflate scores. Keep "
        "them if each is a separate observation.",
        "kept = ~{frame}.assign(class_=list(y)).duplicated().to_numpy()\n"
        "X, y = X[kept], y[kept]",
    ),
    Rule(
        # One row in a hundred under two labels is a usual rate of human error. One in twenty
        # limits the accuracy of any model.
        "conflicting_labels",
        lambda facts: {item.label: item.conflicting for item in facts.searched},
        *("class", "share", "percent", ((0.01, "note"), (0.05, "warning"))),
        "Rows with a duplicate in another class: {subjects}. No model can separate them, and "
        "resampling multiplies them.",
        "Find out which label is right, or add a column that separates these rows.",
        "X[pd.Series(list(y)).groupby([*{frame}.to_numpy().T], dropna=False)"
        '.transform("nunique").to_numpy() > 1]',
    ),
    Rule(
        # SMOTE starts from noisy rows as from all others: a fifth of them means a fifth of the
        # synthetic rows. If half of a class is noise, it lies isolated among other classes.
        "noise",
        lambda facts: {item.label: item.noise or 0.0 for item in facts.searched},
        *("class", "share", "percent", ((0.2, "warning"), (0.5, "problem"))),
        "Rows whose {m} nearest neighbors are all of other classes: {subjects}. SMOTE also "
        "starts from these rows and places synthetic rows inside other classes.",
        "Look at these rows: they may have wrong labels, or the data lack a useful column.",
        "{rows}[report.rows[{first!r}]['noise']]",
    ),
    Rule(
        # Above this, a third of the class lies at the decision boundary.
        "danger",
        lambda facts: {item.label: item.danger or 0.0 for item in facts.searched},
        *("class", "share", "percent", ((0.3, "note"),)),
        "Rows with at least half, but not all, of their {m} nearest neighbors in other "
        "classes: {subjects}. The decision boundary runs through these rows.",
        "Look at these rows: a column that separates them helps most.",
        "{rows}[report.rows[{first!r}]['danger']]",
    ),
    Rule(
        # Every third row has a nearest neighbor of another class. Above one half, the nearest
        # neighbor predicts the class worse than a coin.
        "overlap",
        lambda facts: {item.label: item.overlap or 0.0 for item in facts.searched},
        *("class", "share", "percent", ((0.3, "note"), (0.5, "warning"))),
        "Rows whose nearest neighbor is of another class: {subjects}. A 1-NN classifier would "
        "misclassify this share of the class.",
        "More informative columns help more than resampling here. Evaluate by precision and "
        "recall on rows that were not resampled.",
        "smotefast.compare(X, y, samplers=report.candidates)",
    ),
    Rule(
        "separate_groups",
        lambda facts: {label: len(sizes) for label, sizes in facts.groups.items()},
        *("class", "groups", "number", ((1.0, "note"),)),
        "Separate groups within a class, by the nearest neighbors of its sampled rows: "
        "{subjects}.",
        "If the groups are known subtypes, they may be classes of their own.",
        "sklearn.cluster.KMeans(n_clusters={most_groups}).fit_predict({rows_of_class})",
        detail=measures.sizes_of_groups,
    ),
    Rule(
        # The error of ``fit``, unless another finding explains why the data are refused.
        "refused_data",
        lambda facts: {facts.sampler.data_error} - {"", None},
        *("message", "is_refused", "", ((_ANY, "problem"),)),
        "{refuser} these data: {messages}",
        "Change the data as the message says, before resampling.",
        "sampler.fit(X, y)",
    ),
)


def find_points(facts: Facts) -> list[Point]:
    """Return the findings, most serious first."""
    settled: set[Any] = set()
    points: list[Point] = []
    is_explained = False  # why the sampler refuses the data
    for rule in RULES:
        measured = rule.measure(facts)
        if not isinstance(measured, Mapping):
            measured = dict.fromkeys(measured, 1.0)
        figures = {
            subject: figure
            for subject, figure in measured.items()
            if rule.exceeds(figure, rule.levels[0][0])
            and not (rule.about == "column" and subject in settled)
        }
        if not figures or (
            rule.name == "refused_data" and is_explained and not facts.sampler.all_refuse
        ):
            continue
        is_refused = rule.refused is not None and rule.refused(facts, figures)
        points.append(_point(rule, facts, figures, is_refused))
        is_explained |= rule.about == "column" and is_refused
        is_explained |= rule.name == "refused_parameter"
        settled |= set(figures) if rule.settles else set()
    return sorted(points, key=lambda point: LEVELS.index(point.level))


def _point(rule: Rule, facts: Facts, figures: Figures, is_refused: bool) -> Point:
    # The most serious first.
    figures = dict(sorted(figures.items(), key=lambda item: item[1], reverse=not rule.below))
    worst = next(iter(figures.values()))
    threshold, level = [each for each in rule.levels if rule.exceeds(worst, each[0])][-1]
    words = Words(facts, rule.about, rule.shown, figures, threshold)
    text = rule.text.format_map(words)
    if is_refused:
        level = "problem"
        text += f" {facts.sampler.display_name} does not accept them."
    if rule.detail is not None:
        text += rule.detail(facts, figures)
    values: dict[Any, float] = {
        facts.columns.names[each] if rule.about == "column" else each: round(figures[each], 4)
        for each in (sorted(figures) if rule.about == "column" else figures)
    }
    return Point(
        rule.name,
        level,
        None if threshold in (_ANY, math.inf) else threshold,
        text,
        rule.advice.format_map(words),
        rule.code.format_map(words),
        label=next(iter(figures)) if rule.about == "class" and len(figures) == 1 else None,
        columns=tuple(values) if rule.about == "column" else (),
        values={} if rule.figure.startswith("is_") else {rule.figure: values},
    )
