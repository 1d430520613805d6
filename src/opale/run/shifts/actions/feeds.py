"""Secret addresses of calendar feeds: created, renewed, deleted."""

import secrets

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotAllowed
from opale.organisation.models import Person, Team
from opale.run.shifts import rights
from opale.run.shifts.models import CalendarFeed
from opale.run.shifts.queries.feeds import digest_of

SECRET_BYTES = 24


def create_feed(*, by: Actor, team: Team | None = None) -> str:
    """Create an address for one's own roster or a team's; return its secret, shown once.

    A former address stops working.
    Errors: NotAllowed.
    """
    person = _own(by)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with attributed(by):
        CalendarFeed.objects.filter(person=person, team=team).delete()
        CalendarFeed.objects.create(person=person, team=team, digest=digest_of(secret))
    return secret


def delete_feed(*, by: Actor, team: Team | None = None) -> None:
    """Delete an address of one's own. Errors: NotAllowed."""
    person = _own(by)
    with attributed(by):
        CalendarFeed.objects.filter(person=person, team=team).delete()


def _own(by: Actor) -> Person:
    person = Person.objects.filter(pk__in=[by.person_id] if by.person_id else []).first()
    if person is None or not by.can(rights.READ):
        raise NotAllowed
    return person
