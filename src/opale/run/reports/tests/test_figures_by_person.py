"""Lists and reports are counted by person only while the setting allows it."""

import pytest
from django.http import QueryDict
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.listings.saved_views import store
from opale.listings.selection import Selection, groupable
from opale.organisation.actions.person_figures import set_person_figures
from opale.organisation.models import PersonFigures
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.listings.tickets import TICKETS
from opale.run.desk.models import Source
from opale.run.reports.listings import REPORTED_TICKETS

pytestmark = pytest.mark.django_db
PAGE = "/settings/figures-by-person/"
OWNERS = "/api/v1/tickets/groups?group=owner"
REASON = "Accord du CSE du 12 novembre"


@pytest.fixture
def house(personas: Personas) -> Personas:
    with attributed(MAKER):
        said = NewTicket(
            subject="Lien", body="Bonjour", source=Source.MAIL, customer=personas.customer
        )
        receive_ticket(said, by=MAKER)
    return personas


def decide(house: Personas, *, allowed: bool, reason: str = REASON) -> PersonFigures:
    return set_person_figures(by=house.actor("administrator"), allowed=allowed, reason=reason)


def test_as_shipped_people_are_neither_offered_nor_counted(house: Personas) -> None:
    client = house.client("service_manager")
    assert client.get(OWNERS).status_code == 403
    assert client.get("/api/v1/reports/tickets/groups?group=owner").status_code == 403
    assert "group=owner" not in client.get("/tickets/").content.decode()
    file = client.get("/lists/tickets/export.csv?group=owner")
    assert b"Lien" in b"".join(file.streaming_content)  # type: ignore[attr-defined]


def test_allowed_people_are_offered_and_counted_until_it_is_forbidden_again(
    house: Personas,
) -> None:
    client = house.client("service_manager")
    decide(house, allowed=True)
    assert "group=owner" in client.get("/tickets/").content.decode()
    assert [one["count"] for one in client.get(OWNERS).json()] == [1]
    assert "owner" in groupable(REPORTED_TICKETS, house.actor("service_manager"))
    decide(house, allowed=False)
    assert client.get(OWNERS).status_code == 403


def test_a_view_saved_while_it_was_allowed_is_a_plain_list_afterwards(house: Personas) -> None:
    actor = house.actor("service_manager")
    decide(house, allowed=True)
    address = Selection.read(TICKETS, QueryDict("group=owner"), actor).address()
    view = store().add("tickets", "By owner", address, shared=True, by=actor)
    decide(house, allowed=False)
    kept = Selection.read(TICKETS, QueryDict(store().get(view, seen_by=actor).query), actor)
    assert address == "group=owner"
    assert kept.group == ""


def test_each_decision_is_kept_with_its_reason(house: Personas) -> None:
    client = house.client("administrator")
    client.post(f"{PAGE}change/", {"allowed": "on", "reason": REASON})
    client.post(f"{PAGE}change/", {"reason": "Accord dénoncé"})
    page = client.get(PAGE).content.decode()
    assert REASON in page
    assert page.index("Accord dénoncé") < page.index(REASON)
    told = client.get("/api/v1/figures-by-person/decisions").json()
    assert [(one["allowed"], one["reason"]) for one in told] == [
        (False, "Accord dénoncé"),
        (True, REASON),
    ]


def test_programs_read_and_decide(house: Personas) -> None:
    client = house.client("administrator")
    before = client.get("/api/v1/figures-by-person").json()
    assert (before["id"], before["allowed"]) == (None, False)
    body = {"allowed": True, "reason": REASON}
    sent = client.put("/api/v1/figures-by-person", body, content_type="application/json")
    assert sent.json()["allowed"] is True
    assert client.get("/api/v1/figures-by-person").json()["reason"] == REASON


def test_a_decision_needs_the_right_a_reason_and_a_change(house: Personas) -> None:
    for name in ("service_manager", "desk_agent", "customer_contact"):
        with pytest.raises(NotAllowed):
            set_person_figures(by=house.actor(name), allowed=True, reason=REASON)
    with pytest.raises(Invalid):
        decide(house, allowed=True, reason="  ")
    with pytest.raises(Conflict):
        decide(house, allowed=False)
    assert not PersonFigures.objects.exists()
