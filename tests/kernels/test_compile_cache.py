import os
import stat
import tempfile

import pytest

from smotefast.kernels.compile_cache import private_directory

pytestmark = pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system has no modes")


@pytest.fixture
def expected(tmp_path, monkeypatch):
    """The path of the private folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"smotefast-numba-{os.getuid()}"


def test_private_directory__is_writable_by_the_user_alone_and_used_again(expected):
    assert private_directory() == str(expected)
    assert stat.S_IMODE(expected.stat().st_mode) == 0o700
    assert private_directory() == str(expected)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_private_directory__is_not_writable_by_others(expected, mode):
    expected.mkdir()
    expected.chmod(mode)
    check_other(private_directory(), expected)


def test_private_directory__is_not_a_link(expected, tmp_path_factory):
    expected.symlink_to(tmp_path_factory.mktemp("elsewhere"))
    check_other(private_directory(), expected)


def test_private_directory__does_not_belong_to_another_user(expected, monkeypatch):
    expected.mkdir(mode=0o700)
    owner = os.getuid()
    expected.rename(expected.with_name(f"smotefast-numba-{owner + 1}"))
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    check_other(private_directory(), expected.with_name(f"smotefast-numba-{owner + 1}"))


def test_private_directory__is_not_a_file(expected):
    expected.touch()
    check_other(private_directory(), expected)


def test_private_directory__is_none_if_no_folder_can_be_created(expected, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "makedirs", refuse)
    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    assert private_directory() is None


def check_other(found, refused):
    """Another folder was made, for this process alone."""
    assert found is not None
    assert found != str(refused)
    assert stat.S_IMODE(os.stat(found).st_mode) == 0o700
