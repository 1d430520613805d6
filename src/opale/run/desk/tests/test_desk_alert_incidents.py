"""An alert made an incident by one key: asked, shown, joined by its siblings, undone."""

from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.customers.models import Customer, Offering, Service
from opale.infrastructure.models import ConfigurationItem, ServiceItem
from opale.kernel.attribution import attributed
from opale.run.desk.models import Ticket
from opale.run.events.actions import retention
from opale.run.events.models import Alert
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.states import AlertState, Severity
from opale.run.events.tests.builders import MAKER, at, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db
PREVIEW = {"preview_changes": "1"}


@pytest.fixture
def house(db: None) -> Personas:
    retention.create_partition(at(0).date())
    NAME_CACHE.forget()
    return make_personas()


@pytest.fixture
def agent(house: Personas) -> Client:
    return house.client("desk_agent")


@pytest.fixture
def alerts(house: Personas) -> list[Alert]:
    """Two alerts of one router, the second critical, and one of another router."""
    with attributed(MAKER):
        for number in (1, 2):
            ConfigurationItem.objects.create(name=f"rt-{number}", kind="router")
    _integration, sender = make_integration()
    hand_in(
        sender,
        fires(0, "a1", Severity.MINOR, "Port 1", host="rt-1"),
        fires(1, "a2", Severity.CRITICAL, "Port 2", host="rt-1"),
        fires(2, "b1", Severity.MINOR, "Port 3", host="rt-2"),
    )
    return list(Alert.objects.order_by("identity"))


def address(alert: Alert) -> str:
    return f"/alerts/{alert.pk}/incident/"


def undo_of(page: Any) -> str:
    *_before, said = page.context["messages"]
    return str(said.extra_tags)


def share(item: ConfigurationItem, house: Personas, *names: str) -> None:
    """Let services of these new customers stand on an item."""
    with attributed(MAKER):
        offering, _ = Offering.objects.get_or_create(
            code="net", defaults={"family": "vpn", "name_en": "Net", "name_fr": "Net"}
        )
        for name in names:
            customer = Customer.objects.create(
                name=name, code=name.upper(), calendar=house.calendar
            )
            service = Service.objects.create(
                name=f"Access {name}", reference=f"SVC-{name}", customer=customer,
                offering=offering, state="active",
            )  # fmt: skip
            ServiceItem.objects.create(service=service, item=item, customer=customer)


def test_the_form_proposes_grades_of_the_worst_and_offers_the_siblings(
    agent: Client, alerts: list[Alert]
) -> None:
    page = agent.get(address(alerts[0]))
    form = page.context["form"]
    assert (form["into"].value(), form["impact"].value(), form["urgency"].value()) == ("new", 1, 1)
    assert [(one.title, ticked) for one, ticked in page.context["siblings"]] == [("Port 2", True)]
    assert Ticket.objects.count() == 0


def test_the_priority_is_shown_before_it_counts(agent: Client, alerts: list[Alert]) -> None:
    said = {"into": "new", "impact": "2", "urgency": "2", "along": [alerts[1].pk]}
    shown = agent.post(address(alerts[0]), {**said, **PREVIEW}).content.decode()
    assert "What will change" in shown
    assert "P3" in shown
    assert Ticket.objects.count() == 0


def test_one_confirmation_opens_one_incident_with_the_siblings_and_undo_takes_it_back(
    agent: Client, alerts: list[Alert]
) -> None:
    said = {"into": "new", "impact": "2", "urgency": "1", "along": [alerts[1].pk]}
    page = agent.post(address(alerts[0]), said, follow=True)
    ticket = Ticket.objects.get()
    assert (ticket.impact, ticket.urgency, ticket.alert_links.count()) == (2, 1, 2)
    states = dict(Alert.objects.values_list("identity", "state"))
    assert states == {"a1": AlertState.ACKNOWLEDGED, "a2": AlertState.ACKNOWLEDGED, "b1": "open"}
    agent.post(undo_of(page))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.alert_links.count()) == ("cancelled", 0)
    assert set(Alert.objects.values_list("state", flat=True)) == {"open"}


def test_a_running_incident_of_the_item_is_joined_by_its_number(
    agent: Client, alerts: list[Alert]
) -> None:
    agent.post(address(alerts[0]), {"into": "new", "impact": "2", "urgency": "2"})
    ticket = Ticket.objects.get()
    page = agent.get(address(alerts[1]))
    assert page.context["form"]["into"].value() == str(ticket.pk)
    assert f"Add to {ticket.reference}" in page.content.decode()
    page = agent.post(address(alerts[1]), {"into": str(ticket.pk)}, follow=True)
    assert f"1 alert added to incident {ticket.reference}." in page.content.decode()
    assert Ticket.objects.get().alert_links.count() == 2
    agent.post(undo_of(page))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.alert_links.count()) == ("new", 1)


def test_a_new_incident_can_be_chosen_beside_a_running_one(
    agent: Client, alerts: list[Alert]
) -> None:
    agent.post(address(alerts[0]), {"into": "new"})
    agent.post(address(alerts[1]), {"into": "new", "impact": "3", "urgency": "3"})
    assert Ticket.objects.count() == 2


def test_an_item_that_several_customers_depend_on_has_a_high_impact(
    agent: Client, house: Personas, alerts: list[Alert]
) -> None:
    item = ConfigurationItem.objects.get(name="rt-2")
    share(item, house, "Alpha")
    assert agent.get(address(alerts[2])).context["form"]["impact"].value() == 2
    share(item, house, "Gamma")
    page = agent.get(address(alerts[2]))
    assert page.context["affected"] == ("Alpha", "Gamma")
    assert page.context["form"]["impact"].value() == 1


def test_a_handled_alert_is_not_asked_again(agent: Client, alerts: list[Alert]) -> None:
    agent.post(address(alerts[0]), {"into": "new"})
    page = agent.get(address(alerts[0]))
    assert "already handles this alert" in page.content.decode()
    again = agent.post(address(alerts[0]), {"into": "new"})
    assert (again.status_code, Ticket.objects.count()) == (422, 1)


def test_marked_alerts_become_an_incident_of_the_chosen_grades(
    agent: Client, alerts: list[Alert]
) -> None:
    keys = [one.pk for one in alerts]
    said = {"n": keys, "given": "1", "confirmed": "1", "impact": "3", "urgency": "2"}
    agent.post("/lists/alerts/acts/incident/", {**said, "list_address": "/alerts/"})
    ticket = Ticket.objects.get()
    assert (ticket.impact, ticket.urgency, ticket.alert_links.count()) == (3, 2, 3)
