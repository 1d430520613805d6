"""Deliveries for rooms above: what becomes of those that cannot be taken."""

import logging
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, OperationalError

from opale.kernel.clock import now
from opale.kernel.query_limits import QueryLimits
from opale.run.events.actions import integrations
from opale.run.events.domain import deliveries
from opale.run.events.domain.deliveries import Delivery, Reply, Tool, ToolCall, Unreadable
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.listeners.batch_writer import BatchWriter, WriteOutcome
from opale.run.events.listeners.calls import CallExecutor
from opale.run.events.models import UnreadableDelivery
from opale.run.events.tests.builders import MAKER

pytestmark = pytest.mark.django_db


class Doorbell(Tool):
    """A room above that takes what it is told to, or raises it."""

    name = "Doorbell"
    brings_events = False

    def __init__(self) -> None:
        self.fault: Exception | None = None

    def take(self, handed: ToolCall) -> Reply:
        if self.fault:
            raise self.fault
        return Reply(b"ding", "text/plain")

    def example(self, url: str, key: str) -> str:
        return url


@pytest.fixture
def bell() -> Iterator[Doorbell]:
    bell = Doorbell()
    deliveries.register_tool("doorbell", bell)
    yield bell
    deliveries._also.pop("doorbell")


def handed(limits: QueryLimits | None = None) -> Reply | WriteOutcome:
    integration, _key = integrations.create_integration(name="Door", format="doorbell", by=MAKER)
    key = integration.keys.get()
    sender = Sender(integration.pk, "Door", "doorbell", key.pk)
    delivery = Delivery(b"+33199001122", now())
    told = CallExecutor(BatchWriter()).hand(
        deliveries.registered_tools()["doorbell"].take,
        sender,
        ToolCall(integration.pk, "Door", "doorbell", "http://localhost/", delivery),
        limits,
    )
    key.refresh_from_db()
    assert (key.last_used_at is not None) == isinstance(told, Reply)
    return told


def test_what_is_taken_is_answered_by_the_room(bell: Doorbell) -> None:
    assert handed() == Reply(b"ding", "text/plain")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Unreadable("who: missing."), "who: missing."),
        (ValueError("wrong"), "It could not be taken: ValueError."),
        (IntegrityError("(+33199001122)"), "It could not be taken: IntegrityError."),
    ],
)
def test_what_cannot_be_taken_is_kept_aside(bell: Doorbell, fault: Exception, reason: str) -> None:
    bell.fault = fault
    assert handed() == WriteOutcome(refusal=reason)
    kept = UnreadableDelivery.objects.get()
    assert (kept.reason, bytes(kept.body)) == (reason, b"+33199001122")


def test_what_the_database_refused_stands_in_no_log(
    bell: Doorbell, caplog: pytest.LogCaptureFixture
) -> None:
    bell.fault = IntegrityError("Failing row contains (+33199001122)")
    with caplog.at_level(logging.INFO):
        handed()
    assert "was not taken" in caplog.text
    assert "99001122" not in caplog.text


def test_without_a_database_it_is_to_be_sent_again(
    bell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opale.run.events.listeners.calls.connection.close", lambda: None)
    bell.fault = OperationalError()
    assert handed() == WriteOutcome(unavailable=True)
    assert not UnreadableDelivery.objects.exists()


def test_a_call_whose_client_left_before_its_turn_is_not_begun(bell: Doorbell) -> None:
    limits = QueryLimits(30)
    limits.left = True
    bell.fault = AssertionError("begun")
    assert handed(limits) == WriteOutcome(unavailable=True)
