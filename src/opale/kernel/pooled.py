"""Connections of the pool: which one is taken, and how it is found out whether it still lives.

The pool would ask with an empty statement before each request, which takes the way there and back.
"""

import select
from typing import Any

import psycopg
from psycopg import Cursor
from psycopg_pool import ConnectionPool

ALIVE = ""
"""What psycopg's pool executes to find out."""


class PooledConnection(psycopg.Connection[Any]):
    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Cursor[Any]:
        """Where the server has ended it, something stands there to be read: then it is asked, and
        says so. Errors: psycopg.OperationalError."""
        if query == ALIVE and not self.closed and not self._has_something_to_say():
            return self.cursor()
        return super().execute(query, *args, **kwargs)

    def _has_something_to_say(self) -> bool:
        looked = select.poll()
        looked.register(self.fileno(), select.POLLIN | select.POLLPRI)
        return bool(looked.poll(0))


class NewestFirst(ConnectionPool[PooledConnection]):
    """Gives the connection that was given back last, which has read its plans and pages already;
    what is needed in a rush alone stays idle after it, and is closed."""

    def _get_ready_connection(self, timeout: float | None) -> PooledConnection | None:
        # Called under the pool's lock; it takes from the left what was put in on the right.
        self._pool.rotate(1)
        return super()._get_ready_connection(timeout)
