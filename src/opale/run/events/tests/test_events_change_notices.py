"""What tools say that somebody changed: kept, shown beside alerts, forgotten in time."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.infrastructure.models import ConfigurationItem
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.events.actions import retention
from opale.run.events.actions.change_notices import record_change_notice
from opale.run.events.actions.retention import delete_expired
from opale.run.events.domain.deliveries import NewChange
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.models import Alert, ChangeNotice
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.tests.builders import MAKER, at, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Personas:
    retention.create_partition(at(0).date())
    return make_personas()


@pytest.fixture
def agent(house: Personas) -> Client:
    return house.client("desk_agent")


@pytest.fixture
def item(house: Personas) -> ConfigurationItem:
    with attributed(MAKER):
        return ConfigurationItem.objects.create(name="web-1", kind="host", customer=house.customer)


@pytest.fixture
def sender(house: Personas) -> Sender:
    return make_integration()[1]


def note(sender: Sender, seconds: float = -60, summary: str = "Deployed", **labels: str) -> None:
    change = NewChange(summary, at(seconds), {"said": summary}, "ci", labels)
    record_change_notice(change, integration_id=sender.integration_id, received_at=at(seconds))


def test_a_change_is_about_what_its_labels_name(
    house: Personas, item: ConfigurationItem, sender: Sender
) -> None:
    note(sender, host="web-1")
    notice = ChangeNotice.objects.get()
    assert (notice.item_id, notice.customer_id) == (item.pk, house.customer.pk)


def test_the_same_change_told_twice_is_kept_once(sender: Sender) -> None:
    note(sender)
    note(sender)
    note(sender, summary="Taken back")
    assert ChangeNotice.objects.count() == 2


def test_a_time_of_next_week_is_not_believed(sender: Sender) -> None:
    change = NewChange("Deployed", at(7 * 86_400), {}, links=(("javascript:x", "no"),))
    notice = record_change_notice(change, integration_id=sender.integration_id, received_at=at(0))
    assert (notice.at, notice.links) == (at(0), [])


def test_an_alert_shows_what_was_changed_of_its_item_before(
    agent: Client, item: ConfigurationItem, sender: Sender
) -> None:
    note(sender, host="web-1")
    note(sender, -8 * 86_400, "Long ago", host="web-1")
    note(sender, summary="Elsewhere", host="web-2")
    NAME_CACHE.forget()
    hand_in(sender, fires(0, host="web-1"))
    drawn = agent.get(f"/alerts/{Alert.objects.get().pk}/changes/").content.decode()
    assert "Deployed" in drawn
    assert "1 min before" in drawn
    assert "Long ago" not in drawn
    assert "Elsewhere" not in drawn


def test_an_alert_about_nothing_known_shows_no_changes(agent: Client, sender: Sender) -> None:
    note(sender)
    hand_in(sender, fires(0))
    assert not agent.get(f"/alerts/{Alert.objects.get().pk}/changes/").content.strip()


def test_the_api_lists_changes_of_an_item(
    agent: Client, item: ConfigurationItem, sender: Sender
) -> None:
    note(sender, host="web-1")
    note(sender, summary="Elsewhere", host="web-2")
    found = agent.get(f"/api/v1/change-notices?item_id={item.pk}").json()["items"]
    assert [one["summary"] for one in found] == ["Deployed"]
    later = agent.get("/api/v1/change-notices", {"since": at(0).isoformat()}).json()["items"]
    assert later == []


def test_changes_are_forgotten_after_ninety_days(sender: Sender) -> None:
    note(sender)
    ChangeNotice.objects.filter(summary="Deployed").update(received_at=now() - timedelta(days=91))
    note(sender, summary="Fresh")
    ChangeNotice.objects.filter(summary="Fresh").update(received_at=now())
    delete_expired()
    assert ChangeNotice.objects.get().summary == "Fresh"
