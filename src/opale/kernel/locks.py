"""Locks on scarce resources, by name, held until the end of the transaction."""

from django.db import connection


def take_locks(*resources: str) -> None:
    """Take the lock of each named resource, always in the same order, until commit or rollback.

    Call it once per transaction, as late as possible and before the check that it protects.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a lock lasts as long as its transaction, and there is none")
    with connection.cursor() as cursor:
        for resource in sorted(set(resources)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [resource])
