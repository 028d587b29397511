"""The option to use as Python code: a scikit-learn pipeline that is fitted on all rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone

from smotefast.evaluation.data import EvaluationData
from smotefast.evaluation.models import class_weight_parameter
from smotefast.evaluation.options import (
    CLASS_WEIGHT,
    Option,
    TargetCounts,
    make_option_sampler,
    takes_codes,
)
from smotefast.evaluation.preprocessing import MOST_CATEGORIES, SCALERS, code_positions

_INDENT = "    "
_ONE_HOT = (
    'OneHotEncoder(handle_unknown="infrequent_if_exist", '
    f"max_categories={MOST_CATEGORIES}, sparse_output=False)"
)
_ORDINAL = (
    'OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, '
    "encoded_missing_value=-2)"
)


class _Code:
    """Imports and lines of a program."""

    def __init__(self) -> None:
        self.imports: dict[str, set[str]] = {}

    def use(self, path: str) -> str:
        """Import a name, given as "module:name", and return it."""
        module, name = path.split(":")
        self.imports.setdefault(module, set()).add(name)
        return name

    def use_object(self, value: Any) -> str:
        """Return an estimator as code, and import what it consists of."""
        for each in _parts(value):
            self.use(f"{_public_module(type(each))}:{type(each).__name__}")
        if isinstance(value, BaseEstimator):
            return str(value.__repr__(N_CHAR_MAX=1_000_000))
        return repr(value)

    def header(self) -> str:
        """Return the import statements."""
        return "\n".join(
            f"from {module} import {', '.join(sorted(names))}"
            for module, names in sorted(self.imports.items())
        )


def _parts(value: Any) -> Iterator[Any]:
    """Return an estimator and those among its parameters."""
    if isinstance(value, TargetCounts):
        yield value
    if isinstance(value, list | tuple):
        for item in value:
            yield from _parts(item)
    if isinstance(value, BaseEstimator):
        yield value
        for each in value.get_params(deep=False).values():
            yield from _parts(each)


def _public_module(cls: type) -> str:
    """Return the module from which users import a class: that before a private one."""
    public = list(takewhile(lambda part: not part.startswith("_"), cls.__module__.split(".")))
    if cls.__module__.startswith("smotefast."):
        public = public[:2]
    module = sys.modules.get(".".join(public))
    return ".".join(public) if hasattr(module, cls.__name__) else cls.__module__


def pipeline_code(
    data: EvaluationData,
    option: Option,
    model: Any,
    threshold: float | None,
    seed: int,
    load: str = "",
) -> str:
    """Return the code of a fitted pipeline for ``X`` and ``y``.

    Parameters
    ----------
    data
        All rows.
    option, model
        The option, and the classifier.
    threshold
        The threshold of decisions, or the exponent for more than two classes; None to take
        the most probable class.
    seed
        Seed of the sampler.
    load
        Lines that define X and y; without them the user has these.
    """
    code = _Code()
    classifier, weights = _classifier(code, data, option, model, seed)
    steps = [_prepare(code, data, option), classifier]
    code.use("sklearn.pipeline:make_pipeline")
    joined = "".join(f"{_INDENT}{step},\n" for step in steps)
    lines = [f"model = make_pipeline(\n{joined})"]
    is_binary = len(data.labels) == 2
    fit = _fit(code, model, weights)
    if threshold is not None and is_binary:
        label = data.labels[data.positive]
        lines += _with_threshold(code, threshold, label, fit if weights else "")
    else:
        lines.append(fit)
    if threshold is not None and not is_binary:
        lines.append(_decide(threshold))
    needs_numpy = bool(data.left_out) or (not is_binary and threshold is not None)
    imports = "import numpy as np\n" * needs_numpy + code.header()
    rows = [load] if load else []
    if data.left_out:
        rows += [
            f"is_used = ~np.isin(y, {np.array(data.left_out).tolist()!r})",
            "X, y = X[is_used], y[is_used]",
        ]
    return "\n".join([imports, "", *rows, *[""] * bool(rows), *lines])


def _with_threshold(code: _Code, threshold: float, label: Any, fit: str) -> list[str]:
    """Return lines that set a threshold and fit; ``fit`` comes first if it passes weights."""
    fixed = code.use("sklearn.model_selection:FixedThresholdClassifier")
    inner = f"{code.use('sklearn.frozen:FrozenEstimator')}(model)" if fit else "model"
    settings = f"threshold={threshold:.4g}, pos_label={label!r}"
    lines = [f"model = {fixed}({inner}, {settings})", "model.fit(X, y)"]
    return [fit, *lines] if fit else lines


def _fit(code: _Code, model: Any, weights: bool) -> str:
    if not weights:
        return "model.fit(X, y)"
    balanced = code.use("sklearn.utils.class_weight:compute_sample_weight")
    name = f"{_step_name(model)}__sample_weight"
    return f'model.fit(X, y, {name}={balanced}("balanced", y))'


def _step_name(model: Any) -> str:
    steps = getattr(model, "steps", None)
    inner = f"__{steps[-1][0]}" if steps else ""
    return type(model).__name__.lower() + inner


def _decide(exponent: float) -> str:
    return (
        "priors = np.unique(y, return_counts=True)[1] / len(y)\n"
        f"scores = model.predict_proba(X) / priors**{exponent:.4g}\n"
        "predicted = model.classes_[scores.argmax(axis=1)]"
    )


def _classifier(
    code: _Code, data: EvaluationData, option: Option, model: Any, seed: int
) -> tuple[str, bool]:
    """Return the last step as code, and whether its fit needs balanced weights."""
    classifier = clone(model)
    parameter = class_weight_parameter(model)
    weights = option.name == CLASS_WEIGHT and parameter is None
    if option.name == CLASS_WEIGHT and parameter is not None:
        classifier.set_params(**{parameter: "balanced"})
    text = code.use_object(classifier)
    sampler = make_option_sampler(option, data, seed)
    if sampler is None:
        return text, weights
    if takes_codes(option) and data.categorical.any():
        text = f"make_pipeline({_encode_codes(code, data)}, {text})"
    resampled = code.use("smotefast.evaluation:ResampledClassifier")
    use_weights = ", use_weights=True" if option.use_weights else ""
    return f"{resampled}({code.use_object(sampler)}, {text}{use_weights})", False


def _encode_codes(code: _Code, data: EvaluationData) -> str:
    code.use("sklearn.preprocessing:OneHotEncoder")
    transformer = code.use("sklearn.compose:ColumnTransformer")
    columns = code_positions(data)
    step = f'("categories", {_ONE_HOT}, {columns})'
    return f'{transformer}([{step}], remainder="passthrough")'


def _prepare(code: _Code, data: EvaluationData, option: Option) -> str:
    """Return the first step as code: imputation, scaling and encoding of columns."""
    transformer = code.use("sklearn.compose:ColumnTransformer")
    steps = []
    numbers = [data.names[j] for j in np.flatnonzero(~data.categorical)]
    if numbers:
        impute = code.use("sklearn.impute:SimpleImputer")
        scaler = SCALERS[data.scaling]
        scale = f", {code.use(f'sklearn.preprocessing:{scaler}')}()" if scaler else ""
        steps.append(
            f'("numbers", make_pipeline({impute}(strategy="median", '
            f"keep_empty_features=True){scale}), {numbers!r})"
        )
    categories = [data.names[j] for j in np.flatnonzero(data.categorical)]
    if categories:
        coded = takes_codes(option)
        code.use(f"sklearn.preprocessing:{'OrdinalEncoder' if coded else 'OneHotEncoder'}")
        steps.append(f'("categories", {_ORDINAL if coded else _ONE_HOT}, {categories!r})')
    lines = "".join(f"\n{_INDENT * 3}{step}," for step in steps)
    return f"{transformer}(\n{_INDENT * 2}[{lines}\n{_INDENT * 2}]\n{_INDENT})"
