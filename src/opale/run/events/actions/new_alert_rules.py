"""Rules applied to the alerts that a batch opens, before they are inserted.

An alert that is changed after it was inserted is written twice, with all of its indexes.
Source: docs/rules/rules.md.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from opale.kernel.actor import Actor
from opale.run.events.actions.alert_rows import Key
from opale.run.events.actions.apply_rules import RuleOutcome, effects_of_decision, rule_decisions
from opale.run.events.domain.alert_state_machine import TrackedAlert
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.domain.rules import NO_EFFECTS, ActiveRules
from opale.run.events.queries.enrichment import NAME_CACHE, NO_SUBJECT, Names, Subject
from opale.run.events.queries.rules import RuleInput

NO_NAMES: Final = Names()
NAME_VARIABLES: Final = frozenset({"item", "service", "customer", "site"})
"""Variables of conditions that are not in an event itself."""


def apply_rules_to_new_alerts(
    opened: Mapping[Key, TrackedAlert],
    subjects: Mapping[Key, Subject],
    senders: Mapping[int, Sender],
    rulings: ActiveRules,
    *,
    by: Actor,
    at: datetime,
) -> dict[Key, RuleOutcome]:
    """Return what rules do to each new alert that one fits; without rules, nothing is read."""
    if not opened or not rulings:
        return {}
    named = not rulings.variables.isdisjoint(NAME_VARIABLES)
    names = NAME_CACHE.names(subjects.get(key, NO_SUBJECT) for key in opened) if named else {}
    seen = {}
    for key, life in opened.items():
        about = subjects.get(key, NO_SUBJECT)
        seen[key] = rule_input_of_new_alert(
            life, about, senders[key[0]], names.get(about, NO_NAMES)
        )
    looked_at = {}
    with rule_decisions(seen.values(), rulings, by=by, at=at) as decide:
        for key, one in seen.items():
            if not (decision := decide(one)).is_nothing:
                state, source_at = opened[key].state, opened[key].source_at
                done = effects_of_decision(decision, state, raised=True, at=at)
                looked_at[key] = RuleOutcome(0, state, source_at, decision, NO_EFFECTS, done)
    return looked_at


def rule_input_of_new_alert(
    life: TrackedAlert, about: Subject, sender: Sender, names: Names
) -> RuleInput:
    """Return what rules will read of an alert once it is inserted; its id is 0 before."""
    event = life.content
    if event is None:
        raise ValueError(life)
    return RuleInput(
        0,
        sender.integration_id,
        int(event.severity),
        event.title,
        event.text,
        event.labels,
        sender.name,
        sender.format,
        names.item,
        names.service,
        names.customer,
        names.site,
        (about.customer_id, about.service_id) if about.customer_id else None,
        life.started_at,
        life.count,
    )
