"""The list on which the kit of lists is tried: the people of the small house."""

import csv
import io
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from django.http import QueryDict

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict
from opale.kernel.keyset import Order
from opale.listings import exports
from opale.listings.declarations import Column, Empty, Listing, RowAct
from opale.listings.filters import Choice, Flag, Pick, Span, Words
from opale.listings.selection import Selection
from opale.organisation.models import Person
from opale.organisation.queries import people, reference

AGENT, MANAGER, CONTACT = "desk_agent", "project_manager", "customer_contact"
SECRET = "organisation.administer"


def _refusing(row: Person, *, by: Actor) -> None:
    if row.name.startswith("Desk"):
        raise Conflict("Not this one.")
    with attributed(by):
        Person.objects.filter(pk=row.pk).update(job_title="Done")


STAFF = Listing(
    name="staff",
    title="Staff",
    right="organisation.read",
    url_name="organisation_people",
    model=Person,
    rows=people.people,
    order=Order(("name", "id")),
    empty=Empty("user", "No person matches your filters"),
    columns=(
        Column("name", "Name", "name", order=True, fixed=True),
        Column("job", "Job", "job_title", order=True),
        Column("company", "Company", "company__name", order=True),
        Column("seniority", "Seniority", "seniority", shown=False),
        Column("left", "Left on", "left_on", order=True),
        Column("email", "Email", "email", order=True, right=SECRET),
    ),
    filters=(
        Words(label="Name"),
        Choice("seniority", "Seniority", Person.Seniority, lookup="seniority"),
        Flag("left", "Left too", argument="left"),
        Pick(
            "company", "Company", lookup="company_id",
            rows=lambda actor: reference.companies(seen_by=actor),
        ),
        Span("gone", "Left on", lookup="left_on"),
        Choice("mail", "Email", (("x", "X"),), lookup="email__startswith", right=SECRET),
    ),
    acts=(RowAct("finish", "Finish", "organisation.edit", _refusing),),
)  # fmt: skip


def selected(actor: Actor, query: str = "", kept: tuple[str, ...] = ()) -> Selection:
    return Selection.read(STAFF, QueryDict(query), actor, kept)


def names(actor: Actor, query: str) -> list[str]:
    selection = selected(actor, query)
    return [row.name for row in selection.rows().order_by(*selection.order.expressions())]


def lines(selection: Selection) -> list[list[str]]:
    answer: Any = exports.csv(selection)
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))


def cells(selection: Selection) -> dict[str, ElementTree.Element]:
    answer: Any = exports.xlsx(selection)
    with ZipFile(io.BytesIO(b"".join(answer))) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    return {cell.attrib["r"]: cell for cell in sheet.iter(f"{space}c")}


def said(cell: ElementTree.Element) -> str:
    return "".join(cell.itertext())
