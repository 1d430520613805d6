"""Facts that people watch of a ticket, which the forms of its acts compare before and after."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from opale.customers.queries.plans import plan_name
from opale.run.desk.models import Assignment, Commitment, Kind, Ticket
from opale.run.desk.queries import answers, assignments, clocks, notices
from opale.run.desk.queries.paging import people_to_page
from opale.run.desk.queries.tickets import firing_alerts
from opale.ui.components.times import weekday_moment

ALERTS_NAMED = 5


def ticket_facts(ticket: Ticket) -> Mapping[str, str]:
    """Return the state, priority, people, deadlines and notices of a ticket, in words."""
    named = {
        _("State"): ticket.get_state_display(),
        _("Kind"): ticket.get_kind_display(),
        _("Priority"): f"P{ticket.priority}",
        _("Customer"): ticket.customer.name if ticket.customer else "",
        _("Plan"): plan_of(ticket),
        _("Stream"): ticket.get_stream_display(),
        _("Owner"): ticket.owner.name,
        _("Escalated to"): ", ".join(str(one.worker) for one in assignments.running_work(ticket)),
        _("Outage since"): _moment(ticket.outage_from),
        _("Restored"): _moment(ticket.restored_at),
    }
    deadlines = {
        str(one.get_measure_display()): deadline(one) for one in clocks.commitments_of(ticket)
    }
    promised = {
        _("Next update promised"): _moment(answers.promised_update(ticket)),
        _("Alerts firing"): _firing(ticket),
        _("Paged if a deadline is at risk"): _paged(ticket),
    }
    return {k: v for k, v in (named | deadlines | promised | dict(_told(ticket))).items() if v}


def _firing(ticket: Ticket) -> str:
    """Return the alerts that still fire, with their states, for the end of an incident."""
    alerts = firing_alerts(ticket) if ticket.kind == Kind.INCIDENT else []
    return ", ".join(f"{one.title} ({one.get_state_display()})" for one in alerts[:ALERTS_NAMED])


def _paged(ticket: Ticket) -> str:
    """Return whom a ticket of the first priority pages."""
    return ", ".join(people_to_page(ticket)) if ticket.priority == 1 else ""


def plan_of(ticket: Ticket) -> str:
    """Return the name of the plan that the ticket is served by, with its option."""
    if ticket.plan_version is None:
        return ""
    return plan_name(ticket.plan_version.plan) + (" Premium" if ticket.premium else "")


def outlook_facts(ticket: Ticket, commitments: Iterable[Commitment]) -> list[tuple[str, str]]:
    """Return what the choices of a new ticket lead to: plan, stream, priority and deadlines."""
    named = [
        (_("Customer"), ticket.customer.name if ticket.customer else ""),
        (_("Plan"), plan_of(ticket)),
        (_("Stream"), ticket.get_stream_display()),
        (_("Priority"), f"P{ticket.priority}"),
    ]
    deadlines = [(str(one.get_measure_display()), deadline(one)) for one in commitments]
    return [(label, value) for label, value in (*named, *deadlines) if value]


def assignment_facts(assignment: Assignment) -> Mapping[str, str]:
    """Return the state and deadlines of an escalation, and the facts of its ticket."""
    own: dict[str, str] = {_("Escalation"): str(assignment.get_state_display())}
    for one in clocks.commitments_of_work(assignment.ticket, assignment.pk):
        own[str(one.get_measure_display())] = deadline(one)
    return {**own, **ticket_facts(assignment.ticket)}


def deadline(commitment: Commitment) -> str:
    """Return when a commitment is due, or how it ended, in words."""
    if commitment.met_at:
        return _("late, done") if commitment.breached_at else _("met")
    if commitment.due_at is None:
        return _("paused")
    due = weekday_moment(commitment.due_at)
    return _("%(due)s, late") % {"due": due} if commitment.breached_at else due


def _told(ticket: Ticket) -> Iterator[tuple[str, str]]:
    """Return who is notified of what was reached; "nobody" is what the agent has to know."""
    reached = (
        ("restored", _("Customer notified of restoration"), ticket.restored_at),
        ("closed", _("Customer notified of closure"), ticket.closed_at),
    )
    for occasion, label, at in reached:
        if at is not None:
            told = notices.names_notified(ticket, occasion, at) or [
                contact.name for contact, _language in notices.audience_of(ticket, occasion)
            ]
            yield label, ", ".join(told) or _("nobody")


def _moment(at: datetime | None) -> str:
    return "" if at is None else weekday_moment(at)
