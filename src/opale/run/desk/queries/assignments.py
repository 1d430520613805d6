"""Work asked of other teams and suppliers, and the escalation targets of a ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import Count, Prefetch, Q

from opale.infrastructure.models import ConfigurationItem, Supplier
from opale.infrastructure.queries.suppliers import carriers_of, suppliers
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import Team
from opale.organisation.queries.identity import teams_of
from opale.organisation.queries.teams import teams
from opale.run.desk.models import Assignment, Commitment, Level, Message, Ticket
from opale.run.desk.models.assignments import RESTORING_LEVELS, AssignmentQuerySet
from opale.run.desk.models.escalation import ReturnReason
from opale.run.desk.rights import ASSIST, CONSOLE, WORK
from opale.run.desk.states import ENDED_STATES
from opale.run.desk.states import AssignmentState as A

WorkView = Literal["mine", "level-2", "level-3", "group", "suppliers"]
LEVELS: dict[str, Level] = {
    "level-2": Level.LEVEL_2,
    "level-3": Level.LEVEL_3,
    "group": Level.GROUP,
    "suppliers": Level.SUPPLIER,
}
ASKABLE_TEAM_KINDS = (
    (Team.Kind.RUN_ENGINEERING, Level.LEVEL_2),
    (Team.Kind.BUILD_ENGINEERING, Level.LEVEL_3),
    (Team.Kind.CORE_INFRASTRUCTURE, Level.LEVEL_3),
    (Team.Kind.TOOLS, Level.LEVEL_3),
    (Team.Kind.INTERNAL_IT, Level.LEVEL_3),
)
"""The kinds of teams that escalation offers, in its order."""
MOST_DIGITS = 9
MOST_SUPPLIERS = 20


@dataclass(frozen=True, slots=True)
class Target:
    """A team or supplier to escalate to; `key` names it in forms, `digit` is the key that chooses
    it."""

    level: Level
    team: Team | None = None
    supplier: Supplier | None = None
    digit: int = 0
    proposed: bool = False

    @property
    def key(self) -> str:
        return f"team-{self.team.pk}" if self.team else f"supplier-{self.supplier_id}"

    @property
    def supplier_id(self) -> int | None:
        return self.supplier.pk if self.supplier else None

    @property
    def name(self) -> str:
        return self.team.name if self.team else self.supplier.name if self.supplier else ""


def get_assignment(assignment_id: int, *, seen_by: Actor) -> Assignment:
    """Errors: NotFound, hidden and missing alike."""
    found = assignments(seen_by=seen_by).filter(pk=assignment_id).first()
    if found is None:
        raise NotFound
    return found


def assignments(*, seen_by: Actor) -> AssignmentQuerySet:
    """Return the assignments that the actor may see, with the columns of a line and running
    clocks."""
    clocks = Commitment.objects.filter(met_at=None, due_at__isnull=False).order_by("due_at")
    found = Assignment.objects.visible_to(seen_by)
    return found.select_related(
        "ticket__item__site",
        "ticket__service",
        "ticket__customer",
        "team",
        "supplier",
        "person",
        "asked_by",
    ).prefetch_related(Prefetch("commitments", queryset=clocks, to_attr="clocks"))


def assignments_of(ticket: Ticket, *, seen_by: Actor) -> list[Assignment]:
    """Return the assignments of one ticket, the running ones first, then the newest."""
    found = list(assignments(seen_by=seen_by).filter(ticket=ticket).order_by("-id"))
    return sorted(found, key=lambda row: row.ended_at is not None)


def asked_of(tickets: Sequence[Ticket]) -> dict[int, list[str]]:
    """Return the teams and suppliers that are asked for work on each of these tickets."""
    rows = Assignment.objects.running().filter(ticket__in=tickets)
    found: dict[int, list[str]] = {}
    for one in rows.select_related("team", "supplier").order_by("id"):
        found.setdefault(one.ticket_id, []).append(one.whom)
    return found


def tickets_of_work(rows: Sequence[Assignment]) -> Mapping[int, Ticket]:
    """Return the tickets of visible work: whoever may see the work sees what it is about."""
    return Ticket.objects.in_bulk([row.ticket_id for row in rows])


def running_work(ticket: Ticket) -> list[Assignment]:
    """Return the running assignments of a ticket, for the head of its page."""
    rows = Assignment.objects.running().filter(ticket=ticket)
    return list(rows.select_related("team", "supplier", "person").order_by("id"))


def work_in(view: WorkView, *, seen_by: Actor) -> AssignmentQuerySet:
    """Return the running work of a list, highest priority first, then the longest waiting."""
    found = assignments(seen_by=seen_by).running()
    if view == "mine":
        found = found.filter(_mine(seen_by))
    else:
        found = found.filter(level=LEVELS[view])
    return found.order_by("ticket__priority", "asked_at", "id")


def work_counts(*, seen_by: Actor) -> dict[str, int]:
    """Return how many assignments of each list wait to be accepted, in one query."""
    waiting = {
        view.replace("-", "_"): Count("id", filter=Q(level=level)) for view, level in LEVELS.items()
    }
    rows = Assignment.objects.visible_to(seen_by).filter(state=A.REQUESTED).order_by()
    counted = rows.aggregate(mine=Count("id", filter=_mine(seen_by)), **waiting)
    return {name.replace("_", "-"): number for name, number in counted.items()}


def work_to_accept(view: WorkView, *, seen_by: Actor) -> AssignmentQuerySet:
    """Return the assignments of a level that wait to be accepted."""
    rows = Assignment.objects.visible_to(seen_by)
    return rows.filter(state=A.REQUESTED, level=LEVELS[view])


def work_to_accept_of_own_teams(actor: Actor) -> AssignmentQuerySet:
    """Return the assignments that the actor's own teams have to accept: the count of the rail."""
    return Assignment.objects.visible_to(actor).filter(_mine(actor), state=A.REQUESTED)


def _mine(actor: Actor) -> Q:
    """Return the filter for assignments of the actor's present teams."""
    return Q(team__in=teams_of(actor.person_id) if actor.person_id else [])


def may_assist(assignment: Assignment, actor: Actor) -> bool:
    return Assignment.objects.within(actor, ASSIST).filter(pk=assignment.pk).exists()


def may_restore_by(assignment: Assignment) -> bool:
    """Return whether the team doing this work may state the restoration, not yet stated by
    anybody."""
    ticket = assignment.ticket
    worked = assignment.level in RESTORING_LEVELS and assignment.state == A.ACCEPTED
    waited = ticket.kind == "incident" and ticket.restored_at is None
    return worked and waited and ticket.state not in ENDED_STATES


def may_write_for(assignment: Assignment, actor: Actor) -> bool:
    """Return whether the actor may write an answer to the customer, for the owner to send."""
    return actor.can(CONSOLE) and (actor.can(WORK) or may_assist(assignment, actor))


def is_in_asked_team(assignment: Assignment, actor: Actor) -> bool:
    """Return whether the actor is in the team that was asked."""
    return Assignment.objects.filter(_mine(actor), pk=assignment.pk).exists()


def works_on_ticket(assignment: Assignment, actor: Actor) -> bool:
    """Return whether the actor was asked, by a team of theirs, and may see the ticket itself."""
    if not is_in_asked_team(assignment, actor):
        return False
    return bool(tickets_to_work_on([assignment], actor))


def tickets_to_work_on(rows: Sequence[Assignment], actor: Actor) -> Mapping[int, Ticket]:
    """Return those tickets of work whose pages the actor may see, by id."""
    if not actor.can(CONSOLE):
        return {}
    return Ticket.objects.visible_to(actor).in_bulk([row.ticket_id for row in rows])


def asked_of_actor(ticket: Ticket, actor: Actor) -> list[Assignment]:
    """Return the running assignments of a ticket that teams of the actor were asked for."""
    if not actor.can(ASSIST):
        return []
    found = assignments(seen_by=actor).running().filter(_mine(actor), ticket=ticket)
    return list(found.order_by("id"))


def is_asked(running: Sequence[Assignment], actor: Actor) -> bool:
    """Return whether a team of the actor was asked for any of this work."""
    return any(is_in_asked_team(one, actor) for one in running)


def notes_of(assignment: Assignment) -> list[Message]:
    """Return the notes that the team of the assignment may read, oldest first."""
    return list(Message.objects.filter(assignment=assignment).select_related("mail").order_by("id"))


def escalation_targets(ticket: Ticket, *, seen_by: Actor) -> list[Target]:
    """Return the teams and suppliers to escalate to, in the order of the digits; one is proposed.

    The carrier is proposed for a circuit of its own, level 2 for all else; level 3 once level 2 has
    been asked, or the carrier when it came back because the cause lies elsewhere. A team that has
    the ticket already is not offered.
    """
    past = list(Assignment.objects.filter(ticket=ticket).order_by("id"))
    teams_busy = {row.team_id for row in past if row.ended_at is None}
    suppliers_busy = {row.supplier_id for row in past if row.ended_at is None}
    carriers = [name.casefold() for name in carriers_of(ticket.item)] if ticket.item else []
    found = [t for t in _askable_teams(seen_by) if t.team and t.team.pk not in teams_busy]
    others = [
        Target(Level.SUPPLIER, supplier=supplier)
        for supplier in suppliers(seen_by=seen_by).order_by("name")[:MOST_SUPPLIERS]
        if supplier.pk not in suppliers_busy
    ]
    carrying = [target for target in others if target.name.casefold() in carriers]
    order = [*found[:2], *carrying, *found[2:], *(t for t in others if t not in carrying)]
    chosen = _proposed(ticket, past, order, carrying)
    return [
        replace(target, digit=digit if digit <= MOST_DIGITS else 0, proposed=target is chosen)
        for digit, target in enumerate(order, start=1)
    ]


def _askable_teams(seen_by: Actor) -> list[Target]:
    """Return level 2, level 3 with BUILD engineering first, then the teams of the group."""
    rows = teams(seen_by=seen_by).filter(
        Q(kind__in=[kind for kind, _ in ASKABLE_TEAM_KINDS]) | Q(virtual=True)
    )
    levels = dict(ASKABLE_TEAM_KINDS)
    found = [
        Target(Level.GROUP if team.virtual else levels[Team.Kind(team.kind)], team=team)
        for team in rows
    ]
    kinds = [str(kind) for kind, _ in ASKABLE_TEAM_KINDS]

    def place(target: Target) -> tuple[bool, int, str]:
        kind = target.team.kind if target.team else ""
        return target.level == Level.GROUP, kinds.index(kind) if kind in kinds else 9, target.name

    return sorted(found, key=place)


def _proposed(
    ticket: Ticket, past: list[Assignment], order: list[Target], carrying: list[Target]
) -> Target | None:
    asked = [row for row in past if row.level == Level.LEVEL_2 and row.state != A.WITHDRAWN]
    is_circuit = ticket.item is not None and ticket.item.kind == ConfigurationItem.Kind.CIRCUIT
    elsewhere = bool(asked) and asked[-1].outcome == ReturnReason.ELSEWHERE
    if carrying and (is_circuit or elsewhere):
        return carrying[0]
    level = Level.LEVEL_3 if asked else Level.LEVEL_2
    return next((t for t in order if t.level == level), order[0] if order else None)
