"""What the page of a handover shows: the cards, the blocks, what stands beside, who may do what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from opale.endpoints.http import AskedRequest
from opale.kernel import clock
from opale.run.handover import queries
from opale.run.handover.models import Handover, HandoverItem
from opale.run.handover.rights import WORK
from opale.run.handover.states import UNACCEPTED, ItemState
from opale.run.handover.wording import COMING, NEXT, REASONS, REFUSED, WHY, Words, measure_of

SHOWN: Final = 50
"""So many cards are drawn at once: as they are accepted the next ones move up."""
TONES: Final[Mapping[str, str]] = {
    ItemState.WAITING: "waiting",
    ItemState.WITH_LEAD: "bad",
    ItemState.WITH_MANAGER: "bad",
    ItemState.ACCEPTED: "done",
    ItemState.GONE: "closed",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket as its card says it, in words."""

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

    @classmethod
    def of(cls, item: HandoverItem) -> "Card":
        told = item.told
        return cls(
            item,
            told,
            [REASONS[one] for one in item.reasons],
            [WHY[one] for one in item.why],
            NEXT.get(told.get("next", ""), ""),
            measure_of(told.get("measure", "")),
            moment(told.get("clock")),
            moment(told.get("starts")),
            [{**one, "promised": moment(one["promised"])} for one in told.get("asked", ())],
            [(row.person.name, REFUSED[row.reason], row.note) for row in item.refusals.all()],
            item.state in UNACCEPTED,
            TONES[item.state],
        )


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def page_of(request: AskedRequest, held: Handover) -> dict[str, Any]:
    actor, at = request.actor, clock.now()
    cards = [Card.of(one) for one in queries.cards_of(held, seen_by=actor)]
    waiting = [card for card in cards if card.waits]
    works = actor.can(WORK) and held.is_open
    person = actor.person_id
    standing = queries.Standing.of(held, at) if works else None
    return {
        "one": held,
        "progress": queries.count_of(held),
        "cards": _own_first(waiting, person)[:SHOWN],
        "further": max(0, len(waiting) - SHOWN),
        "decided": [card for card in cards if not card.waits],
        "blocks": queries.blocks_of(held),
        "leaving": queries.people_named(held.leaver_ids),
        "arriving": standing.arriving if standing else queries.people_arriving(held, at),
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
        "situation": situation(request, held),
        "me": person,
    }


def _own_first(cards: list[Card], person: int | None) -> list[Card]:
    return sorted(cards, key=lambda card: card.item.proposed_id != person)


def situation(request: AskedRequest, held: Handover) -> dict[str, Any]:
    """As it stands; of a signed record, as it stood. Times are read back."""
    told = queries.situation_of(held, seen_by=request.actor) if held.is_open else held.situation
    found: dict[str, Any] = {}
    for name, entries in told.items():
        found[name] = [_entry(entry) for entry in entries]
    return found


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    times = {name: moment(entry[name]) for name in ("from", "until", "since") if entry.get(name)}
    named = {"what_label": COMING[entry["what"]]} if "what" in entry else {}
    return {**entry, **times, **named, "starts": times.get("from")}


def block_lines(items: Iterable[HandoverItem]) -> list[Card]:
    return [Card.of(one) for one in items]
