"""Scheduling reports, and changing who receives them and when.

Source: docs/rules/reports.md, "Sent on schedule".
"""

from datetime import time
from typing import Any, Final

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.action_steps import discard, lock_row, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.kernel.locks import take_locks
from opale.organisation.models import Person, Team
from opale.scheduled_reports.domain.timetable import Frequency
from opale.scheduled_reports.models import DEFAULT_TIME, ReportRecipient, ScheduledReport, Sending
from opale.scheduled_reports.queries.reports import get_scheduled_report, members_of, readers_of
from opale.scheduled_reports.queries.sources import get_source
from opale.scheduled_reports.rights import USE
from opale.scheduled_reports.states import SendingState

MOST_REPORTS: Final = 50
"""Scheduled reports of one person."""
MOST_READERS: Final = 200
"""Readers of one report: each has a report of their own computed."""
TIMETABLE: Final = ("frequency", "weekday", "day", "at")


def schedule_report(
    *,
    by: Actor,
    report: str,
    name: str,
    query: str = "",
    frequency: str = Frequency.WEEKLY,
    weekday: int = 0,
    day: int = 1,
    at: time = DEFAULT_TIME,
    to_owner: bool = True,
    team: Team | None = None,
) -> ScheduledReport:
    """Have a report or a list mailed on schedule; filters and grouping as in its address.

    Errors: NotAllowed, NotFound (no such report), Invalid, Conflict (as many as may be).
    """
    owner_id = _person_of(by)
    row = ScheduledReport(
        owner_id=owner_id,
        report=report,
        query=get_source(report).address(query, seen_by=by),
        name=_name(name),
        frequency=frequency,
        weekday=weekday,
        day=day,
        at=at,
        to_owner=to_owner,
        team=team,
    )
    _check_readers(row, named=0)
    row.next_at = row.timetable.next_after(clock.now())
    with attributed(by):
        take_locks(f"scheduled_reports.owner:{owner_id}")
        own = ScheduledReport.objects.filter(owner=owner_id, deleted_at=None)
        if own.count() >= MOST_REPORTS:
            sentence = _("You have %(most)d scheduled reports, which is the limit: delete one.")
            raise Conflict(sentence % {"most": MOST_REPORTS})
        row.save(force_insert=True)
    return row


def edit_scheduled_report(report: ScheduledReport, *, by: Actor, **fields: Any) -> None:
    """Rename a scheduled report, change when it is sent, or to which team.

    Errors: NotFound, NotAllowed, Invalid.
    """
    if "name" in fields:
        fields["name"] = _name(fields["name"])
    with attributed(by):
        row = _locked(report, by)
        changed = update_changed(row, fields)
        _check_readers(row, named=row.recipients.count())
        if not set(changed).isdisjoint(TIMETABLE):
            update_changed(row, {"next_at": row.timetable.next_after(clock.now())})


def pause_scheduled_report(report: ScheduledReport, *, by: Actor) -> None:
    """Stop sending a report until it is resumed. Errors: NotFound, NotAllowed."""
    with attributed(by):
        row = _locked(report, by)
        if row.paused_at is None:
            update_changed(row, {"paused_at": clock.now()})


def resume_scheduled_report(report: ScheduledReport, *, by: Actor) -> None:
    """Send a report again, from its next due moment on. Errors: NotFound, NotAllowed."""
    with attributed(by):
        row = _locked(report, by)
        if row.paused_at is not None:
            next_at = row.timetable.next_after(clock.now())
            update_changed(row, {"paused_at": None, "next_at": next_at})


def delete_scheduled_report(report: ScheduledReport, *, by: Actor) -> None:
    """Delete a scheduled report; it can be restored. What waits to be sent is not sent.

    Errors: NotFound, NotAllowed.
    """
    with attributed(by):
        row = _locked(report, by)
        update_changed(row, {"deleted_at": clock.now()})
        row.sendings.filter(state=SendingState.WAITING).delete()


def restore_scheduled_report(report: ScheduledReport, *, by: Actor) -> ScheduledReport:
    """Restore a deleted report, which is sent again from its next due moment on.

    Errors: NotFound, NotAllowed.
    """
    with attributed(by):
        row = _locked(report, by)
        next_at = row.timetable.next_after(clock.now())
        update_changed(row, {"deleted_at": None, "next_at": next_at})
    return get_scheduled_report(report.pk, seen_by=by)


def add_recipient(report: ScheduledReport, *, by: Actor, person: Person) -> ReportRecipient:
    """Send a report to one more person, who receives what they may see.

    Errors: NotFound, NotAllowed, Conflict (that person receives it already or has unsubscribed, or
    too many receive it).
    """
    with attributed(by):
        row = _locked(report, by)
        readers = readers_of(row)
        if person in readers:
            raise Conflict(_("%(name)s already receives it.") % {"name": person.name})
        if row.unsubscriptions.filter(person=person).exists():
            sentence = _(
                "%(name)s has unsubscribed, and alone can subscribe again: by the link in a mail of"
                " this report."
            )
            raise Conflict(sentence % {"name": person.name})
        if len(readers) >= MOST_READERS:
            raise Conflict(_("At most %(most)s people can receive it.") % {"most": MOST_READERS})
        return ReportRecipient.objects.create(report=row, person=person)


def remove_recipient(recipient: ReportRecipient, *, by: Actor) -> None:
    """Stop sending a report to a person whom it names. Errors: NotFound, NotAllowed."""
    _person_of(by)
    with attributed(by):
        discard(lock_row(ReportRecipient.objects.filter(pk=recipient.pk), by, USE))


def send_report_now(report: ScheduledReport, *, by: Actor) -> Sending:
    """Send the actor a report within a minute, whatever its schedule; once for each minute.

    Errors: NotFound, NotAllowed.
    """
    with attributed(by):
        row = _locked(report, by)
        due_at = clock.now().replace(second=0, microsecond=0)
        sending, _made = Sending.objects.get_or_create(
            report=row, due_at=due_at, reader_id=_person_of(by)
        )
    return sending


def _locked(report: ScheduledReport, by: Actor) -> ScheduledReport:
    _person_of(by)
    rows = ScheduledReport.objects.filter(pk=report.pk)
    return lock_row(rows.select_related("owner__user", "owner__company", "team"), by, USE)


def _person_of(by: Actor) -> int:
    """Return the actor's person. Errors: NotAllowed."""
    if by.person_id is None or not by.can(USE):
        raise NotAllowed
    return by.person_id


def _name(name: str) -> str:
    said = " ".join(name.split())
    if not said:
        raise Invalid(name=_("Required"))
    return said


def _check_readers(row: ScheduledReport, *, named: int) -> None:
    if not row.to_owner and row.team is None and not named:
        raise Invalid(to_owner=_("Send it to yourself, to a team, or to both."))
    if row.team is not None and len(members_of(row.team)) > MOST_READERS:
        raise Invalid(team=_("At most %(most)s people can receive it.") % {"most": MOST_READERS})
