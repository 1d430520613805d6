"""The list of work asked of a level: accepted where it stands, by one key."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse
from tests.personas import Personas

from opale.infrastructure import rights as infrastructure_rights
from opale.infrastructure.models import ConfigurationItem, Site, Supplier
from opale.kernel.actor import SHARED
from opale.listings.declarations import Listing
from opale.messaging.listings.outgoing_mails import OUTGOING_MAILS
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import assignments, attachments, ownership, ticket_creation
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.listings.assignments import ASSIGNMENTS
from opale.run.desk.models import Assignment, Attachment, Source
from opale.run.desk.models.escalation import Outcome
from opale.run.desk.web import assignments as pages

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


def escalated(personas: Personas, function: str) -> Assignment:
    agent = personas.actor("desk_agent")
    new = NewTicket(subject="Lien coupé", source=Source.MAIL, customer=personas.customer)
    ticket = ticket_creation.receive_ticket(new, by=agent)
    ownership.take_ticket(ticket, by=agent)
    return assignments.request_work(ticket, WorkRequest(team=personas.teams[function]), by=agent)


@pytest.mark.parametrize(("function", "writes"), [("run_engineer", False), ("core_engineer", True)])
def test_whoever_is_asked_works_on_the_page_of_the_ticket(
    personas: Personas, function: str, writes: bool
) -> None:
    asked = escalated(personas, function)
    client, home = personas.client(function), f"/tickets/{asked.ticket.number}/"
    assert client.get(f"/assignments/{asked.pk}/").headers["Location"] == home
    shown = client.get(home).content.decode()
    assert f"/assignments/{asked.pk}/acceptance/" in shown
    assert "/ownership/" not in shown, "nobody who is asked is offered to take the ticket"
    # Who may not answer customers writes to the desk, and to the customer through its owner.
    assert (f"/assignments/{asked.pk}/notes/" in shown) is writes
    assert (f"/assignments/{asked.pk}/answers/" in shown) is writes
    assignments.accept_assignment(asked, by=personas.actor(function))
    shown = client.get(home).content.decode()
    assert shown.index(f"/assignments/{asked.pk}/completion/") < shown.index("o-talk")
    assignments.finish_assignment(asked, by=personas.actor(function), outcome=Outcome.FIXED)
    assert f"/assignments/{asked.pk}/completion/" not in client.get(home).content.decode()


def test_who_is_not_asked_sees_the_assignment_alone_and_may_take_the_ticket(
    personas: Personas,
) -> None:
    asked = escalated(personas, "core_engineer")
    engineer = personas.client("run_engineer")
    assert engineer.get(f"/assignments/{asked.pk}/").status_code == 200
    shown = engineer.get(f"/tickets/{asked.ticket.number}/").content.decode()
    assert "/ownership/" in shown
    assert f"/assignments/{asked.pk}/acceptance/" not in shown


def test_a_group_colleague_sees_the_assignment_without_the_ticket(personas: Personas) -> None:
    asked = escalated(personas, "group_colleague")
    shown = personas.client("group_colleague").get(f"/assignments/{asked.pk}/")
    assert shown.status_code == 200
    assert personas.customer.name not in shown.content.decode()


def test_work_does_not_name_a_site_that_its_reader_may_not_see(personas: Personas) -> None:
    agent = personas.actor("desk_agent")
    site = Site.objects.create(
        code="ACME1", name="Acme Rennes", kind="customer_site", country="FR",
        customer=personas.customer,
    )  # fmt: skip
    item = ConfigurationItem.objects.create(name="pe1-acme", kind="router", site=site)
    new = NewTicket(subject="Lien", source=Source.MAIL, customer=personas.customer, item=item)
    work = WorkRequest(team=personas.teams["run_engineer"])
    asked = assignments.request_work(ticket_creation.receive_ticket(new, by=agent), work, by=agent)
    narrow = replace(agent, grants={**agent.grants, infrastructure_rights.READ: SHARED})
    request: Any = RequestFactory().get("/")
    request.htmx = True
    for actor, named in ((agent, True), (narrow, False)):
        request.actor = actor
        shown = b"".join(pages.show(request, asked.pk)).decode()
        assert "pe1-acme" in shown
        assert ("Acme Rennes" in shown) is named


def test_notes_and_mails_on_work_take_files(personas: Personas) -> None:
    agent, client = personas.actor("desk_agent"), personas.client("desk_agent")
    ticket = ticket_creation.receive_ticket(
        NewTicket(subject="Lien coupé", source=Source.MAIL, customer=personas.customer), by=agent
    )
    carrier = Supplier.objects.create(name="Armor", kind="carrier", email="noc@armor.example")
    work = WorkRequest(supplier=carrier)
    asked = assignments.request_work(ticket, work, by=agent)

    def written(kind: str, file: Attachment) -> Any:
        said = {"body": "As drawn here.", "attachments": [file.pk]}
        url = f"/api/v1/assignments/{asked.pk}/{kind}"
        return client.post(url, said, content_type="application/json")

    for kind in ("notes", "mails"):
        file = attachments.attach_file(ticket, "plan.txt", [b"ring A"], by=agent)
        answer = written(kind, file)
        assert answer.status_code == 201, answer.content
        file.refresh_from_db()
        assert (file.message_id, file.visibility) == (answer.json()["id"], "internal")
        assert written(kind, file).status_code == 422, "another message has it"
    mail = OutgoingMail.objects.get()
    assert [one["name"] for one in mail.attachments] == ["plan.txt"]


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
