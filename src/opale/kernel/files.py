"""Storage port of files: bytes are kept under a key computed from them, never from user input.

They are kept in Django's default storage: a folder of the data directory, or what an installation
configures. A file is on disk before the row that names it is committed; one whose row never comes
is never found, and is removed later (`kernel.stored_files`).
"""

import os
import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.kernel.file_keys import STORED_LOCK
from opale.kernel.rate_limits import RateLimit

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Types that a browser may show in place: pictures without scripts. All else is only saved."""

PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe")
PROGRAM_NAMES = re.compile(
    r"\.(bat|cmd|com|cpl|exe|hta|jar|js|jse|lnk|msi|ps1|reg|scr|vbe|vbs|wsf)$", re.IGNORECASE
)
HEAD_BYTES = 8192
NAME_LENGTH = 255


@dataclass(frozen=True, slots=True)
class StoredFile:
    """File in the storage. `media_type` is detected from its bytes."""

    key: str
    size_bytes: int
    sha256: str
    media_type: str


UPLOADS: Final = RateLimit(lambda: settings.UPLOADS_PER_LOGIN, timedelta(days=1))
"""Bytes of files that each login sends, whatever becomes of them."""


def store_upload(chunks: Iterable[bytes], *, name: str, by: Actor) -> StoredFile:
    """Store a file that somebody sends. Errors: Invalid, TooMany (of this login, for today)."""

    def count(size: int) -> None:
        UPLOADS.take(by.key, size)

    return store_file(chunks, name=name, limit_bytes=settings.ATTACHMENT_LIMIT, admit=count)


def store_file(
    chunks: Iterable[bytes],
    *,
    name: str,
    limit_bytes: int,
    admit: Callable[[int], None] | None = None,
) -> StoredFile:
    """Store an uploaded file durably, unless it is too large, empty or a program.

    Errors: Invalid, those of `admit`, which is called with the size of what would be stored.
    """
    digest, size, head = sha256(), 0, b""
    with TemporaryFile() as waiting:
        for chunk in chunks:
            size += len(chunk)
            if size > limit_bytes:
                limit = limit_bytes // (1024 * 1024)
                raise Invalid(file=_("The file is larger than %(limit)s MiB.") % {"limit": limit})
            head = head if len(head) >= HEAD_BYTES else head + chunk[:HEAD_BYTES]
            digest.update(chunk)
            waiting.write(chunk)
        if not size:
            raise Invalid(file=_("The file is empty."))
        if head.startswith(PROGRAMS) or PROGRAM_NAMES.search(name.strip()):
            raise Invalid(
                file=_(
                    "Executable files are not accepted: attach a document, a picture or an archive."
                )
            )
        if admit is not None:
            admit(size)
        key = _store(waiting, digest.hexdigest(), size)
    return StoredFile(key, size, digest.hexdigest(), media_type_of(head))


def store_bytes(content: bytes) -> str:
    """Store bytes durably and unchecked, for content that Opale itself decided to keep."""
    return _store(BytesIO(content), sha256(content).hexdigest(), len(content))


def open_stored(key: str) -> "File[bytes]":
    """Open the bytes under a key, to be read and closed. Errors: FileNotFoundError."""
    return default_storage.open(key, "rb")


def media_type_of(head: bytes) -> str:
    """Return the media type by the first bytes; text where they are text, else UNKNOWN."""
    try:
        found = [match.mime_type for match in puremagic.magic_string(head) if match.mime_type]
    except puremagic.PureError:
        found = []
    if found:
        return str(found[0])
    with suppress(UnicodeDecodeError):
        # The last character of the beginning may be cut.
        if "\x00" not in getincrementaldecoder("utf-8")().decode(head):
            return TEXT
    return UNKNOWN


def safe_name(name: str) -> str:
    """Return the name of a file as one line, without folders or control characters."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(c for c in last if c.isprintable()).strip().strip(".")
    if len(plain) > NAME_LENGTH:
        stem, dot, end = plain.rpartition(".")
        kept = f".{end}" if dot and len(end) <= 10 else ""
        plain = (stem if kept else plain)[: NAME_LENGTH - len(kept)] + kept
    return plain or _("file")


def removal_lock() -> bool:
    """Return whether nobody stores or backs up files until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [STORED_LOCK])
        return bool(cursor.fetchone()[0])


def last_stored_at(key: str) -> datetime | None:
    """Return when the bytes under a key were stored last; None when there are none."""
    try:
        return default_storage.get_modified_time(key)
    except FileNotFoundError:
        return None


def _store(waiting: IO[bytes], digest: str, size: int) -> str:
    key = f"{digest[:2]}/{digest[2:4]}/{digest}"
    # Bytes that are found here are not removed before they are marked as stored anew.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [STORED_LOCK])
        # What another process is still writing, or a crash cut short, is not yet this file.
        if default_storage.exists(key) and default_storage.size(key) == size and _touch(key):
            stored = key
        else:
            waiting.seek(0)
            stored = default_storage.save(key, File(waiting))
        with suppress(NotImplementedError):
            _make_durable(Path(default_storage.path(stored)))
    return stored


def _touch(key: str) -> bool:
    """Mark bytes as stored now; a storage that cannot stores them once more."""
    try:
        os.utime(default_storage.path(key))
    except NotImplementedError:
        return False
    return True


def _make_durable(path: Path) -> None:
    """Flush to disk the bytes and the folders that name them: two folders may be new."""
    for one in (path, *path.parents[:3]):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
