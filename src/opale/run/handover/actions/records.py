"""Records of changes of shift, prepared from live data and kept up to date until signed.

Source: docs/rules/handover.md, "The record".
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q

from opale.kernel import live_topics, locks
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.bulk_sql import update_rows
from opale.kernel.facts import announce
from opale.kernel.states import record_moves
from opale.organisation.models import Person, Team
from opale.run.desk.models import Ticket
from opale.run.desk.states import OPEN_STATES
from opale.run.handover.actions.record_notifications import PROPOSER, notify_proposed
from opale.run.handover.domain.proposals import ArrivingPerson, propose_block_taker, propose_takers
from opale.run.handover.domain.urgency import UNKNOWN_ABSENCE, hot_reasons
from opale.run.handover.facts import HandoverPrepared
from opale.run.handover.models import Handover, HandoverItem, Refusal
from opale.run.handover.queries.leaver_tickets import (
    LeaverTicket,
    arriving_people,
    describe_tickets,
    open_tickets_of,
    ticket_needs_of,
)
from opale.run.handover.queries.permissions import people_arriving, shift_change_of
from opale.run.handover.queries.records import refusals_of
from opale.run.handover.queries.shift_changes import ShiftChange, next_shift_starts, people_on_shift
from opale.run.handover.states import UNACCEPTED, HandoverState, ItemState

BOARD_TOPIC: Final = "handover.board"
"""The live topic of all handovers."""
P = HandoverItem.Place
REFRESHED_FIELDS: Final = (
    "place",
    "reasons",
    "state",
    "proposed",
    "why",
    "due_at",
    "told",
    "customer",
)


def lock_handover(handover_id: int) -> Handover | None:
    """Return the record, locked; everything that changes it comes here."""
    rows = Handover.objects.select_related("team__manager", "team__company")
    return rows.select_for_update(of=("self",)).filter(pk=handover_id).first()


def prepare_handover(
    team: Team,
    ends_at: datetime,
    *,
    by: Actor,
    at: datetime,
    kind: str = Handover.Kind.CHANGE,
    leaver_ids: Collection[int] = (),
) -> Handover:
    """Create the record of a change of shift, once for each team and moment."""
    with attributed(by):
        locks.take_locks(f"handover:{team.pk}")
        found = Handover.objects.filter(team=team, ends_at=ends_at, kind=kind).first()
        if found is None:
            found = Handover.objects.create(
                team=team, ends_at=ends_at, kind=kind, leaver_ids=sorted(leaver_ids), prepared_at=at
            )
            record_moves(Handover, "prepare", {found.pk: ""}, found.state, by=by, at=at)
            announce(
                HandoverPrepared(handover_id=found.pk, team_id=team.pk, ends_at=ends_at), by=by
            )
        held = lock_handover(found.pk) or found
        refresh_handover(held, at=at)
    return held


def refresh_handover(held: Handover, *, at: datetime) -> None:
    """Update an open, locked record: who leaves and arrives, their tickets, which of these are
    hot, and who should take them.
    """
    if held.state != HandoverState.OPEN:
        return
    both = shift_change_of(held, at)
    changed = _follow_sides(held, both)
    works = _works(held, at)
    people = people_arriving(held, at)
    items = {one.ticket_id: one for one in _to_follow(held, works, people)}
    made = [_new(held, work) for ticket_id, work in works.items() if ticket_id not in items]
    before = {pk: _columns(one) for pk, one in items.items()}
    proposed = {pk: one.proposed_id for pk, one in items.items()}
    _follow_items(items, works)
    _propose(held, [*items.values(), *made], works, people, at=at)
    moved = [one for pk, one in items.items() if _columns(one) != before[pk]]
    HandoverItem.objects.bulk_create(made)
    update_rows(moved, REFRESHED_FIELDS)
    notify_proposed(
        held,
        {
            one.proposed_id
            for one in (*moved, *made)
            if one.proposed_id and one.proposed_id != proposed.get(one.ticket_id)
        },
        by=PROPOSER,
    )
    if made or moved or changed:
        live_topics.publish(held.topic, BOARD_TOPIC)


def _follow_sides(held: Handover, both: ShiftChange) -> bool:
    leaders = {"leaving_lead": both.leaving_lead, "arriving_lead": both.arriving_lead}
    before = (held.leaver_ids, held.leaving_lead_id, held.arriving_lead_id)
    if held.kind != Handover.Kind.ABSENCE:
        held.leaver_ids = both.leaver_ids
        if held.left_at is None:
            held.leaving_lead = leaders["leaving_lead"]
    if held.arrived_at is None:
        held.arriving_lead = leaders["arriving_lead"]
    if before == (held.leaver_ids, held.leaving_lead_id, held.arriving_lead_id):
        return False
    held.save(update_fields=["leaver_ids", "leaving_lead", "arriving_lead"])
    return True


def leavers_off_duty(held: Handover, at: datetime) -> list[int]:
    """Return who leaves; after the change, without those who are on shift again."""
    if at < held.ends_at:
        return held.leaver_ids
    again = people_on_shift(held.leaver_ids, at)
    return [pk for pk in held.leaver_ids if pk not in again]


def _works(held: Handover, at: datetime) -> dict[int, LeaverTicket]:
    """Return the tickets of those who leave, by id."""
    tickets = open_tickets_of(leavers_off_duty(held, at))
    back = next_shift_starts(held.leaver_ids, held.ends_at)
    works = describe_tickets(tickets, back, held.ends_at + UNKNOWN_ABSENCE)
    return {work.ticket.pk: work for work in works}


def _to_follow(
    held: Handover, works: Collection[int], people: Collection[Person]
) -> list[HandoverItem]:
    """Return the items that can change: not those accepted or gone that no leaver owns again,
    and of those the clock passed on, none still with its taker and proposed to somebody able.
    """
    rows = HandoverItem.objects.filter(handover=held)
    passed = rows.filter(state__in=_PASSED)
    theirs = Ticket.objects.filter(
        pk=OuterRef("ticket_id"), owner_id=OuterRef("taker_id"), state__in=OPEN_STATES
    )
    refused = Refusal.objects.filter(item=OuterRef("pk"), person=OuterRef("proposed"))
    nobody = Q(place=P.BLOCK, proposed=None) if people else Q(pk__in=())
    unfit = Q(proposed__isnull=False) & ~Q(proposed__in=people)
    # Each question by itself is answered in the indexes; all in one would read every ticket.
    keys = {
        *passed.filter(~Exists(theirs)).values_list("pk", flat=True),
        *passed.filter(nobody | unfit).values_list("pk", flat=True),
        *passed.filter(Exists(refused), place=P.CARD).values_list("pk", flat=True),
    }
    return list(rows.filter(Q(ticket__in=works) | Q(state=ItemState.WAITING) | Q(pk__in=keys)))


def _new(held: Handover, work: LeaverTicket) -> HandoverItem:
    one = HandoverItem(handover=held, ticket=work.ticket, leaver_id=work.ticket.owner_id)
    _tell(one, work)
    return one


def _tell(one: HandoverItem, work: LeaverTicket) -> None:
    one.customer_id = work.ticket.customer_id
    one.reasons = list(hot_reasons(work.evidence))
    one.place = P.CARD if one.reasons else P.BLOCK
    one.due_at = work.evidence.due_at
    one.told = work.told


def _follow_items(items: Mapping[int, HandoverItem], works: Mapping[int, LeaverTicket]) -> None:
    passed = [one for one in items.values() if one.state in _PASSED]
    theirs = _still_with_taker(passed)
    for ticket_id, one in items.items():
        work = works.get(ticket_id)
        if work is not None:
            if one.state not in UNACCEPTED:
                one.state = ItemState.WAITING
            _tell(one, work)
        elif one.state == ItemState.WAITING or (one.state in _PASSED and ticket_id not in theirs):
            one.state = ItemState.GONE


_PASSED: Final = (ItemState.WITH_LEAD, ItemState.WITH_MANAGER)


def _still_with_taker(passed: Sequence[HandoverItem]) -> set[int]:
    """Return the open tickets that are still with the person the clock gave them."""
    if not passed:
        return set()
    rows = HandoverItem.objects.filter(
        pk__in=[one.pk for one in passed], ticket__state__in=OPEN_STATES
    )
    found = rows.values_list("ticket_id", "ticket__owner_id", "taker_id")
    return {ticket_id for ticket_id, owner, taker in found if owner == taker}


def _propose(
    held: Handover,
    items: Sequence[HandoverItem],
    works: Mapping[int, LeaverTicket],
    people: Sequence[Person],
    *,
    at: datetime,
) -> None:
    """Propose a taker where none is proposed, or the proposed one does not arrive or refused."""
    keys = {person.pk for person in people}
    refused = refusals_of([one for one in items if one.pk])
    waiting = [one for one in items if one.state in UNACCEPTED]
    open_ones, named = list[HandoverItem](), Counter[int | None]()
    for one in waiting:
        refuser = one.place == P.CARD and one.proposed_id in refused.get(one.ticket_id, ())
        if one.proposed_id in keys and not refuser:
            named[one.proposed_id] += 1
        else:
            open_ones.append(one)
    if not open_ones:
        return
    among = arriving_people(people, at)
    load = {one.person_id: one for one in among}
    named.update(_named_besides(held, items))
    for person_id, tickets in named.items():
        if person_id in load:
            load[person_id].load += tickets
    _propose_cards([one for one in open_ones if one.place == P.CARD], works, among, refused)
    _propose_blocks([one for one in open_ones if one.place == P.BLOCK], among)


def _named_besides(held: Handover, items: Collection[HandoverItem]) -> dict[int | None, int]:
    """Return how many unaccepted items beside these are proposed to each person."""
    rows = HandoverItem.objects.filter(handover=held, state__in=UNACCEPTED)
    rows = rows.exclude(pk__in=[one.pk for one in items if one.pk])
    return dict(rows.values_list("proposed_id").annotate(number=Count("pk")))


def _propose_cards(
    cards: Sequence[HandoverItem],
    works: Mapping[int, LeaverTicket],
    among: Sequence[ArrivingPerson],
    refused: Mapping[int, set[int]],
) -> None:
    known = [works[one.ticket_id] for one in cards if one.ticket_id in works]
    found = propose_takers(ticket_needs_of(known, refused), among)
    for one in cards:
        best = found.get(one.ticket_id)
        one.proposed_id = best.person_id if best else None
        one.why = list(best.why) if best else []


def _propose_blocks(items: Sequence[HandoverItem], among: Sequence[ArrivingPerson]) -> None:
    blocks: dict[int, list[HandoverItem]] = {}
    for one in items:
        blocks.setdefault(one.leaver_id, []).append(one)
    for block in sorted(blocks.values(), key=len, reverse=True):
        best = propose_block_taker(len(block), among)
        for one in block:
            one.proposed_id = best.person_id if best else None
            one.why = list(best.why) if best else []


def _columns(one: HandoverItem) -> tuple[Any, ...]:
    return (
        one.place,
        list(one.reasons),
        one.state,
        one.proposed_id,
        list(one.why),
        one.due_at,
        one.told,
        one.customer_id,
    )


def delete_if_empty(held: Handover) -> bool:
    """Delete the record of a change gone from the roster, if nothing of it was decided."""
    decided = HandoverItem.objects.filter(handover=held).exclude(state=ItemState.GONE)
    refused = Refusal.objects.filter(item__handover=held)
    if held.leaver_ids or held.left_at or held.arrived_at or decided.exists() or refused.exists():
        return False
    HandoverItem.objects.filter(handover=held).delete()
    held.delete()
    live_topics.publish(BOARD_TOPIC)
    return True
