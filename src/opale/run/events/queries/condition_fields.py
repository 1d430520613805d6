"""Fields of the conditions of alert rules, as the builder offers them.

Source: docs/rules/rules.md, "The language".
"""

from collections.abc import Iterator
from typing import Final

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.conditions.declarations import Field, Kind, Literal, Option, Vocabulary
from opale.customers.models import Stream
from opale.customers.queries import lookups as customers
from opale.customers.queries.condition_fields import (
    code_by,
    customer_field,
    label_by,
    service_field,
)
from opale.customers.queries.plans import plan_name
from opale.infrastructure.queries import lookups as infrastructure
from opale.run.events.domain.conditions import SEVERITY_NUMBERS
from opale.run.events.models import Integration
from opale.run.events.ports.tools import all_tools
from opale.run.events.states import Severity


def _severities() -> Iterator[Option]:
    for severity in reversed(Severity):
        if severity is not Severity.CLEAR:
            yield Option(severity.name.lower(), severity.label)


def _integrations() -> Iterator[Option]:
    for name in Integration.objects.order_by("name").values_list("name", flat=True).distinct():
        yield Option(name, name)


def _tools() -> Iterator[Option]:
    for slug, tool in all_tools().items():
        yield Option(slug, tool.name)


def _plans() -> Iterator[Option]:
    for code, plan in customers.plans_by_code().items():
        yield Option(code, plan_name(plan))


def _site(code: str) -> str:
    found = infrastructure.sites_by_codes([code]).get(code)
    return str(found.site_id) if found else ""


ABOUT: Final = pgettext_lazy("fields of an alert", "About")
TIME: Final = pgettext_lazy("fields of an alert", "Time")
ALERT: Final = pgettext_lazy("fields of an alert", "Alert")
ALERT_FIELDS: Final = Vocabulary(
    name="alerts",
    constants=SEVERITY_NUMBERS,
    fields=(
        Field(
            name="severity", label=_("Severity"), kind=Kind.CHOICE, group=ALERT, ordered=True,
            literal=Literal.NAME, choices=_severities,
        ),
        Field(name="name", label=_("Title"), kind=Kind.TEXT, group=ALERT, any_case=True),
        Field(name="text", label=_("Text"), kind=Kind.TEXT, group=ALERT, any_case=True),
        Field(
            name="labels", label=_("Label"), kind=Kind.NAMED, group=ALERT, help_text="host",
        ),
        Field(
            name="integration", label=_("Integration"), kind=Kind.CHOICE, group=ALERT,
            choices=_integrations,
        ),
        Field(name="source", label=_("Tool"), kind=Kind.CHOICE, group=ALERT, choices=_tools),
        customer_field(ABOUT),
        service_field(ABOUT),
        Field(
            name="site", label=_("Site"), kind=Kind.RECORD, group=ABOUT, blank=True,
            picker="infrastructure_pick_site", label_of=label_by(infrastructure.names_of_sites),
            value_of=code_by(infrastructure.codes_of_sites), picked_of=_site,
        ),
        Field(name="item", label=_("Item"), kind=Kind.TEXT, group=ABOUT, any_case=True),
        Field(
            name="plan", label=_("Support plan"), kind=Kind.CHOICE, group=ABOUT, blank=True,
            choices=_plans,
        ),
        Field(
            name="stream", label=_("Stream"), kind=Kind.CHOICE, group=ABOUT, blank=True,
            choices=[Option(stream.value, stream.label) for stream in Stream],
        ),
        Field(name="hour", label=_("Hour"), kind=Kind.NUMBER, group=TIME),
        Field(
            name="weekday", label=_("Day of the week"), kind=Kind.CHOICE, group=TIME, ordered=True,
            literal=Literal.NUMBER,
            choices=[Option(str(day + 1), name) for day, name in WEEKDAYS.items()],
        ),
        Field(name="age", label=_("Time since it started"), kind=Kind.DURATION, group=TIME),
        Field(name="times", label=_("Number of events"), kind=Kind.NUMBER, group=TIME),
    ),
)  # fmt: skip
