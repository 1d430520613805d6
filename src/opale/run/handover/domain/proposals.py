"""Choice of takers among those who arrive: by continuity, language, skill and load, explained.

Source: docs/rules/handover.md, "Proposals".
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

ProposalReason = Literal["owned", "wrote", "language", "skill", "least", "given"]
WEIGHTS: Final[Mapping[ProposalReason, int]] = {"owned": 6, "language": 4, "wrote": 3, "skill": 3}
LOAD_WEIGHT: Final = 4
"""What a load twice the average costs, against the weights."""


@dataclass(slots=True)
class ArrivingPerson:
    """A person who arrives: `load` counts the tickets in hand, and grows with each given."""

    person_id: int
    name: str
    load: int = 0
    languages: Collection[str] = ()
    skills: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class TicketNeed:
    """What a ticket asks of its taker; `subject` is searched for the names of skills."""

    key: int
    language: str = ""
    subject: str = ""
    family: str = ""
    owned_by: Collection[int] = ()
    wrote: Collection[int] = ()
    refused_by: Collection[int] = field(default=())


@dataclass(frozen=True, slots=True)
class Proposal:
    person_id: int
    why: tuple[ProposalReason, ...]


SKILLS_BY_FAMILY: Final[Mapping[str, frozenset[str]]] = {
    "connectivity": frozenset({"network", "réseau"}),
    "vpn": frozenset({"network", "réseau"}),
    "colocation": frozenset({"datacentre", "datacenter", "centre de données"}),
    "managed_hosting": frozenset({"systems", "systèmes"}),
}
"""Names of the skill families that fit each product family."""


def propose_takers(
    needs: Sequence[TicketNeed], arriving: Iterable[ArrivingPerson]
) -> dict[int, Proposal]:
    """Return the best taker of each need, in their order; None where all have refused."""
    among = sorted(arriving, key=lambda one: (one.name, one.person_id))
    found: dict[int, Proposal] = {}
    for need in needs:
        able = [one for one in among if one.person_id not in need.refused_by]
        if not able:
            continue
        average = max(1.0, sum(one.load for one in able) / len(able))
        why = {one.person_id: _fits(need, one) for one in able}
        best = max(
            able,
            key=lambda one: (
                sum(WEIGHTS[name] for name in why[one.person_id])
                - LOAD_WEIGHT * one.load / average,
                -one.load,
            ),
        )
        least = min(one.load for one in able)
        reasons = why[best.person_id] + (("least",) if best.load == least else ())
        found[need.key] = Proposal(best.person_id, reasons)
        best.load += 1
    return found


def propose_block_taker(tickets: int, arriving: Iterable[ArrivingPerson]) -> Proposal | None:
    """Return the person with the fewest tickets."""
    among = sorted(arriving, key=lambda one: (one.load, one.name, one.person_id))
    if not among:
        return None
    among[0].load += tickets
    return Proposal(among[0].person_id, ("least",))


def _fits(need: TicketNeed, one: ArrivingPerson) -> tuple[ProposalReason, ...]:
    found: list[ProposalReason] = []
    if one.person_id in need.owned_by:
        found.append("owned")
    if one.person_id in need.wrote:
        found.append("wrote")
    if need.language in one.languages:
        found.append("language")
    if _skilled(need, one):
        found.append("skill")
    return tuple(found)


def _skilled(need: TicketNeed, one: ArrivingPerson) -> bool:
    said, wanted = need.subject.casefold(), SKILLS_BY_FAMILY.get(need.family, frozenset())
    return any(
        skill in wanted or re.search(rf"\b{re.escape(skill)}\b", said) for skill in one.skills
    )
