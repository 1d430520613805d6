"""What the parameters of the routes name in the house of the personas.

Each room adds one function here; the keys are the names of the parameters in URLs and bodies. What
belongs to a customer belongs to the customer of `customer_contact`, never to the foreign one.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from tests.personas import MAKER, Personas

from opale.kernel.acting import acting
from opale.kernel.clock import now
from opale.organisation.models import Absence, ApiToken, Membership, Skill

Things = dict[str, object]

LOGIN: Things = {"key": "no-such-key", "uidb36": "1", "provider_id": "none", "pk": 1}
"""Parameters of the login library's routes: a link of a mail that is no longer valid."""


def organisation(house: Personas) -> Things:
    agent = house.people["desk_agent"]
    start = now() + timedelta(days=10)
    with acting(MAKER):
        skill = Skill.objects.create(name="BGP", family="Network")
        absence = Absence.objects.create(
            person=agent,
            kind=Absence.Kind.LEAVE,
            period=DateTimeTZRange(start, start + timedelta(days=5)),
        )
        token = ApiToken.objects.create(
            user=house.users["desk_agent"],
            name="Script",
            prefix="opale_000000",
            digest="0" * 64,
            expires_at=now() + timedelta(days=1),
        )
    return {
        "company_id": house.company.pk,
        "calendar_id": house.calendar.pk,
        "team_id": house.teams["desk_agent"].pk,
        "person_id": agent.pk,
        "employee_id": house.people["employee"].pk,
        "membership_id": Membership.objects.get(person=agent).pk,
        "skill_id": skill.pk,
        "absence_id": absence.pk,
        "token_id": token.pk,
    }


ROOMS: tuple[Callable[[Personas], Things], ...] = (organisation,)


def subjects(house: Personas) -> Things:
    things: Things = dict(LOGIN)
    for room in ROOMS:
        things |= room(house)
    return things
