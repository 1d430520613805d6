"""The pool of database connections, which the web and the gateway have and the workers have not."""

from typing import Any

from django.conf import settings

from opale import environment


def take_pool() -> None:
    """Let this process have the pool, unless OPALE_DATABASE_POOL says no.

    A child of `up` has its settings already, from before it was known what it would be.
    """
    if not environment.flag("OPALE_DATABASE_POOL", default=True):
        return
    database: dict[str, Any] = settings.DATABASES["default"]
    database["OPTIONS"]["pool"] = settings.DATABASE_POOL
    database["CONN_HEALTH_CHECKS"] = True
