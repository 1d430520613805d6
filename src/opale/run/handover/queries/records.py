"""Records of handovers, their cards and their blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, Count, Exists, F, Func, OuterRef, Prefetch, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.fulltext import SearchWords, parse_query
from opale.organisation.models import Person
from opale.run.desk.models import Ownership
from opale.run.desk.states import OPEN_STATES
from opale.run.handover.models import (
    Handover,
    HandoverItem,
    HandoverItemQuerySet,
    HandoverQuerySet,
    Refusal,
)
from opale.run.handover.rights import READ, WORK
from opale.run.handover.states import UNACCEPTED, HandoverState, ItemState

P = HandoverItem.Place
BACK_WITHIN = timedelta(days=14)
"""How long a person may take back what was handed over."""


@dataclass(slots=True)
class Block:
    """The calm tickets of one leaver, accepted together."""

    leaver: Person
    waiting: int = 0
    accepted: int = 0
    proposed: Person | None = None
    takers: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.waiting + self.accepted


@dataclass(frozen=True, slots=True)
class Progress:
    """How many cards are accepted."""

    cards: int
    accepted: int
    waiting: int
    """Of cards and blocks together."""
    total: int
    """Of cards and blocks together."""

    @property
    def left(self) -> int:
        return self.cards - self.accepted

    @property
    def sentence(self) -> str:
        """Return how much of everything is accepted, in words."""
        words = {"accepted": self.total - self.waiting, "total": self.total}
        return _("%(accepted)s of %(total)s accepted") % words


def handovers(*, seen_by: Actor, text: str = "") -> HandoverQuerySet:
    """Return the records that the actor may see, those that contain these words."""
    rows = Handover.objects.visible_to(seen_by)
    if text:
        asked = parse_query(text)
        query = Cast(Value(asked.tsquery), SearchQueryField()) if asked else None
        rows = rows.filter(_Holds(SearchWords("words"), query)) if query else rows.none()
    return rows.select_related("team", "leaving_lead", "arriving_lead", "left_by", "arrived_by")


def get_handover(handover_id: int, *, seen_by: Actor) -> Handover:
    """Errors: NotFound."""
    found = handovers(seen_by=seen_by).filter(pk=handover_id).first()
    if found is None:
        raise NotFound
    return found


def title_of(handover: Handover) -> str:
    """Return the time and day of a handover, in the language in force."""
    ends = timezone.localtime(handover.ends_at)
    named = {"at": date_format(ends, "H:i"), "day": date_format(ends, "DATE_FORMAT")}
    return _("%(at)s handover, %(day)s") % named


class _Holds(Func):
    """Text search by the index of the record's words."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    arity = 2
    output_field = BooleanField()


def current_handover(person_id: int | None, *, seen_by: Actor) -> Handover | None:
    """Return the open record most relevant to a person: their own side's, else the newest."""
    open_ones = handovers(seen_by=seen_by).filter(state=HandoverState.OPEN)
    own = Q(leaver_ids__contains=[person_id]) | Q(arriving_lead=person_id)
    newest = open_ones.order_by("-ends_at")
    return newest.filter(own).first() or newest.first()


def items_of(handover: Handover, *, seen_by: Actor) -> HandoverItemQuerySet:
    rows = HandoverItem.objects.visible_to(seen_by).filter(handover=handover)
    rows = rows.select_related("leaver", "proposed", "taker")
    refusals = Refusal.objects.select_related("person")
    return rows.prefetch_related(Prefetch("refusals", queryset=refusals))


def cards_of(handover: Handover, *, seen_by: Actor) -> HandoverItemQuerySet:
    """Return the hot items, most urgent first."""
    rows = items_of(handover, seen_by=seen_by).filter(place=P.CARD)
    return rows.exclude(state=ItemState.GONE).order_by("told__priority", "due_at", "pk")


def get_item(handover: Handover, item_id: int, *, seen_by: Actor) -> HandoverItem:
    """Errors: NotFound."""
    rows = items_of(handover, seen_by=seen_by).select_related("ticket")
    found = rows.filter(pk=item_id).first()
    if found is None:
        raise NotFound
    return found


def progress_of(handover: Handover) -> Progress:
    card = Q(place=P.CARD) & ~Q(state=ItemState.GONE)
    row = HandoverItem.objects.filter(handover=handover).aggregate(
        cards=Count("pk", filter=card),
        accepted=Count("pk", filter=card & Q(state=ItemState.ACCEPTED)),
        waiting=Count("pk", filter=Q(state__in=sorted(UNACCEPTED))),
        total=Count("pk", filter=~Q(state=ItemState.GONE)),
    )
    return Progress(row["cards"], row["accepted"], row["waiting"], row["total"])


def blocks_of(handover: Handover) -> list[Block]:
    rows = (
        HandoverItem.objects.filter(handover=handover, place=P.BLOCK)
        .exclude(state=ItemState.GONE)
        .order_by()
        .values("leaver_id", "state", "proposed_id", "taker_id")
        .annotate(number=Count("pk"))
    )
    told = list(rows)
    people = Person.objects.in_bulk(
        {row[name] for row in told for name in ("leaver_id", "proposed_id", "taker_id")} - {None}
    )
    found: dict[int, Block] = {}
    for row in told:
        block = found.setdefault(row["leaver_id"], Block(people[row["leaver_id"]]))
        if row["state"] == ItemState.ACCEPTED:
            block.accepted += row["number"]
            name = people[row["taker_id"]].name
            block.takers = [*dict.fromkeys([*block.takers, name])]
        else:
            block.waiting += row["number"]
            block.proposed = people.get(row["proposed_id"]) or block.proposed
    return sorted(found.values(), key=lambda one: one.leaver.name)


def cards_waiting_for(actor: Actor) -> HandoverItemQuerySet | None:
    """Return the cards that wait for a person: the count of the rail."""
    if actor.person_id is None or not actor.can(READ):
        return None
    return HandoverItem.objects.filter(
        proposed=actor.person_id,
        place=P.CARD,
        state__in=sorted(UNACCEPTED),
        handover__state=HandoverState.OPEN,
    )


def items_to_take_back(person_id: int, at: datetime) -> list[HandoverItem]:
    """Return what a person now back handed over: still open, and only moved by handovers since."""
    otherwise = Ownership.objects.filter(
        ticket=OuterRef("ticket"), starts__gt=OuterRef("decided_at")
    ).exclude(reason=Ownership.Reason.HANDED_OVER)
    rows = (
        HandoverItem.objects.filter(
            leaver=person_id,
            state__in=(ItemState.ACCEPTED, ItemState.WITH_LEAD, ItemState.WITH_MANAGER),
            handover__ends_at__gt=at - BACK_WITHIN,
            handover__ends_at__lte=at,
            ticket__state__in=OPEN_STATES,
        )
        .exclude(ticket__owner=person_id)
        .exclude(Exists(otherwise))
        .order_by("ticket_id", "-handover__ends_at")
        .distinct("ticket_id")
    )
    return list(rows.select_related("ticket"))


def count_to_take_back(*, seen_by: Actor) -> int:
    """Return how many tickets that one handed over the reader may take back."""
    if seen_by.person_id is None or not seen_by.can(WORK):
        return 0
    return len(items_to_take_back(seen_by.person_id, clock.now()))


def last_change_before(team_id: int, at: datetime) -> datetime | None:
    """Return the newest recorded change of shift up to then."""
    rows = Handover.objects.filter(team=team_id, kind=Handover.Kind.CHANGE, ends_at__lte=at)
    return rows.order_by("-ends_at").values_list("ends_at", flat=True).first()


def refusals_of(items: Sequence[HandoverItem]) -> dict[int, set[int]]:
    """Return who refused, by ticket."""
    rows = Refusal.objects.filter(item__in=[one.pk for one in items])
    found: dict[int, set[int]] = {}
    for ticket_id, person_id in rows.values_list(F("item__ticket_id"), "person_id"):
        found.setdefault(ticket_id, set()).add(person_id)
    return found
