"""What many ask for at the same moment and is the same for all of them: read once.

After a change, each browser that follows a list asks for it again. What the first of them reads is
kept under the state of its topic, and given to the others until a further change is committed.
Source: docs/decisions/0013-told-in-turn.md.
"""

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar, cast

from opale.kernel import clock
from opale.kernel.live_topics import HEAD
from opale.kernel.reference_cache import revision
from opale.kernel.rows import rows_of

T = TypeVar("T")

KEPT: Final = 60
"""Pages of lists with their rows: of each the one that was read last."""
KEPT_SECONDS: Final = 60.0
"""Nothing is asked for in a state of the minute before."""
BASE_SECONDS: Final = 10.0
BASE: Final = f"""
    SELECT least(({HEAD}), coalesce(pg_current_xact_id_if_assigned()::text::bigint - 1, {2**62}))
"""  # written in the kernel
"""Also before a transaction of our own, which the horizon does not count as running."""
SAID_SINCE: Final = """
    SELECT count(*), coalesce(sum(id), 0) FROM kernel_change WHERE transaction > %s AND topic = %s
"""

_base: tuple[float, int] = (0.0, 0)
"""When it was looked for, and a transaction before which all have ended."""
_kept: dict[Hashable, tuple[Hashable, float, Any]] = {}
"""In which state, when, and what was read: the oldest first."""
_turns = tuple(Lock() for _ in range(16))
_keeping = Lock()


def state_of(topic: str) -> Hashable:
    """What is another one as soon as a change of the topic is committed.

    What is read after it was asked for is at least as new. It is another one each minute too, for
    what moves by the clock alone, and with reference data.
    """
    global _base
    now = time.monotonic()
    if now > _base[0] + BASE_SECONDS:
        ((ended,),) = rows_of(BASE)
        _base = (now, ended)
    base = _base[1]
    (said,) = rows_of(SAID_SINCE, base, topic)
    return base, topic, said, clock.now().replace(second=0, microsecond=0), revision()


def read_once(state: Hashable, what: Hashable, read: Callable[[], T]) -> T:
    """What `read` finds, read by the first who asks for it in this state.

    `what` is all that it depends on beside the state: also who may see it. Nobody changes it.
    """
    with _turns[hash(what) % len(_turns)]:
        in_state, _, found = _kept.get(what, (None, 0.0, None))
        if in_state != state:
            found = read()
            _keep(what, state, found)
        return cast(T, found)


def _keep(what: Hashable, state: Hashable, found: Any) -> None:
    now = time.monotonic()
    with _keeping:
        _kept.pop(what, None)
        while _kept:
            oldest = next(iter(_kept))
            if len(_kept) < KEPT and now - _kept[oldest][1] < KEPT_SECONDS:
                break
            del _kept[oldest]
        _kept[what] = (state, now, found)
