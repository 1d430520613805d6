"""The lines of people: extensions, logins and numbers."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Invalid, NotAllowed
from opale.kernel.phone_numbers import e164
from opale.organisation.queries.reference import home_country
from opale.run.telephone.models import Line
from opale.run.telephone.rights import WORK

MAX_LINES: Final = 5


def set_lines(names: Iterable[str], *, by: Actor) -> list[str]:
    """Set the extensions, logins and numbers by which telephone systems know the actor.

    Numbers are kept as they are compared. Errors: NotAllowed (no person), Invalid(names).
    """
    if by.person_id is None or not by.can(WORK):
        raise NotAllowed
    country = home_country()
    texts = [" ".join(name.split()) for name in names]
    wanted = list(dict.fromkeys(e164(text, country) or text for text in texts if text))
    if len(wanted) > MAX_LINES:
        raise Invalid(names=_("At most %(most)s phones.") % {"most": MAX_LINES})
    if any(len(name) > 100 for name in wanted):
        raise Invalid(names=_("Names are limited to 100 characters."))
    taken = Invalid(names=_("One of these is already used by somebody else."))
    with attributed(by), translate_violations(line_of_one_person=taken):
        mine = Line.objects.filter(person_id=by.person_id)
        mine.exclude(name__in=wanted).delete()
        known = set(mine.values_list("name", flat=True))
        for name in wanted:
            if name not in known:
                Line(person_id=by.person_id, name=name).save(force_insert=True)
    return wanted
