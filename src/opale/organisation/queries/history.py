"""The history of changes in the organisation."""

from django.utils.translation import gettext_lazy as _

from opale.kernel.history import Revision, merged_revisions, revisions
from opale.organisation.models import Membership, Person, PersonSkill, Team

NEWEST = 30


def organisation_history(of: Team | Person) -> list[Revision]:
    """Return the changes of a team or person and what belongs to it, newest first.

    The caller checks that the actor sees `of`.
    """
    if isinstance(of, Team):
        members = revisions(
            Membership, limit=NEWEST, kind=_("a member"), called="person", team_id=of.pk
        )
        return merged_revisions(revisions(Team, limit=NEWEST, id=of.pk), members, limit=NEWEST)
    return merged_revisions(
        revisions(Person, limit=NEWEST, id=of.pk),
        revisions(Membership, limit=NEWEST, kind=_("a membership"), called="team", person_id=of.pk),
        revisions(PersonSkill, limit=NEWEST, kind=_("a skill"), called="skill", person_id=of.pk),
        limit=NEWEST,
    )
