"""Retry for threads that keep a connection, after a restart of PostgreSQL."""

from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")


def retry_if_disconnected(ask: Callable[[], T]) -> T:
    """Return the result of `ask`, run again on a new connection where the held one was lost: only
    for what may be done twice.
    """
    before = connection.connection
    try:
        return ask()
    except (OperationalError, InterfaceError):
        if before is None or not before.closed:
            raise
        connection.close()
        return ask()
