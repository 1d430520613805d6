"""Resolution of events to alerts where a source has several identities for one trouble.

Either identity may name the other: the known one, or the new one. Tools that send no families cost
nothing here.
Source: docs/rules/alerts.md, "Families".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from msgspec.structs import replace

from opale.kernel.array_literals import number_array, text_array
from opale.run.events.actions.alert_rows import Key
from opale.run.events.domain.clean_events import bounded_identity, without_nul
from opale.run.events.domain.deliveries import NewEvent
from opale.run.events.domain.received_deliveries import ReceivedDelivery
from opale.run.events.models import RelatedIdentity

SELECT_RELATED = """
    SELECT r.integration_id, r.identity, r.leader, r.told
    FROM events_relatedidentity r
    JOIN unnest(%s::bigint[], %s::text[]) AS k(integration_id, identity)
      ON r.integration_id = k.integration_id AND r.identity = k.identity
"""
SELECT_LIVE = """
    SELECT a.integration_id, a.identity
    FROM events_alert a
    JOIN unnest(%s::bigint[], %s::text[]) AS k(integration_id, identity)
      ON a.integration_id = k.integration_id AND a.identity = k.identity
    WHERE a.state <> 'closed'
    ORDER BY a.id
"""


@dataclass(slots=True)
class RelatedIdentities:
    """The known relations of the identities in a batch, and those that the batch adds.

    `leaders` are the alerts that answer to a name, and whether that name told of them; `live` are
    the alerts that are not closed, the oldest first.
    """

    leaders: dict[Key, dict[str, bool]] = field(default_factory=dict)
    live: dict[Key, int] = field(default_factory=dict)
    learned: dict[tuple[int, str, str], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, deliveries: Sequence["ReceivedDelivery"]) -> "RelatedIdentities | None":
        """Return the relations for these deliveries; None where no event may have relatives."""
        names = {
            (delivery.sender.integration_id, name)
            for delivery in deliveries
            for event in delivery.events
            if event.family is not None
            for name in _names(event)
        }
        if not names:
            return None
        families = cls()
        for integration_id, identity, leader, told in _by_keys(SELECT_RELATED, names):
            families.leaders.setdefault((integration_id, identity), {})[leader] = told
        leading = {(key[0], leader) for key, found in families.leaders.items() for leader in found}
        for integration_id, identity in _by_keys(SELECT_LIVE, names | leading):
            families._open((integration_id, identity))
        return families

    def resolved(self, delivery: "ReceivedDelivery") -> "ReceivedDelivery":
        """Return the delivery with each event assigned to the alert or alerts that it means."""
        if all(event.family is None for event in delivery.events):
            return delivery
        events = tuple(self._resolved(delivery.sender.integration_id, delivery.events))
        return replace(delivery, events=events)

    def remember(self) -> None:
        """Store the relations that the batch told of; inside its transaction."""
        for told in (True, False):
            RelatedIdentity.objects.bulk_create(
                [
                    RelatedIdentity(integration_id=of, identity=identity, leader=leader, told=told)
                    for (of, identity, leader), is_told in sorted(self.learned.items())
                    if is_told is told
                ],
                ignore_conflicts=not told,
                update_conflicts=told,
                unique_fields=["integration", "identity", "leader"] if told else None,
                update_fields=["told"] if told else None,
            )

    def _resolved(self, of: int, events: Sequence[NewEvent]) -> Iterator[NewEvent]:
        for event in events:
            if event.family is None:
                yield event
                continue
            identity = _name(event.identity)
            meant = self._meant(of, identity, [_name(name) for name in event.family])
            if not event.opens:
                for about in meant or [identity]:
                    yield replace(event, identity=about)
                continue
            about = identity if identity in meant or not meant else meant[0]
            self._open((of, about))
            self._learn(of, about, event)
            yield replace(event, identity=about)

    def _meant(self, of: int, identity: str, family: Sequence[str]) -> list[str]:
        """Return the live alerts of that name, that named it, or that its family told of."""
        found = {identity, *self.leaders.get((of, identity), ())}
        for name in family:
            told_of = self.leaders.get((of, name), {})
            found |= {name, *(leader for leader, told in told_of.items() if told)}
        live = [name for name in found if (of, name) in self.live]
        return sorted(live, key=lambda name: self.live[of, name])

    def _learn(self, of: int, leader: str, event: NewEvent) -> None:
        own = _name(event.identity)
        for name in _names(event):
            known = self.leaders.setdefault((of, name), {})
            told = name == own
            if name != leader and known.get(leader) not in (told, True):
                known[leader] = told
                self.learned[of, name, leader] = told

    def _open(self, key: Key) -> None:
        self.live.setdefault(key, len(self.live))


def _names(event: NewEvent) -> set[str]:
    return {_name(event.identity), *(_name(name) for name in event.family or ())}


def _name(identity: str) -> str:
    """Return the identity as it is stored on an alert."""
    return bounded_identity(str(without_nul(identity)))


def _by_keys(query: str, keys: set[Key]) -> list[tuple[Any, ...]]:
    found = sorted(keys)
    with connection.cursor() as cursor:
        cursor.execute(
            query, [number_array(key[0] for key in found), text_array(key[1] for key in found)]
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
