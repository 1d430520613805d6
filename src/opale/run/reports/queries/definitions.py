"""Figures of reports, each defined once: counts, shares and the tickets behind them read the same.

Source: docs/rules/reports.md, "Figures".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import FilteredRelation, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.actor import Actor
from opale.kernel.models import StateMove
from opale.run.desk.models import Commitment, DeskQuerySet, Source, Ticket
from opale.run.desk.queries.clock_records import SUBJECT
from opale.run.desk.states import REOPEN, TicketState
from opale.run.reports.domain.periods import Period

Label = str | Promise
NOT_COUNTED: Final = (TicketState.CANCELLED, TicketState.REJECTED, TicketState.MERGED)
"""States of tickets that no figure counts: what turned out to be no work, and what goes on under
another number."""
RECEIVED, RESOLVED = "received_at", "resolved_at"
REOPENED: Final = StateMove.objects.filter(subject=SUBJECT, move=REOPEN.name).values("subject_id")
AGES: Final = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""Limits between the ages of the backlog; the last age is open-ended."""
AGE_LABELS: Final[tuple[Label, ...]] = (
    _("under 1 day"),
    _("1 to 7 days"),
    _("7 to 30 days"),
    _("over 30 days"),
)


@dataclass(frozen=True, slots=True)
class TicketSet:
    """Tickets that a figure counts: those that hold `of`, in the period of their column `dated`."""

    name: str
    label: Label
    dated: str
    of: Q

    def within(self, period: Period, rows: DeskQuerySet[Ticket]) -> DeskQuerySet[Ticket]:
        """Return those of the rows (`counted_tickets`) that the figure counts in a period."""
        limits = {f"{self.dated}__gte": period.starts, f"{self.dated}__lt": period.ends}
        return rows.filter(self.of, **limits)


@dataclass(frozen=True, slots=True)
class Share:
    """Share of a set of tickets, `n`, that is in another one."""

    label: Label
    part: str
    n: str


_promised = Q(customer__isnull=False)
_first_reply = ~Q(source=Source.EVENT) & Q(answered_at__isnull=False)
_resolved_once = Q(resolved_at__isnull=False) | Q(pk__in=REOPENED)


def _kept(measure: str) -> Q:
    return _promised & Q(**{f"{measure}__met_at__isnull": False, f"{measure}__breached_at": None})


def _missed(measure: str) -> Q:
    return _promised & Q(**{f"{measure}__breached_at__isnull": False})


SETS: Final[Mapping[str, TicketSet]] = {
    one.name: one
    for one in (
        TicketSet("created", pgettext_lazy("tickets", "Created"), RECEIVED, Q()),
        TicketSet("solved", pgettext_lazy("tickets", "Solved"), RESOLVED, Q()),
        TicketSet("gti", _("With a decided GTI"), RECEIVED, _kept("gti") | _missed("gti")),
        TicketSet("gti_kept", _("GTI kept"), RECEIVED, _kept("gti")),
        TicketSet("gti_missed", _("GTI missed"), RECEIVED, _missed("gti")),
        TicketSet("gtr", _("With a decided GTR"), RECEIVED, _kept("gtr") | _missed("gtr")),
        TicketSet("gtr_kept", _("GTR kept"), RECEIVED, _kept("gtr")),
        TicketSet("gtr_missed", _("GTR missed"), RECEIVED, _missed("gtr")),
        TicketSet("replied", _("With a first reply"), RECEIVED, _first_reply),
        TicketSet("resolved_once", _("Resolved at least once"), RECEIVED, _resolved_once),
        TicketSet("reopened", pgettext_lazy("tickets", "Reopened"), RECEIVED, Q(pk__in=REOPENED)),
    )
}
"""The sets by name, but for the backlog, which is what is open at a moment (`open_at`)."""
BACKLOG = "backlog"
SHARES: Final[Mapping[str, Share]] = {
    "gti": Share(_("GTI kept"), "gti_kept", "gti"),
    "gtr": Share(_("GTR kept"), "gtr_kept", "gtr"),
    "reopened": Share(_("Reopened share"), "reopened", "resolved_once"),
}


def counted_tickets(*, seen_by: Actor) -> DeskQuerySet[Ticket]:
    """Return the tickets that reports count, with the promises that figures read (`gti`, `gtr`)."""
    found = Ticket.objects.visible_to(seen_by).exclude(state__in=NOT_COUNTED)
    return found.annotate(
        gti=_promise_of(Commitment.Measure.ACKNOWLEDGE),
        gtr=_promise_of(Commitment.Measure.RESTORE),
    )


def _promise_of(measure: str) -> FilteredRelation:
    condition = Q(commitments__measure=measure, commitments__assignment=None)
    return FilteredRelation("commitments", condition=condition)


def backlog_moment(period: Period, now: datetime) -> datetime:
    """Return when the backlog of a period is counted: at its end, in the present one now."""
    return min(period.ends, now).astimezone(UTC)


def open_at(at: datetime) -> Q:
    """Return the condition of tickets that were open at a moment, by today's record."""
    return Q(received_at__lt=at) & (Q(resolved_at=None) | Q(resolved_at__gte=at))


def aged(age: int, at: datetime) -> Q:
    """Return the condition of tickets of an age at a moment, the youngest first."""
    youngest = Q(received_at__lt=at - AGES[age - 1]) if age else Q()
    oldest = Q(received_at__gte=at - AGES[age]) if age < len(AGES) else Q()
    return youngest & oldest
