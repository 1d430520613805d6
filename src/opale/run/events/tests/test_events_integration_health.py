"""How an integration fares: counted as it is heard, drawn by the hour; and its test alert."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.clock import now
from opale.kernel.errors import NotAllowed
from opale.run.events.actions import retention, sample_alerts
from opale.run.events.domain.deliveries import UnreadablePart
from opale.run.events.domain.received_deliveries import ReceivedDelivery
from opale.run.events.listeners.batch_writer import BatchWriter
from opale.run.events.models import Alert, IntegrationHour
from opale.run.events.queries.integration_health import health_of
from opale.run.events.states import AlertState
from opale.run.events.tests.builders import MAKER, at, fires, make_integration

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Personas:
    retention.create_partition(at(0).date())
    return make_personas()


def test_what_is_heard_is_counted_by_the_hour(house: Personas) -> None:
    integration, sender = make_integration()
    writer = BatchWriter()
    bad = (UnreadablePart("no", b"x"),)
    writer.write([ReceivedDelivery(sender, at(0), (fires(0, "a"), fires(0, "b")))])
    writer.write([ReceivedDelivery(sender, at(5), (fires(1, "a"),), bad)])
    writer.write([ReceivedDelivery(sender, at(3600), (fires(3600, "a"),))])
    writer.heard.flush()
    counted = IntegrationHour.objects.order_by("hour").values_list("hour", "events", "refused")
    assert list(counted) == [(at(0), 3, 1), (at(3600), 1, 0)]
    health = health_of(integration, at=at(3700))
    assert (len(health.hours), health.events, health.refused) == (24, 4, 1)
    assert health.hours[-1].events == 1
    assert health_of(integration, at=at(0) + timedelta(days=3)).events == 0


def test_two_processes_add_up(house: Personas) -> None:
    _integration, sender = make_integration()
    for _process in range(2):
        writer = BatchWriter()
        writer.write([ReceivedDelivery(sender, at(0), (fires(0),))])
        writer.heard.flush()
    assert IntegrationHour.objects.get().events == 2


def test_old_hours_are_forgotten(house: Personas) -> None:
    integration, _sender = make_integration()
    for days in (1, 16):
        IntegrationHour.objects.create(
            integration=integration, hour=now() - timedelta(days=days), events=1
        )
    retention.delete_expired()
    assert IntegrationHour.objects.count() == 1


def test_the_page_draws_the_hours(house: Personas) -> None:
    retention.create_partition(now().date())
    integration, sender = make_integration()
    client = house.client("administrator")
    url = f"/events/integrations/{integration.pk}/"
    assert "No events in the last 24 hours" in client.get(url).content.decode()
    writer = BatchWriter()
    writer.write([ReceivedDelivery(sender, now(), (fires(0),))])
    writer.heard.flush()
    assert "Events of the last 24 hours" in client.get(url).content.decode()
    assert "No events in the last 24 hours" not in client.get(url).content.decode()


def test_a_test_alert_is_raised_seen_and_ended(house: Personas) -> None:
    integration, _sender = make_integration()
    client: Client = house.client("administrator")
    answer = client.post(f"/events/integrations/{integration.pk}/test/")
    alert = Alert.objects.get(integration=integration)
    assert answer.headers["Location"] == f"/alerts/{alert.pk}/"
    assert alert.state == AlertState.OPEN
    assert integration.name in client.get(f"/alerts/{alert.pk}/").content.decode()
    client.post(f"/events/integrations/{integration.pk}/test/end/")
    alert.refresh_from_db()
    assert alert.state == AlertState.CLEARED
    with pytest.raises(NotAllowed):
        sample_alerts.raise_test_alert(integration, by=house.actor("desk_agent"), at=now())


def test_a_test_alert_names_who_raised_it(house: Personas) -> None:
    integration, _sender = make_integration()
    alert = sample_alerts.raise_test_alert(integration, by=MAKER, at=now())
    assert MAKER.name in alert.text
