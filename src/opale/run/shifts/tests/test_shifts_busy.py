"""A duty takes the time of its holder where reservations read it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from tests.personas import Personas

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.reservations.models import BusyTime
from opale.run.shifts.models import Duty

BY = system("test")


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "written"), [("staffed", "duty"), ("standby", "standby")])
def test_a_duty_is_written_down_as_it_is_made_changed_and_taken_away(
    personas: Personas, kind: str, written: str
) -> None:
    begins = datetime(2027, 3, 2, 7, tzinfo=UTC)
    with attributed(BY):
        duty = Duty.objects.create(
            person=personas.people["run_engineer"],
            team=personas.teams["run_engineer"],
            kind=kind,
            period=DateTimeTZRange(begins, begins + timedelta(hours=8)),
        )
        found = BusyTime.objects.get(source=f"shifts.duty:{duty.pk}")
        assert (found.person, found.kind) == (duty.person, written)
        duty.person = personas.people["desk_agent"]
        duty.save(update_fields=["person"])
        found.refresh_from_db()
        assert found.person == duty.person
        duty.delete()
    assert not BusyTime.objects.exists()
