"""What rules do to the alerts that a batch opens: decided before, so that it is written with them.

An alert that is changed after it was inserted is written twice, with all of its indexes.
Source: docs/rules/rules.md.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from opale.kernel.actor import Actor
from opale.run.events.actions.alert_rows import Key
from opale.run.events.actions.ruling import Found, Look, look_at
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
    """What rules say of each; nothing is asked where there are none."""
    if not opened or not rulings:
        return {}
    named = not rulings.variables.isdisjoint(NAMED)
    names = MATCHES.names(subjects.get(key, NOBODY) for key in opened) if named else {}
    found = []
    for key, life in opened.items():
        about = subjects.get(key, NOBODY)
        seen = seen_opened(life, about, senders[key[0]], names.get(about, NAMELESS))
        found.append(Found(seen, life.state, life.source_at, NOTHING_DONE, life.raised))
    return dict(zip(opened, look_at(found, rulings, by=by, at=at), strict=True))


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
