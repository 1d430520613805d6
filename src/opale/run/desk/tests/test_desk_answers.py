"""Answers under the owner's eyes, and what the customer is promised."""

from datetime import timedelta

import pytest

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import answers, assignments, ownership
from opale.run.desk.actions.answers import answer_fingerprint
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.models import Message, ProposedAnswer, StreamSettings, Ticket
from opale.run.desk.queries import answers as answer_queries
from opale.run.desk.tests.assignments import Works, colleague_of, engineer_of, expert_of, make_works
from opale.run.desk.tests.builders import make_ticket
from opale.run.desk.tests.test_desk_assignments import refused

pytestmark = pytest.mark.django_db
WORDS = "L'optique est remplacée, le lien fonctionne."


@pytest.fixture
def works() -> Works:
    return make_works()


@pytest.fixture
def ticket(works: Works) -> Ticket:
    return ownership.take_ticket(make_ticket(works.house), by=works.agent)


def consent(stream: str = "solution") -> None:
    with attributed(system("test")):
        StreamSettings.objects.filter(stream=stream).update(engineer_answers="standing_consent")


def propose(works: Works, ticket: Ticket) -> ProposedAnswer:
    answer = answers.answer_customer(ticket, WORDS, by=engineer_of(works.engineer))
    assert isinstance(answer, ProposedAnswer)
    return answer


def test_the_owner_writes_without_asking_anybody(works: Works, ticket: Ticket) -> None:
    message = answers.answer_customer(ticket, "Nous cherchons.", by=works.agent)
    assert isinstance(message, Message)
    assert OutgoingMail.objects.count() == 1
    assert not ProposedAnswer.objects.exists()


def test_an_engineers_answer_waits_for_the_owner(works: Works, ticket: Ticket) -> None:
    answer = propose(works, ticket)
    assert (answer.state, answer.to) == ("proposed", ["ana@acme.example"])
    assert not OutgoingMail.objects.exists()
    assert answer_queries.answers_for_the_owner(ticket, seen_by=works.agent) == [answer]
    ticket.refresh_from_db()
    assert ticket.customer_told_at is None


def test_the_owner_sends_it_in_the_owners_own_name(works: Works, ticket: Ticket) -> None:
    answer = propose(works, ticket)
    message = answers.send_answer(answer, by=works.agent, seen=answer_fingerprint(answer))
    mail = OutgoingMail.objects.get()
    assert (message.author, message.body) == ("Léa Morel", WORDS)
    assert "Léa Morel" in mail.body
    assert "Jules Morel" not in mail.body
    answer.refresh_from_db()
    assert (answer.state, answer.message, answer.decided_by) == (
        "sent",
        message,
        works.house.agent,
    )
    assert answer_queries.answers_for_the_owner(ticket, seen_by=works.agent) == []


def test_the_owner_may_send_other_words(works: Works, ticket: Ticket) -> None:
    message = answers.send_answer(propose(works, ticket), by=works.agent, body="C'est réparé.")
    assert message.body == "C'est réparé."
    assert ProposedAnswer.objects.get().body == WORDS


def test_the_owner_refuses_with_a_reason(works: Works, ticket: Ticket) -> None:
    answer = propose(works, ticket)
    with pytest.raises(Invalid):
        answers.refuse_answer(answer, "because", by=works.agent)
    answers.refuse_answer(answer, "incomplete", by=works.agent, comment="Et la voie B ?")
    answer.refresh_from_db()
    assert (answer.state, answer.reason, answer.comment) == (
        "refused",
        "incomplete",
        "Et la voie B ?",
    )
    with pytest.raises(IllegalMove):
        answers.send_answer(answer, by=works.agent)
    assert not OutgoingMail.objects.exists()


def test_nobody_but_the_owner_decides(works: Works, ticket: Ticket) -> None:
    answer = propose(works, ticket)
    for other in (engineer_of(works.engineer), engineer_of(works.house.other)):
        with pytest.raises(NotAllowed):
            answers.send_answer(answer, by=other)
        with pytest.raises(NotAllowed):
            answers.refuse_answer(answer, "wrong", by=other)
    with pytest.raises(NotFound):
        answers.send_answer(answer, by=colleague_of(works.colleague, works.group))


def test_whoever_owns_the_ticket_then_decides(works: Works, ticket: Ticket) -> None:
    answer = propose(works, ticket)
    ownership.give_ticket(ticket, works.house.other, by=works.agent)
    with pytest.raises(NotAllowed):
        answers.send_answer(answer, by=works.agent)
    message = answers.send_answer(answer, by=engineer_of(works.house.other))
    assert message.author == "Karim Benali"


def test_what_the_owner_did_not_read_is_not_sent(works: Works, ticket: Ticket) -> None:
    answer = propose(works, ticket)
    seen = answer_fingerprint(answer)
    answers.edit_answer(answer, "Autre chose.", by=engineer_of(works.engineer))
    with pytest.raises(Conflict, match="Jules Morel"):
        answers.send_answer(answer, by=works.agent, seen=seen)
    assert not OutgoingMail.objects.exists()


def test_only_the_author_edits_and_only_while_nobody_has_decided(
    works: Works, ticket: Ticket
) -> None:
    answer, engineer = propose(works, ticket), engineer_of(works.engineer)
    with pytest.raises(NotAllowed):
        answers.edit_answer(answer, "x", by=engineer_of(works.second))
    answers.send_answer(answer, by=works.agent)
    with pytest.raises(IllegalMove):
        answers.edit_answer(answer, "x", by=engineer)


def test_with_standing_consent_it_goes_out_in_the_owners_name_and_the_owner_is_told(
    works: Works, ticket: Ticket
) -> None:
    consent()
    answer = propose(works, ticket)
    mail = OutgoingMail.objects.get()
    assert "Léa Morel" in mail.body
    assert (answer.state, answer.decided_by, answer.author) == ("sent", None, works.engineer)
    assert answer_queries.answers_for_the_owner(ticket, seen_by=works.agent) == [answer]
    with pytest.raises(NotAllowed):
        answers.mark_answer_seen(answer, by=engineer_of(works.engineer))
    answers.mark_answer_seen(answer, by=works.agent)
    assert answer_queries.answers_for_the_owner(ticket, seen_by=works.agent) == []


def test_an_expert_who_was_asked_may_propose_and_others_may_not(
    works: Works, ticket: Ticket
) -> None:
    expert = expert_of(works.expert, works.level_3)
    with pytest.raises(NotAllowed):
        answers.answer_customer(ticket, WORDS, by=expert)
    assignment = assignments.request_work(ticket, WorkRequest(team=works.level_3), by=works.agent)
    assert isinstance(answers.answer_customer(ticket, WORDS, by=expert), ProposedAnswer)
    assignments.withdraw_assignment(assignment, by=works.agent)
    with pytest.raises(NotAllowed):
        answers.answer_customer(ticket, WORDS, by=expert)


def test_outside_any_stream_the_owner_sends(works: Works, ticket: Ticket) -> None:
    consent()
    with attributed(system("test")):
        Ticket.objects.filter(pk=ticket.pk).update(stream="")
    assert propose(works, ticket).state == "proposed"


# Promises of the next word.


def test_the_last_word_sent_says_what_is_promised(works: Works, ticket: Ticket) -> None:
    at = now() + timedelta(hours=2)
    answers.answer_customer(ticket, "À 16 h.", by=works.agent, next_update_at=at)
    ticket.refresh_from_db()
    assert answer_queries.promised_update(ticket) == at
    answers.answer_customer(ticket, "C'est fait.", by=works.agent)
    assert answer_queries.promised_update(ticket) is None


def test_an_engineers_promise_is_made_when_the_owner_sends_it(works: Works, ticket: Ticket) -> None:
    at = now() + timedelta(hours=2)
    engineer = engineer_of(works.engineer)
    answer = answers.answer_customer(ticket, WORDS, by=engineer, next_update_at=at)
    assert isinstance(answer, ProposedAnswer)
    ticket.refresh_from_db()
    assert answer_queries.promised_update(ticket) is None
    answers.send_answer(answer, by=works.agent)
    ticket.refresh_from_db()
    assert answer_queries.promised_update(ticket) == at


def test_nothing_is_promised_for_the_past(works: Works, ticket: Ticket) -> None:
    with pytest.raises(Invalid):
        answers.answer_customer(
            ticket, "x", by=works.agent, next_update_at=now() - timedelta(minutes=1)
        )


@pytest.mark.parametrize(
    "change",
    [
        "SET state = 'sent', decided_at = now()",
        "SET state = 'refused', decided_at = now(), reason = 'wrong'",
        "SET state = 'refused', decided_at = now(), decided_by_id = author_id",
        "SET decided_at = now()",
    ],
)
def test_no_sql_decides_without_saying_who_and_why(
    works: Works, ticket: Ticket, change: str
) -> None:
    propose(works, ticket)
    refused(f"UPDATE desk_proposedanswer {change}")
