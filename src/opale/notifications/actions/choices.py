"""How one is notified: by kind, and at which times. Everybody decides for themselves."""

from datetime import time

from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.notifications.domain.kinds import Pace, kind_of
from opale.notifications.models import NotificationChoice, NotificationTimes
from opale.notifications.rights import USE


def choose_kind(kind: str, *, pace: str, push: bool = False, by: Actor) -> None:
    """Choose how the actor is told of a kind. Errors: NotAllowed, NotFound, Invalid."""
    person_id = _person(by)
    if kind_of(kind) is None:
        raise NotFound
    if pace not in Pace:
        raise Invalid(pace=_("Choose one of the options."))
    with attributed(by):
        NotificationChoice.objects.update_or_create(
            person_id=person_id, kind=kind, defaults={"pace": pace, "push": push}
        )


def set_times(*, digest_at: time, quiet_since: time, quiet_until: time, by: Actor) -> None:
    """Set the time of the daily digest and the quiet hours, none where both ends are equal.

    Errors: NotAllowed.
    """
    person_id = _person(by)
    with attributed(by):
        NotificationTimes.objects.update_or_create(
            person_id=person_id,
            defaults={
                "digest_at": digest_at, "quiet_since": quiet_since, "quiet_until": quiet_until,
            },
        )  # fmt: skip


def _person(by: Actor) -> int:
    if by.person_id is None or not by.can(USE):
        raise NotAllowed
    return by.person_id
