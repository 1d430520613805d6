"""Deciding whether lists and reports may be counted by person.

Source: docs/rules/reports.md, "Figures by person".
"""

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.action_steps import require_everywhere
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.locks import take_locks
from opale.organisation.models import PersonFigures
from opale.organisation.rights import ADMINISTER


def set_person_figures(*, by: Actor, allowed: bool, reason: str) -> PersonFigures:
    """Allow lists and reports to be counted by person from now on, or forbid it, with the reason.

    Errors: NotAllowed, Invalid (no reason), Conflict (it is so already).
    """
    require_everywhere(by, ADMINISTER)
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid(reason=_("Required"))
    with attributed(by):
        take_locks("organisation.person_figures")
        last = PersonFigures.objects.order_by("-id").first()
        if allowed == (last is not None and last.allowed):
            raise Conflict(
                _("Figures by person are already on.")
                if allowed
                else _("Figures by person are already off.")
            )
        return PersonFigures.objects.create(
            allowed=allowed, reason=reason, actor=by.key, actor_name=by.name[:200], at=clock.now()
        )
