"""What stands, gathered by service or customer."""

from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.customers.models import Customer, Service
from opale.customers.tests.builders import make_customer, make_service
from opale.kernel.acting import acting
from opale.kernel.clock import now
from opale.run.events import actions, queries
from opale.run.events.actions import housekeeping
from opale.run.events.enrichment import MATCHES
from opale.run.events.queries import Filters
from opale.run.events.queries.lenses import groups
from opale.run.events.states import Severity
from opale.run.events.tests.builders import MAKER, at, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db
STANDING = Filters(states=queries.STANDING, muted=False)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def house() -> Personas:
    housekeeping.open_day(at(0).date())
    MATCHES.forget()
    return make_personas()


@pytest.fixture
def agent(house: Personas) -> Client:
    return house.client("desk_agent")


@pytest.fixture
def services(house: Personas) -> tuple[Service, Service]:
    with acting(MAKER):
        acme, other = make_customer("STORM"), make_customer("WIND")
        return (
            make_service(acme, reference="SVC-1", name="ACME VPN"),
            make_service(other, reference="SVC-2", name="Other voice"),
        )


@pytest.fixture
def storm(services: tuple[Service, Service]) -> None:
    """Three small troubles of the first service, one bad one of the second, one of nobody's."""
    _integration, sender = make_integration()
    few = [fires(n, f"a{n}", Severity.WARNING, f"Slow {n}", service="SVC-1") for n in range(3)]
    bad = fires(9, "b", Severity.CRITICAL, "Voice is down", service="SVC-2")
    hand_in(sender, *few, bad, fires(5, "c", Severity.MINOR, "Somewhere"))


@pytest.mark.usefixtures("storm")
def test_the_worst_group_comes_first_with_what_it_holds(
    services: tuple[Service, Service],
) -> None:
    few, bad = services
    found: Any = groups("service", STANDING, seen_by=MAKER)
    rows = found.order_by("-worst", "-number")
    told = [(row["key"], row["number"], row["critical"], row["warning"]) for row in rows]
    assert told == [(bad.pk, 1, 1, 0), (0, 1, 0, 0), (few.pk, 3, 0, 3)]
    assert rows[2]["since"] == at(0)


@pytest.mark.usefixtures("storm")
def test_the_board_is_gathered_by_service_and_by_customer(
    agent: Client, services: tuple[Service, Service]
) -> None:
    page = agent.get("/alerts/?by=service").content.decode()
    names = ["Other voice", "No known service", "ACME VPN"]
    assert [page.index(name) for name in names] == sorted(page.index(name) for name in names)
    assert "Slow 1" not in page
    assert "Warning: 3" in page
    by_customer = agent.get("/alerts/?by=customer").content.decode()
    owner = Customer.objects.get(pk=services[0].customer_id)
    assert owner.name in by_customer
    assert "No known customer" in by_customer


@pytest.mark.usefixtures("storm")
def test_a_group_opens_to_its_worst_alerts(
    agent: Client, services: tuple[Service, Service]
) -> None:
    address = f"/alerts/?service={services[0].pk}"
    inside = agent.get(f"{address}&inside=1", headers=HTMX).content.decode()
    assert inside.count('class="o-line"') == 3
    assert "Voice is down" not in inside
    whole = agent.get(address).content.decode()
    assert "Slow 2" in whole
    assert "ACME VPN" in whole  # says to what it is narrowed
    nobody = agent.get("/alerts/?service=0&inside=1", headers=HTMX).content.decode()
    assert "Somewhere" in nobody
    assert nobody.count('class="o-line"') == 1
    assert (
        "Nothing stands here any more"
        in agent.get("/alerts/?service=999999&inside=1", headers=HTMX).content.decode()
    )


@pytest.mark.usefixtures("storm")
def test_many_groups_are_read_page_by_page(agent: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opale.run.events.web.lenses.SHOWN", 2)
    first = agent.get("/alerts/?by=service")
    assert [group.name for group in first.context["groups"]] == ["Other voice", "No known service"]
    after = first.context["page"].after
    second = agent.get(f"/alerts/?by=service&after={after}")
    assert [group.name for group in second.context["groups"]] == ["ACME VPN"]
    back = agent.get(f"/alerts/?by=service&before={second.context['page'].before}")
    assert [group.number for group in back.context["groups"]] == ["1", "1"]


@pytest.mark.usefixtures("storm")
def test_what_is_over_leaves_its_group(services: tuple[Service, Service]) -> None:
    bad = queries.alerts(Filters(service_id=services[1].pk), seen_by=MAKER)
    actions.close_alerts(bad, by=MAKER, at=now())
    keys = {row["key"] for row in groups("service", STANDING, seen_by=MAKER)}
    assert keys == {0, services[0].pk}


@pytest.mark.usefixtures("storm")
def test_a_stranger_sees_no_group(house: Personas) -> None:
    assert house.client("foreign_contact").get("/alerts/?by=customer").status_code in {403, 404}
