"""Threads that keep their connection, when PostgreSQL was started anew since they last asked."""

from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")


def retry_if_disconnected(ask: Callable[[], T]) -> T:
    """What `ask` gives; where the connection that was held was lost since, on another one: for what
    may be done again where nobody knows how it ended."""
    before = connection.connection
    try:
        return ask()
    except (OperationalError, InterfaceError):
        if before is None or not before.closed:
            raise
        connection.close()
        return ask()
