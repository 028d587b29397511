"""Which names the patch sets, and that undoing it is exact."""

import importlib
import sys
import threading
import types

import imblearn
import pytest
from imblearn import over_sampling
from imblearn.over_sampling import SMOTE as THEIRS

import smotefast
from smotefast.exceptions import PatchWarning
from smotefast.patch.names import ALL_NAMES, SAMPLERS

KEPT = [THEIRS]
TABLE = {"smote": THEIRS}


def snapshot():
    """Return the names and the classes that they stand for of every loaded module, in order."""
    return {
        module: [
            (name, id(value)) for name, value in list(vars(loaded).items()) if is_class(value)
        ]
        for module, loaded in list(sys.modules.items())
        if isinstance(loaded, types.ModuleType) and not module.startswith("smotefast.patch")
    }


def is_class(value):
    return issubclass(type(value), type)


def is_replaced(cls):
    return issubclass(cls, smotefast.SMOTE)


def test_the_table__has_the_samplers_of_both_packages():
    for subpackage, names in SAMPLERS.items():
        theirs = importlib.import_module(f"imblearn.{subpackage}").__all__
        ours = importlib.import_module(f"smotefast.{subpackage}").__all__
        assert sorted(set(theirs) & set(ours)) == sorted(names)
    assert len(ALL_NAMES) == 21


def test_undoing__is_exact():
    with smotefast.patch_imblearn():
        pass  # imports what the patch imports
    before = snapshot()
    smotefast.patch_imblearn()
    changed = {name for name, names in snapshot().items() if names != before.get(name)}
    assert {"imblearn.over_sampling", "imblearn.combine._smote_enn", __name__} <= changed
    smotefast.unpatch_imblearn()
    assert snapshot() == before
    smotefast.unpatch_imblearn()
    assert snapshot() == before


def test_every_module__gets_the_replacement():
    with smotefast.patch_imblearn():
        holders = {
            module
            for module, loaded in sys.modules.items()
            if isinstance(loaded, types.ModuleType)
            and any(value is KEPT[0] for value in vars(loaded).values())
        }
        assert holders == set()
        assert is_replaced(THEIRS)
        assert not is_replaced(TABLE["smote"])  # only names of modules are set


def test_names_imported_under_the_patch__are_set_back(monkeypatch):
    module = types.ModuleType("imported_later")
    monkeypatch.setitem(sys.modules, "imported_later", module)
    with smotefast.patch_imblearn():
        exec("from imblearn.over_sampling import *\nOther = SMOTE", vars(module))
        assert is_replaced(module.SMOTE)
        assert module.Other is module.SMOTE
    assert module.SMOTE is module.Other is over_sampling.SMOTE is KEPT[0]


def test_a_module_that_was_removed__is_set_back(monkeypatch):
    module = types.ModuleType("removed")
    module.SMOTE = KEPT[0]
    monkeypatch.setitem(sys.modules, "removed", module)
    with smotefast.patch_imblearn():
        assert is_replaced(module.SMOTE)
        monkeypatch.delitem(sys.modules, "removed")
    assert module.SMOTE is KEPT[0]


def test_samplers__restrict_the_patch():
    with smotefast.patch_imblearn("SMOTE"):
        assert is_replaced(over_sampling.SMOTE)
        assert not is_replaced(over_sampling.SMOTENC)
    with smotefast.patch_imblearn(["ADASYN", "SMOTENC"]):
        assert over_sampling.SMOTE is KEPT[0]
        assert issubclass(over_sampling.SMOTENC, smotefast.SMOTENC)


def test_a_context__restores_what_was_before():
    with smotefast.patch_imblearn(samplers=["SMOTE"]):
        with smotefast.patch_imblearn(samplers=["ADASYN"], search="auto"):
            assert over_sampling.SMOTE is KEPT[0]
        assert is_replaced(over_sampling.SMOTE)
        assert not issubclass(over_sampling.ADASYN, smotefast.ADASYN)
        assert over_sampling.SMOTE().search == "exact"
    assert over_sampling.SMOTE is KEPT[0]
    with pytest.raises(ZeroDivisionError), smotefast.patch_imblearn():
        raise ZeroDivisionError
    assert over_sampling.SMOTE is KEPT[0]


def test_a_context__can_be_used_again():
    patch = smotefast.patch_imblearn()
    smotefast.unpatch_imblearn()
    for _ in range(2):
        with patch:
            assert is_replaced(over_sampling.SMOTE)
        assert over_sampling.SMOTE is KEPT[0]


def test_the_replacement__is_the_same_class_each_time():
    with smotefast.patch_imblearn():
        first = [over_sampling.SMOTE]
    with smotefast.patch_imblearn():
        assert over_sampling.SMOTE is first[0]


def test_threads__may_patch_at_once():
    def work():
        for _ in range(5):
            smotefast.patch_imblearn(samplers=["SMOTE"])
            smotefast.unpatch_imblearn()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert over_sampling.SMOTE is KEPT[0]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"samplers": ["SMOT"]}, "'SMOT' is not one of .* Did you mean 'SMOTE'"),
        ({"samplers": ["Combination"]}, "'Combination' is not one of"),
        ({"samplers": 3}, "samplers=3 is neither names of classes nor None"),
        ({"search": "aprox"}, "search='aprox' is not one of .* Did you mean 'approximate'"),
    ],
)
def test_invalid_parameters__are_refused_before_anything_changes(parameters, message):
    with pytest.raises(ValueError, match=message):
        smotefast.patch_imblearn(**parameters)
    assert over_sampling.SMOTE is KEPT[0]


@pytest.mark.parametrize("version", ["0.15.0", "0.15.dev0", "1.0", "0.13.0"])
def test_an_unknown_version__is_not_patched_unless_forced(monkeypatch, version):
    monkeypatch.setattr(imblearn, "__version__", version)
    with pytest.warns(
        PatchWarning, match=f"imbalanced-learn {version} is not patched"
    ) as warned:
        smotefast.patch_imblearn()
    assert warned[0].filename == __file__
    with pytest.warns(PatchWarning) as warned, smotefast.patch_imblearn():
        assert over_sampling.SMOTE is KEPT[0]
    assert len(warned) == 1
    with smotefast.patch_imblearn(force=True):
        assert is_replaced(over_sampling.SMOTE)
    smotefast.unpatch_imblearn()


def test_without_imbalanced_learn__the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "imblearn", None)
    with pytest.raises(ImportError) as caught:
        smotefast.patch_imblearn()
    assert 'pip install "smotefast[imblearn]"' in caught.value.__notes__[0]


def test_the_ipython_extension__patches():
    smotefast.load_ipython_extension(None)
    assert is_replaced(over_sampling.SMOTE)
    smotefast.unload_ipython_extension(None)
    assert over_sampling.SMOTE is KEPT[0]
