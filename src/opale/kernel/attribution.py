"""Attribution of one transaction to one actor: the frame of every action."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from opale.kernel.actor import Actor
from opale.kernel.context_vars import override_var
from opale.kernel.prepared_statements import fetch_rows

SETTING = "pghistory.context_metadata"

_attributed: ContextVar[str] = ContextVar("attributed", default="")
"""Present value of the transaction's setting, as this block set it."""

_whole: ContextVar[bool] = ContextVar("whole", default=False)
"""Whether any failure inside ends this block."""


@contextmanager
def attributed(by: Actor, *, reason: str = "", savepoint: bool = True) -> Iterator[None]:
    """Open a transaction whose every recorded change is attributed to `by`.

    The history triggers read the attribution from the transaction itself, so it cannot leak into
    the next user of a pooled connection, and a tracked change outside of it is refused. An action
    inside an action of the same actor has the outer one's reason unless it sets its own, and then
    restores the outer attribution; for one that is rolled back, the rollback does so. Without
    `savepoint` a failure inside fails the outer action too: for an indispensable part of it.
    """
    inner = connection.in_atomic_block
    with transaction.atomic(savepoint=savepoint and not _whole.get()), override_var(_whole, False):
        before = _attributed.get() if inner else ""
        outer = json.loads(before) if before and not reason else {}
        if outer.get("actor") == by.key:
            reason = outer["reason"]
        attribution = json.dumps(
            {"actor": by.key, "name": by.name, "reason": reason}, ensure_ascii=False
        )
        if attribution != before:
            _attribute(attribution)
        with override_var(_attributed, attribution):
            yield
        if inner and attribution != before and not transaction.get_rollback():
            _attribute(before)


@contextmanager
def attributed_whole(by: Actor) -> Iterator[None]:
    """Open a transaction for several actions of `by`: all of them are kept, or none.

    Its actions need no savepoint and no attribution of their own. A caller that goes on after one
    that failed opens a `transaction.atomic()` around each.
    """
    with attributed(by), override_var(_whole, True):
        yield


def _attribute(metadata: str) -> None:
    fetch_rows("SELECT set_config(%s, %s, true)", SETTING, metadata)
