"""The end of a shift, at whatever hour a journey is: one leaves, and one arrives."""

from collections.abc import Collection, Sequence

EVENING = """
import json
from datetime import timedelta
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.actor import system
from opale.organisation.models import Person, Team
from opale.run.desk.actions.ownership import give_tickets
from opale.run.desk.models import Ticket
from opale.run.shifts.models import Duty

leaver, arriving = (Person.objects.get(user__email=email) for email in %s)
desk = Team.objects.get(kind=Team.Kind.SERVICE_DESK)
at = (clock.now() + timedelta(minutes=%d)).replace(microsecond=0)
by = system("journey")
with attributed(by):
    duties = Duty.objects.filter(team=desk, kind=Duty.Kind.STAFFED)
    around = duties.filter(period__overlap=(at - timedelta(days=1), at + timedelta(days=1)))
    third = around.exclude(person__in=(leaver, arriving)).first().person
    around.delete()
    hours = timedelta(hours=8)
    for person, role, starts in (
        (leaver, "lead", at - hours), (arriving, "lead", at), (third, "triage", at)
    ):
        Duty.objects.create(
            person=person, team=desk, kind="staffed", role=role,
            period=DateTimeTZRange(starts, starts + hours),
        )
    own = Ticket.objects.filter(owner=leaver, state__in=("new", "in_progress", "pending", "held"))
    worked = Ticket.objects.filter(state="in_progress", confidential=False)
    named = Ticket.objects.filter(number__in=%s)
    kept = list(named or worked.order_by("priority", "-pk")[:5])
    away = own.exclude(pk__in=[one.pk for one in kept])
    if away:
        give_tickets(list(away), desk.manager, by=by)
    give_tickets(kept, leaver, by=by)
print(json.dumps([one.number for one in kept]))
"""


def program(emails: Sequence[str], minutes: int, numbers: Collection[int] = ()) -> str:
    """Return what ends the shift of the first in so many minutes, and begins that of the second.

    The first leaves these tickets, else five of those worked on; it prints their numbers.
    """
    return EVENING % (repr(tuple(emails)), minutes, repr(tuple(numbers)))
