"""Classifiers by name, and what a comparison has to know about a classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from smotefast._messages import did_you_mean, list_names, quote_name

MODELS = ("logistic", "boosting", "forest")
DEFAULT_MODELS = ("logistic", "boosting")


def make_model(name: str, seed: int) -> Any:
    """Return a new classifier by name.

    Raises
    ------
    ValueError
        If no classifier has this name.
    """
    match name:
        case "logistic":
            from sklearn.linear_model import LogisticRegression

            return LogisticRegression(max_iter=1000)
        case "boosting":
            from sklearn.ensemble import HistGradientBoostingClassifier

            return HistGradientBoostingClassifier(random_state=seed)
        case "forest":
            from sklearn.ensemble import RandomForestClassifier

            return RandomForestClassifier(random_state=seed)
    raise ValueError(
        f"models={name!r} is not one of {list_names(MODELS)}.{did_you_mean(name, MODELS)} In "
        "Python, models may also be classifiers of scikit-learn."
    )


def named_models(models: Any, seed: int) -> dict[str, Any]:
    """Return classifiers by name.

    Parameters
    ----------
    models
        A name, a classifier, a sequence of these, or a mapping from names to classifiers.
    seed
        ``random_state`` of the classifiers that are given by name.

    Raises
    ------
    ValueError, TypeError
        If a name is unknown or occurs twice, or an object cannot predict probabilities.
    """
    if isinstance(models, Mapping):
        found = {str(name): _checked(name, model, seed) for name, model in models.items()}
    else:
        given = models if isinstance(models, Sequence) and not isinstance(models, str) else None
        found = {}
        for model in [models] if given is None else given:
            name = model if isinstance(model, str) else type(model).__name__
            if name in found:
                raise ValueError(
                    f"models has {name!r} twice. Pass a dict from names to classifiers."
                )
            found[name] = _checked(name, model, seed)
    if not found:
        raise ValueError("models is empty. Name at least one, such as 'logistic'.")
    return found


def _checked(name: Any, model: Any, seed: int) -> Any:
    if isinstance(model, str):
        return make_model(model, seed)
    if isinstance(model, type) or not hasattr(model, "fit"):
        raise TypeError(
            f"models has {quote_name(model)}, which is not a classifier. Pass an object such "
            "as LogisticRegression()."
        )
    if not hasattr(model, "predict_proba"):
        raise TypeError(
            f"{type(model).__name__} has no predict_proba, which the probabilities and "
            "thresholds need. Wrap it in CalibratedClassifierCV, or set its parameter for "
            "probabilities."
        )
    return model


def class_weight_parameter(model: Any) -> str | None:
    """Return the parameter for class weights, in a pipeline that of the last step; or None."""
    params = model.get_params(deep=True)
    steps = getattr(model, "steps", None)
    name = f"{steps[-1][0]}__class_weight" if steps else "class_weight"
    return name if name in params else None


def balanced_weights(y: np.ndarray, n_classes: int) -> np.ndarray:
    """Return weights of rows with which all classes weigh the same."""
    counts = np.bincount(y, minlength=n_classes)
    return np.asarray((len(y) / (n_classes * counts))[y])
