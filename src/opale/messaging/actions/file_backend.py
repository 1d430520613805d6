"""Mails as files, for a trial: readable by the account of Opale alone, as they hold links."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend as DjangoBackend


class EmailBackend(DjangoBackend):
    """Django's backend, whose folder and files no other account of the machine reads.

    A folder that exists already keeps its mode: it may be anything that somebody named.
    """

    def __init__(self, *args: Any, file_path: str | None = None, **options: Any) -> None:
        options["file_path"] = file_path or str(settings.EMAIL_FILE_PATH)
        Path(options["file_path"]).mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(*args, **options)

    def open(self) -> bool:
        if getattr(self, "stream", None) is not None:
            return False
        path = self._get_filename()  # type: ignore[attr-defined]  # Django's
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.stream = os.fdopen(handle, "ab")  # type: ignore[assignment]  # as Django's, of bytes
        return True
