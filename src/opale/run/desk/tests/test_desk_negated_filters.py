"""Filters of the table of tickets that are negated: page, saved view, file and endpoint."""

import pytest
from django.http import QueryDict
from django.test import Client
from tests.personas import Personas

from opale.kernel.attribution import attributed
from opale.listings.selection import Selection
from opale.run.desk.actions import lifecycle
from opale.run.desk.listings.tickets import TICKETS
from opale.run.desk.models import Kind, SavedView, Ticket
from opale.run.desk.tests.builders import make_incident, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def tickets(personas: Personas) -> list[Ticket]:
    """A new incident, one that is resolved, and a new request of nobody."""
    by = personas.actor("desk_agent")
    found = [make_incident(personas, subject) for subject in ("Lien", "Routeur", "Badge")]
    lifecycle.resolve_ticket(found[1], by=by)
    with attributed(by):
        rows = Ticket.objects.filter(pk=found[2].pk)
        rows.update(kind=Kind.REQUEST, customer=None, contact=None)
    return found


def test_the_table_shows_what_does_not_have_the_value(
    personas: Personas, tickets: list[Ticket]
) -> None:
    client = personas.client("desk_agent")
    page = client.get("/tickets/?state=resolved").content.decode()
    assert "Exclude Resolved" in page
    page = client.get("/tickets/?state=resolved&is_not=state").content.decode()
    assert "State is not: Resolved" in page
    assert "Only Resolved" in page
    assert ("Lien" in page, "Routeur" in page, "Badge" in page) == (True, False, True)
    both = f"/tickets/?customer={personas.customer.pk}&state=resolved&is_not=customer,state"
    page = client.get(both).content.decode()
    assert ("Lien" in page, "Routeur" in page, "Badge" in page) == (False, False, True)
    # A value that is chosen anew, or taken away, is not excluded any more.
    assert 'href="?state=new"' in client.get("/tickets/?state=new,resolved").content.decode()
    chosen = Selection.read(
        TICKETS, QueryDict("state=new&is_not=state,q"), personas.actor("desk_agent")
    )
    assert chosen.negated == {"state"}
    assert chosen.parameters(state="resolved") == {"state": "resolved"}
    assert chosen.parameters(state="") == {}
    assert chosen.parameters(kind="incident")["is_not"] == "state"


def test_a_list_of_the_queue_shows_what_does_not_have_the_value(
    personas: Personas, tickets: list[Ticket]
) -> None:
    client = personas.client("desk_agent")

    def shown(address: str) -> tuple[bool, ...]:
        page = client.get(f"/desk/{address}").content.decode()
        return tuple(name in page for name in ("Lien", "Routeur", "Badge"))

    page = client.get("/desk/all/?kind=request").content.decode()
    assert "Exclude Request" in page
    assert 'href="?kind=request&amp;is_not=kind"' in page
    page = client.get("/desk/all/?kind=request&is_not=kind").content.decode()
    assert "Kind is not: Request" in page
    assert "Only Request" in page
    assert 'href="?kind=request"' in page
    assert shown("all/?kind=request&is_not=kind") == (True, True, False)
    # Nothing is equal to no customer, and what is no filter of the list is not excluded.
    customer = f"customer={personas.customer.pk}"
    assert shown(f"all/?{customer}&is_not=customer") == (False, False, True)
    assert shown(f"all/?{customer}&is_not=state&is_not=q") == (True, True, False)
    both = f"all/?state=resolved&{customer}&is_not=state,customer"
    assert shown(both) == (False, False, True)
    # The dialog keeps it, and the table of all tickets shows the same rows.
    dialog = client.get("/desk/all/filters/?kind=request&is_not=kind").content.decode()
    assert '<input type="hidden" name="is_not" value="kind">' in dialog
    page = client.get("/desk/all/?kind=request&is_not=kind").content.decode()
    assert "/tickets/?kind=request&amp;is_not=kind" in page
    page = client.get("/desk/waiting/?state=held&is_not=state").content.decode()
    assert "/tickets/?state=pending" in page


def test_a_saved_view_of_the_queue_keeps_what_is_excluded(
    personas: Personas, tickets: list[Ticket]
) -> None:
    client = personas.client("desk_agent")
    said = {"view": "all", "kind": "request", "is_not": "kind", "name": "No requests", "share": ""}
    assert client.post("/desk/views/new/", said).status_code == 302
    assert SavedView.objects.get(name="No requests").query == "kind=request&is_not=kind"


def test_files_saved_views_and_programs_know_it(personas: Personas, tickets: list[Ticket]) -> None:
    client = personas.client("desk_agent")
    rows = client.get("/lists/tickets/export.csv?kind=incident&is_not=kind")
    text = b"".join(rows) if rows.streaming else rows.content
    assert "Badge" in text.decode()
    assert "Lien" not in text.decode()
    api = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    shared = {"name": "No requests", "query": "kind=request&is_not=kind", "shared": False}
    made = api.post("/api/v1/lists/tickets/views", shared, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["query"] == "kind=request&is_not=kind"


def test_an_endpoint_inverts_the_filters_that_it_is_given(personas: Personas) -> None:
    api = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    with attributed(personas.actor("service_manager")):
        mine = make_service(personas.customer, "VPN-1")
        other = make_service(personas.other_customer, "VPN-2")
    url = f"/api/v1/services?customer_id={personas.customer.pk}"
    assert [row["id"] for row in api.get(url).json()["items"]] == [mine.pk]
    inverted = api.get(f"{url}&is_not=customer_id").json()["items"]
    assert [row["id"] for row in inverted] == [other.pk]
    for wrong in ("family", "q", "nothing"):
        assert api.get(f"{url}&is_not={wrong}").status_code == 422, wrong
