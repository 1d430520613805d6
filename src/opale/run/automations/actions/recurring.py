"""Recurring tickets: writing them, and opening those that are due.

Source: docs/rules/automations.md, "Recurring tickets".
"""

import logging
from dataclasses import replace
from datetime import datetime, time
from typing import Any, Final, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from opale.customers.models import Customer, Service
from opale.customers.queries.customers import customers
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.calendars import Calendar
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, OpaleError
from opale.kernel.live_topics import publish
from opale.organisation.models import WorkingCalendar
from opale.organisation.queries.identity import actor_of_person
from opale.run.automations.actions.authors import check_author
from opale.run.automations.actions.failures import count_failure, forget_failures
from opale.run.automations.domain.recurrences import Rhythm, occurrences
from opale.run.automations.models import RecurringTicket, RecurringTicketRun
from opale.run.automations.rights import WRITE
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Grade, Kind, Source, Ticket
from opale.run.desk.rights import WORK

LOG: Final = logging.getLogger(__name__)


class RecurringFields(TypedDict, total=False):
    name: str
    rhythm: str
    weekday: int | None
    day: int | None
    month: int | None
    at: time
    calendar: WorkingCalendar
    closed_day: str
    kind: str
    subject: str
    body: str
    customer: Customer | None
    service: Service | None
    stream: str
    impact: int
    urgency: int


def create_recurring_ticket(*, by: Actor, **fields: Unpack[RecurringFields]) -> RecurringTicket:
    """Create a recurring ticket, disabled: enable it to open tickets. Errors: NotAllowed,
    Invalid."""
    _check_right(by)
    row = RecurringTicket(author_id=by.person_id or 0)
    _fill(row, dict(fields), by=by)
    with attributed(by):
        row.save(force_insert=True)
    return row


def edit_recurring_ticket(
    row: RecurringTicket, *, by: Actor, **fields: Unpack[RecurringFields]
) -> None:
    """Change a recurring ticket, which is opened in the name of the editor from then on.

    Errors: NotAllowed, NotFound, Invalid.
    """
    _check_right(by)
    with attributed(by):
        held = _held(row)
        _fill(held, dict(fields), by=by)
        held.author_id = by.person_id or 0
        if held.active:
            held.next_at = next_time(held, after=clock.now())
        held.save(update_fields=[*fields, "author", "next_at", "weekday", "day", "month"])


def enable_recurring_ticket(row: RecurringTicket, *, by: Actor) -> RecurringTicket:
    """Open tickets from now on.

    Errors: NotAllowed, NotFound, Conflict (it never falls due, or its author may no longer write
    automations).
    """
    _check_right(by)
    with attributed(by):
        held = _held(row)
        if not held.active:
            check_author(held.author)
            due = next_time(held, after=clock.now())
            if due is None:
                raise Conflict(_("It never falls due: its calendar is always closed."))
            _save(held, active=True, next_at=due, failures=0, stopped="")
    return held


def disable_recurring_ticket(row: RecurringTicket, *, by: Actor) -> RecurringTicket:
    """Errors: NotAllowed, NotFound."""
    _check_right(by)
    with attributed(by):
        held = _held(row)
        if held.active:
            _save(held, active=False, next_at=None)
    return held


def remove_recurring_ticket(row: RecurringTicket, *, by: Actor) -> None:
    """Delete it, which can be restored; its tickets stay. Errors: NotAllowed, NotFound."""
    _check_right(by)
    with attributed(by):
        _save(_held(row), active=False, next_at=None, removed_at=clock.now())


def restore_recurring_ticket(row: RecurringTicket, *, by: Actor) -> None:
    """Restore it, disabled. Errors: NotAllowed, Conflict (its name is taken)."""
    _check_right(by)
    with attributed(by):
        held = RecurringTicket.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if _is_taken(held.name, but=held.pk):
            raise Conflict(_("Another recurring ticket has this name."))
        _save(held, removed_at=None)


def next_time(row: RecurringTicket, *, after: datetime) -> datetime | None:
    """Return when it is due next."""
    calendar = Calendar.from_record(row.calendar.record)
    return next(occurrences(row.recurrence, calendar, after), None)


def open_due_tickets(*, at: datetime) -> int:
    """Open the tickets that are due, one for each recurring ticket, and return how many were.

    Times that passed while nothing ran are made up for by one ticket. One that fails unexpectedly
    stops no other; it stays due.
    """
    opened = 0
    due = RecurringTicket.objects.filter(active=True, next_at__lte=at).order_by("pk")
    for key in due.values_list("pk", flat=True):
        try:
            opened += _open(key, at)
        except Exception:
            LOG.exception("Recurring ticket %s was not opened", key)
    return opened


def _open(key: int, at: datetime) -> bool:
    with transaction.atomic():
        rows = RecurringTicket.objects.select_for_update(of=("self",), skip_locked=True)
        rows = rows.select_related("author__user", "customer", "service", "calendar")
        row = rows.filter(pk=key, active=True, next_at__lte=at).first()
        if row is None or row.next_at is None:
            return False
        due = row.next_at
        ticket, refusal = _try(row)
        RecurringTicketRun.objects.create(
            recurring=row, due_at=due, ticket=ticket, customer=row.customer, refusal=refusal
        )
        RecurringTicket.objects.filter(pk=key).update(next_at=next_time(row, after=at))
        publish(row.live_topic)
        if refusal:
            count_failure(row, refusal)
        else:
            forget_failures(row)
    return ticket is not None


def _try(row: RecurringTicket) -> tuple[Ticket | None, str]:
    """Return the ticket that is opened, or why none is."""
    author = actor_of_person(row.author)
    by = replace(
        author,
        key=f"recurring_ticket:{row.pk}",
        name=row.name,
        signs_as=author.signature,
        user_id=None,
        automatic=True,
    )
    with override(row.author_language):
        try:
            with attributed(by, reason=row.name):
                _check_reach(row, by=by)
                return receive_ticket(_template_of(row), by=by), ""
        except NotFound:  # only of the desk: the template keeps what it names
            return None, _("There is no service desk to receive it.")
        except NotAllowed:
            name = {"name": row.author.name}
            return None, _("%(name)s, in whose name it acts, is not allowed to do this.") % name
        except OpaleError as refusal:
            return None, refusal.sentence


def _template_of(row: RecurringTicket) -> NewTicket:
    return NewTicket(
        subject=row.subject,
        body=row.body,
        source=Source.AGENT,
        kind=Kind(row.kind),
        customer=row.customer,
        service=row.service,
        stream=row.stream,
        impact=Grade(row.impact),
        urgency=Grade(row.urgency),
    )


def _check_reach(row: RecurringTicket, *, by: Actor) -> None:
    if not by.can(WRITE) or not by.can(WORK):
        raise NotAllowed
    if row.customer_id and not customers(seen_by=by).filter(pk=row.customer_id).exists():
        raise NotAllowed


def _check_right(by: Actor) -> None:
    if not by.can(WRITE) or by.person_id is None:
        raise NotAllowed


def _held(row: RecurringTicket) -> RecurringTicket:
    rows = RecurringTicket.objects.select_for_update(of=("self",)).filter(removed_at=None)
    held = rows.select_related("calendar").filter(pk=row.pk).first()
    if held is None:
        raise NotFound
    return held


def _save(held: RecurringTicket, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(held, name, value)
    held.save(update_fields=list(columns))


def _is_taken(name: str, *, but: int | None) -> bool:
    rows = RecurringTicket.objects.filter(name=name, removed_at=None)
    return rows.exclude(pk=but or 0).exists()


def _fill(row: RecurringTicket, fields: dict[str, Any], *, by: Actor) -> None:
    """Set fields, and those of the rhythm that it does not have to nothing. Errors: Invalid,
    NotAllowed."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.name = " ".join(row.name.split())
    wrong: dict[str, str] = {}
    if _is_taken(row.name, but=row.pk):
        wrong["name"] = _("Another recurring ticket has this name.")
    needed = {
        Rhythm.WEEKLY: {"weekday"},
        Rhythm.MONTHLY: {"day"},
        Rhythm.QUARTERLY: {"day", "month"},
        Rhythm.YEARLY: {"day", "month"},
    }.get(Rhythm(row.rhythm), set())
    for name in ("weekday", "day", "month"):
        if name not in needed:
            setattr(row, name, None)
        elif getattr(row, name) is None:
            wrong[name] = _("Required for this rhythm.")
    if row.service is not None and row.service.customer_id != row.customer_id:
        wrong["service"] = _("This service belongs to another customer.")
    if wrong:
        raise Invalid(**wrong)
    _check_reach(row, by=by)
