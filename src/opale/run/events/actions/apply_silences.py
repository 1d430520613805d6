"""Application of silences to the alerts of a batch, or to all live alerts.

The silences in force are cached for seconds; where they change, live alerts are looked at again
after that time, so a batch that was written with an older cache is put right.
Source: docs/rules/silences.md.
"""

import threading
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Q
from procrastinate.contrib.django import app

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.bulk_sql import insert_many
from opale.kernel.models import StateMove
from opale.kernel.states import move_columns
from opale.run.events.actions.alert_rows import BatchResult
from opale.run.events.actions.announcements import announce_call
from opale.run.events.actions.qualification import TIMER_JOB
from opale.run.events.domain.silences import SilenceIndex
from opale.run.events.models import Alert
from opale.run.events.queries.by_ids import columns_of
from opale.run.events.queries.silences import (
    ATTRIBUTE_COLUMNS,
    active_silence_matchers,
    alert_attributes,
)
from opale.run.events.states import AlertState

KEPT_SECONDS: Final = 2.0
AT_ONCE: Final = 1_000
UPDATE_SILENCES_JOB: Final = "events.turn_silences"
MUTE, UNMUTE = "mute", "unmute"

UPDATE_MUTED = """
    WITH held AS MATERIALIZED (
        SELECT a.id FROM events_alert a WHERE a.id = ANY(%(ids)s)
        ORDER BY a.integration_id, a.identity FOR NO KEY UPDATE OF a
    )
    UPDATE events_alert a SET silence_id = n.silence_id
    FROM unnest(%(ids)s::bigint[], %(before)s::bigint[], %(after)s::bigint[], %(at)s::timestamptz[])
        AS n(id, before, silence_id, source_at), held
    WHERE a.id = n.id AND held.id = n.id AND a.state <> 'closed' AND a.source_at = n.source_at
      AND a.silence_id IS NOT DISTINCT FROM n.before
    RETURNING a.id
"""
"""In the order in which batches lock; alerts changed by a batch meanwhile were checked by it."""


class ActiveSilences:
    """The silences in force, cached for some seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._silencers = SilenceIndex(())
        self._forget_at = 0.0

    def now(self, at: datetime) -> SilenceIndex:
        with self._lock:
            if time.monotonic() < self._forget_at:
                return self._silencers
        found = SilenceIndex(active_silence_matchers(at))
        with self._lock:
            self._silencers, self._forget_at = found, time.monotonic() + KEPT_SECONDS
        return found

    def forget(self) -> None:
        with self._lock:
            self._forget_at = 0.0


ACTIVE_SILENCES = ActiveSilences()


@dataclass(frozen=True, slots=True)
class SilenceCheck:
    """An alert, and the silence that muted it before and now."""

    id: int
    state: str
    customer_id: int | None
    source_at: datetime
    before: int | None
    after: int | None

    @property
    def calls(self) -> bool:
        """Return whether somebody has to be called for the alert now that nothing mutes it."""
        return self.after is None and self.state == AlertState.OPEN


def mute_batch(written: BatchResult, silencers: SilenceIndex, *, by: Actor, at: datetime) -> None:
    """Mute the alerts that fired in a batch; where no silence is in force, nothing is read."""
    if any(silencer.ends_on_clear for silencer in silencers) and written.cleared():
        app.configure_task(UPDATE_SILENCES_JOB).defer()
    fired = [alert for alert in written.alerts if alert.life.content]
    if not fired or not silencers:
        return
    raised = {alert.id for alert in fired if alert.life.raised}
    looked_at = _looked_at([alert.id for alert in fired], silencers)
    done = _change(looked_at, by=by, at=at)
    _call((one for one in done if one.calls and one.id not in raised), by=by, at=at)
    written.muted |= {one.id for one in looked_at if one.after}


def mute_live_alerts(*, by: Actor, at: datetime, at_most: int | None = None) -> bool:
    """Apply the silences in force now to every live alert; return whether all were looked at."""
    silencers = SilenceIndex(active_silence_matchers(at))
    rows = Alert.objects.filter(
        ~Q(state=AlertState.CLOSED), ~Q(state=AlertState.CLEARED) | Q(silence__isnull=False)
    )
    if not silencers:
        rows = rows.filter(silence__isnull=False)
    last, looked = 0, 0
    while at_most is None or looked < at_most:
        ids = list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        if not ids:
            return True
        with attributed(by):
            looked_at = _looked_at(ids, silencers)
            done = _change(looked_at, by=by, at=at)
            _call((one for one in done if one.calls), by=by, at=at)
        last, looked = ids[-1], looked + len(ids)
    return False


def _looked_at(ids: Sequence[int], silencers: SilenceIndex) -> list[SilenceCheck]:
    found = []
    for row in columns_of(ids, ("state", "silence_id", "source_at", *ATTRIBUTE_COLUMNS)):
        state, before, source_at, *about = row
        alert_id, alert = alert_attributes(about)
        # A cleared alert is unmuted, never muted: if it comes back, it is looked at then.
        if state == AlertState.CLEARED:
            fits = (one for one in silencers if one.id == before)
            silencer = next((one for one in fits if one.mutes(alert)), None)
        else:
            silencer = silencers.chosen(alert)
        after = silencer.id if silencer else None
        found.append(SilenceCheck(alert_id, state, alert.customer_id, source_at, before, after))
    return found


def _change(looked_at: Sequence[SilenceCheck], *, by: Actor, at: datetime) -> list[SilenceCheck]:
    wanted = [one for one in looked_at if one.before != one.after]
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            UPDATE_MUTED,
            {
                "ids": [one.id for one in wanted],
                "before": [one.before for one in wanted],
                "after": [one.after for one in wanted],
                "at": [one.source_at for one in wanted],
            },
        )
        changed = {row[0] for row in cursor.fetchall()}
    done = [one for one in wanted if one.id in changed]
    _record(done, by=by, at=at)
    return done


def _record(done: Sequence[SilenceCheck], *, by: Actor, at: datetime) -> None:
    rows = [
        move_columns(
            Alert, one.id, MUTE if one.after else UNMUTE, one.state, one.state, by=by, at=at
        )
        for one in done
        if not (one.before and one.after)
    ]
    insert_many(StateMove, rows)
    if done:
        live_topics.publish("events.board", "events.silences")
    for customer_id in {one.customer_id for one in done}:
        topics = [f"events.alert:{one.id}" for one in done if one.customer_id == customer_id]
        live_topics.publish(*topics, customer_id=customer_id)


def _call(done: Iterable[SilenceCheck], *, by: Actor, at: datetime) -> None:
    """Announce that nothing mutes these alerts any more, and try the rules on them again."""
    ids: Collection[int] = tuple(one.id for one in done)
    if ids:
        announce_call(ids, "silence_over", by=by, at=at)
        app.configure_task(TIMER_JOB).defer()
