"""Search of teams and people."""

from dataclasses import dataclass
from typing import Literal

from opale.kernel.actor import Actor
from opale.organisation.models import Team
from opale.organisation.queries.people import people
from opale.organisation.queries.teams import teams


@dataclass(frozen=True, slots=True)
class SearchResult:
    kind: Literal["person", "team"]
    pk: int
    name: str
    note: str


def search(text: str, *, seen_by: Actor, limit: int) -> list[SearchResult]:
    """Return teams, then people whose name contains the text; at most `limit` of each."""
    if not text.strip():
        return []
    groups = teams(seen_by=seen_by, text=text).order_by("name")
    persons = people(seen_by=seen_by, text=text).order_by("name", "id")
    kinds = dict(Team.Kind.choices)
    found = [
        SearchResult("team", pk, name, str(kinds.get(kind, kind)))
        for pk, name, kind in groups.values_list("pk", "name", "kind")[:limit]
    ]
    found += [
        SearchResult("person", *row)
        for row in persons.values_list("pk", "name", "job_title")[:limit]
    ]
    return found
