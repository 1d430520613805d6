"""Sessions in the database, as Django's: each request asks for its own by a question made once."""

from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from opale.kernel.fixed import fixed


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Session | None:
        found = _running.first(self.session_key, timezone.now())
        if found is None:
            self._session_key = None
        return found


@fixed
def _running(key: str | None, at: datetime, /) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=at)
