"""kill -9 of the worker between two steps: what it was about to do is done once by the next."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from opale.messaging.models import OutgoingMail
from opale.run.paging.models import Page
from opale.run.paging.states import PageState
from opale.run.paging.tests.builders import at, make_night, paged, run, start

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = f"""
import os, signal, sys
import django
django.setup()
from datetime import datetime
from opale.kernel.actor import system
from opale.run.paging.actions import advancing, sending

where, moment = sys.argv[1], datetime.fromisoformat(sys.argv[2])

def die(*said, **more):
    os.kill(os.getpid(), {signal.SIGKILL.value})

if where == "while writing pages":
    advancing.changes.touch = die
elif where == "between step and sending":
    advancing.send_due = die
elif where == "after the mail":
    real = sending.queue_mail
    def queue(**words):
        real(**words)
        die()
    sending.queue_mail = queue
advancing.run_due(by=system("paging"), at=moment)
"""


@pytest.mark.parametrize(
    "where", ["while writing pages", "between step and sending", "after the mail"]
)
def test_a_worker_killed_between_two_steps_pages_nobody_twice_and_forgets_nobody(
    where: str,
) -> None:
    make_night()
    start()
    run(0)
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    url = f"{server}/{settings.DATABASES['default']['NAME']}"
    killed = subprocess.run(
        [sys.executable, "-c", WORKER, where, at(5).isoformat()],
        env={**os.environ, "DATABASE_URL": url},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert paged() == [("Léa", 0)]
    run(6)
    run(6)
    assert paged() == [("Léa", 0), ("Karim", 6)]
    assert OutgoingMail.objects.count() == 2
    run(16)
    assert [name for name, _minute in paged()] == ["Léa", "Karim", "Inès"]
    assert not Page.objects.filter(state=PageState.DUE).exists()
