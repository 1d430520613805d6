"""The end of a session, however it ended: log out, revocation, another password, expiry."""

from typing import Any

from django.contrib.sessions.models import Session

from opale.kernel import live_topics


def session_topic(session_key: str) -> str:
    """What the live stream of a session listens to, to end with it. Never sent to a browser."""
    return f"session:{session_key}"


def publish_session_end(*, instance: Session, **_signal: Any) -> None:
    live_topics.publish(session_topic(instance.session_key))
