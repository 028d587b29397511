"""Jobs whose classes are in temporary files although they would fit into memory."""

from __future__ import annotations

from smotefast.batch import feature_plan


def put_in_files(monkeypatch, n_classes):
    """Let jobs have so many classes in files, if there are so many, whatever the limit is."""
    choices = feature_plan.classes_in_files

    def least(*job):
        found = list(choices(*job))
        return found[n_classes:] or found[-1:]

    monkeypatch.setattr(feature_plan, "classes_in_files", least)
