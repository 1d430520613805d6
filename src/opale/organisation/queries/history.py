"""Who changed what in the organisation."""

from django.db.models import Model

from opale.kernel.history import Revision, revisions
from opale.organisation.models import Membership, Person, PersonSkill, Team

NEWEST = 30


def name_of(model: type[Model], pk: object) -> str:
    """What people call a row that a change names; its number when it is gone."""
    found = model._default_manager.filter(pk=pk).first()
    return str(found or pk)


def organisation_history(of: Team | Person) -> list[Revision]:
    """Changes of a team or person and of what belongs to it, newest first. The asker sees `of`."""
    if isinstance(of, Team):
        found = [
            *revisions(Team, limit=NEWEST, id=of.pk),
            *revisions(Membership, limit=NEWEST, team_id=of.pk),
        ]
    else:
        found = [
            *revisions(Person, limit=NEWEST, id=of.pk),
            *revisions(Membership, limit=NEWEST, person_id=of.pk),
            *revisions(PersonSkill, limit=NEWEST, person_id=of.pk),
        ]
    return sorted(found, key=lambda revision: revision.at, reverse=True)[:NEWEST]
