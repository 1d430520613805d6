"""Who sees a confidential ticket: a question that was made before knows of nobody's new place."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotFound
from opale.organisation.models import Membership
from opale.run.desk.actions.assignments import WorkRequest, request_work
from opale.run.desk.models import Ticket
from opale.run.desk.queries.tickets import get_ticket, get_ticket_to_lock
from opale.run.desk.tests.assignments import engineer_of, make_works
from opale.run.desk.tests.builders import make_ticket


@pytest.mark.django_db
def test_whoever_joins_the_team_that_was_asked_sees_it_and_whoever_leaves_does_not() -> None:
    works = make_works()
    ticket, reader = make_ticket(works.house), engineer_of(works.second)
    request_work(ticket, WorkRequest(team=works.level_3, tried=["ping"]), by=works.agent)
    with attributed(system("test")):
        Ticket.objects.filter(pk=ticket.pk).update(confidential=True)
    for read in (get_ticket, get_ticket_to_lock):
        with pytest.raises(NotFound):
            read(ticket.number, seen_by=reader)
    now = clock.now()
    with attributed(system("test")):
        place = Membership.objects.create(
            team=works.level_3,
            person=works.second,
            function="build_engineer",
            period=DateTimeTZRange(now - timedelta(days=1), None),
        )
    for read in (get_ticket, get_ticket_to_lock):
        assert read(ticket.number, seen_by=reader) == ticket
    with attributed(system("test")):
        place.period = DateTimeTZRange(now - timedelta(days=1), now)
        place.save(update_fields=["period"])
    for read in (get_ticket, get_ticket_to_lock):
        with pytest.raises(NotFound):
            read(ticket.number, seen_by=reader)
