"""Context of the page of a handover: cards, blocks, situation, permissions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.handover.domain.urgency import is_quiet
from opale.run.handover.models import Handover, HandoverItem
from opale.run.handover.queries import permissions, records, shift_changes
from opale.run.handover.queries import situation as situation_queries
from opale.run.handover.rights import WORK
from opale.run.handover.states import UNACCEPTED, ItemState
from opale.run.handover.web.labels import (
    HOT_REASONS,
    PROPOSAL_REASONS,
    REFUSAL_REASONS,
    UPCOMING_KINDS,
    Words,
    due_reason,
    measure_label,
    next_step,
    parse_moment,
)
from opale.ui.components.times import weekday_moment

SHOWN: Final = 50
"""Cards rendered at once: as they are accepted the next ones move up."""
TONES: Final[Mapping[str, str]] = {
    ItemState.WAITING: "waiting",
    ItemState.WITH_LEAD: "bad",
    ItemState.WITH_MANAGER: "bad",
    ItemState.ACCEPTED: "done",
    ItemState.GONE: "closed",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket with its card worded."""

    item: HandoverItem
    told: Mapping[str, Any]
    reasons: Sequence[Words]
    why: Sequence[Words]
    next: Words
    measure: Words
    due_at: datetime | None
    starts_at: datetime | None
    asked: Sequence[Mapping[str, Any]]
    refusals: Sequence[tuple[str, Words, str]]
    waits: bool
    tone: str
    due: str
    quiet: bool
    """Shown in one line: it falls due before its owner is back, but not soon."""

    @classmethod
    def of(cls, item: HandoverItem, at: datetime) -> "Card":
        told = item.told
        return cls(
            item,
            told,
            [
                due_reason(told, item.due_at, at) if one == "due" else HOT_REASONS[one]
                for one in item.reasons
            ],
            [PROPOSAL_REASONS[one] for one in item.why],
            next_step(told),
            measure_label(told.get("measure", "")),
            parse_moment(told.get("clock")),
            parse_moment(told.get("starts")),
            [
                {**one, "promised": parse_moment(one["promised"])}
                for one in told.get("asked", ())
                if told.get("next") not in ("accept", "follow")
            ],
            [
                (row.person.name, REFUSAL_REASONS[row.reason], row.note)
                for row in item.refusals.all()
            ],
            item.state in UNACCEPTED,
            TONES[item.state],
            weekday_moment(item.due_at) if item.due_at else "",
            is_quiet(item.reasons, item.due_at, at),
        )


def handover_context(held: Handover, *, seen_by: Actor) -> dict[str, Any]:
    """Return what the record is drawn with, for this reader."""
    actor, at = seen_by, clock.now()
    cards = [Card.of(one, at) for one in records.cards_of(held, seen_by=actor)]
    waiting = [card for card in cards if card.waits]
    works = actor.can(WORK) and held.is_open
    person = actor.person_id
    change = permissions.shift_change_of(held, at)
    standing = permissions.HandoverPermissions.of(held, at, change) if works else None
    progress = records.progress_of(held)
    return {
        "one": held,
        "progress": progress,
        "unsignable": progress.sentence if progress.waiting else "",
        "cards": _own_first(waiting, person)[:SHOWN],
        "further": max(0, len(waiting) - SHOWN),
        "decided": [card for card in cards if not card.waits],
        "blocks": records.blocks_of(held),
        "leaving": shift_changes.people_with_ids(held.leaver_ids),
        "arriving": standing.arriving
        if standing
        else permissions.people_arriving(held, at, change),
        "may_work": works,
        "may_take": standing is not None and standing.may_take(person),
        "may_sign": {
            "leaving": standing is not None
            and held.left_at is None
            and standing.may_sign("leaving", person),
            "arriving": standing is not None
            and held.arrived_at is None
            and standing.may_sign("arriving", person),
        },
        "is_over": at >= held.ends_at,
        "situation": situation_context(held, change, seen_by=actor),
        "me": person,
    }


def record_context(held: Handover, *, seen_by: Actor) -> dict[str, Any]:
    """Return what the page of a record is drawn with: how many tickets may be taken back, too."""
    back = records.count_to_take_back(seen_by=seen_by)
    return handover_context(held, seen_by=seen_by) | {"back": back}


def _own_first(cards: list[Card], person: int | None) -> list[Card]:
    return sorted(cards, key=lambda card: card.item.proposed_id != person)


def situation_context(
    held: Handover, change: shift_changes.ShiftChange, *, seen_by: Actor
) -> dict[str, Any]:
    """Return the present situation, or that of a signed record, with times parsed."""
    told = held.situation
    if held.is_open:
        at_its_end = None if held.kind == Handover.Kind.ABSENCE else change
        told = situation_queries.situation_of(held, seen_by=seen_by, change=at_its_end)
    found: dict[str, Any] = {}
    for name, entries in told.items():
        found[name] = [_entry(entry) for entry in entries]
    return found


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    times = {
        name: parse_moment(entry[name]) for name in ("from", "until", "since") if entry.get(name)
    }
    named = {"what_label": UPCOMING_KINDS[entry["what"]]} if "what" in entry else {}
    return {**entry, **times, **named, "starts": times.get("from")}


def block_lines(items: Iterable[HandoverItem]) -> list[Card]:
    at = clock.now()
    return [Card.of(one, at) for one in items]
