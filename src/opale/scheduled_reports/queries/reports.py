"""Queries of scheduled reports; every list takes the actor who asks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.kernel.errors import NotFound
from opale.messaging.ports import MailSubject
from opale.organisation.models import Membership, Person, Team
from opale.scheduled_reports.models import (
    ReportRecipient,
    ScheduledReport,
    ScheduledReportsQuerySet,
    Sending,
    Unsubscription,
)
from opale.scheduled_reports.queries.sources import get_source
from opale.scheduled_reports.states import SendingState

Reports = ScheduledReportsQuerySet[ScheduledReport]


def scheduled_reports(
    *, seen_by: Actor, text: str = "", state: str = "", deleted: bool = False
) -> Reports:
    """Return the actor's scheduled reports by part of their name; `state` is active or paused."""
    found = ScheduledReport.objects.visible_to(seen_by).filter(deleted_at__isnull=not deleted)
    found = found.select_related("owner__user", "owner__company", "team")
    for word in text.split():
        found = found.filter(name__unaccent__icontains=word)
    return found.filter(paused_at__isnull=state == "active") if state else found


def get_scheduled_report(report_id: int, *, seen_by: Actor) -> ScheduledReport:
    """Return one of the actor's own. Errors: NotFound."""
    return _one(scheduled_reports(seen_by=seen_by), report_id)


def get_deleted_report(report_id: int, *, seen_by: Actor) -> ScheduledReport:
    """Return one that the actor deleted. Errors: NotFound."""
    return _one(scheduled_reports(seen_by=seen_by, deleted=True), report_id)


def _one(found: Reports, report_id: int) -> ScheduledReport:
    row = found.filter(pk=report_id).first()
    if row is None:
        raise NotFound
    return row


def recipients_of(
    report: ScheduledReport, *, seen_by: Actor
) -> ScheduledReportsQuerySet[ReportRecipient]:
    """Return the people named in a scheduled report, by name."""
    found = ReportRecipient.objects.visible_to(seen_by).filter(report=report)
    return found.select_related("person", "report")


def unsubscriptions_of(
    report: ScheduledReport, *, seen_by: Actor
) -> ScheduledReportsQuerySet[Unsubscription]:
    """Return who has ended a scheduled report for themselves, by name."""
    found = Unsubscription.objects.visible_to(seen_by).filter(report=report)
    return found.select_related("person")


def get_recipient(
    person_id: int, *, seen_by: Actor, scheduled_report: ScheduledReport
) -> ReportRecipient:
    """Return a person named in a scheduled report. Errors: NotFound."""
    found = recipients_of(scheduled_report, seen_by=seen_by).filter(person=person_id).first()
    if found is None:
        raise NotFound
    return found


def sendings_of(report: ScheduledReport, *, seen_by: Actor) -> ScheduledReportsQuerySet[Sending]:
    """Return what was sent of a report, and to whom, the newest first."""
    found = Sending.objects.visible_to(seen_by).filter(report=report)
    return found.select_related("reader").order_by("-due_at", "-id")


def members_of(team: Team) -> set[int]:
    """Return the keys of the people who are in a team now."""
    held = Membership.objects.filter(team=team, period__contains=now())
    return set(held.values_list("person", flat=True))


def readers_of(report: ScheduledReport) -> list[Person]:
    """Return who receives a report now: its owner, the people it names, and its team's members,
    without those who unsubscribed."""
    ids = {report.owner_id} if report.to_owner else set()
    ids |= set(report.recipients.values_list("person", flat=True))
    if report.team_id and report.team is not None and report.team.closed_on is None:
        ids |= members_of(report.team)
    ids -= set(report.unsubscriptions.values_list("person", flat=True))
    return list(Person.objects.filter(pk__in=ids, left_on=None).order_by("pk"))


@dataclass(frozen=True, slots=True)
class LastSending:
    """The outcome of the last sending of a report, to all its readers."""

    due_at: datetime
    states: Mapping[str, int]

    @property
    def worst(self) -> SendingState:
        S = SendingState  # noqa: N806  # the states
        return next(
            (one for one in (S.FAILED, S.REFUSED, S.WAITING) if self.states.get(one)), S.SENT
        )

    @property
    def label(self) -> str:
        """The outcome in words, with how many of the readers received it where not all did."""
        sent, total = self.states.get(SendingState.SENT, 0), sum(self.states.values())
        if self.worst == SendingState.SENT or total == 1:
            return str(self.worst.label)
        return _("%(outcome)s (%(sent)s of %(total)s sent)") % {
            "outcome": self.worst.label,
            "sent": sent,
            "total": total,
        }


@dataclass(frozen=True, slots=True)
class ReportLine:
    """Line of the list: a scheduled report with its number of recipients and its last sending."""

    report: ScheduledReport
    recipients: int
    last: LastSending | None

    @property
    def title(self) -> str:
        """The name of the report or list that is sent; "" where its app is gone."""
        return source_title(self.report)

    @property
    def readers(self) -> str:
        """Who receives it, in words."""
        named = [_("me")] if self.report.to_owner else []
        named += [self.report.team.name] if self.report.team else []
        if self.recipients:
            named.append(_("%(count)s named") % {"count": self.recipients})
        return ", ".join(named)


def lines(rows: Sequence[ScheduledReport], _actor: Actor) -> list[ReportLine]:
    """Return the lines of these reports, in two queries."""
    ids = [row.pk for row in rows]
    last = _last_sendings(ids)
    named: dict[int, int] = defaultdict(int)
    for pk in ReportRecipient.objects.filter(report__in=ids).values_list("report", flat=True):
        named[pk] += 1
    return [ReportLine(row, named[row.pk], last.get(row.pk)) for row in rows]


def _last_sendings(report_ids: Iterable[int]) -> dict[int, LastSending]:
    """Return the outcome of the last sending of each report."""
    newest = Sending.objects.filter(report__in=list(report_ids)).order_by("report", "-due_at")
    dues = dict(newest.distinct("report").values_list("report", "due_at"))
    states: dict[int, dict[str, int]] = {pk: defaultdict(int) for pk in dues}
    rows = Sending.objects.filter(report__in=dues, due_at__in=set(dues.values()))
    for pk, due_at, state in rows.values_list("report", "due_at", "state"):
        if due_at == dues[pk]:
            states[pk][state] += 1
    return {pk: LastSending(dues[pk], found) for pk, found in states.items()}


def source_title(report: ScheduledReport) -> str:
    """Return the name of the report or list that is sent; "" where its app is gone."""
    try:
        return str(get_source(report.report).title)
    except NotFound:
        return ""


def live_url(report: ScheduledReport) -> str:
    """Return the path of the report or list that is sent, as it is now."""
    try:
        return get_source(report.report).url(report.query)
    except NotFound:
        return reverse("scheduled_reports")


def mail_subjects(ids: Collection[int], actor: Actor) -> Mapping[int, MailSubject]:
    """Return the scheduled reports of which these sendings went to the actor."""
    found = own_sendings(actor).filter(pk__in=ids).select_related("report")
    return {one.pk: MailSubject(one.report.name, one.pk, live_url(one.report)) for one in found}


def own_sendings(actor: Actor) -> ScheduledReportsQuerySet[Sending]:
    """Return the sendings that went to the actor, who may read their mails."""
    return Sending.objects.filter(reader=actor.person_id or 0)
