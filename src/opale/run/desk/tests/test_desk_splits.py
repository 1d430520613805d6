"""Splitting messages off a ticket, moving and copying them."""

from datetime import timedelta

import pytest

from opale.kernel import clock
from opale.kernel.actor import ANONYMOUS, system
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound
from opale.run.desk.actions import attachments, lifecycle, links, merges, messages, splits
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Message, Source, Ticket, TicketLink
from opale.run.desk.queries import links as link_queries
from opale.run.desk.queries.timeline import ticket_timeline
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_customer,
    make_house,
    make_ticket,
    minutes_ago,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def said(ticket: Ticket, body: str = "Au fait, un DNS à changer.") -> Message:
    return Message.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        direction="received",
        visibility="public",
        author="Ana Ruiz",
        contact=ticket.contact,
        body=body,
        at=minutes_ago(20),
    )


def test_a_second_subject_goes_on_under_a_number_of_its_own_from_when_it_was_said(
    house: House,
) -> None:
    ticket = make_ticket(house, at=minutes_ago(60))
    message = said(ticket)
    new = splits.split_ticket(ticket, [message], by=agent_of(house.agent), subject="DNS")
    assert (new.subject, new.state, new.contact, new.service) == ("DNS", "new", house.contact, None)
    assert new.received_at == message.at
    assert [m.body for m in new.messages.all()] == [message.body]
    assert ticket.messages.count() == 1
    link = TicketLink.objects.get()
    assert (link.ticket_id, link.kind, link.other_id) == (new.pk, "related_to", ticket.pk)


def test_a_copy_stays_on_both_and_knows_its_original(house: House) -> None:
    ticket = make_ticket(house)
    message = ticket.messages.get()
    new = splits.split_ticket(ticket, [message], by=agent_of(house.agent), copy=True)
    assert ticket.messages.count() == 1
    copy = new.messages.get()
    assert (copy.body, copy.moves.get().copied_from_id) == (message.body, message.pk)


def test_a_copy_has_files_of_its_own_and_shows_them(house: House) -> None:
    by = agent_of(house.agent)
    ticket, other = make_ticket(house), make_ticket(house)
    kept = attachments.attach_file(ticket, "log.txt", [b"line"], by=by)
    shown = attachments.attach_file(ticket, "plan.png", [PNG], by=by)
    note = messages.write_note(
        ticket,
        f"Look:\n\n{shown.as_markdown}",
        by=by,
        attachments=[kept.pk, shown.pk],
        text_format=Message.Format.MARKDOWN,
    )
    copy = splits.move_message(note, other, by=by, copy=True).message
    files = {file.name: file for file in copy.attachments.all()}
    assert set(files) == {"log.txt", "plan.png"}
    assert {file.ticket_id for file in files.values()} == {other.pk}
    assert copy.body == f"Look:\n\n{files['plan.png'].as_markdown}"
    assert note.attachments.count() == 2
    assert files["plan.png"].key == shown.key


def test_a_split_leaves_something_and_takes_what_is_there(house: House) -> None:
    by = agent_of(house.agent)
    ticket, other = make_ticket(house), make_ticket(house)
    with pytest.raises(Invalid):
        splits.split_ticket(ticket, ticket.messages.all(), by=by)
    with pytest.raises(Invalid):
        splits.split_ticket(ticket, [], by=by)
    with pytest.raises(Conflict):
        splits.split_ticket(ticket, other.messages.all(), by=by)
    with pytest.raises(NotFound):
        splits.split_ticket(ticket, ticket.messages.all(), by=ANONYMOUS)


def test_a_moved_message_comes_back_for_fourteen_days(house: House) -> None:
    by = agent_of(house.agent)
    ticket, other = make_ticket(house), make_ticket(house)
    message = said(ticket)
    move = splits.move_message(message, other, by=by)
    assert Message.objects.get(pk=message.pk).ticket_id == other.pk
    with clock.travel(timedelta(days=15)), pytest.raises(Conflict):
        splits.undo_message_move(move, by=by)
    splits.undo_message_move(move, by=by)
    assert Message.objects.get(pk=message.pk).ticket_id == ticket.pk
    with pytest.raises(IllegalMove):
        splits.undo_message_move(move, by=by)


def test_what_a_customer_wrote_stays_with_that_customer_and_a_note_may_go(house: House) -> None:
    by = agent_of(house.agent)
    ticket = make_ticket(house)
    other = receive_ticket(
        NewTicket(
            subject="x",
            body="y",
            source=Source.MAIL,
            customer=make_customer(house.calendar, "BETA", "Beta"),
        ),
        by=system("test"),
    )
    with pytest.raises(Invalid, match="a ticket of the same customer"):
        splits.move_message(ticket.messages.get(), other, by=by)
    note = messages.write_note(ticket, "Même panne", by=by)
    splits.move_message(note, other, by=by)
    assert other.messages.get(pk=note.pk).customer_id == other.customer_id


def test_nothing_is_moved_to_a_merged_ticket(house: House) -> None:
    by = agent_of(house.agent)
    ticket, merged, into = (make_ticket(house) for _ in range(3))
    merges.merge_tickets([merged], into, by=by)
    with pytest.raises(IllegalMove):
        splits.move_message(ticket.messages.get(), merged, by=by)


def test_a_split_is_undone_for_fourteen_days(house: House) -> None:
    by = agent_of(house.agent)
    ticket = make_ticket(house)
    message, note = said(ticket), messages.write_note(ticket, "Vu", by=by)
    new = splits.split_ticket(ticket, [message, note], by=by, subject="DNS")
    with clock.travel(timedelta(days=15)), pytest.raises(Conflict):
        splits.undo_split(new, by=by)
    assert splits.undo_split(new, by=by) == ticket
    assert ticket.messages.count() == 3
    told = Ticket.objects.get(pk=new.pk)
    assert (told.state, told.messages.count()) == ("cancelled", 0)
    assert told.cause == "Scission annulée"
    with pytest.raises(IllegalMove):
        splits.undo_split(new, by=by)
    with pytest.raises(NotFound):
        splits.undo_split(new, by=ANONYMOUS)


def test_a_split_whose_link_was_removed_is_still_undone(house: House) -> None:
    by = agent_of(house.agent)
    ticket = make_ticket(house)
    new = splits.split_ticket(ticket, [said(ticket)], by=by, subject="DNS")
    for tie in link_queries.directed_links_of(new, seen_by=by):
        links.unlink_tickets(tie.link, by=by)
    # One that somebody made later says nothing of a split.
    links.link_tickets(new, TicketLink.Kind.RELATED_TO, ticket, by=by)
    assert splits.undo_split(new, by=by) == ticket
    assert ticket.messages.count() == 2


def test_a_split_is_not_undone_where_something_was_written_or_went_on(house: House) -> None:
    by = agent_of(house.agent)
    ticket, other = make_ticket(house), make_ticket(house)
    with pytest.raises(IllegalMove):
        splits.undo_split(ticket, by=by)
    new = splits.split_ticket(ticket, [said(ticket)], by=by)
    messages.write_note(new, "Fait", by=by)
    with pytest.raises(Conflict, match="Merge"):
        splits.undo_split(new, by=by)
    (merge,) = merges.merge_tickets([ticket], other, by=by)
    with pytest.raises(Conflict):
        splits.undo_split(new, by=by)
    merges.undo_merge(merge, by=by)
    lifecycle.cancel_ticket(new, by=by)
    with pytest.raises(IllegalMove):
        splits.undo_split(new, by=by)
    assert new.messages.count() == 2


def test_a_message_moved_by_itself_is_no_split(house: House) -> None:
    by = agent_of(house.agent)
    ticket, other = make_ticket(house), make_ticket(house)
    links.link_tickets(other, TicketLink.Kind.RELATED_TO, ticket, by=by)
    splits.move_message(said(ticket), other, by=by)
    with pytest.raises(IllegalMove):
        splits.undo_split(other, by=by)


def test_the_copies_of_a_split_end_with_their_ticket(house: House) -> None:
    by = agent_of(house.agent)
    ticket = make_ticket(house)
    new = splits.split_ticket(ticket, ticket.messages.all(), by=by, copy=True)
    splits.undo_split(new, by=by)
    assert ticket.messages.count() == 1
    assert Ticket.objects.get(pk=new.pk).state == "cancelled"
    entries, _older = ticket_timeline(ticket)
    assert not [entry for entry in entries if entry.kind == "left"]
