"""The home page of whoever leads the desk shows the figures that matter, and of nobody else."""

from datetime import timedelta

import pytest
from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.organisation.models import Membership
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Source, Ticket
from opale.run.reports.queries.home import home_figures

pytestmark = pytest.mark.django_db
PAGE = "/reports/now/"


@pytest.fixture
def house(personas: Personas) -> Personas:
    with attributed(MAKER):
        for days in (9, 8, 8, 1):
            said = NewTicket(
                subject="Lien", body="Bonjour", source=Source.MAIL, customer=personas.customer
            )
            receive_ticket(said, by=MAKER, at=clock.now() - timedelta(days=days))
        Ticket.objects.filter(pk=Ticket.objects.earliest("received_at").pk).update(
            state="resolved", resolved_at=clock.now() - timedelta(days=2)
        )
    return personas


def test_the_backlog_now_stands_beside_that_of_a_week_ago(house: Personas) -> None:
    found = home_figures(seen_by=house.actor("service_manager"), now=clock.now())
    assert (found.figures.count("backlog"), found.backlog_before) == (3, 3)
    page = house.client("service_manager").get(PAGE).content.decode()
    assert "3 a week ago" in page
    assert "figure=backlog" in page
    for label in ("Backlog", "GTI kept", "GTR kept", "Reopened share"):
        assert label in page
    assert "/reports/?period=" in page


def test_it_is_on_the_home_of_those_who_lead_the_desk_alone(house: Personas) -> None:
    assert "Backlog" not in house.client("desk_agent").get(PAGE).content.decode()
    with attributed(MAKER):
        held = Membership.objects.filter(person=house.people["desk_agent"])
        held.update(role=Membership.Role.LEAD)
    client = house.client("desk_agent")
    assert "Backlog" in client.get(PAGE).content.decode()
    assert PAGE in client.get("/").content.decode()
    assert client.get("/reports/tickets/?figure=backlog").status_code == 200


def test_nobody_sees_figures_of_tickets_they_may_not_see(house: Personas) -> None:
    with attributed(MAKER):
        Ticket.objects.filter(resolved_at=None).update(confidential=True)
    found = home_figures(seen_by=house.actor("core_engineer"), now=clock.now())
    assert found.figures.count("backlog") == 0
