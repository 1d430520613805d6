"""What is offered where work ends: the times of the outage, and the message to the customer."""

from copy import copy
from datetime import datetime

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk.domain.mail_occasions import OCCASIONS_BY_NAME
from opale.run.desk.models import Grade, Kind, Message, Ticket
from opale.run.desk.queries.mail_texts import fill_template, mail_template_for, plan_of
from opale.run.desk.queries.outages import past_outages
from opale.run.desk.queries.tickets import first_alert_at, proposed_restoration, reopened_at
from opale.ui.markdown_text import escape_markdown

RESOLVED = "resolved"
"""The occasion of a message on what is done, where no restoration is told."""


def asks_outage(ticket: Ticket) -> bool:
    """Return whether it has to be stated if and when the service was down: once per outage."""
    return ticket.kind == Kind.INCIDENT and ticket.restored_at is None


def outage_start(ticket: Ticket) -> datetime:
    """Return since when the service was down, as far as it is known: the first alert, else the
    receipt. Of a reopened ticket, the first alert since its last outage, else the reopening."""
    if ticket.outage_from is not None:
        return ticket.outage_from
    over = past_outages(ticket)
    if not over:
        return first_alert_at(ticket) or ticket.received_at
    ended = max(one.ends for one in over if one.ends)
    return first_alert_at(ticket, since=ended) or reopened_at(ticket) or ended


def restoration_time(ticket: Ticket) -> datetime:
    """Return when the service worked again, as far as it is known: the end of the last alert."""
    proposed = proposed_restoration(ticket)
    return max(proposed, ticket.received_at) if proposed else clock.now()


def is_likely_outage(ticket: Ticket) -> bool:
    """Return whether the service was rather down than not: stated, seen by monitoring since the
    last outage, or, where none is over, as grave as can be."""
    if ticket.outage_from is not None:
        return True
    over = past_outages(ticket)
    if over:
        ended = max(one.ends for one in over if one.ends)
        return first_alert_at(ticket, since=ended) is not None
    if first_alert_at(ticket) is not None:
        return True
    return ticket.impact == Grade.HIGH and ticket.urgency == Grade.HIGH


def occasion_of(ticket: Ticket, *, closing: bool) -> str:
    """Return what the customer is told at this end."""
    if closing:
        return Message.Outcome.CLOSED
    return Message.Outcome.RESTORED if asks_outage(ticket) else RESOLVED


def proposed_message(
    ticket: Ticket,
    occasion: str,
    *,
    by: Actor,
    restored_at: datetime | None = None,
    outage_from: datetime | None = None,
) -> str:
    """Return the text of the notice in Markdown, in the customer's language, with the times that
    are stated."""
    stated = copy(ticket)
    stated.restored_at, stated.outage_from = restored_at, outage_from
    words = mail_template_for(occasion, ticket.language, plan_of(ticket))
    known = OCCASIONS_BY_NAME[occasion]
    text = fill_template(stated, known, words, ticket.language, own={}, by=by).body
    return escape_markdown(text)
