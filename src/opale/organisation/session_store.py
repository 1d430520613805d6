"""Sessions in the database, as Django's: each request asks for its own by a question made once, or
is handed it by whoever has asked already."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from opale.kernel.compiled_queries import compiled


class SessionStore(DatabaseStore):
    _handed: tuple[Session | None] | tuple[()] = ()

    def hand(self, found: Session | None) -> None:
        """Say what the database has found, a moment ago: it is read the first time that anything
        of the session is."""
        self._handed = (found,)

    def _get_session_from_db(self) -> Any:
        handed, self._handed = self._handed, ()
        (found,) = handed or (_running.first(self.session_key, timezone.now()),)
        if found is None:
            self._session_key = None
        return found


@compiled
def _running(key: str | None, at: datetime, /) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=at)
