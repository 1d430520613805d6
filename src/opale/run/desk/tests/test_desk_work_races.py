"""Two at the same moment: one succeeds, the other is told, nothing is half done."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from opale.kernel.errors import Conflict, OpaleError
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import answers, assignments, ownership
from opale.run.desk.actions.answers import answer_fingerprint
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.models import Assignment, Message, ProposedAnswer
from opale.run.desk.tests.assignments import engineer_of, make_works
from opale.run.desk.tests.builders import make_ticket

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], object]


def both(*acts: Act) -> list[str]:
    """Each act on a connection of its own, begun at the same moment: "done", or the refusal."""
    start = threading.Barrier(len(acts))
    outcomes: list[str] = []

    def run(act: Act) -> None:
        try:
            start.wait(5)
            act()
            outcomes.append("done")
        except OpaleError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return sorted(outcomes)


def test_of_two_engineers_who_accept_one_does_the_work() -> None:
    works = make_works()
    ticket = ownership.take_ticket(make_ticket(works.house), by=works.agent)
    work = assignments.request_work(ticket, WorkRequest(team=works.level_2), by=works.agent)
    first, second = engineer_of(works.engineer), engineer_of(works.second)
    assert both(
        lambda: assignments.accept_assignment(work, by=first),
        lambda: assignments.accept_assignment(work, by=second),
    ) == ["done", "illegal_move"]
    assert Assignment.objects.get().person in (works.engineer, works.second)


def test_of_a_return_and_a_withdrawal_one_stands() -> None:
    works = make_works()
    ticket = ownership.take_ticket(make_ticket(works.house), by=works.agent)
    work = assignments.request_work(ticket, WorkRequest(team=works.level_2), by=works.agent)
    engineer = engineer_of(works.engineer)
    assert both(
        lambda: assignments.return_assignment(work, "deeper", by=engineer),
        lambda: assignments.withdraw_assignment(work, by=works.agent),
    ) == ["done", "illegal_move"]
    held = Assignment.objects.get()
    assert (held.state, held.outcome) in (("returned", "deeper"), ("withdrawn", ""))


def test_of_two_who_ask_the_same_team_one_is_told() -> None:
    works = make_works()
    ticket = ownership.take_ticket(make_ticket(works.house), by=works.agent)
    asks = [
        lambda: assignments.request_work(ticket, WorkRequest(team=works.level_2), by=works.agent),
        lambda: assignments.request_work(
            ticket, WorkRequest(team=works.level_2), by=engineer_of(works.house.other)
        ),
    ]
    assert both(*asks) == [Conflict.code, "done"]
    assert Assignment.objects.count() == 1


def test_the_owner_never_sends_what_the_engineer_changed_at_that_moment() -> None:
    works = make_works()
    ticket = ownership.take_ticket(make_ticket(works.house), by=works.agent)
    engineer = engineer_of(works.engineer)
    answer = answers.answer_customer(ticket, "Première version.", by=engineer)
    assert isinstance(answer, ProposedAnswer)
    seen = answer_fingerprint(answer)
    outcomes = both(
        lambda: answers.send_answer(answer, by=works.agent, seen=seen),
        lambda: answers.edit_answer(answer, "Seconde version.", by=engineer),
    )
    held = ProposedAnswer.objects.get()
    sent = [m.body for m in Message.objects.filter(direction="sent")]
    if held.state == "sent":
        assert outcomes == ["done", "illegal_move"]
        assert (held.body, sent) == ("Première version.", ["Première version."])
    else:
        assert outcomes == ["conflict", "done"]
        assert (held.body, sent) == ("Seconde version.", [])
    assert OutgoingMail.objects.count() == len(sent)


def test_of_two_sendings_one_mail_goes_out() -> None:
    works = make_works()
    ticket = ownership.take_ticket(make_ticket(works.house), by=works.agent)
    answer = answers.answer_customer(ticket, "Réparé.", by=engineer_of(works.engineer))
    assert isinstance(answer, ProposedAnswer)
    assert both(
        lambda: answers.send_answer(answer, by=works.agent),
        lambda: answers.send_answer(answer, by=works.agent),
    ) == ["done", "illegal_move"]
    assert OutgoingMail.objects.count() == 1
