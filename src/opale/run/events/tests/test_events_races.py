"""Batches and people who hold the same alerts at the same moment."""

from threading import Event
from typing import Final

import pytest
from django.db import transaction

from opale.kernel.tests.concurrency import at_once, wait_for_a_waiter
from opale.run.events.actions import retention
from opale.run.events.actions.alert_changes import lock_alerts
from opale.run.events.actions.ingestion import ingest
from opale.run.events.domain.received_deliveries import ReceivedDelivery
from opale.run.events.models import Alert
from opale.run.events.tests.builders import MAKER, at, fires, make_integration

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS: Final = 20.0


def test_a_batch_that_is_tried_again_locks_what_was_opened_meanwhile_in_order() -> None:
    retention.create_partition(at(0).date())
    _integration, sender = make_integration()
    later_held, waited_for, earlier_held = Event(), Event(), Event()

    def tell(*identities: str, again: bool = False) -> None:
        events = tuple(fires(0, identity) for identity in identities)
        ingest([ReceivedDelivery(sender, at(3600), events)], again=again)

    def hold(identity: str) -> None:
        lock_alerts(Alert.objects.filter(identity=identity), by=MAKER)

    tell("a8")

    def hold_the_later_one() -> None:
        with transaction.atomic():
            hold("a8")
            later_held.set()
            wait_for_a_waiter()
            waited_for.set()
            assert earlier_held.wait(SECONDS)

    def tell_of_both() -> None:
        assert later_held.wait(SECONDS)
        tell("a2", "a8", again=True)

    def open_the_earlier_one_and_hold_both() -> None:
        assert waited_for.wait(SECONDS)
        tell("a2")
        with transaction.atomic():
            hold("a2")
            earlier_held.set()
            wait_for_a_waiter()
            hold("a8")

    results = at_once(hold_the_later_one, tell_of_both, open_the_earlier_one_and_hold_both)
    assert results == [None, None, None]
    assert dict(Alert.objects.values_list("identity", "count")) == {"a2": 2, "a8": 2}
