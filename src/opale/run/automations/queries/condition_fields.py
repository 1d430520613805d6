"""Fields of the conditions of automations, as the builder offers them.

What each one holds is read in `ticket_facts`. Source: docs/rules/automations.md, "If".
"""

from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from opale.conditions.declarations import Field, Kind, Literal, Option, Vocabulary
from opale.customers.models import Stream
from opale.customers.queries.condition_fields import customer_field, service_field
from opale.organisation.models import Language, Person
from opale.run.desk.models import Grade, RequestType, Source
from opale.run.desk.models import Kind as TicketKind
from opale.run.desk.states import TicketState

TICKET: Final = pgettext_lazy("fields of a ticket", "Ticket")
ABOUT: Final = pgettext_lazy("fields of a ticket", "About")
PEOPLE: Final = pgettext_lazy("fields of a ticket", "People and messages")
TIME: Final = pgettext_lazy("fields of a ticket", "Time")


def _options(choices: Iterable[tuple[object, str | Promise]]) -> list[Option]:
    return [Option(str(value), label) for value, label in choices]


def _request_types() -> Iterator[Option]:
    name = "name_fr" if (get_language() or "").startswith("fr") else "name_en"
    for code, label in RequestType.objects.order_by(name).values_list("code", name):
        yield Option(code, label)


def _person(key: str) -> str:
    if not key.isdecimal():
        return ""
    return Person.objects.filter(pk=int(key)).values_list("name", flat=True).first() or ""


TICKET_FIELDS: Final = Vocabulary(
    name="tickets",
    fields=(
        Field(
            name="kind", label=_("Ticket type"), kind=Kind.CHOICE, group=TICKET,
            choices=_options(TicketKind.choices),
        ),
        Field(
            name="state", label=_("State"), kind=Kind.CHOICE, group=TICKET,
            choices=_options(TicketState.choices),
        ),
        Field(
            name="priority", label=_("Priority"), kind=Kind.CHOICE, group=TICKET,
            literal=Literal.NUMBER, choices=_options((n, f"P{n}") for n in range(1, 6)),
        ),
        Field(
            name="impact", label=_("Impact"), kind=Kind.CHOICE, group=TICKET,
            literal=Literal.NUMBER, choices=_options(Grade.choices),
        ),
        Field(
            name="urgency", label=_("Urgency"), kind=Kind.CHOICE, group=TICKET,
            literal=Literal.NUMBER, choices=_options(Grade.choices),
        ),
        Field(
            name="source", label=_("Channel"), kind=Kind.CHOICE, group=TICKET,
            choices=_options(Source.choices),
        ),
        Field(name="subject", label=_("Subject"), kind=Kind.TEXT, group=TICKET, any_case=True),
        Field(name="tags", label=_("Tags"), kind=Kind.TEXTS, group=TICKET),
        Field(
            name="fields", label=_("Ticket field"), kind=Kind.NAMED, group=TICKET,
            help_text=_("Name of the field"),
        ),
        customer_field(ABOUT),
        service_field(ABOUT),
        Field(
            name="stream", label=_("Stream"), kind=Kind.CHOICE, group=ABOUT, blank=True,
            choices=_options(Stream.choices),
        ),
        Field(
            name="request_type", label=_("Request type"), kind=Kind.CHOICE, group=ABOUT,
            blank=True, choices=_request_types,
        ),
        Field(name="premium", label=_("Premium support"), kind=Kind.YES_NO, group=ABOUT),
        Field(
            name="restored", label=_("Service restored"), kind=Kind.YES_NO, group=ABOUT,
        ),
        Field(
            name="owner", label=_("Owner"), kind=Kind.RECORD, group=PEOPLE, cel="owner_id",
            literal=Literal.NUMBER, picker="organisation_people_pick", label_of=_person,
        ),
        Field(
            name="language", label=_("Language"), kind=Kind.CHOICE, group=PEOPLE,
            choices=_options(Language.choices),
        ),
        Field(
            name="message", label=_("Last message"), kind=Kind.TEXT, group=PEOPLE, any_case=True,
        ),
        Field(
            name="last_writer", label=_("Last writer"), kind=Kind.CHOICE, group=PEOPLE,
            blank=True,
            choices=(
                Option("customer", _("Customer")),
                Option("desk", pgettext_lazy("who wrote last", "Service desk")),
            ),
        ),
        Field(
            name="received", label=_("Received"), kind=Kind.MOMENT, group=TIME,
            since="received_ago",
        ),
        Field(
            name="customer_wrote", label=_("Customer last wrote"), kind=Kind.MOMENT, group=TIME,
            since="customer_wrote_ago", optional=True,
        ),
        Field(
            name="due", label=_("Next SLA due"), kind=Kind.MOMENT, group=TIME, since="due_ago",
            optional=True,
        ),
        Field(name="hour", label=_("Hour"), kind=Kind.NUMBER, group=TIME),
        Field(
            name="weekday", label=_("Day of the week"), kind=Kind.CHOICE, group=TIME,
            ordered=True, literal=Literal.NUMBER,
            choices=_options((day + 1, name) for day, name in WEEKDAYS.items()),
        ),
    ),
)  # fmt: skip
