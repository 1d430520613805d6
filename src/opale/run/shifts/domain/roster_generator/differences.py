"""Differences between a roster and found rows, shift by shift, with reasons."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.domain.roster_generator.frame import Frame, Member, Rows, Slot

ChangeReason = Literal[
    "gap", "away", "wish", "able", "fair", "other", "rule", "beside", "burden", "turn"
]


@dataclass(frozen=True, slots=True)
class RosterChange:
    """A duty given to a person (`to`), from another or from nobody; or that nobody holds any more.

    `shift` is one of the frame's; stand-by has none, and names its role itself.
    """

    key: str
    day: int
    shift: str
    span: Span
    was: int | None
    to: int | None
    reason: ChangeReason
    role: str = ""
    kind: str = "staffed"


def roster_changes(frame: Frame, rows: Rows) -> list[RosterChange]:
    """Return the changes by day. A duty that its holder keeps is no change."""
    slots = defaultdict[tuple[int, str], list[Slot]](list)
    for slot in frame.slots:
        slots[slot.day, slot.shift].append(slot)
    given = defaultdict[tuple[int, str], list[int]](list)
    for person, row in rows.items():
        for day, shift in enumerate(row):
            if shift:
                given[day, shift].append(person)
    members = {member.person: member for member in frame.members}
    lines = []
    for place in sorted(slots.keys() | given.keys()):
        lines += _of_place(frame, rows, members, place, slots[place], given[place])
    return lines


def _of_place(
    frame: Frame,
    rows: Rows,
    members: Mapping[int, Member],
    place: tuple[int, str],
    slots: list[Slot],
    given: list[int],
) -> list[RosterChange]:
    day, shift = place
    span = frame.span(day, shift)
    free = [slot for slot in slots if slot.person not in given and slot.person in members]
    come = sorted(set(given) - {slot.person for slot in slots})
    lines = []
    for number in range(max(len(free), len(come))):
        slot = free[number] if number < len(free) else None
        to = come[number] if number < len(come) else None
        was = slot.person if slot else None
        reason: ChangeReason = "gap"
        if slot is not None:
            reason = _reason(frame, rows, members[slot.person], place, span, to)
        lines.append(RosterChange(slot.key if slot else "", day, shift, span, was, to, reason))
    return lines


def _reason(
    frame: Frame, rows: Rows, holder: Member, place: tuple[int, str], span: Span, to: int | None
) -> ChangeReason:
    day = place[0]
    if any(one.starts < span.ends and span.starts < one.ends for one in holder.away):
        return "away"
    if day in holder.off:
        return "wish"
    if to is not None and _brings(frame, holder.person, to, place):
        return "able"
    if rows[holder.person][day]:
        return "other"
    return "rule" if frame.gentle or to is None else "fair"


def _brings(frame: Frame, holder: int, to: int, place: tuple[int, str]) -> bool:
    """Whether a person has a needed skill that the holder and all present lack."""
    standing = frame.standing()
    return any(
        (to, *place) in one.who and (holder, *place) not in one.who and not one.met(standing)
        for one in frame.able
    )
