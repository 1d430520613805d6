"""Stand-by slips: one's own, all of them for payroll, and their effect on the next duty."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.business_time import explain
from opale.kernel.csv_cells import escape_formulas
from opale.kernel.errors import NotFound
from opale.organisation.models import Person
from opale.reservations.models import ReservationLine
from opale.reservations.queries.load import calendar_of
from opale.run.paging.models import RuleFix, RuleFixQuerySet, Slip, SlipQuerySet
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.models import Duty
from opale.run.shifts.queries.breaches import rest_until
from opale.run.shifts.queries.duties import may_change

REST_LOOKED_BACK = timedelta(days=2)
"""How long after its end a call-out can still move a shift."""
NEWEST_LOOKED_AT = 50
ASKED_WITHIN = timedelta(days=3)
"""How long after a call-out its person is asked whether it was worth it."""


@dataclass(frozen=True, slots=True)
class Rest:
    """When a person may work again, the duty that begins too early for it, and the reservations
    in the hours that fall out: `lost` of them, on the days of `booked`.
    """

    until: datetime
    duty: Duty | None
    booked: tuple[ReservationLine, ...] = ()
    lost: timedelta = timedelta()

    @property
    def proposed(self) -> datetime | None:
        """The later moment at which the duty would begin."""
        return self.until if self.duty else None


def slips(*, seen_by: Actor) -> SlipQuerySet:
    """Return the slips that the actor may see, newest first."""
    return (
        Slip.objects.visible_to(seen_by)
        .select_related(
            "person__company__calendar",
            "person__calendar",
            "team",
            "mobilisation",
            "duty",
            "fix__owner",
        )
        .order_by("-began_at", "-pk")
    )


def own_slips(*, seen_by: Actor) -> SlipQuerySet:
    return slips(seen_by=seen_by).filter(person_id=seen_by.person_id or 0)


def found_slips(
    *,
    seen_by: Actor,
    since: date | None = None,
    until: date | None = None,
    person_id: int | None = None,
) -> SlipQuerySet:
    """Return the slips that began on these days, of a person where one is given."""
    found = begun_between(slips(seen_by=seen_by), since, until)
    return found if person_id is None else found.filter(person=person_id)


def begun_between(found: SlipQuerySet, since: date | None, until: date | None) -> SlipQuerySet:
    """Return the slips that began on these days, in the reader's time zone."""
    if since is not None:
        found = found.filter(began_at__gte=_midnight(since))
    if until is not None and until < date.max:
        found = found.filter(began_at__lt=_midnight(until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def get_slip(slip_id: int, *, seen_by: Actor) -> Slip:
    """Errors: NotFound, hidden and missing alike."""
    found = slips(seen_by=seen_by).filter(pk=slip_id).first()
    if found is None:
        raise NotFound
    return found


def unjudged_slips(*, seen_by: Actor, at: datetime) -> list[Slip]:
    """Return the ended slips of which their person has not said whether they were worth it."""
    rows = own_slips(seen_by=seen_by).filter(worth="", ended_at__isnull=False)
    return list(rows.filter(began_at__gt=at - ASKED_WITHIN)[:5])


def rest_of(slip: Slip) -> Rest | None:
    """Return the rest after a slip; None while it is not over."""
    if slip.ended_at is None:
        return None
    until = rest_until(slip.person, Span(slip.began_at, slip.ended_at + slip.travel))
    early = Duty.objects.filter(
        person=slip.person_id,
        kind=Duty.Kind.STAFFED,
        period__startswith__gte=slip.ended_at,
        period__startswith__lt=until,
    ).select_related("team")
    lost, days = _lost(slip.person, slip.ended_at, until)
    booked = (
        ReservationLine.objects.filter(
            holds=True, person=slip.person_id, days__overlap=(days[0], days[-1] + timedelta(days=1))
        )
        if days
        else ReservationLine.objects.none()
    )
    found = booked.select_related("reservation__holder__user").order_by("days", "id")
    return Rest(until, early.order_by("period").first(), tuple(found), lost)


def _lost(person: Person, since: datetime, until: datetime) -> tuple[timedelta, list[date]]:
    """Return how much of the person's working hours is rest now, and on which days."""
    rested = [one for one in explain(calendar_of(person), since, until) if one.counted]
    zone = ZoneInfo(person.time_zone)
    days = sorted({one.starts.astimezone(zone).date() for one in rested})
    return sum((one.ends - one.starts for one in rested), timedelta()), days


@dataclass(frozen=True, slots=True)
class EarlyShift:
    """A shift that begins before its holder has rested, or reservations of these hours; `may`
    says whether the reader may change the shift.
    """

    slip: Slip
    until: datetime
    duty: Duty | None
    may: bool
    booked: tuple[ReservationLine, ...]
    lost: timedelta


def early_shifts(*, seen_by: Actor, at: datetime) -> list[EarlyShift]:
    """Return the early shifts after slips that ended recently, of the newest slips."""
    late = slips(seen_by=seen_by).filter(ended_at__gt=at - REST_LOOKED_BACK)[:NEWEST_LOOKED_AT]
    rests = [(slip, rest) for slip in late if (rest := rest_of(slip))]
    return [
        EarlyShift(
            slip,
            rest.until,
            rest.duty,
            rest.duty is not None and may_change(rest.duty, seen_by),
            rest.booked,
            rest.lost,
        )
        for slip, rest in rests
        if rest.duty is not None or rest.booked
    ]


def fixes(*, seen_by: Actor) -> RuleFixQuerySet:
    """Return the fixes of needless call-outs, most urgent first."""
    return RuleFix.objects.visible_to(seen_by).select_related("owner", "slip__mobilisation")


def fix_of(slip: Slip) -> RuleFix:
    """Return the fix of a slip. Errors: NotFound."""
    found = RuleFix.objects.filter(slip=slip).select_related("owner").first()
    if found is None:
        raise NotFound
    return found


def get_fix(fix_id: int, *, seen_by: Actor) -> RuleFix:
    """Errors: NotFound."""
    found = fixes(seen_by=seen_by).filter(pk=fix_id).first()
    if found is None:
        raise NotFound
    return found


def payroll(found: SlipQuerySet) -> str:
    """Return the slips as CSV for payroll: times in UTC, spans in minutes."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [
            *(_("Person"), _("Team"), _("Paged at"), _("Ended at"), _("Minutes")),
            *(_("Travel (minutes)"), _("Reason"), _("Note")),
        ]
    )
    for slip in found:
        worked = slip.ended_at - slip.began_at if slip.ended_at else None
        writer.writerow(
            [
                escape_formulas(slip.person.name),
                escape_formulas(slip.team.name),
                slip.began_at.isoformat(timespec="minutes"),
                slip.ended_at.isoformat(timespec="minutes") if slip.ended_at else "",
                "" if worked is None else int(worked.total_seconds() // 60),
                int(slip.travel.total_seconds() // 60),
                escape_formulas(slip.mobilisation.title),
                escape_formulas(slip.note),
            ]
        )
    return out.getvalue()
