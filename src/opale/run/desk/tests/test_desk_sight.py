"""Who sees a confidential ticket: a question that was made before knows of nobody's new place."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.actor import system
from opale.kernel.errors import NotFound
from opale.organisation.models import Membership
from opale.run.desk.actions import Ask, ask_for_work
from opale.run.desk.models import Ticket
from opale.run.desk.queries import get_ticket, ticket_to_hold
from opale.run.desk.tests.builders import make_ticket
from opale.run.desk.tests.working import engineer_of, make_works


@pytest.mark.django_db
def test_whoever_joins_the_team_that_was_asked_sees_it_and_whoever_leaves_does_not() -> None:
    works = make_works()
    ticket, reader = make_ticket(works.house), engineer_of(works.second)
    ask_for_work(ticket, Ask(team=works.level_3, tried=["ping"]), by=works.agent)
    with acting(system("test")):
        Ticket.objects.filter(pk=ticket.pk).update(confidential=True)
    for read in (get_ticket, ticket_to_hold):
        with pytest.raises(NotFound):
            read(ticket.number, seen_by=reader)
    now = clock.now()
    with acting(system("test")):
        place = Membership.objects.create(
            team=works.level_3,
            person=works.second,
            function="build_engineer",
            period=DateTimeTZRange(now - timedelta(days=1), None),
        )
    for read in (get_ticket, ticket_to_hold):
        assert read(ticket.number, seen_by=reader) == ticket
    with acting(system("test")):
        place.period = DateTimeTZRange(now - timedelta(days=1), now)
        place.save(update_fields=["period"])
    for read in (get_ticket, ticket_to_hold):
        with pytest.raises(NotFound):
            read(ticket.number, seen_by=reader)
