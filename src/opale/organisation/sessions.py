"""The end of a session, however it ended: log out, revocation, another password, expiry."""

from typing import Any

from django.contrib.sessions.models import Session

from opale.kernel import changes


def topic_of(session_key: str) -> str:
    """What the live stream of a session listens to, to end with it. Never sent to a browser."""
    return f"session:{session_key}"


def session_ended(*, instance: Session, **_signal: Any) -> None:
    changes.touch(topic_of(instance.session_key))
