"""Mails about duties that change hands, each in its reader's language."""

from collections.abc import Callable, Iterable

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.messaging.actions.outgoing import queue_mail
from opale.organisation.models import Membership, Person
from opale.run.shifts.models import Duty, SwapRequest

MAX_RECIPIENTS = 60
"""The most people mailed about a duty offered to a whole team."""


def notify_offered(offer: SwapRequest, *, by: Actor) -> None:
    for person in [offer.to] if offer.to is not None else _team(offer.duty, offer.offered_by):
        _write(
            person,
            by,
            offer.duty,
            lambda: _("A shift is offered to you"),
            lambda: (
                _("%(name)s offers you a shift: %(duty)s. Accept or refuse it under “My shifts”.")
                % {"name": offer.offered_by.name, "duty": _said(offer.duty)}
            ),
        )


def notify_accepted_offer(offer: SwapRequest, taker: Person, *, by: Actor) -> None:
    for person in (offer.offered_by, taker):
        _write(
            person,
            by,
            offer.duty,
            lambda: _("A shift has changed hands"),
            lambda: (
                _("%(taker)s takes the shift of %(name)s: %(duty)s.")
                % {
                    "taker": taker.name,
                    "name": offer.offered_by.name,
                    "duty": _said(offer.duty),
                }
            ),
        )


def notify_refused_offer(offer: SwapRequest, *, by: Actor) -> None:
    _write(
        offer.offered_by,
        by,
        offer.duty,
        lambda: _("Your offer was refused"),
        lambda: _("The shift stays yours: %(duty)s.") % {"duty": _said(offer.duty)},
    )


def notify_taken_over(duty: Duty, taker: Person, *, by: Actor) -> None:
    for person in {duty.person, duty.team.manager}:
        _write(
            person,
            by,
            duty,
            lambda: _("A shift was taken over"),
            lambda: (
                _("%(taker)s takes over the rest of the shift of %(name)s: %(duty)s.")
                % {"taker": taker.name, "name": duty.person.name, "duty": _said(duty)}
            ),
        )


def _write(
    person: Person,
    by: Actor,
    duty: Duty,
    subject: Callable[[], str],
    body: Callable[[], str],
) -> None:
    language = person.reading_language
    with translation.override(language), timezone.override(person.time_zone):
        queue_mail(
            by=by,
            origin=f"shifts.duty:{duty.pk}",
            to=[person.email],
            subject=subject(),
            body=body(),
            language=language,
            automatic=True,
        )


def _said(duty: Duty) -> str:
    starts, ends = (
        date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
        for at in (duty.starts, duty.ends)
    )
    return f"{duty.team.name}, {duty.get_role_display()}, {starts} – {ends}"


def _team(duty: Duty, but: Person) -> Iterable[Person]:
    places = Membership.objects.filter(team_id=duty.team_id, period__contains=clock.now())
    places = places.filter(person__left_on=None).exclude(person=but)
    found = places.select_related("person__user", "person__company").order_by("person__name")
    return [place.person for place in found[:MAX_RECIPIENTS]]
