"""What the parameters of paging's routes name."""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.paging.actions.answers import answer_mobilisation
from opale.run.paging.actions.contacts import add_method
from opale.run.paging.actions.delivery import get_push_key
from opale.run.paging.actions.escalation import run_due_steps
from opale.run.paging.actions.gateways import create_gateway
from opale.run.paging.actions.mobilisations import start_mobilisation
from opale.run.paging.actions.policies import create_policy
from opale.run.paging.actions.slips import judge_slip
from opale.run.paging.actions.verification_codes import verification_code
from opale.run.paging.domain.escalation_plans import PolicyContent, Step, Target
from opale.run.paging.models import ContactMethod, Mobilisation, Page, Slip
from opale.run.paging.ports import Subject
from opale.run.paging.queries.answer_links import token_of_page
from opale.run.shifts.models import Duty

PARIS = ZoneInfo("Europe/Paris")


def subjects(house: Personas) -> Mapping[str, object]:
    team = house.teams["run_engineer"]
    manager = PolicyContent(steps=(Step((Target("manager"),), 5),))
    policy = create_policy(name="Always", team=team, content=manager, by=MAKER)
    unused = create_policy(name="Never", team=team, content=manager, is_on=False, by=MAKER)
    calling, answered = (_call(house, number) for number in (1, 2))
    run_due_steps(by=MAKER, at=now())
    answer_mobilisation(answered, by=house.actor("run_engineer"), at=now())
    agent = house.actor("desk_agent")
    waiting, old, verified = (
        add_method(kind="mail", address=f"{n}@home.example", after=timedelta(), by=agent)
        for n in range(3)
    )
    with attributed(MAKER):
        # The routes are tried one after the other, for longer than a code lives on a slow machine.
        waiting.code_until = now() + timedelta(days=1)
        waiting.save(update_fields=["code_until"])
        ContactMethod.objects.filter(pk=old.pk).update(code_until=None)
        ContactMethod.objects.filter(pk=verified.pk).update(verified_at=now())
    page = Page.objects.filter(mobilisation=calling).order_by("pk")[0]
    slip, judged = (
        Slip.objects.create(
            person=house.people["desk_agent"],
            team=team,
            mobilisation=calling,
            began_at=now() - timedelta(hours=hours),
        )
        for hours in (3, 5)
    )
    tired = _tired(house, calling)
    gateway = create_gateway(name="Calls", template="jsons://voice.example/{to}", by=MAKER)
    fix = judge_slip(judged, Slip.Worth.NO, by=agent)
    assert fix is not None
    return {
        "slip_id": slip.pk,
        "judged_slip_id": judged.pk,
        "tired_slip_id": tired.pk,
        "gateway_id": gateway.pk,
        "phone_gateway": "jsons://sms.example/{to}",
        "slip_ended_at": (now() - timedelta(hours=1)).isoformat(),
        "fix_id": fix.pk,
        "slip_end": f"{(now() - timedelta(hours=1)).astimezone(PARIS):%Y-%m-%dT%H:%M}",
        "fix_owner": house.people["run_engineer"].pk,
        "fix_day": (now() + timedelta(days=3)).date().isoformat(),
        "method_id": waiting.pk,
        "contact_code": verification_code(waiting),
        "old_method_id": old.pk,
        "verified_method_id": verified.pk,
        "push_key": get_push_key().public,
        "policy_id": policy.pk,
        "unused_policy_id": unused.pk,
        "mobilisation_id": calling.pk,
        "answered_id": answered.pk,
        "page_token": token_of_page(page.pk),
    }


def _tired(house: Personas, calling: Mobilisation) -> Slip:
    """A call-out of somebody who worked before it, and whose shift begins soon after."""
    agent, team = house.people["tools_engineer"], house.teams["desk_agent"]
    with attributed(MAKER):
        for hours, length in ((-16, 8), (30 / 60, 1)):
            starts = now() + timedelta(hours=hours)
            Duty.objects.create(
                person=agent,
                team=team,
                kind=Duty.Kind.STAFFED,
                role=Duty.Role.AGENT,
                period=DateTimeTZRange(starts, starts + timedelta(hours=length)),
            )
        return Slip.objects.create(
            person=agent,
            team=team,
            mobilisation=calling,
            began_at=now() - timedelta(hours=7),
            ended_at=now() - timedelta(hours=6),
        )


def _call(house: Personas, number: int) -> Mobilisation:
    about = Subject(
        about=f"test.thing:{number}",
        trigger="alert",
        title=f"Link {number} down",
        severity=5,
        customer_id=house.customer.pk,
    )
    begun = start_mobilisation(about, by=MAKER, at=now())
    assert begun is not None
    return begun
