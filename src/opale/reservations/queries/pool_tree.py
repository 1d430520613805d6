"""Pools as a tree: which are above, and what is held of each with its parts.

Source: docs/rules/reservations.md, "Pools".
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from opale.infrastructure.models import CapacityPool

_ROOTS = """
WITH RECURSIVE up AS (
    SELECT id, parent_id FROM infrastructure_capacitypool
    WHERE id = ANY(%s) OR item_id = ANY(%s)
    UNION
    SELECT one.id, one.parent_id FROM up
    JOIN infrastructure_capacitypool AS one ON one.id = up.parent_id
)
SELECT id FROM up WHERE parent_id IS NULL ORDER BY id
"""
_ABOVE = """
SELECT pool, above.id FROM unnest(%s::bigint[]) AS pool, reservations_pools_above(pool) AS above
ORDER BY pool, above.depth
"""
_HELD = """
SELECT pool, reservation, days, sum(quantity) FROM reservations_held_of(%s, %s)
GROUP BY pool, reservation, days ORDER BY pool, reservation, days
"""


def root_pools(pool_ids: Collection[int], item_ids: Collection[int]) -> list[int]:
    """Return the pools at the top of the trees of these pools and of the pools of these items."""
    if not pool_ids and not item_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ROOTS, [list(pool_ids), list(item_ids)])
        return [pk for (pk,) in cursor.fetchall()]


def chains(pool_ids: Collection[int]) -> dict[int, list[int]]:
    """Return each of these pools with those above it, the pool itself first."""
    found: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [list(pool_ids)])
        for pool, above in cursor.fetchall():
            found.setdefault(pool, []).append(above)
    return found


def chain_of(pool: CapacityPool) -> list[CapacityPool]:
    """Return the pool with those above it, the one at the top first."""
    keys = chains([pool.pk])[pool.pk]
    known = CapacityPool.objects.in_bulk(keys)
    return [known[key] for key in reversed(keys)]


@dataclass(frozen=True, slots=True)
class HeldOfPool:
    """What one reservation holds of a pool, with its parts and the named units of its items."""

    pool_id: int
    reservation_id: int
    days: DateRange
    quantity: Decimal


def held_of_pools(pool_ids: Collection[int], *, since: date) -> list[HeldOfPool]:
    """Return what is held of these pools on a day or later."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [list(pool_ids), DateRange(since, None)])
        return [
            HeldOfPool(pool, reservation, days, quantity)
            for pool, reservation, days, quantity in cursor.fetchall()
        ]
