"""What rules do to the alerts that a batch opens: decided before, so that it is written with them.

An alert that is changed after it was inserted is written twice, with all of its indexes.
Source: docs/rules/rules.md.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from opale.kernel.actor import Actor
from opale.run.events.actions.alert_rows import Key
from opale.run.events.actions.ruling import Look, done_by, judging
from opale.run.events.enrichment import MATCHES, NOBODY, Names, Subject
from opale.run.events.life import Life
from opale.run.events.queries.rules import Seen
from opale.run.events.received import Sender
from opale.run.events.ruling import NOTHING_DONE, Rulings

NAMELESS: Final = Names()
NAMED: Final = frozenset({"item", "service", "customer", "site"})
"""Variables of conditions that are not said in an event itself."""


def rule_opened(
    opened: Mapping[Key, Life],
    subjects: Mapping[Key, Subject],
    senders: Mapping[int, Sender],
    rulings: Rulings,
    *,
    by: Actor,
    at: datetime,
) -> dict[Key, Look]:
    """What rules do to each of which one says something; nothing is asked where there are none."""
    if not opened or not rulings:
        return {}
    named = not rulings.variables.isdisjoint(NAMED)
    names = MATCHES.names(subjects.get(key, NOBODY) for key in opened) if named else {}
    seen = {}
    for key, life in opened.items():
        about = subjects.get(key, NOBODY)
        seen[key] = seen_opened(life, about, senders[key[0]], names.get(about, NAMELESS))
    looked_at = {}
    with judging(seen.values(), rulings, by=by, at=at) as decide:
        for key, one in seen.items():
            if not (decision := decide(one)).is_nothing:
                state, source_at = opened[key].state, opened[key].source_at
                done = done_by(decision, state, raised=True, at=at)
                looked_at[key] = Look(0, state, source_at, decision, NOTHING_DONE, done)
    return looked_at


def seen_opened(life: Life, about: Subject, sender: Sender, names: Names) -> Seen:
    """What will be read of an alert once it is inserted; its id is 0 before."""
    event = life.content
    if event is None:
        raise ValueError(life)
    return Seen(
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
