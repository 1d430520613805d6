"""The list of work asked of a level: accepted where it stands, by one key."""

import pytest
from django.urls import reverse
from tests.personas import Personas

from opale.run.desk.actions import assignments, ticket_creation
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.ticket_creation import NewTicket
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
