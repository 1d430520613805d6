"""Import and export of people as files."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.endpoints.exchange.tables import CellError, Column, Key, Reference, Table, one_of
from opale.kernel.actor import Actor
from opale.organisation import rights
from opale.organisation.actions.people import create_person, discard_person, edit_person
from opale.organisation.models import Language, Person
from opale.organisation.queries import people, reference


def _text(name: str) -> Callable[[Any], str]:
    return lambda row: str(getattr(row, name) or "")


def _languages(cell: str) -> list[str]:
    spoken = list(dict.fromkeys(cell.lower().split()))
    if set(spoken) - set(Language.values):
        raise CellError(_("Enter languages as fr en."))
    return spoken


def _find(rows: QuerySet[Any], keys: Collection[Key]) -> QuerySet[Any]:
    return rows.filter(email__in=[key[0] for key in keys])


def _editable(rows: QuerySet[Any], by: Actor) -> QuerySet[Any]:
    return rows.filter(by.reach(rights.EDIT, Person))


def _create(values: Mapping[str, Any], by: Actor) -> Person:
    return create_person(by=by, **{name: v for name, v in values.items() if v != ""})


def _change(row: Person, values: Mapping[str, Any], by: Actor) -> None:
    edit_person(row, by=by, **values)


PEOPLE = Table(
    name="people",
    label=gettext_lazy("People"),
    right=rights.EDIT,
    read_right=rights.READ,
    columns=(
        Column("email", gettext_lazy("Email address"), _text("email"), str.lower, required=True),
        Column("name", gettext_lazy("Name"), _text("name"), required=True),
        Column(
            "company",
            gettext_lazy("Company"),
            lambda row: row.company.name,
            reference=Reference(lambda actor: reference.companies(seen_by=actor), "name"),
            required=True,
        ),
        Column("job_title", gettext_lazy("Job title"), _text("job_title")),
        Column("phone", gettext_lazy("Telephone"), _text("phone")),
        Column(
            "languages",
            gettext_lazy("Languages"),
            lambda row: " ".join(row.languages),
            _languages,
            " ".join,
        ),
        Column(
            "seniority",
            gettext_lazy("Seniority"),
            _text("seniority"),
            one_of(*Person.Seniority.values),
            required=True,
        ),
        Column("time_zone", gettext_lazy("Time zone"), _text("time_zone"), required=True),
    ),
    identify=lambda texts: (texts.get("email", ""),),
    rows=lambda actor: people.people(seen_by=actor),
    find=_find,
    editable=_editable,
    create=_create,
    change=_change,
    discard=lambda row, by: discard_person(row, by=by),
)
