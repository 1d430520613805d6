"""What is written to the number of a merged ticket reaches the one that goes on."""

import pytest

from opale.kernel.actor import ANONYMOUS
from opale.kernel.errors import NotFound
from opale.kernel.tests.concurrency import at_once
from opale.run.desk.actions import answers, attachments, merges, messages, requester_messages
from opale.run.desk.models import Attachment, Merge, Message, Ticket
from opale.run.desk.tests.builders import House, agent_of, make_house, make_ticket
from opale.run.desk.tests.catalogue import contact_actor


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def merged(house: House) -> tuple[Ticket, Ticket, Ticket]:
    """Two tickets that went on under a third, one by way of the other."""
    first, second, third = (make_ticket(house) for _ in range(3))
    by = agent_of(house.agent)
    merges.merge_tickets([first], second, by=by)
    merges.merge_tickets([second], third, by=by)
    return first, second, third


def test_a_message_a_note_and_a_file_follow_the_merge(house: House) -> None:
    old, _between, present = merged(house)
    by = agent_of(present.owner)
    file = attachments.attach_file(old, "trace.txt", [b"hop 1"], by=by)
    assert file.ticket == present
    note = messages.write_note(old, "Vu", by=by, attachments=[file.pk])
    assert note.ticket == present
    sent = answers.answer_customer(old, "Bonjour", by=by)
    assert isinstance(sent, Message)
    assert sent.ticket == present
    assert messages.write_to_customer(old, "Encore", by=by).ticket == present
    assert Ticket.objects.get(pk=present.pk).answered_at is not None


def test_a_file_attached_before_the_merge_goes_with_the_message_after(house: House) -> None:
    old, present = make_ticket(house), make_ticket(house)
    by = agent_of(house.agent)
    file = attachments.attach_file(old, "trace.txt", [b"hop 1"], by=by)
    gone = attachments.attach_file(old, "wrong.txt", [b"hop 2"], by=by)
    merges.merge_tickets([old], present, by=by)
    attachments.withdraw_attachment(gone, by=by)
    note = messages.write_note(old, "Vu", by=by, attachments=[file.pk])
    assert [one.name for one in note.attachments.all()] == ["trace.txt"]
    assert Attachment.objects.get().ticket == present


def test_what_the_contact_writes_to_the_old_number_follows(house: House) -> None:
    old, _between, present = merged(house)
    message = requester_messages.write_as_requester(
        old, "Et alors ?", by=contact_actor(house.contact)
    )
    assert (message.ticket, message.direction) == (present, "received")


def test_once_the_merge_is_undone_the_number_stands_for_itself(house: House) -> None:
    old, present = make_ticket(house), make_ticket(house)
    by = agent_of(house.agent)
    merges.merge_tickets([old], present, by=by)
    merges.undo_merge(Merge.objects.get(), by=by)
    assert messages.write_note(old, "Vu", by=by).ticket == old


def test_a_stranger_finds_neither_number(house: House) -> None:
    old, _between, _present = merged(house)
    with pytest.raises(NotFound):
        messages.write_note(old, "Vu", by=ANONYMOUS)
    with pytest.raises(NotFound):
        messages.write_note(Ticket(pk=0), "Vu", by=agent_of(house.agent))


@pytest.mark.django_db(transaction=True)
def test_a_note_written_while_the_ticket_is_merged_is_on_the_one_that_goes_on() -> None:
    house = make_house()
    old, present = make_ticket(house), make_ticket(house)
    one, two = agent_of(house.agent), agent_of(house.other)
    note, told, _merges = at_once(
        lambda: messages.write_note(old, "Vu", by=one),
        lambda: requester_messages.write_as_requester(
            old, "Et alors ?", by=contact_actor(house.contact)
        ),
        lambda: merges.merge_tickets([old], present, by=two),
    )
    assert isinstance(note, Message)
    assert isinstance(told, Message)
    assert not Message.objects.filter(ticket=old).exists()
    assert Message.objects.filter(ticket=present).count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_note_and_an_undoing_at_once_wait_for_each_other_and_never_for_good() -> None:
    house = make_house()
    old, present = make_ticket(house), make_ticket(house)
    one, two = agent_of(house.agent), agent_of(house.other)
    (merge,) = merges.merge_tickets([old], present, by=two)
    note, back = at_once(
        lambda: messages.write_note(old, "Vu", by=one),
        lambda: merges.undo_merge(merge, by=two),
    )
    assert isinstance(note, Message)
    assert isinstance(back, Ticket)
    assert Message.objects.get(pk=note.pk).ticket_id in (old.pk, present.pk)
