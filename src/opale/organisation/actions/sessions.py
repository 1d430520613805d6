"""The end of a session by log-out, revocation, a new password or expiry."""

from typing import Any

from django.contrib.sessions.models import Session

from opale.kernel import live_topics


def session_topic(session_key: str) -> str:
    """Return the live topic that ends a session's stream. Never sent to a browser."""
    return f"session:{session_key}"


def publish_session_end(*, instance: Session, **_signal: Any) -> None:
    live_topics.publish(session_topic(instance.session_key))
