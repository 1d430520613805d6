"""Small builders of events, integrations and deliveries."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

from opale.kernel.actor import system
from opale.run.events.actions import integrations, retention
from opale.run.events.actions.ingestion import ingest
from opale.run.events.domain.deliveries import NewEvent
from opale.run.events.domain.received_deliveries import ReceivedDelivery, Sender
from opale.run.events.models import Alert, Integration
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.states import Severity

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MAKER = system("test-events")
_numbers = count(1)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def fires(
    seconds: float,
    identity: str = "link",
    severity: Severity = Severity.CRITICAL,
    title: str = "Link down",
    text: str = "It hurts.",
    started: float | None = None,
    **labels: str,
) -> NewEvent:
    return NewEvent(
        identity=identity,
        firing=True,
        severity=severity,
        title=title,
        text=text,
        labels=labels,
        occurred_at=at(seconds),
        started_at=None if started is None else at(started),
        raw={"said": title},
    )


def clears(seconds: float, identity: str = "link") -> NewEvent:
    return NewEvent(
        identity=identity,
        firing=False,
        severity=Severity.CRITICAL,
        title="",
        occurred_at=at(seconds),
        raw={},
    )


def make_integration(tool: str = "alertmanager") -> tuple[Integration, Sender]:
    name = f"monitoring {next(_numbers)}"
    integration, _key = integrations.create_integration(name=name, format=tool, by=MAKER)
    return integration, Sender(integration.pk, name, tool, integration.keys.get().pk)


def hand_in(sender: Sender, *events: NewEvent, received_at: datetime | None = None) -> None:
    """One delivery, written."""
    ingest([ReceivedDelivery(sender, received_at or at(3600), tuple(events))])


def hand_in_each(sender: Sender, events: Iterable[NewEvent]) -> None:
    for event in events:
        hand_in(sender, event)


def alert_of(integration: Integration, identity: str = "link") -> Alert:
    return Alert.objects.filter(integration=integration, identity=identity).latest("id")


def prepare_days() -> None:
    """Make room for the events of the tests' days, and forget the names of items."""
    retention.create_partitions_ahead()
    for day in {at(0).date(), at(3600).date()}:
        retention.create_partition(day)
    NAME_CACHE.forget()
