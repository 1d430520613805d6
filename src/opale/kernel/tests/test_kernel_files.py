"""Stored files: for the account of Opale alone."""

import stat
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from opale.kernel.files import store_bytes


@pytest.mark.django_db
def test_a_stored_file_is_read_by_no_other_account(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    path = Path(default_storage.path(store_bytes(b"an attachment")))
    assert path.read_bytes() == b"an attachment"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    folders = [path.parent, path.parent.parent, tmp_path / "files"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in folders} == {0o700}
