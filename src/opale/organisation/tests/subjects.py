"""What the parameters of the routes of the organisation name in the house of the personas."""

from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.organisation.models import (
    Absence,
    ApiToken,
    AuditEntry,
    Company,
    Membership,
    PersonFigures,
    Skill,
)

Things = dict[str, object]


def subjects(house: Personas) -> Things:
    agent = house.people["desk_agent"]
    start = now() + timedelta(days=10)
    with attributed(MAKER):
        PersonFigures.objects.create(
            allowed=False, reason="No agreement yet", actor=MAKER.key, actor_name=MAKER.name
        )
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
        # The administrator lists their own.
        ApiToken.objects.create(
            user=house.users["administrator"],
            name="Export",
            prefix="opale_111111",
            digest="1" * 64,
            expires_at=now() + timedelta(days=1),
        )
        empty = Company.objects.create(
            name="Opale Nord-Est", country="LU", language="fr", calendar=house.calendar
        )
    AuditEntry.objects.create(
        event=AuditEntry.Event.LOGIN, login="desk_agent@opale.example", actor_name="Desk Agent"
    )
    return {
        "company_id": house.company.pk,
        "empty_company_id": empty.pk,
        "calendar_id": house.calendar.pk,
        "team_id": house.teams["desk_agent"].pk,
        "person_id": agent.pk,
        "employee_id": house.people["employee"].pk,
        "membership_id": Membership.objects.get(person=agent).pk,
        "skill_id": skill.pk,
        "absence_id": absence.pk,
        "token_id": token.pk,
        "session_id": 0,
    }
