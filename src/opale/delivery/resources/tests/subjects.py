"""What the parameters of resources' routes name: requests asked, offered and countered."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from tests.personas import MAKER, Personas

from opale.delivery.resources.actions.answers import counter_request, offer_names
from opale.delivery.resources.actions.plans import request_plan
from opale.delivery.resources.actions.requests import NewResourceRequest, create_request
from opale.delivery.resources.models import PlanLine, PlanProposal
from opale.kernel.attribution import attributed
from opale.organisation.models import Membership


def subjects(house: Personas) -> Mapping[str, object]:
    team, lead = house.teams["build_engineer"], house.people["build_engineer"]
    with attributed(MAKER):
        Membership.objects.filter(team=team, person=lead).update(role=Membership.Role.LEAD)
    asked, offered, countered = (
        create_request(
            NewResourceRequest(
                team=team,
                purpose="VPN of three sites",
                hours=Decimal(20),
                since=date(2027, 3, 1),
                last=date(2027, 3, 12),
                customer=house.customer,
            ),
            by=MAKER,
        )
        for _request in range(3)
    )
    offer_names(offered, [lead], by=MAKER)
    counter_request(countered, date(2027, 3, 8), by=MAKER)
    waiting = request_plan(by=MAKER, credential="session", weeks=8, seconds=10)
    ready = PlanProposal.objects.create(
        first=date(2027, 3, 1),
        weeks=8,
        seconds=10,
        user_id=0,
        actor_name="test",
        credential="session",
        language="en",
        state=PlanProposal.State.READY,
    )
    line = PlanLine.objects.create(
        proposal=ready, key="request:0", purpose="VPN", to=lead, reason=PlanLine.Reason.NEW
    )
    return {
        "waiting_plan_id": waiting.pk,
        "plan_id": ready.pk,
        "plan_line_id": line.pk,
        "asked_team_id": team.pk,
        "lead_id": lead.pk,
        "resource_request_id": asked.pk,
        "offered_request_id": offered.pk,
        "countered_request_id": countered.pk,
        "resource_offer_id": offered.offers.get().pk,
    }
