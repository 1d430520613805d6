"""Access to confidential tickets."""

from itertools import chain

from opale.kernel import clock
from opale.organisation.models import Membership
from opale.run.desk.models import Assignment, DeskQuerySet, Ticket, Watcher
from opale.run.desk.queries.ticket_lists import NEWEST
from opale.run.desk.states import RUNNING_STATES


def readers_of_confidential(*, newest: int) -> frozenset[int]:
    """Return the ids of the people involved in a confidential ticket that a list may show: an open
    one, or one as new as the `newest` tickets that everybody sees.

    The people to whom `DeskQuerySet` shows it without the right to all.
    """
    shown = Ticket.objects.filter(confidential=False).order_by(*NEWEST)
    oldest = shown.values_list("received_at", flat=True)[newest - 1 : newest].first()
    recent = Ticket.objects.filter(confidential=True)
    if oldest is not None:
        recent = recent.filter(received_at__gte=oldest)
    # One query each, for its own index; a joint one would read all confidential tickets.
    rows = (tickets.values_list("pk", "owner_id", "employee_id") for tickets in (_open(), recent))
    tickets = list(chain.from_iterable(rows))
    if not tickets:
        return frozenset()
    keys = [key for key, _owner, _employee in tickets]
    work = Assignment.objects.filter(ticket__in=keys)
    teams = work.filter(team__isnull=False).values("team")
    members = Membership.objects.filter(period__contains=clock.now(), team__in=teams)
    people = {person for _key, *both in tickets for person in both}
    for related in (Watcher.objects.filter(ticket__in=keys), work, members):
        people.update(related.values_list("person_id", flat=True))
    return frozenset(people - {None})


def _open() -> DeskQuerySet[Ticket]:
    return Ticket.objects.filter(confidential=True, state__in=RUNNING_STATES)
