"""The pages of requests: at the desk, for employees, and the editor of the catalogue."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.personas import Personas, make_personas

from opale.customers.models import Contact
from opale.infrastructure.models import ConfigurationItem, Site
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.live_topics import Cursor
from opale.kernel.models import Change
from opale.run.desk.actions import messages, ownership, pauses
from opale.run.desk.actions.catalogue import RequestTypeInput
from opale.run.desk.forms.catalogue import RequestTypeEditor
from opale.run.desk.models import Approval, Attachment, Message, RequestDetails, RequestType, Ticket
from opale.run.desk.queries.clocks import promised_end
from opale.run.desk.tests.builders import make_service
from opale.run.desk.tests.catalogue import kind, load
from opale.ui.live import Listener
from opale.ui.live_feed import ChangeBatch

VISITORS = {
    "visitors-0-name": "Jean Valet",
    "visitors-0-company": "Acme",
    "visitors-0-identity": "CNI 1",
    "visitors-1-name": "",
    "visitors-1-company": "",
    "visitors-1-identity": "",
}


@pytest.fixture
def personas(db: None) -> Personas:
    house = make_personas()
    load()
    make_service(house.customer, "VPN-1")
    with attributed(system("test")):
        site = Site.objects.create(code="PA1", name="Paris 1", kind="datacentre", country="FR")
        ConfigurationItem.objects.create(
            name="rack-1", kind="rack", site=site, customer=house.customer
        )
    return house


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


def may(personas: Personas, **held: bool) -> None:
    with attributed(system("test")):
        Contact.objects.filter(pk=personas.contact.pk).update(**held)


def visit(personas: Personas, **more: Any) -> dict[str, Any]:
    site = Site.objects.get(code="PA1")
    return {
        "contact": personas.contact.pk,
        "site": site.pk,
        "starts": "tomorrow 9",
        "ends": "tomorrow 17:00",
        "escort": "none",
        "source": "phone",
        **VISITORS,
        **more,
    }


NEW = "/tickets/new/request/datacentre-access/"


def test_an_agent_records_an_access_as_it_is_said(personas: Personas, agent: Client) -> None:
    answer = agent.post(NEW, visit(personas))
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/tickets/{ticket.number}/"
    details = RequestDetails.objects.get(ticket=ticket)
    assert details.values["visitors"] == [
        {"name": "Jean Valet", "company": "Acme", "identity": "CNI 1"}
    ]
    page = agent.get(f"/tickets/{ticket.number}/").content.decode()
    assert "CNI 1" in page
    assert "Record approval" in page
    assert Approval.objects.get().state == "asked"


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    personas: Personas, agent: Client
) -> None:
    wrong = visit(personas, escort="", starts="?") | {"visitors-0-identity": ""}
    answer = agent.post(NEW, wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "enter the identity document" in page
    assert "Required" in page
    assert "Not a valid date" in page
    assert 'value="Jean Valet"' in page
    assert not Ticket.objects.exists()


def test_a_refused_form_grows_by_no_empty_row(personas: Personas, agent: Client) -> None:
    blank = {f"visitors-2-{part}": "" for part in ("name", "company", "identity")}
    for _again in range(2):
        page = agent.post(NEW, visit(personas, starts="?") | blank).content.decode()
        assert "visitors-2-name" in page
        assert "visitors-3-name" not in page


def test_an_access_elsewhere_is_refused_beside_the_site(personas: Personas, agent: Client) -> None:
    with attributed(system("test")):
        other = Site.objects.create(code="LY1", name="Lyon", kind="datacentre", country="FR")
    answer = agent.post(NEW, visit(personas, site=other.pk))
    assert answer.status_code == 422
    assert "Acme has nothing at this site" in answer.content.decode()


def test_one_more_row_is_drawn_without_a_word_on_what_is_missing(
    personas: Personas, agent: Client
) -> None:
    answer = agent.post(NEW, {"more": "visitors", **VISITORS}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "visitors-3-name" in page
    assert "visitors-4-name" not in page
    assert "Required" not in page


def test_before_it_is_sent_one_sees_where_it_goes_and_whose_word_it_needs(
    personas: Personas, agent: Client
) -> None:
    page = agent.post(f"{NEW}outlook/", {"contact": personas.contact.pk}).content.decode()
    assert "does not have the required authority" in page
    assert "No routing rule" in page
    may(personas, may_enter=True)
    page = agent.post(f"{NEW}outlook/", {"contact": personas.contact.pk}).content.decode()
    assert "does not have the required authority" not in page
    dns = agent.post("/tickets/new/request/dns-change/outlook/", {"managed": "yes"})
    assert "RUN change" in dns.content.decode()


def test_a_word_heard_on_the_telephone_is_recorded_on_the_page(
    personas: Personas, agent: Client
) -> None:
    agent.post(NEW, visit(personas))
    number = Ticket.objects.get().number
    said = {"contact": personas.contact.pk, "decision": "granted"}
    refused = agent.post(f"/tickets/{number}/approval/", said)
    assert refused.status_code == 422
    assert "does not have the required authority" in refused.content.decode()
    may(personas, may_enter=True)
    assert agent.post(f"/tickets/{number}/approval/", said).status_code == 302
    page = agent.get(f"/tickets/{number}/").content.decode()
    assert "Approved by Contact Acme" in page
    assert "by phone" in page


def test_a_routine_request_goes_from_receipt_to_closed_without_a_word_typed(
    personas: Personas, agent: Client
) -> None:
    choices = {"contact": personas.contact.pk, "wish": "vpn", "source": "phone"}
    agent.post("/tickets/new/request/quote/", choices)
    ticket = Ticket.objects.get()
    assert agent.post(f"/tickets/{ticket.number}/ownership/").status_code == 302
    assert agent.post(f"/tickets/{ticket.number}/resolution/", {"cause": ""}).status_code == 302
    assert agent.post(f"/tickets/{ticket.number}/closure/").status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.cause) == ("closed", "")
    page = agent.get(f"/tickets/{ticket.number}/resolution/").content.decode()
    assert "required" not in page.split("<form", 1)[1].split("</form>", 1)[0]


def test_a_request_is_refused_for_a_chosen_reason(personas: Personas, agent: Client) -> None:
    agent.post("/tickets/new/request/quote/", {"contact": personas.contact.pk, "wish": "vpn",
                                               "source": "phone"})  # fmt: skip
    number = Ticket.objects.get().number
    assert agent.post(f"/tickets/{number}/rejection/", {"reason": "not_sold"}).status_code == 302
    assert Ticket.objects.get().state == "rejected"
    assert "not covered by the contract" in Message.objects.latest("id").body


def test_the_sheet_is_corrected_with_its_history(personas: Personas, agent: Client) -> None:
    may(personas, may_order=True)
    said = {"contact": personas.contact.pk, "zone": "acme.example", "managed": "yes",
            "action": "add", "record": "www", "type": "A", "source": "mail"}  # fmt: skip
    agent.post("/tickets/new/request/dns-change/", said)
    number = Ticket.objects.get().number
    form = agent.get(f"/tickets/{number}/request/edit/").content.decode()
    assert 'value="acme.example"' in form
    assert (
        agent.post(f"/tickets/{number}/request/edit/", said | {"managed": "no"}).status_code == 302
    )
    assert RequestDetails.objects.get().route == "request"
    page = agent.get(f"/tickets/{number}/request/history/").content.decode()
    assert "Zone managed by us" in page
    assert "Corrected by" in page
    reason = agent.get(f"/tickets/{number}/route/reason/").content.decode()
    assert "managed is True" in reason
    routed = agent.post(f"/tickets/{number}/route/", {"route": "order", "reason": "needs_project"})
    assert routed.status_code == 302
    assert RequestDetails.objects.get().override == "needs_project"


def test_the_catalogue_is_searched_and_what_was_asked_last_stands_first(
    personas: Personas, agent: Client
) -> None:
    agent.post("/tickets/new/request/quote/", {"contact": personas.contact.pk, "wish": "vpn",
                                               "source": "phone"})  # fmt: skip
    page = agent.get("/tickets/new/request/").content.decode()
    assert page.index("/quote/") < page.index("/datacentre-access/")
    found = agent.get("/tickets/new/request/?q=pare-feu", headers={"HX-Request": "true"})
    assert "/firewall-rule/" in found.content.decode()
    assert "/quote/" not in found.content.decode()


def a_file(name: str, content: bytes = b"what it says") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/plain")


def test_an_employee_asks_reads_and_writes_on_what_is_its_own(personas: Personas) -> None:
    client = personas.client("employee")
    said = {"what": "laptop", "occasion": "broken", "body": "It fell."}
    answer = client.post("/requests/new/equipment/", said)
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/requests/{ticket.number}/"
    messages.write_note(ticket, "Third one this year.", by=personas.actor("desk_agent"))
    messages.write_to_customer(ticket, "Fetch it at ten.", by=personas.actor("desk_agent"))
    page = client.get(f"/requests/{ticket.number}/").content.decode()
    assert "It fell." in page
    assert "Fetch it at ten." in page
    assert "Third one" not in page
    assert "Laptop" in page
    assert (
        client.post(f"/requests/{ticket.number}/messages/", {"body": "Thanks"}).status_code == 302
    )
    assert Message.objects.latest("id").direction == "received"
    assert ticket.reference in client.get("/requests/").content.decode()
    other = personas.client("build_engineer")
    assert other.get(f"/requests/{ticket.number}/").status_code == 404
    assert ticket.reference not in other.get("/requests/").content.decode()


def test_a_contact_lands_on_its_tickets_reports_and_goes_on_writing(personas: Personas) -> None:
    client, agent = personas.client("customer_contact"), personas.actor("desk_agent")
    assert client.get("/")["Location"] == "/requests/"
    assert "Report a problem" in client.get("/requests/").content.decode()
    said = {"subject": "No Internet", "body": "Since nine.", "files": [a_file("error.txt")]}
    answer = client.post("/requests/problem/", said)
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/requests/{ticket.number}/"
    assert (ticket.kind, ticket.source) == ("incident", "portal")
    assert (ticket.customer, ticket.contact) == (personas.customer, personas.contact)
    messages.write_note(ticket, "Third one this year.", by=agent)
    messages.write_to_customer(ticket, "We are on it.", by=agent)
    page = client.get(f"/requests/{ticket.number}/").content.decode()
    assert all(words in page for words in ("Since nine.", "We are on it.", "error.txt"))
    assert "Third one" not in page
    file = Attachment.objects.get()
    got = client.get(f"/tickets/{ticket.number}/attachments/{file.pk}/")
    assert b"".join(got.streaming_content) == b"what it says"  # type: ignore[attr-defined]
    more = {"body": "", "files": [a_file("more.txt")]}
    assert client.post(f"/requests/{ticket.number}/messages/", more).status_code == 302
    assert Message.objects.latest("id").body == "more.txt"
    stranger = personas.client("foreign_contact")
    for path in (f"/requests/{ticket.number}/", f"/tickets/{ticket.number}/attachments/{file.pk}/"):
        assert stranger.get(path).status_code == 404
    assert ticket.reference not in stranger.get("/requests/").content.decode()


def test_a_problem_whose_file_is_refused_is_not_half_reported(personas: Personas) -> None:
    client = personas.client("employee")
    said = {"subject": "Screen dark", "body": "Since nine.", "files": [a_file("x.txt", b"")]}
    answer = client.post("/requests/problem/", said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "x.txt" in page
    assert "Since nine." in page, "what was typed stays"
    assert not Ticket.objects.exists()


def test_whoever_asked_reads_when_it_is_promised(personas: Personas) -> None:
    client = personas.client("customer_contact")
    client.post("/requests/problem/", {"subject": "No Internet", "body": "Since nine."})
    ticket = Ticket.objects.get()
    shown = "Promised by" in client.get(f"/requests/{ticket.number}/").content.decode()
    assert shown is (promised_end(ticket) is not None)
    assert shown


def test_what_is_done_for_an_employee_is_told_to_its_pages_alone(personas: Personas) -> None:
    client = personas.client("employee")
    client.post("/requests/new/equipment/", {"what": "laptop", "occasion": "broken", "body": "It"})
    ticket = Ticket.objects.get()
    topic = f"own.person:{ticket.employee_id}"
    for page in ("/requests/", f"/requests/{ticket.number}/"):
        assert f'data-live="{topic}"' in client.get(page).content.decode()
    Change.objects.all().delete()
    messages.write_to_customer(ticket, "Fetch it at ten.", by=personas.actor("desk_agent"))
    assert Change.objects.filter(topic=topic).exists()
    said = ChangeBatch(Cursor(2, 1), [(Cursor(1, 1), topic, None)])
    assert Listener("his", personas.actor("employee")).hears(said) == (topic,)
    assert Listener("hers", personas.actor("desk_agent")).hears(said) == ()


def test_an_answer_ends_the_wait_for_it(personas: Personas) -> None:
    client = personas.client("employee")
    client.post("/requests/new/telephony/", {"what": "line"})
    ticket, by = Ticket.objects.get(), personas.actor("desk_agent")
    ownership.take_ticket(ticket, by=by)
    pauses.pause_ticket(ticket, "customer", by=by, confirmed=True)  # type: ignore[arg-type]  # a plain word
    client.post(f"/requests/{ticket.number}/messages/", {"body": "Room 12"})
    ticket.refresh_from_db()
    assert ticket.state == "in_progress"


FIELD = {"name": "size", "kind": "number", "label_en": "Size", "label_fr": "Taille"}
RULE = {"subject0": "size", "test0": "above", "wanted0": "10", "route": "order",
        "because_en": "Big", "because_fr": "Gros"}  # fmt: skip


def sheet(fields: list[dict[str, str]], rules: list[dict[str, str]], **more: str) -> dict[str, str]:
    told = {
        "name_en": "More disk",
        "name_fr": "Plus de disque",
        "audience": "customers",
        "authority": "order",
        "coverage": "always",
        "target_hours": "4",
        "field-TOTAL_FORMS": str(len(fields)),
        "field-INITIAL_FORMS": "0",
        "rule-TOTAL_FORMS": str(len(rules)),
        "rule-INITIAL_FORMS": "0",
    }
    for prefix, rows in (("field", fields), ("rule", rules)):
        for number, row in enumerate(rows):
            told |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return told | more


def test_a_request_type_is_made_moved_about_and_retired(personas: Personas) -> None:
    client = personas.client("service_manager")
    second = FIELD | {"name": "why", "kind": "text", "label_en": "Why", "label_fr": "Pourquoi"}
    both = sheet([FIELD, second], [RULE])
    moved = client.post("/request-types/new/", both | {"move": "field-down-0"})
    page = moved.content.decode()
    assert page.index('value="why"') < page.index('value="size"')
    assert not RequestType.objects.filter(code="more-disk").exists()
    assert client.post("/request-types/new/", both).status_code == 302
    made = kind("more-disk")
    assert [one["name"] for one in made.fields] == ["size", "why"]
    assert made.routes == [
        {
            "when": {"size": {"above": 10}},
            "route": "order",
            "because_en": "Big",
            "because_fr": "Gros",
        }
    ]
    same = client.post("/request-types/more-disk/", both)
    assert same.status_code == 302
    client.post("/request-types/more-disk/", sheet([second], []))
    history = client.get("/request-types/more-disk/history/").content.decode()
    assert "Size, Why" in history
    client.post("/request-types/more-disk/retirement/")
    assert kind("more-disk").retired_on is not None
    client.post("/request-types/more-disk/reinstatement/")
    assert kind("more-disk").retired_on is None


def test_faults_of_a_form_are_said_and_nothing_is_saved(personas: Personas) -> None:
    client = personas.client("service_manager")
    answer = client.post("/request-types/new/", sheet([FIELD, FIELD], [RULE | {"subject0": "x"}]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "another field already has this name" in page
    assert "which is not a field" in page
    assert not RequestType.objects.filter(code="more-disk").exists()


def test_every_shipped_type_survives_the_editor_unchanged(personas: Personas) -> None:

    actor = personas.actor("administrator")
    for one in RequestType.objects.all():
        drawn = RequestTypeEditor(None, RequestTypeInput.of(one), by=actor)
        posted: dict[str, Any] = {}
        for form in (drawn.main, drawn.fields.management_form, drawn.rules.management_form,
                     *drawn.fields.forms, *drawn.rules.forms):  # fmt: skip
            for bound in form:
                value = bound.value()
                if value is not None and value is not False and value != "":
                    posted[bound.html_name] = value
        again = RequestTypeEditor(posted, RequestTypeInput.of(one), by=actor)
        assert again.valid, (one.code, again.main.errors, again.fields.errors, again.rules.errors)
        made = again.sheet()
        assert made.columns()["fields"] == one.fields
        assert made.columns()["routes"] == one.routes
        assert made.target == one.target


def test_the_form_is_previewed_in_both_languages(personas: Personas) -> None:
    client = personas.client("service_manager")
    page = client.post("/request-types/preview/", sheet([FIELD], [])).content.decode()
    assert "Size" in page
    assert "Taille" in page


def test_only_what_a_visitor_lacks_is_marked(agent: Client, personas: Personas) -> None:
    """An empty row is no fault."""
    said = visit(personas) | {"visitors-0-identity": ""}
    page = agent.post(NEW, said).content.decode()
    assert re.findall(r'name="(visitors-[^"]*)"[^>]*aria-invalid', page) == ["visitors-0-identity"]
