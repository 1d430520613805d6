"""One transaction by one actor: the frame of every action."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from opale.kernel.actor import Actor
from opale.kernel.prepared import rows_of

SETTING = "pghistory.context_metadata"

_attributed: ContextVar[str] = ContextVar("attributed", default="")
"""What the transaction's setting holds, as this block left it there."""


@contextmanager
def acting(by: Actor, *, reason: str = "", savepoint: bool = True) -> Iterator[None]:
    """Open a transaction whose every recorded change is attributed to `by`.

    The history triggers read the attribution from the transaction itself, so it cannot leak into
    the next user of a pooled connection, and a tracked change outside of it is refused. An action
    inside an action of the same actor has the outer one's reason unless it says its own, and gives
    the attribution back to the outer one; a failed one leaves it to the rollback of its savepoint.
    Without `savepoint` what fails inside fails the outer action too: for a part of it that no other
    action does without.
    """
    inner = connection.in_atomic_block
    with transaction.atomic(savepoint=savepoint):
        before = _attributed.get() if inner else ""
        outer = json.loads(before) if before and not reason else {}
        if outer.get("actor") == by.key:
            reason = outer["reason"]
        attribution = json.dumps(
            {"actor": by.key, "name": by.name, "reason": reason}, ensure_ascii=False
        )
        if attribution != before:
            _attribute(attribution)
        token = _attributed.set(attribution)
        try:
            yield
        finally:
            _attributed.reset(token)
        if inner and attribution != before:
            _attribute(before)


def _attribute(metadata: str) -> None:
    rows_of("SELECT set_config(%s, %s, true)", SETTING, metadata)
