"""Builders of the request types that Opale ships."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from opale.run.desk.domain.catalogue.form_fields import WISHED_FOR, Field, Option
from opale.run.desk.domain.catalogue.routing import Condition, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A shipped request type; `team_kind` finds the team that does the work, where it exists."""

    code: str
    name_en: str
    name_fr: str
    description_en: str
    description_fr: str
    audience: str = "customers"
    family: str = ""
    authority: str = "open"
    target: timedelta = timedelta(hours=16)
    coverage: str = "customer_hours"
    team_kind: str = ""
    fields: tuple[Field, ...] = ()
    rules: tuple[Rule, ...] = ()


def field(name: str, kind: str, english: str, french: str, **more: Any) -> Field:
    """Return a field that is required, unless `required=False`."""
    return Field(
        name=name, kind=kind, label_en=english, label_fr=french, **{"required": True, **more}
    )


def options(*told: tuple[str, str, str]) -> tuple[Option, ...]:
    return tuple(Option(value, english, french) for value, english, french in told)


def route(to: str, english: str, french: str) -> Rule:
    return Rule((), to, english, french)


def route_if(subject: str, test: str, wanted: Any, to: str, english: str, french: str) -> Rule:
    return Rule((Condition(subject, test, wanted),), to, english, french)


SITE = field("site", "datacentre", "Datacentre", "Datacentre", in_subject=True)
SERVICE = field("service", "service", "Service", "Service", in_subject=True)
WANTED = field(
    "wanted_on",
    "date",
    "Requested date",
    "Souhaité pour le",
    required=False,
    future=True,
    due=WISHED_FOR,
)
REMARKS = field("remarks", "long_text", "Remarks", "Remarques", required=False)
VISITORS = field(
    "visitors", "people", "Visitors", "Visiteurs", identity=True, least=1, most=20,
    in_subject=True,
    help_en="With the identity document to be shown on arrival.",
    help_fr="Avec la pièce d'identité présentée à l'entrée.",
)  # fmt: skip
