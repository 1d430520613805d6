"""A list that is grouped shows counts that lead to its lines: page, files, programs."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.listings.groups import groups_of
from opale.listings.saved_views import store
from opale.listings.selection import Selection
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.listings.tickets import TICKETS
from opale.run.desk.models import Kind, Source, Ticket

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight in Paris


@pytest.fixture
def house(personas: Personas) -> Personas:
    with attributed(MAKER):
        for kind, at in ((Kind.INCIDENT, NEW_YEAR), (Kind.INCIDENT, None), (Kind.REQUEST, None)):
            said = NewTicket(
                subject="Lien", body="Bonjour", source=Source.MAIL, kind=kind,
                customer=personas.customer,
            )  # fmt: skip
            receive_ticket(said, by=MAKER, at=at)
    return personas


def counts(text: str) -> dict[str, str]:
    return dict(line.split(";") for line in text.lstrip("\ufeff").splitlines()[1:])


def test_a_page_counts_by_a_column_and_leads_to_the_lines(house: Personas) -> None:
    client = house.client("service_manager")
    page = client.get("/tickets/?group=kind&state=new").content.decode()
    assert "?kind=incident&amp;state=new" in page or "?state=new&amp;kind=incident" in page
    assert "<rect" in page
    assert "data-listing" in page
    assert "Group by" in page


def test_files_and_programs_have_the_same_counts(house: Personas) -> None:
    client = house.client("service_manager")
    file = client.get("/lists/tickets/export.csv?group=kind")
    told = counts(b"".join(file.streaming_content).decode())  # type: ignore[attr-defined]
    assert told == {"Incident": "2", "Request": "1"}
    sheet = client.get("/lists/tickets/export.xlsx?group=kind")
    assert sheet.status_code == 200
    found = client.get("/api/v1/tickets/groups?group=kind").json()
    assert {one["label"]: str(one["count"]) for one in found} == told
    narrowed = client.get("/api/v1/tickets/groups?group=kind&kind=request").json()
    assert [one["count"] for one in narrowed] == [1]


def test_months_are_those_of_the_reader(house: Personas) -> None:
    found = house.client("service_manager").get("/api/v1/tickets/groups?group=received").json()
    assert ("2026-01-01", 1) in [(one["value"], one["count"]) for one in found]


def test_a_saved_view_keeps_the_grouping(house: Personas) -> None:
    actor = house.actor("service_manager")
    address = Selection.read(TICKETS, QueryDict("group=kind&priority=4"), actor).address()
    view = store().add("tickets", "By kind", address, shared=False, by=actor)
    kept = Selection.read(TICKETS, QueryDict(store().get(view, seen_by=actor).query), actor)
    assert kept.group == "kind"


def test_confidential_tickets_are_counted_for_nobody_who_may_not_see_them(house: Personas) -> None:
    with attributed(MAKER):
        Ticket.objects.filter(kind="request").update(confidential=True)
    for name, total in (("service_manager", 3), ("core_engineer", 2)):
        selection = Selection.read(TICKETS, QueryDict("group=state"), house.actor(name))
        assert groups_of(selection).total == total
