"""One transaction by one actor: the frame of every action."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from opale.kernel.actor import Actor


@contextmanager
def acting(by: Actor, *, reason: str = "") -> Iterator[None]:
    """Open a transaction whose every recorded change is attributed to `by`.

    The history triggers read the attribution from the transaction itself, so it cannot leak into
    the next user of a pooled connection, and a tracked change outside of it is refused.
    """
    attribution = {"actor": by.key, "name": by.name, "reason": reason}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pghistory.context_metadata', true)")
        (before,) = cursor.fetchone()
        _attribute(json.dumps(attribution, ensure_ascii=False))
        yield
        # An action inside an action gives the attribution back to the outer one.
        _attribute(before or "")


def _attribute(metadata: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_metadata', %s, true)", [metadata])
