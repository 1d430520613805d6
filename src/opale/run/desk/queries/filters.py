"""Filters of the desk's lists, as an address holds them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from opale.customers.models import Stream
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk.models import Assignment, DeskQuerySet, Kind, Pause, Ticket
from opale.run.desk.queries.quick_search import bounded_matching_typed_text, matching_typed_text
from opale.run.desk.queries.ticket_lists import NO_STREAM
from opale.run.desk.states import RUNNING_ASSIGNMENTS, TicketState

ME = "me"
IS_NOT = "is_not"
CLOCKS: Mapping[str, timedelta] = {
    "late": timedelta(),
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
}
"""Filters by the nearest commitment: late, or due within this time."""
AGES: Mapping[str, timedelta] = {
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
"""Filters by age: received longer ago than this."""
LONGEST_TEXT = 200
LONGEST_KEY = 9


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list; "" and () filter nothing. Any address can be read.

    `is_not` names the filters in force of which the tickets must not have the value.
    """

    state: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    kind: str = ""
    stream: str = ""
    premium: str = ""
    customer: str = ""
    owner: str = ""
    team: str = ""
    tag: str = ""
    waiting: str = ""
    clock: str = ""
    age: str = ""
    q: str = ""
    is_not: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        """Read the filters from an address, ignoring what is not valid."""
        found: dict[str, object] = {}
        for name, meant in VALIDATORS.items():
            said = query.getlist(name)
            if name in MULTIPLE_VALUES:
                said = ",".join(said).split(",")
            values = [v.strip() for v in said if meant(v.strip())]
            if name in MULTIPLE_VALUES:
                found[name] = tuple(dict.fromkeys(values))
            elif values:
                found[name] = values[-1]
        named = ",".join(query.getlist(IS_NOT)).split(",")
        found[IS_NOT] = tuple(name for name in CONDITIONS if name in named and found.get(name))
        return cls(**found)  # type: ignore[arg-type]  # the names are those of the fields

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))

    def address(self) -> str:
        """Return the filters in one canonical form, so that addresses can be compared."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return urlencode({name: value for name, value in said.items() if value}, doseq=True)

    def narrow(
        self, tickets: DeskQuerySet[Ticket], *, seen_by: Actor, at: datetime
    ) -> DeskQuerySet[Ticket]:
        """Return those of the visible tickets that pass all filters."""
        for name, narrowing in CONDITIONS.items():
            if value := getattr(self, name):
                passes = narrowing(value, seen_by, at)
                tickets = tickets.filter(~passes if name in self.is_not else passes)
        return matching_typed_text(tickets, self.q, seen_by=seen_by) if self.q else tickets


def all_tickets(*, seen_by: Actor, q: str = "", **said: Any) -> DeskQuerySet[Ticket]:
    """Return all visible tickets that pass these filters, each named as in `Filters`."""
    tickets = Filters(**said).narrow(
        Ticket.objects.visible_to(seen_by), seen_by=seen_by, at=clock.now()
    )
    return bounded_matching_typed_text(tickets, q, seen_by=seen_by) if q else tickets


MULTIPLE_VALUES = ("state", "priority")


def _key(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= LONGEST_KEY


def _text(value: str) -> bool:
    return bool(value) and len(value) <= LONGEST_TEXT and "\0" not in value


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "state": lambda v: v in TicketState.values,
    "priority": lambda v: v in {"1", "2", "3", "4", "5"},
    "kind": lambda v: v in Kind.values,
    "stream": lambda v: v in {*Stream.values, NO_STREAM},
    "premium": lambda v: v in {"yes", "no"},
    "customer": _key,
    "owner": lambda v: v == ME or _key(v),
    "team": _key,
    "tag": _text,
    "waiting": lambda v: v in Pause.Kind.values,
    "clock": lambda v: v in CLOCKS,
    "age": lambda v: v in AGES,
    "q": _text,
}


def _asked_of(team: str, _by: Actor, _at: datetime) -> Q:
    asked = Assignment.objects.filter(
        ticket=OuterRef("pk"), team_id=int(team), state__in=RUNNING_ASSIGNMENTS
    )
    return Q(Exists(asked))


def _waits(kind: str, _by: Actor, _at: datetime) -> Q:
    return Q(Exists(Pause.objects.filter(ticket=OuterRef("pk"), ends=None, kind=kind)))


CONDITIONS: Mapping[str, Callable[..., Q]] = {
    "state": lambda values, by, at: Q(state__in=values),
    "priority": lambda values, by, at: Q(priority__in=[int(v) for v in values]),
    "kind": lambda value, by, at: Q(kind=value),
    "stream": lambda value, by, at: Q(stream="" if value == NO_STREAM else value),
    "premium": lambda value, by, at: Q(premium=value == "yes"),
    "customer": lambda value, by, at: Q(customer_id=int(value)),
    "owner": lambda value, by, at: Q(owner_id=(by.person_id or 0) if value == ME else int(value)),
    "team": _asked_of,
    "tag": lambda value, by, at: Q(tags__contains=[value]),
    "waiting": _waits,
    "clock": lambda value, by, at: Q(next_due_at__lt=at + CLOCKS[value]),
    "age": lambda value, by, at: Q(received_at__lt=at - AGES[value]),
}
