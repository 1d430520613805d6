"""Permissions in a handover, by the roster of this minute."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import Person
from opale.run.handover.models import Handover, WatchItem, WatchItemQuerySet
from opale.run.handover.queries.shift_changes import (
    ShiftChange,
    mid_shift_change_at,
    people_present,
    shift_change_at,
)
from opale.run.handover.states import WatchState
from opale.run.paging.queries.escalation_plans import manager_on_call

Side = Literal["leaving", "arriving"]


def shift_change_of(handover: Handover, at: datetime) -> ShiftChange:
    """Return who leaves and arrives by the present roster; for an absence, the others on shift."""
    if handover.kind == Handover.Kind.ABSENCE:
        return mid_shift_change_at(handover.team, max(at, handover.ends_at), handover.leaver_ids)
    return shift_change_at(handover.team, handover.ends_at)


def people_arriving(
    handover: Handover, at: datetime, change: ShiftChange | None = None
) -> list[Person]:
    """Return who can take work over: those who arrive, else those on shift now.

    `change` is `shift_change_of` where it is known.
    """
    change = change or shift_change_of(handover, at)
    found = {duty.person_id: duty.person for duty in change.arriving}
    if at > handover.ends_at:
        on = people_present(handover.team, at) - set(handover.leaver_ids)
        found = {pk: person for pk, person in found.items() if pk in on}
        found |= Person.objects.in_bulk(on - found.keys())
    return list(found.values())


@dataclass(frozen=True, slots=True)
class HandoverPermissions:
    """Who arrives, and who is the manager on call, at one moment."""

    handover: Handover
    arriving: list[Person]
    manager_id: int

    @classmethod
    def of(
        cls, handover: Handover, at: datetime, change: ShiftChange | None = None
    ) -> "HandoverPermissions":
        manager = manager_on_call(handover.team, at)
        return cls(handover, people_arriving(handover, at, change), manager.person_id)

    def may_take(self, person_id: int | None) -> bool:
        """Whether a person may accept: one who arrives, or the on-call manager; never off duty."""
        if person_id is None:
            return False
        return person_id == self.manager_id or any(one.pk == person_id for one in self.arriving)

    def may_sign(self, side: Side, person_id: int | None) -> bool:
        """Whether a person may sign: the side's lead, anybody of a side without one, or the on-call
        manager for either.

        Nobody but the manager signs for both.
        """
        held = self.handover
        if person_id is None or not held.is_open:
            return False
        if person_id == self.manager_id:
            return True
        if side == "leaving":
            own = _of_side(person_id, held.leaving_lead_id, held.leaver_ids)
            return own and person_id != held.arrived_by_id
        people = [person.pk for person in self.arriving]
        own = _of_side(person_id, held.arriving_lead_id, people)
        return own and person_id != held.left_by_id


def _of_side(person_id: int, lead_id: int | None, people: list[int]) -> bool:
    return person_id in people if lead_id is None else person_id == lead_id


def list_watches(
    *, seen_by: Actor, view: str = "", state: str = "", text: str = ""
) -> WatchItemQuerySet:
    """Return watches in a state; those of the view "watched" are not over. `text` are words."""
    rows = WatchItem.objects.visible_to(seen_by).select_related("item", "calls", "made_by", "team")
    if view:
        over = Q(state=WatchState.OVER)
        rows = rows.filter(over if view == "over" else ~over)
    for word in text.split():
        rows = rows.filter(text__unaccent__icontains=word)
    return rows.filter(state=state) if state else rows


def get_watch(watch_id: int, *, seen_by: Actor) -> WatchItem:
    """Errors: NotFound."""
    found = list_watches(seen_by=seen_by).filter(pk=watch_id).first()
    if found is None:
        raise NotFound
    return found
