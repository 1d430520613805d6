"""Baselines with the days promised to the customer, and slips with their causes.

Source: docs/rules/projects.md, "Customer dates and slips".
"""

from datetime import date, datetime
from typing import Final

from django.db.models import Max
from django.utils.translation import gettext as _

from opale.delivery.projects.actions.plans import lock_project, publish_project, replan
from opale.delivery.projects.models import (
    Baseline,
    CarrierPromise,
    Party,
    Project,
    Slip,
    WorkPackage,
)
from opale.delivery.projects.queries.proposed_promise import proposed_promise
from opale.delivery.projects.queries.slippage import unexplained_since
from opale.delivery.projects.queries.workdays import today, workdays_of
from opale.delivery.projects.states import AHEAD
from opale.infrastructure.models import Supplier
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid, NotFound

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
LONGEST_NOTE: Final = 300


def create_baseline(
    project: Project,
    *,
    by: Actor,
    promised_on: date | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Baseline:
    """Freeze the present plan as a baseline, and promise the customer a day, or the proposed one.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    with attributed(by):
        held = lock_project(project, by=by)
        until = promised_on or proposed_promise(held, replan(held, by=by).ends) or today()
        _check_day(until)
        replan(held, by=by)
        rows = Baseline.objects.filter(project=held)
        dates = {
            str(pk): [starts.isoformat(), ends.isoformat()]
            for pk, starts, ends in WorkPackage.objects.filter(
                project=held, ends_on__isnull=False
            ).values_list("pk", "starts_on", "ends_on")
            if starts and ends
        }
        made = Baseline.objects.create(
            project=held,
            number=(rows.aggregate(last=Max("number"))["last"] or 0) + 1,
            promised_on=until,
            note=_text(note),
            dates=dates,
            made_by=by.signature,
            made_at=at or clock.now(),
        )
        replan(held, by=by)
    return made


def record_carrier_promise(
    package: WorkPackage,
    *,
    by: Actor,
    promised_on: date,
    supplier: Supplier | None = None,
    reference: str = "",
    note: str = "",
    at: datetime | None = None,
) -> CarrierPromise:
    """Record a day that a carrier promised. A later one than planned is the carrier's slip.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    _check_day(promised_on)
    with attributed(by):
        held = lock_project(package.project, by=by)
        row = WorkPackage.objects.filter(pk=package.pk, project=held).first()
        if row is None:
            raise NotFound
        if row.state not in AHEAD:
            raise IllegalMove("promise", {row.pk: row.state})
        if row.party != Party.CARRIER:
            raise Invalid(promised_on=_("Only a carrier’s task can have a carrier date."))
        if row.begun_on is not None and promised_on < row.begun_on:
            raise Invalid(promised_on=_("The end is before the start."))
        made = CarrierPromise.objects.create(
            package=row,
            supplier=supplier,
            reference=reference.strip()[:100],
            promised_on=promised_on,
            said_by=by.signature,
            said_at=at or clock.now(),
        )
        before = row.ends_on
        row.promised_on = promised_on
        row.save(update_fields=["promised_on"])
        replan(held, by=by)
        said = _text(note) or _("The carrier gave another date.")
        record_slip(held, row, before, cause=Party.CARRIER, note=said, by=by)
    return made


def explain_slip(
    package: WorkPackage,
    *,
    by: Actor,
    cause: str,
    note: str,
    at: datetime | None = None,
) -> Slip:
    """Record the cause of the part of a package's slip that has none yet.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    with attributed(by):
        held = lock_project(package.project, by=by)
        row = WorkPackage.objects.filter(pk=package.pk, project=held).first()
        if row is None:
            raise NotFound
        since = unexplained_since(held, row)
        if since is None or row.ends_on is None:
            raise Invalid(_("There is no slip to explain."))
        made = _write(held, row, since, row.ends_on, cause=cause, note=note, by=by, at=at)
        publish_project(held)
    return made


def record_slip(
    project: Project,
    package: WorkPackage,
    before: date | None,
    *,
    cause: str,
    note: str,
    by: Actor,
) -> Slip | None:
    """Record a slip, with its cause, where a change moved an end beyond the promise.

    Errors: Invalid.
    """
    package.refresh_from_db(fields=["ends_on"])
    since = unexplained_since(project, package)
    if since is None or package.ends_on is None or before is None or package.ends_on <= before:
        return None
    return _write(project, package, since, package.ends_on, cause=cause, note=note, by=by)


def _write(
    project: Project,
    package: WorkPackage,
    was_on: date,
    now_on: date,
    *,
    cause: str,
    note: str,
    by: Actor,
    at: datetime | None = None,
) -> Slip:
    if cause not in Party.values:
        raise Invalid(cause=_("It now ends later than the customer date: select the cause."))
    said = _text(note)
    if not said:
        raise Invalid(note=_("Describe what happened: the customer will ask."))
    calendar = workdays_of(project.calendar)
    return Slip.objects.create(
        project=project,
        package=package,
        cause=cause,
        was_on=was_on,
        now_on=now_on,
        days=max(calendar.count(was_on, now_on), 0),
        note=said,
        said_by=by.signature,
        said_at=at or clock.now(),
    )


def _check_day(day: date) -> None:
    if not FIRST <= day <= LAST:
        raise Invalid(promised_on=_("The date is out of range."))


def _text(said: str) -> str:
    found = " ".join(said.split())
    if len(found) > LONGEST_NOTE:
        raise Invalid(note=_("Give at most %(limit)s characters.") % {"limit": LONGEST_NOTE})
    return found
