"""The writer of events when something fails: what cannot be written, locks, lost connections."""

from collections.abc import Sequence
from os import dup
from socket import SHUT_RDWR, socket

import pytest
from django.db import OperationalError, connection

from opale.infrastructure.models import ConfigurationItem
from opale.kernel.attribution import attributed
from opale.run.events.actions import alert_rows, integrations
from opale.run.events.actions.alert_rows import BatchResult
from opale.run.events.actions.ingestion import ingest
from opale.run.events.domain.alert_state_machine import TrackedAlert
from opale.run.events.domain.deliveries import NewEvent, UnreadablePart
from opale.run.events.domain.received_deliveries import ReceivedDelivery
from opale.run.events.listeners import batch_writer
from opale.run.events.listeners.batch_writer import BatchWriter, WriteOutcome
from opale.run.events.listeners.key_cache import KeyCache
from opale.run.events.models import Alert, UnreadableDelivery
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.queries.enrichment import NAME_CACHE, NamesToResolve
from opale.run.events.states import AlertState, Severity
from opale.run.events.tests.builders import (
    MAKER,
    alert_of,
    at,
    fires,
    hand_in,
    make_integration,
    prepare_days,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _days() -> None:
    prepare_days()


def test_an_item_that_vanished_does_not_lose_the_alert() -> None:
    with attributed(MAKER):
        item = ConfigurationItem.objects.create(name="rt-gone", kind="router")
    integration, sender = make_integration()
    NAME_CACHE.now().look_up(NamesToResolve(items={"rt-gone"}))
    with attributed(MAKER):
        ConfigurationItem.objects.filter(pk=item.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    received = ReceivedDelivery(sender, at(0), (fires(0, host="rt-gone"),))
    assert BatchWriter().write([received]) == [WriteOutcome()]
    assert alert_of(integration).item_id is None


def test_refused_parts_are_kept_aside_with_their_reason() -> None:
    integration, sender = make_integration()
    ingest(
        [
            ReceivedDelivery(
                sender, at(0), (fires(0),), (UnreadablePart("labels: expected.", b"{}"),)
            )
        ]
    )
    kept = UnreadableDelivery.objects.get(integration=integration)
    assert (kept.reason, bytes(kept.body)) == ("labels: expected.", b"{}")
    assert alert_of(integration).state == AlertState.OPEN


def test_what_cannot_be_written_is_kept_aside_and_blocks_nothing() -> None:
    integration, sender = make_integration()
    poison = NewEvent(
        identity="poison",
        firing=True,
        severity=Severity.MAJOR,
        title="half a pair \ud800",
        occurred_at=at(0),
        raw={"title": "half a pair \ud800"},
    )
    outcomes = BatchWriter().write(
        [
            ReceivedDelivery(sender, at(1), (event,))
            for event in (fires(0, "a"), poison, fires(0, "b"))
        ]
    )
    assert [bool(outcome.refusal) for outcome in outcomes] == [False, True, False]
    found = Alert.objects.filter(integration=integration).values_list("identity", flat=True)
    assert set(found) == {"a", "b"}
    assert UnreadableDelivery.objects.get(integration=integration).reason.startswith("It could")


def test_what_was_opened_while_a_batch_waited_for_a_lock_is_taken_into_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A statement that waits sees what was there when it began: each first look misses the alert
    that another batch opens meanwhile, as one after another it did in a storm."""
    integration, sender = make_integration()
    hand_in(sender, fires(0))
    look, waiting = alert_rows.lock_alerts_by_key, list[bool]()

    def begin(deliveries: Sequence[ReceivedDelivery], **options: bool) -> BatchResult:
        waiting[:] = [True]
        return ingest(deliveries, **options)

    def late(keys: Sequence[alert_rows.Key]) -> dict[alert_rows.Key, TrackedAlert]:
        return {} if waiting and waiting.pop() else look(keys)

    monkeypatch.setattr(batch_writer, "ingest", begin)
    monkeypatch.setattr(alert_rows, "lock_alerts_by_key", late)
    assert BatchWriter().write([ReceivedDelivery(sender, at(3600), (fires(5),))]) == [
        WriteOutcome()
    ]
    assert alert_of(integration).count == 2


def test_who_meets_others_each_time_sends_again_and_is_not_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    integration, sender = make_integration()
    hand_in(sender, fires(0))
    monkeypatch.setattr(alert_rows, "lock_alerts_by_key", lambda keys: {})
    deliveries = [
        ReceivedDelivery(sender, at(3600), (fires(5, name),)) for name in ("link", "other")
    ]
    assert BatchWriter().write(deliveries) == [WriteOutcome(unavailable=True), WriteOutcome()]
    assert not UnreadableDelivery.objects.exists()
    assert alert_of(integration).count == alert_of(integration, "other").count == 1


def lose_the_connection() -> None:
    with socket(fileno=dup(connection.connection.fileno())) as way:
        way.shutdown(SHUT_RDWR)


@pytest.mark.django_db(transaction=True)
def test_a_key_is_known_though_the_connection_was_lost() -> None:
    integration, text = integrations.create_integration(name="kept", format="generic", by=MAKER)
    lose_the_connection()
    found = KeyCache._look_up(alert_queries.digest_of_key(text))
    assert found is not None
    assert found.integration_id == integration.pk


@pytest.mark.django_db(transaction=True)
def test_the_first_batch_after_its_connection_was_lost_is_written() -> None:
    integration, sender = make_integration()
    writer = BatchWriter()
    assert writer.write([ReceivedDelivery(sender, at(3600), (fires(0),))]) == [WriteOutcome()]
    lose_the_connection()
    assert writer.write([ReceivedDelivery(sender, at(3601), (fires(5),))]) == [WriteOutcome()]
    assert alert_of(integration).count == 2


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_while_it_lives_is_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = list[int]()

    def full(deliveries: Sequence[ReceivedDelivery], **_options: bool) -> BatchResult:
        tried.append(1)
        raise OperationalError

    monkeypatch.setattr(batch_writer, "ingest", full)
    _integration, sender = make_integration()
    delivery = ReceivedDelivery(sender, at(3600), (fires(0),))
    assert BatchWriter().write([delivery]) == [WriteOutcome(unavailable=True)]
    assert tried == [1]
