"""Methods that imbalanced-learn's samplers call, and samplers of this package do not.

A subclass written for imbalanced-learn changes what is resampled by overriding them. Here it
would have no effect, so such a class is refused when it is made.
"""

from __future__ import annotations

# By class of imbalanced-learn 0.14; what a base has holds for its subclasses. ``_more_tags``
# is not among them: imbalanced-learn defines it, and scikit-learn no longer calls it.
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
# Classes that are not the user's: their methods are no overrides.
_LIBRARIES = {"smotefast", "imblearn", "sklearn"}


def hooks_of(sampler: type) -> list[str]:
    """Return the methods that imbalanced-learn's class of the same name would call."""
    ours = [kind.__name__ for kind in sampler.__mro__ if _library(kind) == "smotefast"]
    return list(dict.fromkeys(hook for name in ours for hook in HOOKS.get(name, ())))


def overridden_hooks(sampler: type) -> dict[str, type]:
    """Return the hooks that a subclass or a mixin of it defines, with the class that does."""
    found: dict[str, type] = {}
    for kind in sampler.__mro__:
        if _library(kind) not in _LIBRARIES:
            for name in vars(kind).keys() & set(hooks_of(sampler)):
                found.setdefault(name, kind)
    return found


def refuse_hooks(sampler: type) -> None:
    """Refuse a class that overrides what is never called.

    Raises
    ------
    TypeError
        Naming the methods and what to do.
    """
    found = overridden_hooks(sampler)
    if not found:
        return
    base = next(kind for kind in sampler.__mro__ if _library(kind) == "smotefast")
    names = ", ".join(sorted(found))
    owner = found[min(found)].__name__
    whose = "" if owner == sampler.__name__ else f" (from {owner})"
    raise TypeError(
        f"{sampler.__name__} overrides {names}{whose}, which imbalanced-learn calls and "
        f"smotefast's {base.__name__} does not: it would have no effect. Override fit_resample "
        f"instead, or derive the class from imbalanced-learn's {base.__name__}."
    )


def _library(kind: type) -> str:
    return kind.__module__.partition(".")[0]
