"""The page of search, and the same by the API."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from opale.discussions.actions import add_comment
from opale.discussions.queries import get_record
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.actions import messages, ticket_metadata
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Kind, Source, Ticket
from opale.web import search

SYSTEM = system("test")


def told(personas: Any, subject: str, body: str) -> Ticket:
    new = NewTicket(
        subject=subject,
        body=body,
        kind=Kind.INCIDENT,
        source=Source.PHONE,
        customer=personas.customer,
    )
    return receive_ticket(new, by=SYSTEM)


def page(client: Client, query: str, **headers: str) -> str:
    return client.get(f"/search/?{query}", headers=headers).content.decode()


def test_nothing_asked_says_what_can_be_asked(personas: Any) -> None:
    assert "What are you looking for?" in page(personas.client("desk_agent"), "")


def test_what_was_looked_for_is_marked_and_nothing_of_it_is_markup(personas: Any) -> None:
    told(personas, "<i>Équipement</i> en panne", 'Un équipement <script>alert("x")</script> fume')
    for asked in ("equipement", "script", '"<script>"', "%3Cscript%3Ealert%3C/script%3E"):
        shown = page(personas.client("desk_agent"), f"q={asked}")
        assert "<i>" not in shown.replace('<i class="', "")
        assert "<script>alert" not in shown
    shown = page(personas.client("desk_agent"), "q=equipement")
    assert "&lt;i&gt;<mark>Équipement</mark>&lt;/i&gt;" in shown
    assert "Un <mark>équipement</mark> &lt;script&gt;" in shown


def test_a_number_is_a_hit_of_its_own(personas: Any) -> None:
    ticket = told(personas, "Lien coupé", "…")
    other = told(personas, f"Comme {ticket.reference}", "…")
    shown = page(personas.client("desk_agent"), f"q={ticket.reference}")
    assert "With this number" in shown
    assert shown.index(f"/tickets/{ticket.number}/") < shown.index(f"/tickets/{other.number}/")


def test_names_stand_beside_the_tickets(personas: Any) -> None:
    name = personas.customer.name
    shown = page(personas.client("desk_agent"), f"q={name}")
    assert f'href="/customers/{personas.customer.code}/"' in shown


def test_what_is_not_there_is_said_with_what_to_do(personas: Any) -> None:
    agent = personas.client("desk_agent")
    assert "No ticket matches your search" in page(agent, "q=introuvable")
    assert "Too many results" in page(agent, "q=the")
    narrowed = page(agent, "q=introuvable&kind=incident&state=open&in=subjects&since=7")
    assert "Clear filters" in narrowed
    nonsense = "kind=x&state=x&in=x&since=x&customer=x&before=x&tries=x"
    assert "Clear filters" not in page(agent, f"q=introuvable&{nonsense}")


def test_older_ones_follow_on_the_next_page(personas: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opale.web.search.SHOWN", 1)
    old, new = told(personas, "Transpondeur A", "…"), told(personas, "Transpondeur B", "…")
    agent = personas.client("desk_agent")
    shown = page(agent, "q=transpondeur&kind=incident")
    assert "Transpondeur B" in strip(shown)
    assert "Transpondeur A" not in strip(shown)
    assert f"before={new.pk}" in shown
    more = page(agent, f"q=transpondeur&kind=incident&before={new.pk}", **{"HX-Request": "true"})
    assert f"/tickets/{old.number}/" in more
    assert "<html" not in more
    assert "No older results." in more


def test_a_page_goes_on_by_itself_while_time_ends_before_anything_is_found(
    personas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        told(personas, "Lien coupé", "…")
    monkeypatch.setattr("opale.run.desk.queries.fulltext_scan.BLOCKS", (0, 0, 0))
    monkeypatch.setattr("opale.web.search.TIME", timedelta())
    agent = personas.client("desk_agent")
    first = page(agent, "q=introuvable")
    assert "were searched" in first
    assert "No ticket matches" not in first
    assert 'hx-trigger="load, click"' in first
    (address,) = re.findall(r'rel="next" href="([^"]+)"', first)
    part = {"HX-Request": "true"}
    more = page(agent, unescape(address).removeprefix("?"), **part)
    assert 'hx-trigger="load, click"' in more
    assert "tries=2" in more
    tired = page(agent, unescape(address).removeprefix("?").replace("tries=1", "tries=8"), **part)
    assert "Search older tickets" in tired
    assert "hx-trigger" not in tired


def strip(shown: str) -> str:
    return shown.replace("<mark>", "").replace("</mark>", "")


def test_a_contact_finds_what_is_the_customers_and_never_a_note(personas: Any) -> None:
    ticket = told(personas, "Lien coupé", "Le transpondeur clignote")
    messages.write_note(ticket, "Le transpondeur est à nous, hélas", by=SYSTEM)
    for asked, there in (("transpondeur", True), ("helas", False), ("lien", True)):
        mine = page(personas.client("customer_contact"), f"q={asked}")
        assert (ticket.reference in mine) is there, asked
        assert "hélas" not in mine
        assert ticket.reference not in page(personas.client("foreign_contact"), f"q={asked}")
    number = f"q={ticket.number}"
    assert ticket.reference in page(personas.client("customer_contact"), number)
    assert f"{ticket.reference}<" not in page(personas.client("foreign_contact"), number)
    assert "hélas" in page(personas.client("desk_agent"), "q=helas")


def asked_by_token(personas: Any, persona: str, query: str) -> Any:
    token = {"Authorization": f"Bearer {personas.token(persona)}"}
    return Client().get(f"/api/v1/search?{query}", headers=token).json()


def test_the_api_finds_the_same_with_the_same_rights(personas: Any) -> None:
    with attributed(SYSTEM):
        ticket = told(personas, "Lien coupé", "Le transpondeur <b>clignote</b>")
    messages.write_note(ticket, "Le transpondeur, hélas", by=SYSTEM)
    found = asked_by_token(personas, "desk_agent", "q=transpondeur&in=messages")
    (one,) = found["tickets"]
    assert (one["number"], one["marked"]) == (ticket.number, ["transpondeur"])
    assert (found["next"], found["looked_back_to"], found["known"]) == (None, None, [])
    (one,) = asked_by_token(personas, "customer_contact", "q=transpondeur")["tickets"]
    assert one["excerpt"] == "Le transpondeur <b>clignote</b>"
    assert asked_by_token(personas, "customer_contact", "q=helas")["tickets"] == []
    foreign = asked_by_token(personas, "foreign_contact", f"q={ticket.number}")
    assert (foreign["tickets"], foreign["known"]) == ([], [])
    known = asked_by_token(personas, "desk_agent", f"q={ticket.reference}")["known"]
    assert [row["number"] for row in known] == [ticket.number]
    names = asked_by_token(personas, "desk_agent", f"q={personas.customer.code}")["names"]
    assert ("customer", personas.customer.code) in [(row["kind"], row["key"]) for row in names]


def test_the_api_pages_back_and_refuses_what_is_no_cursor(personas: Any) -> None:
    tickets = [told(personas, "Transpondeur", "…") for _ in range(3)]
    seen, after = [], ""
    while True:
        found = asked_by_token(personas, "desk_agent", f"q=transpondeur&limit=1&after={after}")
        seen += [row["number"] for row in found["tickets"]]
        if not (after := found["next"] or ""):
            break
    assert seen == [ticket.number for ticket in reversed(tickets)]
    token = {"Authorization": f"Bearer {personas.token('desk_agent')}"}
    for wrong in ("after=x", "after=-1", "in=x", "limit=0", "limit=101", "state=x"):
        assert Client().get(f"/api/v1/search?q=x&{wrong}", headers=token).status_code == 422, wrong
    assert Client().get("/api/v1/search", headers=token).status_code == 422


def test_a_contact_lists_tickets_by_a_number_without_reading_those_of_others(personas: Any) -> None:
    ticket = told(personas, "Lien 123 coupé", "…")
    ticket_metadata.add_reference(ticket, "Orange", "GTR-77", by=personas.actor("desk_agent"))
    token = {"Authorization": f"Bearer {personas.token('customer_contact')}"}
    for asked, count in ((str(ticket.number), 1), ("123 coup", 1), ("GTR-77", 0), ("²", 0)):
        answer = Client().get(f"/api/v1/tickets?q={asked}", headers=token)
        assert (answer.status_code, len(answer.json()["items"])) == (200, count), asked
    assert "With this number" not in page(personas.client("customer_contact"), "q=GTR-77")
    assert "With this number" in page(personas.client("desk_agent"), "q=gtr-77")


def test_what_is_found_is_a_spreadsheet_too(personas: Any) -> None:
    found = told(personas, "=Lien coupé", "Le lien de Rennes")
    agent = personas.client("desk_agent")
    assert "/search/tickets.csv?q=lien&amp;kind=incident" in page(agent, "q=lien&kind=incident")
    answer = agent.get("/search/tickets.csv?q=lien")
    lines = b"".join(answer.streaming_content).decode().split("\r\n")
    assert lines[0].startswith("\ufeffNumber;Subject;Kind;Priority;State;Customer;Owner;Received")
    assert lines[1].startswith(f"{found.reference};'=Lien coupé;Incident;")
    other = personas.client("foreign_contact").get("/search/tickets.csv?q=lien")
    theirs = b"".join(other.streaming_content).decode()
    assert found.reference not in theirs
    assert "Owner" not in theirs


def test_comments_are_found_with_the_record_that_they_are_on(personas: Any) -> None:
    by = personas.actor("project_manager")
    record = get_record("customer", personas.customer.pk, seen_by=by)
    made = add_comment(record, "Le **transpondeur** <b>clignote</b>", by=by)
    shown = page(personas.client("desk_agent"), "q=transpondeurs")
    assert f'href="{record.url}#comment-{made.pk}"' in shown
    assert f">{personas.customer.name}</a>" in shown
    assert "<mark>transpondeur</mark>" in shown
    assert "&lt;b&gt;" in shown
    assert "No ticket matches" not in shown
    for stranger in ("employee", "customer_contact", "anonymous"):
        assert "clignote" not in page(personas.client(stranger), "q=transpondeurs")


def test_older_comments_are_a_page_of_their_own(
    personas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "COMMENTS_SHOWN", 1)
    by = personas.actor("project_manager")
    record = get_record("customer", personas.customer.pk, seen_by=by)
    first, second = (add_comment(record, f"Transpondeur {n}", by=by) for n in range(2))
    client = personas.client("desk_agent")
    assert f"comments_before={second.pk}" in page(client, "q=transpondeur")
    older = page(client, f"q=transpondeur&comments_before={second.pk}", HX_Request="true")
    assert f"#comment-{first.pk}" in older
    assert f"#comment-{second.pk}" not in older
    assert "<html" not in older


def test_the_api_finds_comments_with_the_same_rights(personas: Any) -> None:
    by = personas.actor("project_manager")
    record = get_record("customer", personas.customer.pk, seen_by=by)
    made = add_comment(record, "Le transpondeur clignote", by=by)
    answer = asked_by_token(personas, "desk_agent", "q=transpondeurs")
    (one,) = answer["comments"]
    assert (one["id"], one["record"], one["marked"]) == (made.pk, record.label, ["transpondeur"])
    assert (one["url"], answer["next_comments"]) == (f"{record.url}#comment-{made.pk}", None)
    before = f"q=transpondeurs&comments_before={made.pk}"
    assert asked_by_token(personas, "desk_agent", before)["comments"] == []
    assert asked_by_token(personas, "employee", "q=transpondeurs")["comments"] == []
