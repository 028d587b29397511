"""Replace imbalanced-learn's samplers in programs that import them.

``replacement`` makes the classes, ``names`` sets them in modules, ``activation`` switches the
patch on and off, ``program`` runs scripts under it.
"""

from smotefast.patch.activation import Patch, patch_imblearn, unpatch_imblearn

__all__ = ["Patch", "patch_imblearn", "unpatch_imblearn"]
