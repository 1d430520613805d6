"""kill -9 of the worker while work is passed on: it is passed on once, by the next."""

import signal
from datetime import datetime

import pytest
from tests import child_process

from opale.kernel import clock
from opale.run.desk.models import Ownership
from opale.run.handover.actions import deadline
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
KILLED_AT = {
    "between the tickets and the record": "record_moves",
    "after somebody is called": "announce",
}


def work(where: str, moment: datetime) -> None:
    """What a worker does at that moment, until it is killed."""
    setattr(deadline, KILLED_AT[where], child_process.die)
    with clock.travel(moment - clock.now()):
        run_clock()


@pytest.mark.parametrize("where", KILLED_AT)
def test_a_worker_killed_while_it_passes_on_leaves_it_to_the_next(where: str) -> None:
    change = make_change()
    conditions = Conditions(triggers=("handover",))
    content = PolicyContent((Step((Target("manager"),), 5),), conditions=conditions)
    create_policy(name="Desk", team=change.house.desk, content=content, by=TEST)
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    with after(change, 16):
        moment = clock.now()
    assert child_process.run(lambda: work(where, moment)) == -signal.SIGKILL
    assert (owner_of(ticket), item(ticket).state) == (change.lea, "waiting")
    with after(change, 17):
        run_clock()
        run_clock()
    assert (owner_of(ticket), item(ticket).state) == (change.ines, "with_lead")
    chain = Ownership.objects.filter(ticket=ticket).order_by("starts")
    assert [one.person for one in chain][-2:] == [change.lea, change.ines]
    assert chain.count() == 3
    assert Mobilisation.objects.count() == 1
