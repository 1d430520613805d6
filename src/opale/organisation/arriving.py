"""What a request asks before anything else, in one question: whether reference data have changed,
whose session it is, and where in the stream of changes a whole page is drawn."""

from functools import cache

from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from opale.kernel.live_topics import HEAD
from opale.kernel.reference_cache import REVISION
from opale.kernel.rows import rows_of
from opale.organisation.session_store import SessionStore
from opale.ui import live_cursor

SEEN_AT = "opale.revision"
"""In the environment of a request: the revision of reference data, from a moment ago. No client can
set it."""


def arrive(request: HttpRequest) -> None:
    """Ask, where it is more than the revision: that alone may be known, or not be wanted."""
    session, whole = request.session, live_cursor.is_full_page(request)
    key = session.session_key if isinstance(session, SessionStore) else None
    if not (key or whole):
        return
    asked = (key, timezone.now()) if key else ()
    ((revision, *found),) = rows_of(_statement(session=bool(key), whole=whole), *asked)
    request.META[SEEN_AT] = int(revision)
    if whole:
        live_cursor.record_head(request, found.pop())
    if key and isinstance(session, SessionStore):
        data, ends = found
        session.hand(Session(key, data, ends) if data is not None else None)


@cache
def _statement(*, session: bool, whole: bool) -> str:
    columns = [
        f"({REVISION})",
        *(["session_data", "expire_date"] if session else []),
        *([f"({HEAD})"] if whole else []),
    ]
    rows = (
        " FROM (VALUES (1)) AS one LEFT JOIN django_session"
        " ON session_key = %s AND expire_date > %s"
    )
    return f"SELECT {', '.join(columns)}{rows if session else ''}"
