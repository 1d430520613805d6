"""The writer of events: a batch of deliveries in one transaction, set by set.

The event rows are copied, the alerts concerned are locked in the order of their keys, their changes
are computed by `alert_state_machine`, and one statement inserts, one updates. Nothing here is done
once per event in the database.
Source: docs/rules/alerts.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import transaction

from opale.kernel.actor import Actor, system
from opale.kernel.clock import now
from opale.kernel.copy_format import copy_in, copy_moments, copy_texts
from opale.kernel.prepared_statements import ROW_GROWTH
from opale.run.events.actions import alert_rows, retention
from opale.run.events.actions.alert_rows import BatchResult, Key
from opale.run.events.actions.announcements import announce_batch
from opale.run.events.actions.apply_rules import ACTIVE_RULES_CACHE, apply_rules_to_batch
from opale.run.events.actions.apply_silences import ACTIVE_SILENCES, mute_batch
from opale.run.events.actions.new_alert_rules import apply_rules_to_new_alerts
from opale.run.events.actions.related_identities import RelatedIdentities
from opale.run.events.domain.alert_state_machine import Arrival, TrackedAlert, apply_events
from opale.run.events.domain.clean_events import CleanEvent, clean_event, to_json
from opale.run.events.domain.received_deliveries import ReceivedDelivery
from opale.run.events.models import UnreadableDelivery
from opale.run.events.queries.enrichment import (
    NAME_CACHE,
    NO_SUBJECT,
    LabelResolver,
    NamesToResolve,
    ResolvedNames,
    Subject,
)

MAX_KEPT_BYTES: Final = 65_536
COPY_EVENTS: Final = """
    COPY events_event (received_at, integration_id, identity, firing, severity, occurred_at, raw)
    FROM STDIN
"""


@dataclass(slots=True)
class Batch:
    """The deliveries as the rows to write; `named` are the keys of those that asked.

    `subjects` are those that were known before: of one event each, as most are in a storm. One
    `ResolvedNames` serves from the beginning to the end.
    """

    known: ResolvedNames
    events: list[tuple[ReceivedDelivery, CleanEvent]] = field(default_factory=list)
    by_key: dict[Key, list[Arrival]] = field(default_factory=dict)
    received_at: dict[Key, datetime] = field(default_factory=dict)
    under: dict[Key, LabelResolver] = field(default_factory=dict)
    subjects: dict[Key, Subject] = field(default_factory=dict)
    named: dict[int, list[Key]] = field(default_factory=dict)

    @classmethod
    def of(cls, deliveries: Sequence[ReceivedDelivery]) -> "Batch":
        batch = cls(NAME_CACHE.now())
        for place, delivery in enumerate(deliveries):
            under = batch.known.under(delivery.sender.naming)
            context, context_json = None, ""
            for event in delivery.events:
                if event.context is not context:
                    context, context_json = event.context, to_json(event.context)
                kept = clean_event(event, delivery.received_at, context_json)
                key = (delivery.sender.integration_id, kept.event.identity)
                batch.events.append((delivery, kept))
                arrival = Arrival(kept.event, delivery.received_at, kept.raw_json)
                batch.by_key.setdefault(key, []).append(arrival)
                batch.received_at[key] = delivery.received_at
                batch.under[key] = under
                if delivery.named:
                    batch.named.setdefault(place, []).append(key)
        return batch

    def look_up(self) -> None:
        """Look up the names in the labels of firing events."""
        wanted = NamesToResolve()
        for key, arrivals in self.by_key.items():
            under = self.under[key]
            for arrival in arrivals:
                if not arrival.event.opens:
                    continue
                labels = arrival.event.labels
                if (subject := under.known_subject(labels)) is None:
                    wanted.add(labels, under.naming)
                elif len(arrivals) == 1:
                    self.subjects[key] = subject
        self.known.look_up(wanted)

    def subject(self, key: Key, life: TrackedAlert) -> Subject:
        if life.content is None:
            return NO_SUBJECT
        if (subject := self.subjects.get(key)) is None:
            subject = self.under[key].subject(life.content.labels)
        return subject


def ingest(
    deliveries: Sequence[ReceivedDelivery], *, enrich: bool = True, again: bool = False
) -> BatchResult:
    """Write a batch of deliveries, all or nothing.

    `again`: another batch had opened one of the same alerts meanwhile.

    Late, doubled and disordered deliveries leave the same states as orderly ones.
    Errors: of the database only; senders are told of a success after the commit.
    """
    families = RelatedIdentities.of(deliveries)
    if families is not None:
        deliveries = [families.resolved(delivery) for delivery in deliveries]
    batch = Batch.of(deliveries)
    if enrich:
        batch.look_up()
    silencers, rulings = ACTIVE_SILENCES.now(now()), ACTIVE_RULES_CACHE.now()
    with transaction.atomic():
        _keep_events(batch)
        _keep_aside(deliveries)
        senders = {delivery.sender.integration_id: delivery.sender for delivery in deliveries}
        lives = _lives(batch, again=again)
        subjects = {key: batch.subject(key, life) for key, life in lives.items()} if enrich else {}
        rules, at = system("rules"), now()
        opened = {key: life for key, life in lives.items() if life.id is None}
        looked_at = apply_rules_to_new_alerts(opened, subjects, senders, rulings, by=rules, at=at)
        ruled = {key: look.after for key, look in looked_at.items()}
        written = alert_rows.write_alerts(lives, batch.received_at, subjects, ruled)
        _tell_named(batch, written)
        if families is not None:
            families.remember()
        apply_rules_to_batch(written, looked_at, rulings, by=rules, at=at)
        mute_batch(written, silencers, by=system("silences"), at=now())
        actors = {pk: sender.actor() for pk, sender in senders.items()}
        announce_batch(written, by=_author(deliveries), senders=actors)
    ROW_GROWTH.add(len(opened))
    return written


def _author(deliveries: Sequence[ReceivedDelivery]) -> Actor:
    senders = {delivery.sender for delivery in deliveries}
    return senders.pop().actor() if len(senders) == 1 else system("events")


def _keep_events(batch: Batch) -> None:
    events = [kept.event for _, kept in batch.events]
    copy_in(
        COPY_EVENTS,
        copy_moments([delivery.received_at for delivery, _ in batch.events]),
        [str(delivery.sender.integration_id) for delivery, _ in batch.events],
        copy_texts([event.identity for event in events]),
        ["t" if event.firing else "f" for event in events],
        [str(int(event.severity)) for event in events],
        copy_moments([event.occurred_at for event in events]),
        copy_texts([kept.whole_json for _, kept in batch.events]),
    )


def _keep_aside(deliveries: Sequence[ReceivedDelivery]) -> None:
    refused = [(delivery, part) for delivery in deliveries for part in delivery.refused]
    if refused:
        UnreadableDelivery.objects.bulk_create(
            UnreadableDelivery(
                integration_id=delivery.sender.integration_id,
                received_at=delivery.received_at,
                reason=part.reason[:500].replace("\x00", ""),
                body=part.raw[:MAX_KEPT_BYTES],
                size_bytes=len(part.raw),
            )
            for delivery, part in refused
        )


def _lives(batch: Batch, *, again: bool) -> dict[Key, TrackedAlert]:
    """Return the alerts concerned, as the batch leaves them; live ones are locked."""
    keys = sorted(batch.by_key)
    known = (
        alert_rows.lock_alerts_opened_meanwhile(keys)
        if again
        else alert_rows.lock_alerts_by_key(keys)
    )
    over = alert_rows.last_ends([key for key in keys if key not in known])
    lives: dict[Key, TrackedAlert] = {}
    for key in keys:
        life = apply_events(known.get(key), batch.by_key[key], over=over.get(key))
        if life is not None:
            lives[key] = life
    return lives


def _tell_named(batch: Batch, written: BatchResult) -> None:
    for place, about in batch.named.items():
        written.told[place] = tuple(written.ids.get(key) for key in about)


def ingest_internal(deliveries: Sequence[ReceivedDelivery]) -> BatchResult:
    """Write events of Opale's own, also on a day that has no partition yet."""
    for day in {delivery.received_at.date() for delivery in deliveries}:
        create_missing_partition(day)
    return ingest(deliveries)


def create_missing_partition(day: date) -> None:
    """Create the partition that a batch missed."""
    retention.create_partition(day)
