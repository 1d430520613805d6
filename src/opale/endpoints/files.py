"""Responses of stored files: pictures may be shown, all else is saved and never run in a page."""

from typing import Final

from django.http import FileResponse

from opale.kernel.files import SHOWN_INLINE, UNKNOWN, open_stored

BLOCK_BYTES: Final = 1 << 16


def file_response(key: str, *, name: str, media_type: str) -> FileResponse:
    """Return the bytes under a key of the storage, with headers that keep a browser from running
    them.
    """
    shown = media_type in SHOWN_INLINE
    response = FileResponse(
        open_stored(key),
        as_attachment=not shown,
        filename=name,
        content_type=media_type if shown else UNKNOWN,
    )
    response.block_size = BLOCK_BYTES
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
