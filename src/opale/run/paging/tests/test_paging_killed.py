"""kill -9 of the worker between two steps: what it was about to do is done once by the next."""

import signal
from collections.abc import Callable
from typing import Any

import pytest
from tests import child_process

from opale.kernel import live_topics
from opale.kernel.actor import system
from opale.messaging.actions.outgoing import queue_mail
from opale.messaging.models import OutgoingMail
from opale.run.paging.actions import dispatch, escalation
from opale.run.paging.models import Page
from opale.run.paging.states import PageState
from opale.run.paging.tests.builders import at, make_night, paged, run, start

pytestmark = pytest.mark.django_db(transaction=True)


def _queue_and_die(**words: Any) -> None:
    queue_mail(**words)
    child_process.die()


KILLED_AT: dict[str, tuple[object, str, Callable[..., None]]] = {
    "while writing pages": (live_topics, "publish", child_process.die),
    "between step and sending": (escalation, "send_due_pages", child_process.die),
    "after the mail": (dispatch, "queue_mail", _queue_and_die),
}


def work(where: str) -> None:
    """What a worker does in the fifth minute, until it is killed."""
    setattr(*KILLED_AT[where])
    escalation.run_due_steps(by=system("paging"), at=at(5))


@pytest.mark.parametrize("where", KILLED_AT)
def test_a_worker_killed_between_two_steps_pages_nobody_twice_and_forgets_nobody(
    where: str,
) -> None:
    make_night()
    start()
    run(0)
    assert child_process.run(lambda: work(where)) == -signal.SIGKILL
    assert paged() == [("Léa", 0)]
    run(6)
    run(6)
    assert paged() == [("Léa", 0), ("Karim", 6)]
    assert OutgoingMail.objects.count() == 2
    run(16)
    assert [name for name, _minute in paged()] == ["Léa", "Karim", "Inès"]
    assert not Page.objects.filter(state=PageState.DUE).exists()
