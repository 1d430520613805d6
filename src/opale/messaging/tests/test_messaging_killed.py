"""A mail that kills whoever handles it (kill -9): others are handled, it stands in quarantine."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.actions import store_incoming
from opale.messaging.actions.process_incoming import KILLED
from opale.messaging.models import IncomingMail, Mailbox
from opale.messaging.tests.samples import mail

pytestmark = pytest.mark.django_db(transaction=True)
SUPPORT = "support@opale.example"
WORKERS = f"""
import os, sys
from datetime import timedelta
import django
django.setup()
from opale.kernel import clock
from opale.messaging import actions, ports
from opale.messaging.actions.process_incoming import CLAIM
from opale.messaging.ports import Handled

def handle(kept, parsed):
    if parsed.subject == "poison":
        os.kill(os.getpid(), {signal.SIGKILL.value})
    return Handled("ignored", "handled", "")

ports._handler[:] = [handle]
for line in sys.stdin:
    if not (child := os.fork()):
        with clock.travel((CLAIM + timedelta(seconds=1)) * int(line)):
            actions.process_mails()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Each line begins a worker, so many times the length of a claim ahead, and tells how it ended."""


@contextmanager
def workers() -> Iterator[Callable[[int], int]]:
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    url = f"{server}/{settings.DATABASES['default']['NAME']}"
    with subprocess.Popen(
        [sys.executable, "-c", WORKERS],
        env={**os.environ, "DATABASE_URL": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        told, heard = process.stdin, process.stdout
        assert told is not None
        assert heard is not None

        def work(claims_over: int) -> int:
            told.write(f"{claims_over}\n")
            told.flush()
            return int(heard.readline())

        yield work
        told.close()


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
    with workers() as work:
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
