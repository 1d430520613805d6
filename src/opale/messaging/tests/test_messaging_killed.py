"""A mail that kills whoever handles it (kill -9): others are handled, it stands in quarantine."""

import os
import signal
from datetime import timedelta

import pytest
from tests import child_process

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging import ports
from opale.messaging.actions import process_incoming, store_incoming
from opale.messaging.actions.process_incoming import KILLED
from opale.messaging.models import IncomingMail, Mailbox
from opale.messaging.ports import HandlingResult, ParsedMail
from opale.messaging.states import Outcome
from opale.messaging.tests.samples import mail

pytestmark = pytest.mark.django_db(transaction=True)
SUPPORT = "support@opale.example"


def handle(_kept: IncomingMail, parsed: ParsedMail) -> HandlingResult:
    """What the room that understands mails makes of one."""
    if parsed.subject == "poison":
        os.kill(os.getpid(), signal.SIGKILL)
    return HandlingResult(Outcome.IGNORED, "handled")


def work(claims_over: int) -> int:
    """Let a worker handle what there is, so many times the length of a claim ahead; its end."""

    def process() -> None:
        ports._handler[:] = [handle]
        with clock.travel((process_incoming.CLAIM + timedelta(seconds=1)) * claims_over):
            process_incoming.process_mails()

    return child_process.run(process)


def keep(subject: str) -> None:
    raw = mail("x", Subject=subject, Message_ID=f"<{subject}@x.example>")
    store_incoming.store_mail(raw, mailbox=SUPPORT, source="lmtp")


def states() -> dict[str, str]:
    return dict(IncomingMail.objects.values_list("subject", "state"))


def test_a_mail_that_kills_its_worker_each_time_ends_in_quarantine() -> None:
    with attributed(system("test")):
        Mailbox.objects.create(address=SUPPORT, name="Support")
    for subject in ("before", "poison", "beside"):
        keep(subject)
    assert work(0) == -signal.SIGKILL
    assert states() == {"before": "done", "poison": "received", "beside": "received"}
    keep("next")
    assert work(0) == 0, "what it does to others ends with it"
    assert states()["next"] == "done"
    assert work(1) == -signal.SIGKILL
    assert work(1) == 0
    assert states()["beside"] == "done"
    assert work(2) == -signal.SIGKILL
    assert states()["poison"] == "received"
    assert work(3) == 0, "it is not tried again"
    assert IncomingMail.objects.get(subject="poison").reason == KILLED
    assert states() == {
        "before": "done",
        "poison": "quarantined",
        "beside": "done",
        "next": "done",
    }
