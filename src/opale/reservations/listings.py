"""The list of reservations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from django.db.models import prefetch_related_objects
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from pydantic import Field

from opale.customers.listings.columns import customer_filter
from opale.infrastructure.queries.items import items
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Jump, Listing, New, RowAct
from opale.listings.filters import Choice, Parameter, Pick, Span, Words, mine
from opale.organisation.queries.people import people
from opale.reservations.actions import reservations
from opale.reservations.models import Reservation
from opale.reservations.ports import SourceLink, links_of
from opale.reservations.queries import reservations as reservation_queries
from opale.reservations.queries.units import ReservedThing, reserved_things
from opale.reservations.rights import READ, RESERVE
from opale.reservations.states import RESERVATION_MOVES, ReservationState
from opale.ui.components.badges import state
from opale.ui.components.times import moment

S = ReservationState
TONES: Mapping[str, str] = {
    S.PROPOSED: "new",
    S.TENTATIVE: "waiting",
    S.CONFIRMED: "active",
    S.CONSUMED: "done",
    S.RELEASED: "closed",
    S.EXPIRED: "closed",
}
STANDING = (
    ("holding", pgettext_lazy("reservations", "Active")),
    (S.TENTATIVE, S.TENTATIVE.label),
    ("ended", pgettext_lazy("reservations", "Released")),
    ("all", pgettext_lazy("reservations", "All")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A reservation in the list, with what it reserves."""

    reservation: Reservation
    things: Sequence[ReservedThing]
    sources: Sequence[SourceLink]


def _lines(rows: Sequence[Reservation], actor: Actor) -> list[Line]:
    prefetch_related_objects(rows, reservation_queries.reserved_lines())
    links = links_of((row.source for row in rows if row.source), seen_by=actor)
    return [Line(row, reserved_things(row.lines.all()), links.get(row.source, ())) for row in rows]


def _sources(line: Line) -> object:
    links = ((one.url, one.label) for one in line.sources)
    return format_html_join(", ", '<a href="{}">{}</a>', links)


def _thing(thing: ReservedThing) -> str:
    if thing.person is not None:
        hours = _("%(hours)s h a day") % {"hours": floatformat(thing.quantity, -2)}
        return f"{thing.person.name} · {hours}"
    if thing.pool is not None:
        return f"{thing.pool.name} · {floatformat(thing.quantity, -2)} {thing.pool.unit}"
    return f"{thing.unit} · {thing.item}"


def _things(line: Line) -> object:
    if len(line.things) < 2:
        return "".join(map(_thing, line.things))
    more = len(line.things) - 1
    words = ngettext("and %(more)s more", "and %(more)s more", more) % {"more": more}
    return format_html('{} <span class="o-quiet">{}</span>', _thing(line.things[0]), words)


def _days(line: Line) -> str:
    """Return the days of the first thing that is reserved."""
    if not line.things:
        return ""
    first = line.things[0]
    since = date_format(first.since, "SHORT_DATE_FORMAT")
    if first.last is None:
        return f"{since} · {_('open-ended')}"
    if first.last == first.since:
        return since
    return f"{since} – {date_format(first.last, 'SHORT_DATE_FORMAT')}"


def _state(line: Line) -> object:
    row = line.reservation
    drawn = state(row.get_state_display(), TONES[row.state])
    if row.state == S.TENTATIVE:
        until = moment(row.expires_at)
        return format_html(
            '{} <span class="o-quiet">{} % · {}</span>', drawn, row.probability, until
        )
    if row.approved_by_id:
        return format_html('{} <span class="o-quiet">{}</span>', drawn, _("overbooked"))
    return drawn


RESERVATIONS = Listing(
    name="reservations",
    title=gettext_lazy("Reservations"),
    right=READ,
    url_name="reservations_list",
    model=Reservation,
    rows=reservation_queries.reservations,
    lines=_lines,
    order=Order(("-made_at", "-id")),
    topic=reservations.LIST,
    new=New(pgettext_lazy("resources", "Reserve"), "reservations_new", RESERVE),
    empty=Empty(
        "calendar-off",
        gettext_lazy("No reservation matches your filters"),
        gettext_lazy("No reservations yet"),
        gettext_lazy(
            "Hours, power, rack units and ports are reserved together, all or nothing."
        ),
    ),
    columns=(
        Column(
            "purpose", pgettext_lazy("a reservation", "Purpose"), "purpose", order=True,
            fixed=True, style="fill",
            link=lambda line: reverse("reservations_show", args=[line.reservation.pk]),
        ),
        Column(
            "held", pgettext_lazy("line of a reservation", "Resource"),
            lambda line: [_thing(one) for one in line.things], cell=_things,
        ),
        Column("days", gettext_lazy("Days"), _days),
        Column(
            "source", pgettext_lazy("a reservation", "Reserved for"),
            lambda line: [one.label for one in line.sources], cell=_sources, shown=False,
        ),
        Column("state", gettext_lazy("State"), "state", cell=_state, order=True),
        Column(
            "probability", gettext_lazy("Probability"), "probability", order=True, style="end",
            shown=False,
        ),
        Column("expires", gettext_lazy("Expires"), "expires_at", order=True, shown=False),
        Column("customer", gettext_lazy("Customer"), "customer__name", order=True),
        Column(
            "holder", pgettext_lazy("a reservation", "Reserved by"), "holder__name", order=True
        ),
        Column(
            "made", pgettext_lazy("when", "Reserved on"), "made_at", order=True, shown=False
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Purpose, person, stock or customer")),
        Choice(
            "state", gettext_lazy("State"), STANDING, argument="state", default="holding",
            every="all", more=S.choices,
        ),
        mine("held_by", pgettext_lazy("reservations", "Mine"), "held", on="mine"),
        Pick(
            "person", gettext_lazy("Person"), argument="person_id", api="person_id",
            picker="organisation_people_pick", rows=lambda actor: people(seen_by=actor, left=True),
        ),
        Pick(
            "pool", gettext_lazy("Pool"), argument="pool_id", api="pool_id",
            picker="reservations_pick_pool",
            rows=lambda actor: reservation_queries.pools(seen_by=actor),
        ),
        Pick(
            "item", gettext_lazy("Item"), argument="item_id", api="item_id",
            picker="infrastructure_pick_item", rows=lambda actor: items(seen_by=actor),
        ),
        customer_filter(argument="customer_id"),
        Parameter(
            "source", argument="source", api_type=Annotated[str, Field(max_length=60)] | None
        ),
        Span("made", pgettext_lazy("when", "Reserved on"), lookup="made_at", moment=True),
    ),
    acts=tuple(RowAct.of_move(one, reservations.move_reservation) for one in RESERVATION_MOVES),
    jump=Jump(
        label=lambda row: row.purpose,
        url=lambda row: reverse("reservations_show", args=[row.pk]),
        note=lambda row: row.customer.name if row.customer else "",
        group=gettext_lazy("Reservations"),
        icon="calendar-check",
    ),
)  # fmt: skip
