"""Runs of automations on a ticket, and their undoing.

An automation acts with the rights that its author has at that moment; what it does is recorded as
done by `automation:<id>`. Source: docs/rules/automations.md.
"""

import logging
from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from opale.conditions.compiled import ConditionTimeout
from opale.conditions.tokens import InvalidCondition
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotAllowed, NotFound, OpaleError
from opale.kernel.facts import announced_keys
from opale.kernel.live_topics import publish
from opale.organisation.queries.identity import actor_of_person
from opale.run.automations.actions.failures import count_failure, disable_by_itself, forget_failures
from opale.run.automations.models import Automation, AutomationRun
from opale.run.automations.queries.automations import enabled_automations
from opale.run.automations.queries.matching import fits
from opale.run.automations.queries.ticket_facts import TicketView
from opale.run.automations.rights import WRITE
from opale.run.automations.states import (
    ACTED,
    MAX_DEPTH,
    MAX_RUNS,
    RUNS_WITHIN,
    RunState,
    Stopped,
    Trigger,
)
from opale.run.desk.actions.macros import MacroActs, Series, perform_acts, undo_acts
from opale.run.desk.actions.ticket_locks import lock_ticket
from opale.run.desk.models import DeskQuerySet, Ticket
from opale.run.desk.states import TicketState

LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why automations run on a ticket: once for each `key`. `chain` are those that caused it."""

    key: str
    chain: tuple[int, ...] = ()


def run_automations(
    ticket_id: int, trigger: Trigger, occasion: Occasion, *, only: int | None = None
) -> None:
    """Run every enabled automation of a trigger, or only one, on a ticket that fits, each for
    itself.

    Errors: the first unexpected one, after all have run.
    """
    if len(occasion.chain) >= MAX_DEPTH:
        return
    failed: Exception | None = None
    for automation in enabled_automations(trigger):
        if automation.pk not in occasion.chain and only in (None, automation.pk):
            try:
                run_automation(automation, ticket_id, occasion)
            except Exception as error:
                LOG.exception("Automation %s failed on ticket %s", automation.pk, ticket_id)
                failed = failed or error
    if failed is not None:
        raise failed


def run_automation(automation: Automation, ticket_id: int, occasion: Occasion) -> None:
    """Run one automation on a ticket that fits: all of its acts, or none, once for an occasion."""
    by = actor_of_automation(automation)
    with attributed(by, reason=automation.name):
        # Its lock makes a second run of the same occasion wait, and find the first.
        ticket = Ticket.objects.select_for_update(of=("self",)).filter(pk=ticket_id).first()
        if ticket is None or ticket.state == TicketState.MERGED:
            return
        if not left_to(by).filter(pk=ticket_id).exists():
            return
        ran = AutomationRun.objects.filter(automation=automation, ticket=ticket)
        if ran.filter(occasion=occasion.key).exists():
            return
        try:
            wanted = fits(automation.condition, TicketView(ticket, clock.now()))
        except (InvalidCondition, ConditionTimeout):
            disable_by_itself(automation, Stopped.CONDITION)
            return
        if wanted:
            acted = ran.filter(state__in=ACTED, at__gt=clock.now() - RUNS_WITHIN)
            often = acted.count() >= MAX_RUNS
            _run(automation, ticket, occasion, by=by, often=often)


def left_to(by: Actor) -> DeskQuerySet[Ticket]:
    """Return the tickets that an automation looks at: no confidential ones that its author does not
    see."""
    seen = Ticket.objects.visible_to(by).filter(confidential=True)
    return Ticket.objects.filter(Q(confidential=False) | Q(pk__in=seen.values("pk")))


def actor_of_automation(automation: Automation) -> Actor:
    """Return the actor of an automation: its author's present rights, under its own name."""
    author = actor_of_person(automation.author)
    return replace(
        author,
        key=f"automation:{automation.pk}",
        name=automation.name,
        signs_as=author.signature,
        user_id=None,
        automatic=True,
    )


def undo_run(run: AutomationRun, *, by: Actor) -> AutomationRun:
    """Undo all acts of a run, in the opposite order, while the ticket is as the run left it.

    Errors: NotFound, NotAllowed, Conflict (undone already, cannot be undone, or the ticket has
    changed since), and those of the undoing acts.
    """
    if not by.can(WRITE):
        raise NotAllowed
    with attributed(by, reason=_("undone")):
        ticket = lock_ticket(run.ticket, by=by)
        held = AutomationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if not held.is_undoable:
            raise Conflict(_("This cannot be undone."))
        if ticket.updated_at != held.left_at:
            raise Conflict(_("The ticket has changed since then. Correct it by hand."))
        with announced_keys() as announced:
            undo_acts(ticket, held.back, by=by)
        # What the undoing reports is of this run too: it does not start the same automation again.
        held.facts = [*held.facts, *announced]
        held.state, held.undone_at, held.undone_by = RunState.UNDONE, clock.now(), by.name
        held.save(update_fields=["facts", "state", "undone_at", "undone_by"])
        publish(held.automation.live_topic)
    return held


def _run(
    automation: Automation, ticket: Ticket, occasion: Occasion, *, by: Actor, often: bool
) -> None:
    row = AutomationRun(
        automation=automation,
        ticket=ticket,
        customer_id=ticket.customer_id,
        occasion=occasion.key,
        chain=[*occasion.chain, automation.pk],
        state=RunState.DONE,
        at=clock.now(),
    )
    with override(automation.author_language):
        try:
            if often:
                raise Conflict(_("It ran on this ticket 5 times within an hour already."))
            series = _perform(automation, ticket, row, by=by)
        except (NotAllowed, NotFound):
            name = {"name": automation.author.name}
            row.refusal = _("%(name)s, in whose name it acts, is not allowed to do this.") % name
        except OpaleError as refusal:
            row.refusal = refusal.sentence
        else:
            if not series.done and automation.trigger != Trigger.TIME:
                return
            row.done = [act.sentence for act in series.done]
            row.state = RunState.DONE if series.done else RunState.IDLE
    row.left_at = Ticket.objects.values_list("updated_at", flat=True).get(pk=ticket.pk)
    if row.refusal:
        row.state = RunState.FAILED
    row.save(force_insert=True)
    if row.state == RunState.IDLE:
        return
    publish(automation.live_topic)
    if often:
        # One ticket on which much happens says nothing against the automation.
        return
    if row.refusal:
        count_failure(automation, row.refusal)
    else:
        forget_failures(automation)


def _perform(automation: Automation, ticket: Ticket, row: AutomationRun, *, by: Actor) -> Series:
    """Do the acts; after a refusal nothing of them is left. Errors: NotAllowed (its author may no
    longer write automations), and those of the acts."""
    if not by.can(WRITE):
        raise NotAllowed
    with transaction.atomic(), announced_keys() as announced:
        series = perform_acts(ticket, MacroActs.from_record(automation.acts), by=by)
    row.facts = announced
    if all(series.back):
        row.back = [way for way in reversed(series.back) if way]
    return series
