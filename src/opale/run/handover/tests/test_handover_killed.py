"""kill -9 of the worker while work is passed on: it is passed on once, by the next."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from opale.kernel import clock
from opale.run.desk.models import Ownership
from opale.run.handover.tests.builders import (
    TEST,
    after,
    item,
    make_change,
    owned,
    owner_of,
    run_clock,
)
from opale.run.paging.actions.policies import create_policy
from opale.run.paging.domain.escalation_plans import Conditions, PolicyContent, Step, Target
from opale.run.paging.models import Mobilisation

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = f"""
import os, signal, sys
import django
django.setup()
from datetime import datetime
from opale.kernel import clock
from opale.kernel.actor import system
from opale.run.handover import actions
from opale.run.handover.actions import passing

where, moment = sys.argv[1], datetime.fromisoformat(sys.argv[2])

def die(*said, **more):
    os.kill(os.getpid(), {signal.SIGKILL.value})

if where == "between the tickets and the record":
    passing.record_moves = die
elif where == "after somebody is called":
    passing.announce = die
with clock.travel(moment - clock.now()):
    actions.run_clock(by=system("handover"), at=clock.now())
"""


@pytest.mark.parametrize(
    "where",
    ["between the tickets and the record", "after somebody is called"],
)
def test_a_worker_killed_while_it_passes_on_leaves_it_to_the_next(where: str) -> None:
    change = make_change()
    conditions = Conditions(triggers=("handover",))
    content = PolicyContent((Step((Target("manager"),), 5),), conditions=conditions)
    create_policy(name="Desk", team=change.house.desk, content=content, by=TEST)
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    url = f"{server}/{settings.DATABASES['default']['NAME']}"
    with after(change, 16):
        moment = clock.now()
    killed = subprocess.run(
        [sys.executable, "-c", WORKER, where, moment.isoformat()],
        env={**os.environ, "DATABASE_URL": url},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert (owner_of(ticket), item(ticket).state) == (change.lea, "waiting")
    with after(change, 17):
        run_clock()
        run_clock()
    assert (owner_of(ticket), item(ticket).state) == (change.ines, "with_lead")
    chain = Ownership.objects.filter(ticket=ticket).order_by("starts")
    assert [one.person for one in chain][-2:] == [change.lea, change.ines]
    assert chain.count() == 3
    assert Mobilisation.objects.count() == 1
