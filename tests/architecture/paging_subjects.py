"""What the parameters of paging's routes name."""

from collections.abc import Mapping

from tests.personas import MAKER, Personas

from opale.kernel.clock import now
from opale.run.paging.actions import answer, create_policy, run_due, start
from opale.run.paging.links import token_of
from opale.run.paging.models import Mobilisation, Page
from opale.run.paging.plans import Content, Step, Target
from opale.run.paging.ports import Subject


def paging(house: Personas) -> Mapping[str, object]:
    team = house.teams["run_engineer"]
    manager = Content(steps=(Step((Target("manager"),), 5),))
    policy = create_policy(name="Always", team=team, content=manager, by=MAKER)
    unused = create_policy(name="Never", team=team, content=manager, is_on=False, by=MAKER)
    calling, answered = (_call(house, number) for number in (1, 2))
    run_due(by=MAKER, at=now())
    answer(answered, by=house.actor("run_engineer"), at=now())
    page = Page.objects.filter(mobilisation=calling).order_by("pk")[0]
    return {
        "policy_id": policy.pk,
        "unused_policy_id": unused.pk,
        "mobilisation_id": calling.pk,
        "answered_id": answered.pk,
        "page_token": token_of(page.pk),
    }


def _call(house: Personas, number: int) -> Mobilisation:
    about = Subject(
        about=f"test.thing:{number}",
        trigger="alert",
        title=f"Link {number} down",
        severity=5,
        customer_id=house.customer.pk,
    )
    begun = start(about, by=MAKER, at=now())
    assert begun is not None
    return begun
