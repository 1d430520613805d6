"""Mails about shifts and reservations that fall into the rest after a call-out."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from opale.kernel.actor import Actor
from opale.messaging.actions.outgoing import queue_mail
from opale.run.paging.models import Slip
from opale.run.paging.queries.slips import Rest
from opale.run.shifts.models import Duty

ORIGIN = "paging.slip"


def notify_early_shift(slip: Slip, duty: Duty, until: datetime, *, by: Actor) -> None:
    """Mail the manager of the shift's team, in that person's language and time."""
    reader = duty.team.manager
    language = reader.reading_language
    with override(language), timezone.override(reader.time_zone):
        named = {
            "name": slip.person.name,
            "starts": _said(duty.starts),
            "until": _said(until),
            "team": duty.team.name,
        }
        queue_mail(
            by=by,
            origin=f"{ORIGIN}:{slip.pk}",
            to=[reader.email],
            subject=_("%(name)s was called out and must rest until %(until)s") % named,
            body=_(
                "%(name)s was called out and must rest until %(until)s. The %(team)s shift"
                " starts before that, on %(starts)s. Under “Call-outs” you can start it later."
            )
            % named,
            language=language,
            automatic=True,
        )


def notify_lost_bookings(slip: Slip, rest: Rest, *, by: Actor) -> None:
    """Mail the holders of reservations of hours in which the person now rests."""
    for line in rest.booked:
        reader = line.reservation.holder
        if reader is None or reader.pk == slip.person_id or reader.left_on is not None:
            continue
        language = reader.reading_language
        with override(language), timezone.override(reader.time_zone):
            named = {
                "name": slip.person.name,
                "until": _said(rest.until),
                "purpose": line.reservation.purpose,
                "hours": round(rest.lost.total_seconds() / 3600, 1),
                "url": settings.BASE_URL + reverse("reservations_show", args=[line.reservation_id]),
            }
            queue_mail(
                by=by,
                origin=f"{ORIGIN}:{slip.pk}",
                to=[reader.email],
                subject=_("%(name)s was called out and must rest until %(until)s") % named,
                body=_(
                    "%(name)s was called out and must rest until %(until)s: %(hours)s hours of"
                    " that day are lost. You reserved hours that day for “%(purpose)s”. Move the"
                    " reservation or request somebody else: %(url)s"
                )
                % named,
                language=language,
                automatic=True,
            )


def _said(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
