"""What falls due next, and what is found by a few letters."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from django.db import connection

from opale.infrastructure.models import ConfigurationItem
from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, Actor, system
from opale.kernel.attribution import attributed
from opale.run.desk.actions import lifecycle
from opale.run.desk.models import Commitment, Ticket
from opale.run.desk.queries import (
    confidentiality,
    operations_dashboard,
    palette_search,
    ticket_lists,
)
from opale.run.desk.tests.builders import House, agent_of, make_house, make_ticket, minutes_ago

READER = Actor("person", "user:1", "Reader", {"desk.read": EVERYTHING, "desk.console": EVERYTHING})


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def test_the_overdue_come_first_and_what_has_ended_falls_due_no_more(house: House) -> None:
    late = make_ticket(house, at=minutes_ago(600))
    soon = make_ticket(house, at=minutes_ago(1))
    ended = make_ticket(house, at=minutes_ago(300))
    lifecycle.resolve_ticket(ended, by=system("test"), cause="Mended")
    # A promise that was never met stays behind when a ticket ends without it.
    Commitment.objects.filter(ticket=ended).update(met_at=None, due_at=clock.now())
    due = ticket_lists.due_next(seen_by=READER)
    assert list(dict.fromkeys(row.ticket_id for row in due)) == [late.pk, soon.pk]
    moments = [row.due_at or clock.now() for row in due]
    assert moments == sorted(moments)
    nearest = ticket_lists.nearest_deadlines(seen_by=READER, limit=8)
    assert [row.ticket_id for row in nearest] == [late.pk, soon.pk]
    assert nearest[0] == due[0]


def test_the_palette_finds_a_number_and_words_of_three_letters(house: House) -> None:
    ticket = make_ticket(house)

    def found(text: str) -> list[str]:
        return [result.label for result in palette_search.further_palette_tickets(text, READER, 8)]

    line = f"{ticket.reference} {ticket.subject}"
    for text in (str(ticket.number), ticket.reference):
        assert [result.label for result in palette_search.palette_tickets(text, READER, 8)] == [
            line
        ], text
        assert found(text) == []
    for text in ("LIEN", "coupé", "nes - li"):
        assert found(text) == [line], text
    assert found("li") == found("nothing like it") == []
    nobody = Actor("person", "user:2", "Nobody", {})
    assert palette_search.further_palette_tickets("lien", nobody, 8) == []
    assert palette_search.palette_tickets(ticket.reference, nobody, 8) == []


def test_a_search_goes_on_among_the_older_tickets(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    oldest, older, newest = (make_ticket(house, at=minutes_ago(m)) for m in (90, 60, 30))
    for recent in (1, 2, 9):
        monkeypatch.setattr(palette_search, "RECENT", recent)
        found = palette_search.find_tickets("lien", seen_by=READER, limit=3)
        assert found == [newest, older, oldest], recent
        assert palette_search.find_tickets("lien", seen_by=READER, limit=1) == [newest]
        assert palette_search.find_tickets(str(oldest.number), seen_by=READER) == [oldest]


def test_the_palette_finds_tickets_of_an_item_and_of_a_customer_by_their_names(
    house: House,
) -> None:
    with attributed(system("test")):
        item = ConfigurationItem.objects.create(name="rtr-bre-07", kind="router")
    of_item, of_customer = make_ticket(house), make_ticket(house)
    with attributed(system("test")):
        Ticket.objects.filter(pk=of_item.pk).update(item=item, customer=None, contact=None)
    reader = replace(
        READER,
        grants={**READER.grants, "customers.read": EVERYTHING, "infrastructure.read": EVERYTHING},
    )

    def found(text: str, by: Actor) -> list[str]:
        return [
            result.label.split()[0]
            for result in palette_search.further_palette_tickets(text, by, 8)
        ]

    assert found("rtr-bre", reader) == [of_item.reference]
    assert found("acme", reader) == [of_customer.reference]
    assert found("rtr-bre", READER) == found("acme", READER) == []


@pytest.mark.parametrize("view", ticket_lists.COUNTED)
def test_a_list_is_counted_in_its_index_without_a_look_at_the_tickets(
    view: ticket_lists.View, house: House
) -> None:
    reader = replace(READER, person_id=house.agent.pk, user_id=1)
    tickets = Ticket.objects.visible_to(reader)
    listed = ticket_lists.in_view(view, tickets, seen_by=reader, at=clock.now())
    asked, _values = listed.order_by().values("pk")[:100].query.sql_with_params()
    held = columns_of("ticket_owner_order" if view == "mine" else "ticket_state_order")
    # Of which states it is, the index as a whole says.
    assert {"id", "confidential", "owner_id"} <= held
    assert tickets_columns(asked) - {"state"} <= held


def test_the_open_confidential_tickets_are_found_in_their_index(db: None) -> None:
    rows = confidentiality._open().values("pk", "owner_id", "employee_id")
    asked, _values = rows.query.sql_with_params()
    assert tickets_columns(asked) <= columns_of("ticket_confidential")
    # A range of it, not a look at each: NOT IN is none.
    assert re.search(r'"desk_ticket"."state" IN \(', asked)


def columns_of(index: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass", [index])
        return {name for (name,) in cursor.fetchall()}


def tickets_columns(asked: str) -> set[str]:
    return set(re.findall(r'"desk_ticket"."(\w+)"', asked))


def test_due_within_the_hour_is_one_figure_and_late_is_apart(house: House) -> None:
    """The desk's list, its count, the API and the lead's board, at one minute."""
    at = clock.now()
    tickets = [make_ticket(house) for _ in range(5)]
    for ticket, minutes in zip(tickets, (-90, -5, 10, 55, 75), strict=True):
        due = at + timedelta(minutes=minutes)
        Ticket.objects.filter(pk=ticket.pk).update(next_due_at=due)
    by = agent_of(house.agent)
    counted = ticket_lists.counts(seen_by=by, at=at)
    figures = operations_dashboard.get_dashboard(seen_by=by, at=at).figures
    for view, figure, expected in (("late", "late", tickets[:2]), ("due", "due-1h", tickets[2:4])):
        rows = ticket_lists.tickets_in(cast(ticket_lists.View, view), seen_by=by, at=at)
        assert set(rows) == set(expected)
        assert counted[view] == figures[figure] == len(expected)
