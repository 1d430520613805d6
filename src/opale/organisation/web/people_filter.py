"""The filters of the list of people, kept in its address."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from opale.endpoints.http import ActorRequest
from opale.organisation.models import Membership, Person, PersonQuerySet
from opale.organisation.queries import people as people_queries
from opale.organisation.queries import reference
from opale.organisation.rights import Function
from opale.ui.components.lists import Chip


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list of people, with present teams and absence."""

    person: Person
    memberships: list[Membership]
    away_until: object = None


class PeopleFilter:
    def __init__(self, request: ActorRequest) -> None:
        self.query: QueryDict = request.GET
        self.actor = request.actor
        self.text = request.GET.get("q", "")[:200].replace("\x00", "")
        self.function = self._known(request.GET.get("function", ""), Function.values)
        self.company = self._number("company")
        self.skill = self._number("skill")
        self.left = request.GET.get("left") == "1"

    @staticmethod
    def _known(value: str, known: Sequence[str]) -> str:
        return value if value in known else ""

    def _number(self, name: str) -> int | None:
        text = self.query.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def rows(self) -> PersonQuerySet:
        return people_queries.people(
            seen_by=self.actor,
            text=self.text,
            function=self.function,
            company_id=self.company,
            skill_id=self.skill,
            left=self.left,
        )

    def lines(self, people: Sequence[Person]) -> list[Line]:
        """Return the rows of one page with teams and absences, in two queries."""
        held = people_queries.current_teams(people, seen_by=self.actor)
        away = people_queries.current_absences(people, seen_by=self.actor)
        return [Line(p, held.get(p.pk, []), away.get(p.pk)) for p in people]

    def chips(self) -> list[Chip]:
        """Return the chips: functions first, then the other active filters."""
        found = [
            Chip(f.label, self._with("function", "" if on else f.value), on)
            for f in Function
            if f not in (Function.CUSTOMER_CONTACT, Function.EMPLOYEE)
            for on in [self.function == f]
        ]
        for name, value in (("company", self.company), ("skill", self.skill)):
            if value and (label := self._label(name, value)):
                found.append(Chip(label, self._with(name, ""), on=True, removable=True))
        left = self._with("left", "" if self.left else "1")
        return [*found, Chip(_("Those who left too"), left, on=self.left)]

    def _label(self, name: str, value: int) -> str:
        rows = (
            reference.companies(seen_by=self.actor)
            if name == "company"
            else people_queries.skills(seen_by=self.actor)
        )
        found = rows.filter(pk=value).first()
        return str(found) if found else ""

    def _with(self, name: str, value: str) -> str:
        query = self.query.copy()
        for gone in (name, "after", "before"):
            query.pop(gone, None)
        if value:
            query[name] = value
        return f"?{query.urlencode()}"
