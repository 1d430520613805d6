"""The writer of events: a batch of deliveries in one transaction, set by set.

The event rows are copied, the alerts concerned are locked in the order of their keys, what becomes
of each is worked out by `life`, and one statement inserts, one updates. Nothing here is done once
per event in the database.
Source: docs/rules/alerts.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import transaction

from opale.kernel.actor import Actor, system
from opale.kernel.clock import now
from opale.kernel.copying import copied_moments, copied_texts, copy_in
from opale.kernel.prepared import GROWTH
from opale.run.events.actions import alert_rows, housekeeping
from opale.run.events.actions.alert_rows import Key, Written
from opale.run.events.actions.announcing import tell
from opale.run.events.actions.families import Families
from opale.run.events.actions.muting import IN_FORCE, mute_written
from opale.run.events.actions.opening import rule_opened
from opale.run.events.actions.ruling import RULES, rule_written
from opale.run.events.enrichment import MATCHES, NOBODY, Known, Subject, Under, Wanted
from opale.run.events.life import Arrival, Life, live
from opale.run.events.models import UnreadableDelivery
from opale.run.events.received import Received
from opale.run.events.storable import StorableEvent, as_json, storable

KEPT_BYTES: Final = 65_536
EVENTS: Final = """
    COPY events_event (received_at, integration_id, identity, firing, severity, occurred_at, raw)
    FROM STDIN
"""


@dataclass(slots=True)
class Batch:
    """The deliveries as what is written of them; `named` are the keys of those that asked.

    `subjects` are those that were known before: of one event each, as most are in a storm. What
    names mean is one `known` from the beginning to the end.
    """

    known: Known
    events: list[tuple[Received, StorableEvent]] = field(default_factory=list)
    by_key: dict[Key, list[Arrival]] = field(default_factory=dict)
    received_at: dict[Key, datetime] = field(default_factory=dict)
    under: dict[Key, Under] = field(default_factory=dict)
    subjects: dict[Key, Subject] = field(default_factory=dict)
    named: dict[int, list[Key]] = field(default_factory=dict)

    @classmethod
    def of(cls, deliveries: Sequence[Received]) -> "Batch":
        batch = cls(MATCHES.now())
        for place, delivery in enumerate(deliveries):
            under = batch.known.under(delivery.sender.naming)
            context, context_json = None, ""
            for event in delivery.events:
                if event.context is not context:
                    context, context_json = event.context, as_json(event.context)
                kept = storable(event, delivery.received_at, context_json)
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
        """What the labels of what fires name."""
        wanted = Wanted()
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

    def subject(self, key: Key, life: Life) -> Subject:
        if life.content is None:
            return NOBODY
        if (subject := self.subjects.get(key)) is None:
            subject = self.under[key].subject(life.content.labels)
        return subject


def ingest(deliveries: Sequence[Received], *, enrich: bool = True, again: bool = False) -> Written:
    """Write a batch of deliveries, all or nothing.

    `again`: somebody else had opened one of the same alerts meanwhile.

    Late, doubled and disordered deliveries leave the same states as orderly ones.
    Errors: of the database only; whoever handed in is told of a success after the commit.
    """
    families = Families.of(deliveries)
    if families is not None:
        deliveries = [families.resolved(delivery) for delivery in deliveries]
    batch = Batch.of(deliveries)
    if enrich:
        batch.look_up()
    silencers, rulings = IN_FORCE.now(now()), RULES.now()
    with transaction.atomic():
        _keep_events(batch)
        _keep_aside(deliveries)
        senders = {delivery.sender.integration_id: delivery.sender for delivery in deliveries}
        lives = _lives(batch, again=again)
        subjects = {key: batch.subject(key, life) for key, life in lives.items()} if enrich else {}
        rules, at = system("rules"), now()
        opened = {key: life for key, life in lives.items() if life.id is None}
        looked_at = rule_opened(opened, subjects, senders, rulings, by=rules, at=at)
        ruled = {key: look.after for key, look in looked_at.items()}
        written = alert_rows.write(lives, batch.received_at, subjects, ruled)
        _tell_named(batch, written)
        if families is not None:
            families.remember()
        rule_written(written, looked_at, rulings, by=rules, at=at)
        mute_written(written, silencers, by=system("silences"), at=now())
        actors = {pk: sender.actor() for pk, sender in senders.items()}
        tell(written, by=_author(deliveries), senders=actors)
    GROWTH.add(len(opened))
    return written


def _author(deliveries: Sequence[Received]) -> Actor:
    senders = {delivery.sender for delivery in deliveries}
    return senders.pop().actor() if len(senders) == 1 else system("events")


def _keep_events(batch: Batch) -> None:
    events = [kept.event for _, kept in batch.events]
    copy_in(
        EVENTS,
        copied_moments([delivery.received_at for delivery, _ in batch.events]),
        [str(delivery.sender.integration_id) for delivery, _ in batch.events],
        copied_texts([event.identity for event in events]),
        ["t" if event.firing else "f" for event in events],
        [str(int(event.severity)) for event in events],
        copied_moments([event.occurred_at for event in events]),
        copied_texts([kept.whole_json for _, kept in batch.events]),
    )


def _keep_aside(deliveries: Sequence[Received]) -> None:
    refused = [(delivery, part) for delivery in deliveries for part in delivery.refused]
    if refused:
        UnreadableDelivery.objects.bulk_create(
            UnreadableDelivery(
                integration_id=delivery.sender.integration_id,
                received_at=delivery.received_at,
                reason=part.reason[:500].replace("\x00", ""),
                body=part.raw[:KEPT_BYTES],
                size_bytes=len(part.raw),
            )
            for delivery, part in refused
        )


def _lives(batch: Batch, *, again: bool) -> dict[Key, Life]:
    """The alerts concerned, as the batch leaves them: those that live are locked."""
    keys = sorted(batch.by_key)
    known = alert_rows.lock_with_new(keys) if again else alert_rows.lock(keys)
    over = alert_rows.ends_of_closed([key for key in keys if key not in known])
    lives: dict[Key, Life] = {}
    for key in keys:
        life = live(known.get(key), batch.by_key[key], over=over.get(key))
        if life is not None:
            lives[key] = life
    return lives


def _tell_named(batch: Batch, written: Written) -> None:
    for place, about in batch.named.items():
        written.told[place] = tuple(written.ids.get(key) for key in about)


def hand_in(deliveries: Sequence[Received]) -> Written:
    """Write what Opale itself has to say, also on a day that nobody has opened yet."""
    for day in {delivery.received_at.date() for delivery in deliveries}:
        prepare_day(day)
    return ingest(deliveries)


def prepare_day(day: date) -> None:
    """Make the partition that a batch missed."""
    housekeeping.open_day(day)
