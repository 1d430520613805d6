"""Demo alert rules: one that suppresses, one that delays, one that routes, one still disabled."""

from datetime import timedelta

from opale.demo.demo_company import DemoCompany
from opale.kernel.actor import system
from opale.run.events.actions.rules import RuleTerms, create_event_rule, switch_event_rule
from opale.run.events.states import RuleEffect

CORE = "Infrastructure cœur"


def load(company: DemoCompany) -> None:
    by = system("demo")
    core = company.staff.teams[CORE].pk
    rules = (
        RuleTerms(
            name="Plateforme de test, hors heures ouvrées",
            condition='labels.env == "test" && (hour >= 19 || hour < 8 || weekday in [6, 7])',
            effect=RuleEffect.SUPPRESS,
        ),
        RuleTerms(
            name="Mémoire : attendre 10 minutes",
            condition='name == "HighMemoryPressure" && severity <= warning',
            effect=RuleEffect.HOLD,
            hold_for=timedelta(minutes=10),
        ),
        RuleTerms(
            name="Routage et optique du cœur de réseau",
            condition='customer == "" && (name.startsWith("Bgp") || name.startsWith("Optical"))',
            effect=RuleEffect.ROUTE,
            team_id=core,
        ),
    )
    for terms in rules:
        rule = create_event_rule(terms, by=by, at=company.now)
        switch_event_rule(rule, on=True, by=by, at=company.now)
    create_event_rule(
        RuleTerms(
            name="Froid en salle : ouvrir un incident",
            condition='severity >= major && name.contains("Temperature")',
            effect=RuleEffect.QUALIFY,
        ),
        by=by,
        at=company.now,
    )
