"""Mails as files: readable by the account of Opale alone, in a folder of their own."""

import stat
from pathlib import Path

from django.core.mail import EmailMessage

from opale.environment import EMAIL_BACKENDS
from opale.messaging.actions.file_backend import EmailBackend


def test_no_other_account_reads_mails_that_are_written_as_files(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "mail"
    backend = EmailBackend(file_path=str(folder))
    mails = [EmailMessage(f"Mail {n}", "a link", "a@opale.example", ["b@x.example"]) for n in "12"]
    assert backend.send_messages(mails) == 2
    (written,) = folder.iterdir()
    assert written.read_text().count("Subject: Mail") == 2
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert EMAIL_BACKENDS["file"] == f"{EmailBackend.__module__}.{EmailBackend.__name__}"


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    EmailBackend(file_path=str(tmp_path))
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
