"""What the search of Opale finds here."""

from dataclasses import dataclass
from typing import Literal

from opale.kernel.actor import Actor
from opale.organisation.queries.people import people
from opale.organisation.queries.teams import teams


@dataclass(frozen=True, slots=True)
class Found:
    kind: Literal["person", "team"]
    pk: int
    name: str
    note: str


def search(text: str, *, seen_by: Actor, limit: int) -> list[Found]:
    """Teams, then people whose name holds the text; at most `limit` of each."""
    if not text.strip():
        return []
    groups = teams(seen_by=seen_by, text=text).order_by("name")[:limit]
    found = [Found("team", t.pk, t.name, t.get_kind_display()) for t in groups]
    persons = people(seen_by=seen_by, text=text).order_by("name", "id")[:limit]
    found += [Found("person", p.pk, p.name, p.job_title) for p in persons]
    return found
