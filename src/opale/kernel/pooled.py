"""Connections of the pool: whether one still lives is found out without a question to the database.

The pool asks with an empty statement before each request, which takes the way there and back.
"""

import select
from typing import Any

import psycopg
from psycopg import Cursor

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
