"""Checks before every change of a roster."""

from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.organisation.models import Team
from opale.run.shifts import rights


def require_team(team: Team, *, by: Actor) -> None:
    """Check that a team's roster may be changed. Errors: NotFound, NotAllowed, Invalid (closed)."""
    seen = Team.objects.visible_to(by).filter(pk=team.pk)
    if not seen.exists():
        raise NotFound
    if not seen.within(by, rights.EDIT).exists():
        raise NotAllowed
    if team.closed_on is not None:
        raise Invalid(team=_("This team is closed."))
