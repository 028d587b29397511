"""Refuse subclasses that override hook methods of imbalanced-learn.

A subclass written for imbalanced-learn changes the result by overriding methods that its
samplers call. Samplers of this package do not call them, so that the override would have no
effect: such a class raises an error when it is defined.
"""

from __future__ import annotations

# By class of imbalanced-learn 0.14; subclasses have the hooks of their bases. ``_more_tags`` is
# not listed: imbalanced-learn defines it, and scikit-learn no longer calls it.
HOOKS: dict[str, tuple[str, ...]] = {
    "BaseSampler": ("_fit_resample", "_check_X_y"),
    "NeighborSampler": ("_validate_estimator",),
    "SMOTE": ("_make_samples", "_generate_samples", "_in_danger_noise"),
    "BorderlineSMOTE": ("_make_samples", "_generate_samples", "_in_danger_noise"),
    "SVMSMOTE": ("_make_samples", "_generate_samples", "_in_danger_noise"),
    "KMeansSMOTE": (
        "_make_samples",
        "_generate_samples",
        "_in_danger_noise",
        "_find_cluster_sparsity",
    ),
    "SMOTENC": ("_validate_column_types",),
    "EditingSampler": ("_validate_estimator",),
    "NeighbourhoodCleaningRule": ("_validate_estimator",),
    "StoreSampler": ("_validate_estimator",),
    "TomekLinks": ("is_tomek",),
    "NearMiss": ("_validate_estimator", "_selection_dist_based"),
    "InstanceHardnessThreshold": ("_validate_estimator",),
    "ClusterCentroids": ("_validate_estimator", "_generate_sample"),
    "BaseCombination": ("_validate_estimator",),
}
# Packages whose own classes override nothing.
_LIBRARIES = {"smotefast", "imblearn", "sklearn"}


def hooks_of(sampler: type) -> list[str]:
    """Return the methods that imbalanced-learn's class of the same name would call."""
    bases = [cls.__name__ for cls in sampler.__mro__ if _package(cls) == "smotefast"]
    return list(dict.fromkeys(hook for name in bases for hook in HOOKS.get(name, ())))


def overridden_hooks(sampler: type) -> dict[str, type]:
    """Return the hooks that a user's class or mixin defines, with the class that does."""
    overridden: dict[str, type] = {}
    for cls in sampler.__mro__:
        if _package(cls) not in _LIBRARIES:
            for name in vars(cls).keys() & set(hooks_of(sampler)):
                overridden.setdefault(name, cls)
    return overridden


def refuse_hooks(sampler: type) -> None:
    """Raise an error for a class that overrides methods which are never called.

    Raises
    ------
    TypeError
        The message names the methods and what to do.
    """
    overridden = overridden_hooks(sampler)
    if not overridden:
        return
    base = next(cls for cls in sampler.__mro__ if _package(cls) == "smotefast")
    names = ", ".join(sorted(overridden))
    owner = overridden[min(overridden)].__name__
    source = "" if owner == sampler.__name__ else f" (from {owner})"
    raise TypeError(
        f"{sampler.__name__} overrides {names}{source}, which imbalanced-learn calls and "
        f"smotefast's {base.__name__} does not: it would have no effect. Override fit_resample "
        f"instead, or derive the class from imbalanced-learn's {base.__name__}."
    )


def _package(cls: type) -> str:
    return cls.__module__.partition(".")[0]
