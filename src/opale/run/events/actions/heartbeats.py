"""Heartbeats: received, and raised as alerts when they fail to come.

A durable timer serves what falls due in the same second, and a sweep each minute finds what a lost
timer would have missed. What could not be received while Opale was down is expected anew.
Source: docs/rules/heartbeats.md.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.utils import translation
from django.utils.translation import gettext as _

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.kernel.timers import Timers
from opale.run.events.actions.ingestion import ingest_internal
from opale.run.events.domain.clean_events import without_nul
from opale.run.events.domain.deliveries import NewEvent
from opale.run.events.domain.received_deliveries import ReceivedDelivery, Sender
from opale.run.events.models import Heartbeat, HeartbeatWatch, Integration
from opale.run.events.rights import ADMINISTER
from opale.run.events.states import Severity

TIMER_JOB: Final = "events.miss_due_heartbeats"
TIMERS: Final = Timers(TIMER_JOB)
TOPIC: Final = "events.heartbeats"
DEFAULT_INTERVAL: Final = timedelta(days=1)
DEFAULT_GRACE: Final = timedelta(minutes=5)
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(days=400)
MAX_PER_INTEGRATION: Final = 2_000
"""The most heartbeats of one integration: names with a counter in them are a mistake."""
AT_ONCE: Final = 500
OUTAGE_AFTER: Final = timedelta(minutes=3)
"""Without a look for so long, Opale was down. A look is made every minute."""


def create_heartbeat(
    integration: Integration,
    *,
    name: str,
    every: timedelta,
    grace: timedelta,
    severity: Severity = Severity.MAJOR,
    by: Actor,
) -> Heartbeat:
    """Create a heartbeat, which is expected from its first beat on.

    Errors: NotAllowed, Invalid(name, every, grace).
    """
    if not by.can(ADMINISTER):
        raise NotAllowed
    _check(integration, name, every, grace)
    with attributed(by):
        made = Heartbeat(
            integration=integration, name=name, every=every, grace=grace, severity=severity
        )
        made.save(force_insert=True)
        live_topics.publish(TOPIC)
    return made


def edit_heartbeat(
    heartbeat: Heartbeat,
    *,
    every: timedelta | None = None,
    grace: timedelta | None = None,
    severity: Severity | None = None,
    active: bool | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Change how often a heartbeat is expected, or pause it, which ends its alert.

    Errors: NotAllowed, Invalid(every, grace).
    """
    if not by.can(ADMINISTER):
        raise NotAllowed
    with attributed(by):
        held = Heartbeat.objects.select_for_update().get(pk=heartbeat.pk)
        held.every = held.every if every is None else every
        held.grace = held.grace if grace is None else grace
        held.severity = held.severity if severity is None else severity
        held.active = held.active if active is None else active
        _check(held.integration, held.name, held.every, held.grace, but=held.pk)
        if held.last_beat_at is not None:
            held.due_at = max(held.last_beat_at + held.every + held.grace, at)
        if not held.active and held.missing_since is not None:
            held.missing_since = None
            _tell([held], firing=False, at=at)
        held.save()
        _set_timers([held], at=at)
        live_topics.publish(TOPIC)


def remove_heartbeat(heartbeat: Heartbeat, *, by: Actor, at: datetime) -> None:
    """Remove a heartbeat and end its alert. Errors: NotAllowed."""
    if not by.can(ADMINISTER):
        raise NotAllowed
    with attributed(by):
        held = Heartbeat.objects.select_for_update().filter(pk=heartbeat.pk).first()
        if held is None:
            return
        if held.missing_since is not None:
            _tell([held], firing=False, at=at)
        held.delete()
        live_topics.publish(TOPIC)


def record_heartbeat(
    integration: Integration,
    name: str,
    *,
    every: timedelta | None = None,
    grace: timedelta | None = None,
    said: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> Heartbeat:
    """Record a beat. A heartbeat of an unknown name is created and expected from now on.

    `every` and `grace` are the sender's own words, if it says any; they count when the heartbeat is
    not known yet. `said` is whatever else it says. Errors: Invalid(name, every, grace).
    """
    with attributed(by):
        held = _held(integration, name)
        if held is None:
            _made(
                integration,
                name,
                every or DEFAULT_INTERVAL,
                DEFAULT_GRACE if grace is None else grace,
            )
            held = Heartbeat.objects.select_for_update().get(integration=integration, name=name)
        held.last_beat_at = max(held.last_beat_at or at, at)
        held.due_at = held.last_beat_at + held.every + held.grace
        was_missing, held.missing_since = held.missing_since, None
        held.said = without_nul(dict(said or {}))
        held.save(update_fields=["last_beat_at", "due_at", "missing_since", "said"])
        if was_missing is not None:
            _tell([held], firing=False, at=at)
        if held.active:
            _set_timers([held], at=at)
        live_topics.publish(TOPIC)
    return held


def raise_missed_heartbeats(*, by: Actor, at: datetime) -> list[int]:
    """Raise an alert for each heartbeat that has failed to come; return the heartbeats' ids."""
    _forgive_absence(at)
    missed: list[int] = []
    while True:
        some = _miss_some(by=by, at=at)
        missed += some
        if len(some) < AT_ONCE:
            return missed


def _forgive_absence(at: datetime) -> None:
    """Expect anew from now on the heartbeats that could not be received while Opale was down."""
    with transaction.atomic():
        watch = HeartbeatWatch.objects.select_for_update().first()
        if watch is None:
            HeartbeatWatch.objects.get_or_create(pk=1, defaults={"looked_at": at})
            return
        away = at - watch.looked_at
        if away >= OUTAGE_AFTER:
            expected_at = ExpressionWrapper(F("last_beat_at") + F("every"), DateTimeField())
            unheard = Heartbeat.objects.annotate(expected_at=expected_at).filter(
                missing_since=None, expected_at__lte=at, due_at__gte=watch.looked_at
            )
            unheard.update(due_at=Value(at, DateTimeField()) + F("every") + F("grace"))
        if away > timedelta():
            watch.looked_at = at
            watch.save(update_fields=["looked_at"])


def _miss_some(*, by: Actor, at: datetime) -> list[int]:
    with attributed(by):
        due = Heartbeat.objects.filter(
            active=True, missing_since=None, due_at__lte=at, integration__active=True
        )
        held = list(
            due.select_for_update(of=("self",), skip_locked=True)
            .select_related("integration")
            .order_by("due_at")[:AT_ONCE]
        )
        if held:
            ids = [heartbeat.pk for heartbeat in held]
            Heartbeat.objects.filter(pk__in=ids).update(missing_since=at)
            _tell(held, firing=True, at=at)
            live_topics.publish(TOPIC)
    return [heartbeat.pk for heartbeat in held]


def _tell(heartbeats: Sequence[Heartbeat], *, firing: bool, at: datetime) -> None:
    """Write these as events that are stored, enriched and silenced like all others."""
    with translation.override(settings.LANGUAGE_CODE):
        told = [_received(heartbeat, firing=firing, at=at) for heartbeat in heartbeats]
    ingest_internal(told)


def _received(heartbeat: Heartbeat, *, firing: bool, at: datetime) -> ReceivedDelivery:
    of = heartbeat.integration
    sender = Sender(of.pk, of.name, of.format, key_id=0, naming=of.naming)
    event = NewEvent(
        identity=heartbeat.identity,
        firing=firing,
        severity=Severity(heartbeat.severity),
        title=_("Heartbeat missing: %(name)s") % {"name": heartbeat.name},
        labels={"heartbeat": heartbeat.name, "host": heartbeat.name},
        occurred_at=at,
        raw={"heartbeat": heartbeat.name, "last_beat_at": heartbeat.last_beat_at},
    )
    return ReceivedDelivery(sender, at, (event,))


def _held(integration: Integration, name: str) -> Heartbeat | None:
    return (
        Heartbeat.objects.select_for_update(of=("self",))
        .select_related("integration")
        .filter(integration=integration, name=name)
        .first()
    )


def _made(integration: Integration, name: str, every: timedelta, grace: timedelta) -> None:
    _check(integration, name, every, grace)
    if Heartbeat.objects.filter(integration=integration).count() >= MAX_PER_INTEGRATION:
        raise Invalid(
            name=_("This integration already has %(most)s heartbeats, the maximum.")
            % {"most": MAX_PER_INTEGRATION}
        )
    # Two simultaneous first beats make one heartbeat.
    Heartbeat.objects.bulk_create(
        [Heartbeat(integration=integration, name=name, every=every, grace=grace)],
        ignore_conflicts=True,
    )


def _check(
    integration: Integration,
    name: str,
    every: timedelta,
    grace: timedelta,
    but: int | None = None,
) -> None:
    wrong = {}
    if not name.strip() or len(name) > 200 or "\x00" in name:
        wrong["name"] = _("A name has between 1 and 200 characters.")
    elif but is None and Heartbeat.objects.filter(integration=integration, name=name).exists():
        wrong["name"] = _("Another heartbeat of this integration has this name.")
    if not SHORTEST <= every <= LONGEST:
        wrong["every"] = _("Enter a duration between 10 seconds and 400 days.")
    if not timedelta() <= grace <= LONGEST:
        wrong["grace"] = _("Enter a duration between 0 and 400 days.")
    if wrong:
        raise Invalid(**wrong)


def _set_timers(heartbeats: Sequence[Heartbeat], *, at: datetime) -> None:
    TIMERS.set([one.due_at for one in heartbeats if one.due_at is not None], at=at)
