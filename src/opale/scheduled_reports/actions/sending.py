"""Sending of scheduled reports: who is due is noted first, then each reader is mailed once.

A sending exists once for a report, its due moment and a reader, and its mail is stored in the
transaction that marks it as sent: a process that is killed in between goes on where it was. Due
moments that nobody worked at are made up for by one sending, the last one.
Source: docs/rules/reports.md, "Sent on schedule".
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from opale.endpoints.spreadsheets import csv_text
from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.kernel.files import safe_name, store_bytes
from opale.messaging.actions.outgoing import queue_mail
from opale.messaging.facts import MailBounced, MailFailed
from opale.messaging.queries.mail_layout import Letter
from opale.notifications.actions.notify import notify, reading_as
from opale.notifications.domain.kinds import Kind
from opale.organisation.queries.identity import actor_of_person
from opale.scheduled_reports.models import ScheduledReport, Sending
from opale.scheduled_reports.notification_kinds import FAILED, REFUSED
from opale.scheduled_reports.ports import Occasion, ReportContent
from opale.scheduled_reports.queries.reports import readers_of
from opale.scheduled_reports.queries.sources import get_source
from opale.scheduled_reports.queries.unsubscribe_links import unsubscribe_link
from opale.scheduled_reports.rights import USE
from opale.scheduled_reports.states import SendingState

LOG: Final = logging.getLogger(__name__)
SENDER: Final = system("scheduled_reports")
SEND_JOB: Final = "scheduled_reports.send_due"
ORIGIN: Final = "scheduled_reports.sending"
MOST_ATTEMPTS: Final = 3
AT_ONCE: Final = 200
"""Reports, and sendings, of one run."""
RETENTION: Final = timedelta(days=400)
DELETED_RETENTION: Final = timedelta(days=90)


def send_due_reports(at: datetime) -> int:
    """Note who is due and mail them; return the number of mails."""
    note_due_readers(at)
    waiting = Sending.objects.filter(state=SendingState.WAITING).order_by("pk")
    return sum(_attempt(pk, at) for pk in list(waiting.values_list("pk", flat=True)[:AT_ONCE]))


def note_due_readers(at: datetime) -> None:
    """Make the sendings of all reports that are due, one for each reader, and set when they are due
    next. Reports whose owner has left, or may no longer schedule any, are paused.
    """
    due = ScheduledReport.objects.filter(next_at__lte=at, paused_at=None, deleted_at=None)
    for pk in list(due.order_by("next_at", "pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic(), attributed(SENDER, savepoint=False):
            rows = due.select_related("owner__user", "owner__company", "team")
            report = rows.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if report is not None:
                _note_readers(report, at)


def _note_readers(report: ScheduledReport, at: datetime) -> None:
    due_at = report.timetable.last_until(at, report.next_at)
    report.next_at = report.timetable.next_after(due_at)
    if not actor_of_person(report.owner).can(USE):
        report.paused_at = at
    report.save(update_fields=["next_at", "paused_at"])
    if report.paused_at is None:
        readers = readers_of(report)
        sendings = [Sending(report=report, due_at=due_at, reader=one) for one in readers]
        Sending.objects.bulk_create(sendings, ignore_conflicts=True)


def _attempt(sending_id: int, at: datetime) -> bool:
    """Mail one reader, and return whether that was done. A failure stops no other reader."""
    try:
        return _send(sending_id, at)
    except Exception as error:
        LOG.exception("the scheduled report of sending %s was not sent", sending_id)
        _record_error(sending_id, str(error) or type(error).__name__, at)
    return False


def _send(sending_id: int, at: datetime) -> bool:
    with transaction.atomic(), attributed(SENDER, savepoint=False):
        rows = Sending.objects.select_related("report__owner", "reader__user", "reader__company")
        waiting = rows.filter(pk=sending_id, state=SendingState.WAITING)
        sending = waiting.select_for_update(of=("self",), skip_locked=True).first()
        if sending is None:
            return False
        actor, reader = actor_of_person(sending.reader), sending.reader
        if not reader.email:
            sending.error = _("No email address")
            _end(sending, SendingState.FAILED, at)
            _tell_owner(FAILED, sending)
            return False
        with reading_as(reader):
            content = _content(sending, actor)
            if content is None:
                _end(sending, SendingState.REFUSED, at)
                _tell_owner(REFUSED, sending)
                return False
            sending.mail_id = _queue(sending, content)
        sending.figures = dict(content.counts)
        _end(sending, SendingState.SENT, at)
    return True


def _content(sending: Sending, actor: Actor) -> ReportContent | None:
    """Return what the reader may see of the report now; None where that is nothing."""
    try:
        source = get_source(sending.report.report)
        return source.content(sending.report.query, _occasion(sending), seen_by=actor)
    except (NotAllowed, NotFound, Invalid):
        return None


def _occasion(sending: Sending) -> Occasion:
    """Return what the reader's report is compared with: the last one sent before it was due."""
    earlier = Sending.objects.filter(
        report=sending.report_id,
        reader=sending.reader_id,
        state=SendingState.SENT,
        due_at__lt=sending.due_at,
    )
    last = earlier.order_by("-due_at").first()
    frequency = sending.report.frequency
    if last is None:
        return Occasion(sending.due_at, frequency)
    return Occasion(sending.due_at, frequency, last.figures, last.done_at)


def _end(sending: Sending, state: SendingState, at: datetime) -> None:
    sending.state, sending.done_at = state, at
    sending.save(update_fields=["state", "done_at", "error", "mail_id", "figures"])


def _queue(sending: Sending, content: ReportContent) -> int:
    """Put the mail of a reader into the outbox, in the reader's language."""
    report, reader = sending.report, sending.reader
    language = reader.reading_language
    pages = f"{settings.BASE_URL}{reverse('scheduled_reports')}"
    is_owner = reader.pk == report.owner_id
    ending = unsubscribe_link(report, reader)
    said = _("Sent on schedule.") if is_owner else _("%(name)s has this report sent to you.")
    mail = queue_mail(
        by=SENDER,
        origin=f"{ORIGIN}:{sending.pk}",
        to=[reader.email],
        subject=_("%(report)s: %(period)s") % {"report": report.name, "period": content.period},
        body=Letter(
            language=language,
            body="\n\n".join([report.name, *content.summary]),
            tables=content.tables,
            links=((_("Open in Opale"), f"{settings.BASE_URL}{content.url}"),),
            foot=[said % {"name": report.owner.name}],
            foot_links=(
                *(((_("Scheduled reports"), pages),) if is_owner else ()),
                (_("Unsubscribe"), ending),
            ),
        ),
        language=language,
        attachments=[_file(report.name, content.head, content.lines)],
        automatic=True,
        unsubscribe=ending,
    )
    return mail.pk


def _file(name: str, head: Sequence[str], lines: Sequence[Sequence[str]]) -> dict[str, str]:
    content = "".join(csv_text(head, lines)).encode()
    return {
        "name": safe_name(f"{name}.csv"),
        "media_type": "text/csv",
        "key": store_bytes(content),
    }


def _record_error(sending_id: int, error: str, at: datetime) -> None:
    """Count a failed attempt; after the last one the owner is told."""
    with transaction.atomic(), attributed(SENDER, savepoint=False):
        rows = Sending.objects.select_related("report__owner", "reader")
        waiting = rows.filter(pk=sending_id, state=SendingState.WAITING)
        sending = waiting.select_for_update(of=("self",)).first()
        if sending is None:
            return
        sending.attempts += 1
        sending.error = error[:1000]
        sending.save(update_fields=["attempts", "error"])
        if sending.attempts >= MOST_ATTEMPTS:
            _end(sending, SendingState.FAILED, at)
            _tell_owner(FAILED, sending)


def is_of_sending(fact: MailFailed | MailBounced) -> bool:
    return fact.origin.startswith(f"{ORIGIN}:")


def record_failed_mail(fact: MailFailed | MailBounced, by: Actor) -> None:
    """Note that a report's mail did not arrive, and tell the owner. Hears messaging.MailFailed and
    messaging.MailBounced."""
    rows = Sending.objects.select_related("report__owner", "reader")
    sending = rows.select_for_update(of=("self",)).filter(mail_id=fact.mail_id).first()
    if sending is None or sending.state == SendingState.FAILED:
        return
    with attributed(by, savepoint=False):
        came_back = _("The mail came back undelivered.")
        sending.error = fact.error[:1000] if isinstance(fact, MailFailed) else came_back
        sending.save(update_fields=["error"])
        _end(sending, SendingState.FAILED, sending.done_at or clock.now())
        _tell_owner(FAILED, sending)


def _tell_owner(kind: Kind, sending: Sending) -> None:
    report, reader = sending.report, sending.reader
    notify(
        kind,
        [report.owner],
        thing=f"scheduled_reports.report:{report.pk}",
        url=reverse("scheduled_reports_show", args=[report.pk]),
        values={"report": report.name, "reader": reader.name},
        by=SENDER,
    )


def delete_old(at: datetime) -> None:
    """Delete what was sent long ago, and reports that were deleted long ago."""
    with attributed(SENDER):
        Sending.objects.filter(due_at__lt=at - RETENTION).delete()
        ScheduledReport.objects.filter(deleted_at__lt=at - DELETED_RETENTION).delete()
