"""The engine that settings name: Django looks for `DatabaseWrapper` in a module `base`."""

from functools import lru_cache
from typing import Any, ClassVar

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader

from opale.kernel.pooled import NewestFirst


class DatabaseWrapper(base.DatabaseWrapper):
    _connection_pools: ClassVar[dict[str, NewestFirst]] = {}

    @property
    def pool(self) -> NewestFirst | None:
        """That of all threads of this process, where there is one."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        pools = self._connection_pools
        if self.alias not in pools:
            # Of two threads that make one at once, the first is right; none is open yet.
            pool = NewestFirst(
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,
                configure=self._configure_connection,  # type: ignore[attr-defined]  # unknown to the stubs
                check=NewestFirst.check_connection,
                **options,
            )
            pools.setdefault(self.alias, pool)
        return pools[self.alias]

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        return {**params, "context": _compiled(params["context"])}

    def create_cursor(self, name: str | None = None) -> Any:
        """Django's would ask the reader of moments for its time zone, which is always UTC."""
        if name is None:
            return self.connection.cursor()
        held = self.connection.autocommit
        return _in_parts(self.connection, name=name, scrollable=False, withhold=held)


_in_parts: Any = base.ServerSideCursor


@lru_cache(4)
def _compiled(known: AdaptersMap) -> AdaptersMap:
    """With psycopg's compiled reader of moments, which gives those of a session in UTC in UTC: the
    one that Django puts in its place, to change their zone, takes four times as long for a row."""
    of = AdaptersMap(known)
    of.register_loader("timestamptz", TimestamptzLoader)
    return of
