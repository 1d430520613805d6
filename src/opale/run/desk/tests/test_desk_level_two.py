"""The list of work asked of a level: accepted where it stands, by one key."""

import pytest
from django.urls import reverse
from tests.personas import Personas

from opale.listings.declarations import Listing
from opale.messaging.listings import OUTGOING_MAILS
from opale.run.desk.actions import assignments, ticket_creation
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.listings.assignments import ASSIGNMENTS
from opale.run.desk.models import Source

pytestmark = pytest.mark.django_db
LIST = reverse("desk_work", args=["level-2"])


def test_work_is_accepted_in_its_list_by_whoever_is_of_the_team(personas: Personas) -> None:
    ticket = ticket_creation.receive_ticket(
        NewTicket(subject="Lien coupé", source=Source.MAIL, customer=personas.customer),
        by=personas.actor("desk_agent"),
    )
    asked = assignments.request_work(
        ticket, WorkRequest(team=personas.teams["run_engineer"]), by=personas.actor("desk_agent")
    )
    url = f"/assignments/{asked.pk}/acceptance/"
    engineer, agent = personas.client("run_engineer"), personas.client("desk_agent")
    assert url in engineer.get(LIST).content.decode()
    assert url not in agent.get(LIST).content.decode()
    said = {"at_once": "1", "list": "level-2"}
    answer = engineer.post(url, said, headers={"HX-Request": "true"})
    drawn = answer.content.decode()
    assert f'hx-get="{LIST}"' in drawn
    assert url not in drawn
    asked.refresh_from_db()
    assert asked.person_id == personas.people["run_engineer"].pk


def test_the_table_opens_with_running_work_the_newest_first(personas: Personas) -> None:
    agent = personas.actor("desk_agent")
    running, ended = [
        assignments.request_work(
            ticket_creation.receive_ticket(
                NewTicket(subject=subject, source=Source.MAIL, customer=personas.customer), by=agent
            ),
            WorkRequest(team=personas.teams["run_engineer"]),
            by=agent,
        )
        for subject in ("Lien coupé", "Lien lent")
    ]
    assignments.withdraw_assignment(ended, by=agent)
    client, url = personas.client("desk_agent"), reverse("desk_assignments")
    first = client.get(url).content.decode()
    assert "Lien coupé" in first
    assert "Lien lent" not in first
    every = client.get(f"{url}?state=all").content.decode()
    assert every.index("Lien lent") < every.index("Lien coupé")
    listed = client.get("/api/v1/assignments").json()["items"]
    assert [one["id"] for one in listed] == [ended.pk, running.pk]


@pytest.mark.parametrize("listing", [ASSIGNMENTS, OUTGOING_MAILS])
def test_a_list_that_only_grows_is_sorted_by_its_key_alone(listing: Listing) -> None:
    assert listing.order.columns == ("-id",)
    assert [one.sorted_by for one in listing.columns if one.order] == [("id",)]
