"""Demo automations of tickets with their first runs, and recurring tickets."""

from datetime import datetime, time

from opale.demo.demo_company import DemoCompany
from opale.organisation.queries.identity import actor_of, actor_of_person
from opale.organisation.rights import Function
from opale.run.automations.actions.definitions import (
    AutomationInput,
    create_automation,
    enable_automation,
)
from opale.run.automations.actions.recurring import (
    create_recurring_ticket,
    enable_recurring_ticket,
)
from opale.run.automations.actions.runs import Occasion, run_automation
from opale.run.automations.models import Automation
from opale.run.automations.queries.dry_runs import dry_run_of
from opale.run.automations.states import Moment, Trigger, Unit
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.models import Kind
from opale.run.desk.states import OPEN_STATES

AFTER = ("desk",)
RUNS = 4
ENABLED = (
    AutomationInput(
        name="Incident Premium reçu par courriel",
        trigger=Trigger.RECEIVED,
        condition='premium && kind == "incident" && source == "mail"',
        acts=MacroActs(tags=("premium",)),
    ),
    AutomationInput(
        name="En attente, sans nouvelles depuis un jour",
        trigger=Trigger.TIME,
        moment=Moment.MESSAGE_SENT,
        amount=1,
        unit=Unit.DAYS,
        condition='state in ["pending", "held"]',
        acts=MacroActs(
            tags=("à relancer",),
            note_fr="Rien depuis un jour : reprendre contact.",
            note_en="Nothing for a day: get in touch again.",
        ),
    ),
)
DISABLED = AutomationInput(
    name="Escalade renvoyée : urgence moyenne",
    trigger=Trigger.RETURNED,
    condition="priority == 4",
    acts=MacroActs(urgency=2, tags=("escalade renvoyée",)),
)


def load(company: DemoCompany) -> None:
    manager = company.staff.by_function[Function.SERVICE_MANAGER][0]
    if manager.user is None:
        return
    by = actor_of(manager.user)
    for sheet in ENABLED:
        enable_automation(create_automation(sheet, by=by), by=by)
    create_automation(DISABLED, by=by)
    calendar = company.staff.calendars["Bureaux France"]
    backups = create_recurring_ticket(
        by=by,
        name="Contrôle des sauvegardes",
        rhythm="working_days",
        at=time(8),
        calendar=calendar,
        kind=Kind.REQUEST,
        subject="Contrôler les sauvegardes de la nuit",
        body="Vérifier les rapports de la nuit et relancer les travaux en échec.",
    )
    enable_recurring_ticket(backups, by=by)
    report = create_recurring_ticket(
        by=by,
        name="Rapport mensuel de disponibilité",
        rhythm="monthly",
        day=1,
        at=time(9),
        calendar=calendar,
        closed_day="next",
        kind=Kind.REQUEST,
        subject="Préparer le rapport de disponibilité du mois",
        customer=company.portfolio.accounts[0].customer,
    )
    enable_recurring_ticket(report, by=by)


def run_automations(now: datetime) -> None:
    """Run the enabled automations on some open tickets of the last week that fit."""
    rows = Automation.objects.filter(active=True).select_related("author__user").order_by("pk")
    for automation in rows:
        found = dry_run_of(automation, seen_by=actor_of_person(automation.author), at=now)
        tickets = [line.ticket for line in found.lines if line.ticket.state in OPEN_STATES]
        for ticket in tickets[:RUNS]:
            run_automation(automation, ticket.pk, Occasion("demo"))
